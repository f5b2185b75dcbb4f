"""What the sections of the live style page share: the network, the styles, and the controls that mix them."""

from hashlib import sha256
from typing import Any

import numpy as np
import streamlit as st

from genmodels.live_style import network as live_style
from genmodels.live_style.network import LiveStyle
from genmodels.media import images
from ui import model_loading
from ui.image_display import data_url

KEEP: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # a control that has a link
COLUMNS = [3, 6]  # controls, and what comes of them
WAYS = ("One style", "A mix", "Four corners")
WIDE, HIGH = 1000, 640  # pixels that a picture may take up on the page
THUMB = 160  # pixels of the photo's longer side in the small pictures

FIRST = ("Brush strokes", "Stained glass")  # of the styles that are drawn in code: every network has them
CORNERS = ("Brush strokes", "Mosaic", "Ink", "Stained glass")
LAID_ON = {"live_strength": 1.0, "live_keep": False}


def _preset(way: str = "One style", tab: str = "Picture", **changes: Any) -> dict[str, Any]:
    """All that a visitor may have changed, put to where a lecture wants it."""
    start = {"live_tab": tab, "live_way": way, "live_style": FIRST[0], "live_styles": list(FIRST)}
    return start | LAID_ON | {f"live_{key}": value for key, value in changes.items()}


STORY = [  # presets, in the order a lecture takes them
    ("A photo, painted", _preset(photo="Palace")),
    ("Another style, the same network", _preset(photo="Palace", style="Stained glass")),
    ("Half way between two", _preset("A mix", photo="Palace")),
    ("Four corners", _preset("Four corners", photo="Cat")),
    ("Laid on thinly", _preset(photo="Cat", style="Mosaic", strength=0.5)),
    ("Laid on too thick", _preset(photo="Cat", style="Mosaic", strength=1.4)),
    ("In the photo's own colours", _preset(photo="Flower", style="Brush strokes", keep=True)),
    ("The camera", _preset(tab="Camera")),
    ("A film", _preset(tab="Film", style="Ink")),
    ("A style of one's own", _preset(tab="Learn this style")),
]


# --- the network ------------------------------------------------------------------------------


def model() -> LiveStyle:
    """The network, with the styles that this visitor had it learn."""
    shared = load()
    own = st.session_state.get("live_own")
    return shared if own is None else own


@model_loading.cached_model("Loading the network")
def load() -> LiveStyle:
    """The network that all visitors share."""
    return live_style.load()


def whose() -> str:
    """The same for the same styles: "" for those that all visitors share."""
    return st.session_state.get("live_own_token", "")


@st.cache_data(show_spinner=False, max_entries=60)
def _painted(_network: LiveStyle, _photo: np.ndarray, mixes: np.ndarray, which: tuple[str, ...]) -> list[str]:
    """The photo, small, in several mixes, as addresses; `which` network and photo they are of."""
    small, _ = images.decode(images.png(_photo), max_side=THUMB)
    return [data_url(live_style.stylise(_network, small, mix)) for mix in mixes]


def thumbnails(network: LiveStyle, photo: np.ndarray, mixes: np.ndarray | None = None) -> list[str]:
    """The photo, small, in every style, or in every one of some mixes (n, styles)."""
    which = (whose(), *network.names, sha256(photo.tobytes()).hexdigest())
    return _painted(network, photo, np.eye(len(network.names)) if mixes is None else mixes, which)


def wide(photo: np.ndarray) -> int:
    """The width in pixels at which a picture is shown: large, but never higher than a screen."""
    h, w, _ = photo.shape
    return min(WIDE, HIGH * w // h)
