"""What the VAE page's sections share: names, colours, the loaded models."""

from types import ModuleType
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data.datasets import CLASS_NAMES
from genmodels.media import images
from ui import model_loading
from ui.class_colors import COLORS
from ui.image_display import show

DATA = {"Digits": "mnist", "Clothes": "fashion_mnist"}  # what the visitor reads: data set
KEEP: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # a control that has a link


def names(name: str) -> tuple[str, ...]:
    """Class names of a model's data set, e.g. of `fashion_mnist_10d`."""
    return CLASS_NAMES["fashion_mnist" if name.startswith("fashion_mnist") else "mnist"]


def module() -> ModuleType:
    """`genmodels.vae`, which brings TensorFlow: imported once something has to be computed."""
    model_loading.wait_for_tensorflow()
    from genmodels.vae import model as vae

    return vae


@model_loading.cached_model("Loading the VAE")
def load(name: str) -> Any:
    """A trained model, shared by all visitors."""
    return module().load(name)


def rgb(labels: np.ndarray) -> np.ndarray:
    """The classes' colours: (n,) int to (n, 3) uint8."""
    table = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in COLORS]
    return np.array(table, "uint8")[labels]


def strip(title: str, pictures: np.ndarray) -> None:
    """A row of pictures under its caption."""
    st.caption(title)
    show(images.tile(pictures[None], gap=1))
