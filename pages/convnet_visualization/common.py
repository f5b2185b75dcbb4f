"""What the sections of this page share: the photo's answers, the atlas, the way to a dream."""

import base64
from typing import Any

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.convnet_visualization import methods as convnet_visualization
from genmodels.convnet_visualization.methods import CLASSES, Sheet
from genmodels.media import images
from genmodels.vision.backbone import Backbone

KEEP: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # a control that has a link
SIDE = 160  # pixels of the photo that the activations are of: enough for every channel to be a picture


@st.cache_data(show_spinner=False, max_entries=24)
def answers(_model: Backbone, name: str, image: np.ndarray) -> dict[str, np.ndarray]:
    """What every layer answers to a photo."""
    return convnet_visualization.activations(_model, image, side=SIDE)


@st.cache_data(show_spinner=False)
def atlas(name: str) -> dict[str, Sheet]:
    """What every filter looks for; none for a network that has no atlas."""
    return convnet_visualization.atlas(name) if name == "builtin" else {}


def atlas_is_of_these_weights() -> bool:
    made_from = weights.model_card("convnet_visualization_builtin")["backbone_sha256"]
    return made_from == weights.model_card("backbone_builtin")["sha256"]["backbone_builtin.weights.h5"]


def data_url(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


@st.cache_data(show_spinner=False, max_entries=24)
def photo_url(image: np.ndarray) -> str:
    return data_url(images.webp(image), "webp")


def palette() -> str:
    return base64.b64encode(convnet_visualization.heat_colours().tobytes()).decode()


def choose_layer(
    model: Backbone, key: str, default: str, *, classes: bool = False, menu: bool = False, help: str
) -> str:
    """One of the network's layers, and its classes where asked for. menu: where there is no room for a row."""
    names = [*model.layers, *([CLASSES] if classes else [])]
    begin = default if default in names else names[len(names) // 2]
    if st.session_state.get(key, begin) not in names:
        st.session_state[key] = begin  # it was another network's
    settings: dict[str, Any] = {"format_func": spoken, "key": key, "help": help, **KEEP}
    if menu or len(names) > 12:
        return st.selectbox("Layer", names, names.index(begin), **settings)
    return st.segmented_control("Layer", names, default=begin, required=True, **settings) or begin


def spoken(layer: str) -> str:
    """A layer's name for people: "block3_conv2" is 3.2."""
    block, _, conv = layer.partition("_conv")
    return f"{block.removeprefix('block')}.{conv}" if conv and block.startswith("block") else layer.capitalize()


def dream_on(layer: str, channel: int, names: tuple[str, ...], *, key: str) -> None:
    """A button that leads to the dream of one channel, or class."""
    if layer == CLASSES:
        query = {"dream_by": "A class", "dream_class": names[channel]}
        label = f"Dream of {names[channel]}"
    else:
        query = {"dream_by": "A channel", "dream_layer": layer, "dream_channel": str(channel)}
        label = "Dream on this channel"
    if st.button(label, key=key, icon=":material/landscape:", help="DeepDream: a photo changes until this answers."):
        st.switch_page("pages/deep_dream/page.py", query_params=query)
