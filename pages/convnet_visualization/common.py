"""What the tabs of this page share: photo and layer menus, cached activations, the filter atlas, links to DeepDream."""

import base64
from typing import Any

import numpy as np
import streamlit as st

from genmodels.convnet_visualization import activations as activation_maps
from genmodels.convnet_visualization import colormap, filter_atlas
from genmodels.convnet_visualization.filter_atlas import Sheet
from genmodels.convnet_visualization.inputs import CLASSES
from genmodels.data import sample_photos
from genmodels.media import images
from genmodels.vision.backbone import Backbone
from ui import photo_picker

URL_BOUND: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # for widgets with a link
PHOTO = "Coffee"  # the default
IMAGE_SIZE = 160  # pixels of the photo's longer side for activations: fine enough for every feature map


def pick_photo() -> np.ndarray | None:
    """The photo menu; None, with a message, before the visitor's own photo is uploaded."""
    photo = photo_picker.pick("convnet_photo", max_side=480, default=PHOTO)
    if photo is None:
        st.info("Upload a photo to see its activations.", icon=":material/image:")
    return photo


def photo_name() -> str:
    """The sample photo for scripts: the chosen one, or the default instead of the visitor's own."""
    name = st.session_state.get("convnet_photo")
    return name if name in sample_photos.NAMES else PHOTO


@st.cache_data(show_spinner=False, max_entries=24)
def activations(_model: Backbone, name: str, image: np.ndarray) -> dict[str, np.ndarray]:
    """Feature maps of all layers for a photo."""
    return activation_maps.activations(_model, image, image_size=IMAGE_SIZE)


@st.cache_data(show_spinner=False)
def atlas(name: str) -> dict[str, Sheet]:
    """Precomputed filter visualizations by layer; empty for a network without an atlas."""
    return filter_atlas.load(name) if name == "builtin" else {}


def data_url(data: bytes, format: str) -> str:
    return f"data:image/{format};base64,{base64.b64encode(data).decode()}"


@st.cache_data(show_spinner=False, max_entries=24)
def photo_url(image: np.ndarray) -> str:
    return data_url(images.webp(image), "webp")


def colormap_bytes() -> str:
    """The color map as base64, for a component."""
    return base64.b64encode(colormap.colors().tobytes()).decode()


def choose_layer(model: Backbone, key: str, default: str, *, classes: bool = False, help: str) -> str:
    """A menu of the network's layers, and of its class outputs if `classes`."""
    names = [*model.layers, *([CLASSES] if classes else [])]
    first = default if default in names else names[len(names) // 2]
    if st.session_state.get(key, first) not in names:
        st.session_state[key] = first  # a layer of another network
    return st.selectbox("Layer", names, names.index(first), key=key, help=help, **URL_BOUND)


def short_layer_name(layer: str) -> str:
    """A short label for charts: "block3_conv2" is 3.2."""
    block, _, conv = layer.partition("_conv")
    return f"{block.removeprefix('block')}.{conv}" if conv and block.startswith("block") else layer.capitalize()


def selected_channel(key: str, count: int, default: int) -> int:
    """The channel that the visitor selected, or `default` if the layer does not have it."""
    channel = st.session_state.get(key)
    return channel if isinstance(channel, int) and 0 <= channel < count else default


def link_to_deepdream(layer: str, channel: int, names: tuple[str, ...], *, key: str) -> None:
    """A button that opens DeepDream with one channel or class as its objective."""
    if layer == CLASSES:
        query = {"dream_objective": "Class (logit)", "dream_class": names[channel]}
        label = f"DeepDream with {names[channel]}"
    else:
        query = {"dream_objective": "Channel", "dream_layer": layer, "dream_channel": str(channel)}
        label = "DeepDream with this channel"
    help = "Gradient ascent on a photo that maximizes this activation."
    if st.button(label, key=key, icon=":material/landscape:", help=help):
        st.switch_page("pages/deep_dream/page.py", query_params=query)
