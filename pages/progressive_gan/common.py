"""What the tabs of the ProGAN page share: the loaded model, values that a component and the link hold."""

import math
from types import ModuleType
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels import weights
from genmodels.progressive_gan import training_history
from ui import address, image_display, model_loading
from ui.page_layout import presenter_mode

URL_BOUND: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # a control that is part of the link

NAME = "fashion"  # of `genmodels.progressive_gan.model.NAMES`
DEFAULT_SEED, MAX_SEED = 1, 9999
VIDEO_FORMATS = {"GIF": "image/gif", "WebP": "image/webp", "MP4": "video/mp4"}


def module() -> ModuleType:
    """`genmodels.progressive_gan.model`, once TensorFlow is loaded."""
    model_loading.wait_for_tensorflow()
    from genmodels.progressive_gan import model as progressive_gan

    return progressive_gan


def layers() -> ModuleType:
    """`genmodels.progressive_gan.layers`, once TensorFlow is loaded."""
    model_loading.wait_for_tensorflow()
    from genmodels.progressive_gan import layers

    return layers


@model_loading.cached_model("Loading the ProGAN")
def load() -> Any:
    """The pretrained model. Shared by all visitors: read-only."""
    return module().load(NAME)


def card() -> dict:
    """The card of the pretrained model: data, command, images, metrics."""
    return weights.model_card(training_history.stem(NAME))


def note(text: str) -> None:
    """A short explanation beside a result; omitted in presentation mode."""
    if not presenter_mode():
        st.caption(text)


def seed_control(key: str, label: str = "Seed", default: int = DEFAULT_SEED, *, help: str) -> int:
    seed = st.number_input(label, 0, MAX_SEED, default, 1, key=key, help=f"{help} 0 to {MAX_SEED}.", **URL_BOUND)
    return default if seed is None else int(seed)


def video_format(key: str) -> str:
    """The visitor's choice of `VIDEO_FORMATS`."""
    chosen = st.selectbox("Video format", list(VIDEO_FORMATS), key=key, help="Of the download.", **URL_BOUND)
    return chosen or "GIF"


# --- values that a component changes ----------------------------------------------------------


def browser_value(key: str, default: float, low: float, high: float) -> float:
    """A number that a component moves and the link holds; from the link at first, then from the session."""
    if address.counts(key):
        try:
            st.session_state[key] = float(st.query_params.get(key, default))
        except ValueError:
            st.session_state[key] = default
    value = float(st.session_state[key])
    value = min(high, max(low, value)) if math.isfinite(value) else default
    if value != st.session_state.get(f"{key}_sent"):  # changed by Reset, a preset or the link: the component follows
        st.session_state[f"{key}_token"] = st.session_state.get(f"{key}_token", 0) + 1
    st.session_state[key] = st.session_state[f"{key}_sent"] = value
    address.write({key: None if value == default else f"{value:g}"})
    return value


def token(*keys: str) -> str:
    """Changes whenever one of these values was changed by something else than the component."""
    return "/".join(str(st.session_state.get(f"{key}_token", 0)) for key in keys)


def set_from_browser(key: str, value: object) -> None:
    """Keep what a component has sent; the next run checks its range."""
    if isinstance(value, int | float) and math.isfinite(value):
        st.session_state[key] = st.session_state[f"{key}_sent"] = float(value)


# --- while TensorFlow is loading --------------------------------------------------------------


def is_loading(result: DeltaGenerator) -> bool:
    """True until TensorFlow is imported; shows the last samples of the training in `result` until then."""
    if model_loading.tensorflow_ready():
        return False
    with result:
        st.info(
            "Stored samples of the training. The generator is loading (about ten seconds).",
            icon=":material/hourglass_empty:",
        )
        image_display.show(_last_training_grid())
    st.fragment(_poll_until_ready, run_every=1.5)()
    return True


def _poll_until_ready() -> None:
    """Only a check: running the whole page repeatedly would delay the import."""
    if model_loading.tensorflow_ready():
        st.rerun()


@st.cache_data(show_spinner=False)
def _last_training_grid() -> np.ndarray:
    """Three rows of samples at the end of the training."""
    history = training_history.read(NAME)
    return training_history.sample_grid(history, len(history) - 1)[: 3 * history.sample_grids.shape[2]]
