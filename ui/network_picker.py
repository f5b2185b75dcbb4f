"""The choice of a network that sees: our own, or a public one that is fetched on demand."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.vision import backbone
from genmodels.vision import pretrained_backbones as public
from genmodels.vision.backbone import Backbone
from ui import job_panel, model_loading

NETWORKS = {"Built-in": "builtin", "VGG19": "vgg19", "InceptionV3": "inception_v3"}
_HELP = (
    "Built-in: small, trained by this project, always here. VGG19 and InceptionV3 have seen twenty times as many "
    "photos; they are fetched from the internet once, and slower."
)


def pick(key: str, place: DeltaGenerator) -> Backbone:
    """The network that a visitor chose under `key`, asked in `place`; the built-in one until a public one is here."""
    asked = place.segmented_control(
        "Network",
        list(NETWORKS),
        default="Built-in",
        required=True,
        key=key,
        help=_HELP,
        bind="query-params",
        persist_state="session",
    )
    name = NETWORKS[asked or "Built-in"]
    if name != "builtin":
        with place.container():
            here = _fetched(name, asked)
        if not here:
            name = "builtin"
    with place:  # where it says that it loads
        return load(name)


@model_loading.cached_model("Loading the network", max_entries=3)
def load(name: str) -> Backbone:
    """A network, shared by all visitors."""
    return backbone.load(name)


def _fetched(name: str, title: str) -> bool:
    """True if the network is on this machine; where it is not, the page offers to fetch it."""
    if public.available(name):
        return True
    job = job_panel.find(f"fetch_{name}")
    if job is None or not job.active:
        size = public.FILES[name].megabytes
        st.info(f"{title} is not on this machine. Until it is, the built-in network stays in use.")
        st.button(
            f"Fetch {title} ({size:.0f} MB)",
            key=f"fetch_{name}_button",
            icon=":material/download:",
            on_click=_fetch,
            args=(name, title),
            help="From keras.applications, once; it stays in the Keras cache of this machine.",
        )
    job_panel.panel(f"fetch_{name}", lambda job: None)
    return False


def _fetch(name: str, title: str) -> None:
    job_panel.start(f"fetch_{name}", f"Fetching {title}", lambda: public.fetch(name))
