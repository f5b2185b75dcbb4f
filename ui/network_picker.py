"""The choice of a convolutional network: the built-in one, or a pretrained one that is downloaded on demand."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.vision import backbone, pretrained_backbones
from genmodels.vision.backbone import Backbone
from ui import job_panel, model_loading
from ui.page_layout import text_width

NETWORKS = {"Built-in": "builtin", "VGG19": "vgg19", "InceptionV3": "inception_v3"}
_HELP = (
    "Built-in: a small convnet trained by this project, no download. VGG19 and InceptionV3 (ImageNet weights from "
    "keras.applications) are downloaded once and are slower."
)


def pick(key: str, container: DeltaGenerator) -> Backbone:
    """The network chosen under `key`, with its control in `container`; the built-in one until a download is done."""
    title = container.selectbox(
        "Network",
        list(NETWORKS),
        key=key,
        help=_HELP,
        label_visibility="collapsed",
        width=text_width(150),
        bind="query-params",
        persist_state="session",
    )
    name = NETWORKS[title or "Built-in"]
    if name != "builtin":
        with container.container():
            is_available = _is_downloaded(name, title)
        if not is_available:
            name = "builtin"
    return load(name)


@model_loading.cached_model("Loading the network", max_entries=3)
def load(name: str) -> Backbone:
    """A network, shared by all visitors."""
    return backbone.load(name)


def _is_downloaded(name: str, title: str) -> bool:
    """True if the network's weights are on this server; otherwise the page offers to download them."""
    if pretrained_backbones.available(name):
        return True
    job = job_panel.find(f"fetch_{name}")
    if job is None or not job.active:
        size = pretrained_backbones.FILES[name].megabytes
        st.info(f"{title} is not downloaded yet. The built-in network is used until then.")
        st.button(
            f"Download {title} ({size:.0f} MB)",
            key=f"fetch_{name}_button",
            icon=":material/download:",
            on_click=_download,
            args=(name, title),
            help="From keras.applications, once; it stays in the Keras cache of this server.",
        )
    job_panel.panel(f"fetch_{name}", lambda job: None)
    return False


def _download(name: str, title: str) -> None:
    job_panel.start(f"fetch_{name}", f"Downloading {title}", lambda: pretrained_backbones.fetch(name))
