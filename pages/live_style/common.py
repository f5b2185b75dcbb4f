"""What the tabs of the live style transfer page share: the network, defaults, presets, thumbnails."""

from hashlib import sha256
from typing import Any

import numpy as np
import streamlit as st

from genmodels.live_style import network as live_style
from genmodels.live_style.network import LiveStyle
from genmodels.media import images
from ui import job_panel, model_loading
from ui.image_display import data_url

URL_BOUND: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # arguments of a linked widget
COLUMNS = (7, 4)  # relative widths of the result and the controls
MAX_WIDTH, MAX_HEIGHT = 1000, 520  # pixels of the displayed image
THUMBNAIL = 160  # pixels of the photo's longer side in the thumbnails

SINGLE, BLEND, INTERPOLATION = "Single style", "Blend", "2-D interpolation"
STYLE_MODES = (SINGLE, BLEND, INTERPOLATION)
DEFAULT_STYLES = ("Brush strokes", "Stained glass")  # generated style images: every network has these styles
CORNER_STYLES = ("Brush strokes", "Mosaic", "Ink", "Stained glass")
STRENGTH_DEFAULTS = {"fast_style_strength": 1.0, "fast_style_preserve_color": False}


def _preset(mode: str = SINGLE, tab: str = "Image", **changes: Any) -> dict[str, Any]:
    """The state of all widgets: the defaults and the changes, which are keys without "fast_style_"."""
    state = {"fast_style_tab": tab, "fast_style_mode": mode, "fast_style_style": DEFAULT_STYLES[0]}
    state |= {"fast_style_styles_to_blend": list(DEFAULT_STYLES)}
    return state | STRENGTH_DEFAULTS | {f"fast_style_{key}": value for key, value in changes.items()}


PRESETS = [
    ("Stylize a photo", _preset(photo="Palace")),
    ("Another style, same network", _preset(photo="Palace", style="Stained glass")),
    ("Blend of two styles", _preset(BLEND, photo="Palace")),
    ("2-D interpolation", _preset(INTERPOLATION, photo="Cat")),
    ("Style strength 0.5", _preset(photo="Cat", style="Mosaic", strength=0.5)),
    ("Style strength 1.4", _preset(photo="Cat", style="Mosaic", strength=1.4)),
    ("Preserve photo colors", _preset(photo="Flower", style="Brush strokes", preserve_color=True)),
    ("Camera", _preset(tab="Camera")),
    ("Video", _preset(tab="Video", style="Ink")),
    ("Add your own style", _preset(tab="Add a style")),
]


# --- the network ------------------------------------------------------------------------------------


def model() -> LiveStyle:
    """The network with the styles that this visitor has added."""
    shared, run = load(), job_panel.find_run("fast_style_train")
    return shared if run is None or run["own_model"] is None else run["own_model"]


@model_loading.cached_model("Loading the network")
def load() -> LiveStyle:
    """The network that all visitors share."""
    return live_style.load()


def style_set_id() -> str:
    """Identifies a visitor's set of styles; "" for the shared network."""
    run = job_panel.find_run("fast_style_train")
    return "" if run is None else run["style_set_id"]


@st.cache_data(show_spinner=False, max_entries=60)
def _stylized_thumbnails(
    _model: LiveStyle, _photo: np.ndarray, blend_weights: np.ndarray, cache_key: tuple[str, ...]
) -> list[str]:
    """Data URLs of the photo's thumbnail, one for each row of blend weights; cache_key: of network and photo."""
    small, _ = images.decode(images.png(_photo), max_side=THUMBNAIL)
    return [data_url(live_style.stylize(_model, small, row)) for row in blend_weights]


def thumbnails(model: LiveStyle, photo: np.ndarray, blend_weights: np.ndarray | None = None) -> list[str]:
    """Data URLs of thumbnails of the photo: in every style, or for each row of blend weights (n, styles)."""
    cache_key = (style_set_id(), *model.names, sha256(photo.tobytes()).hexdigest())
    rows = np.eye(len(model.names)) if blend_weights is None else blend_weights
    return _stylized_thumbnails(model, photo, rows, cache_key)


def display_width(photo: np.ndarray) -> int:
    """The width in pixels at which an image is shown: at most MAX_WIDTH wide and MAX_HEIGHT high."""
    h, w, _ = photo.shape
    return min(MAX_WIDTH, MAX_HEIGHT * w // h)
