"""Shared by the tabs of the VAE page: data sets, the loaded models, rows of images."""

from types import ModuleType
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data.datasets import CLASS_NAMES
from genmodels.media import images
from ui import image_display, model_loading
from ui.class_colors import COLORS

DATA = {"MNIST": "mnist", "Fashion-MNIST": "fashion_mnist"}  # label: data set
LAYERS = ("Latent vectors", "Decoded images", "Both")  # of a latent plane
URL_BOUND: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}


def class_names(name: str) -> tuple[str, ...]:
    """Class names of a model's data set, e.g. of `fashion_mnist_10d`."""
    return CLASS_NAMES["fashion_mnist" if name.startswith("fashion_mnist") else "mnist"]


def module() -> ModuleType:
    """`genmodels.vae.model`; waits for TensorFlow."""
    model_loading.wait_for_tensorflow()
    from genmodels.vae import model as vae

    return vae


@model_loading.cached_model("Loading the VAE")
def load(name: str) -> Any:
    """A pretrained model, shared by all sessions: read-only."""
    return module().load(name)


def layer_control(key: str) -> str:
    """The choice of what a latent plane shows, in `session_state[key]`."""
    return st.selectbox(
        "Layer",
        LAYERS,
        key=key,
        help="Latent vectors: posterior means of 5,000 test images. Decoded images: the decoder output at each point.",
        **URL_BOUND,
    )


def example_control(key: str, default: int) -> int:
    """The choice of a test image within its class, by number."""
    return st.number_input(
        "Example", 1, 400, default, key=key, help="Index of the test image in its class.", **URL_BOUND
    )


def class_rgb(labels: np.ndarray) -> np.ndarray:
    """The colors of the classes: (n,) int to (n, 3) uint8."""
    table = [[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in COLORS]
    return np.array(table, "uint8")[labels]


def show_row(title: str, row: np.ndarray) -> None:
    """A row of images (n, 28, 28) with its title above."""
    st.caption(title)
    image_display.show(images.tile(row[None], gap=1))
