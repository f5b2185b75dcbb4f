"""A 2-D slice of the latent space: the image follows the pointer, without the server."""

import base64
from collections.abc import Callable

import numpy as np
import streamlit as st

from genmodels.media import images
from pages.gan import common
from pages.gan.components import sample_grid
from ui.component import DRAG_PLANE, component

CELLS = 21  # images per side; odd, so that one lies in the middle
EXTENT = 3.0  # standard deviations from the middle to the edge

_latent_slice = component("latent_slice", __file__, DRAG_PLANE)


def show(
    samples: np.ndarray,
    scores: np.ndarray,
    *,
    start: tuple[float, float],
    token: str,
    axes: tuple[str, str],
    color_by_discriminator: bool,
    critic: bool,
    key: str,
    on_release: Callable[[float, float], None],
) -> None:
    """Draw CELLS x CELLS images (n, h, w[, 3]) uint8, top row first; `on_release(x, y)` is called before the next run.

    scores: (n,) discriminator scores. start: the position of the pointer, whenever `token` changes.
    color_by_discriminator: color the plane by the scores.
    """

    def on_change() -> None:
        x, y = (float(each) for each in st.session_state[key]["xy"])
        if np.isfinite((x, y)).all():
            on_release(float(np.clip(x, -EXTENT, EXTENT)), float(np.clip(y, -EXTENT, EXTENT)))

    data = {
        "sheet": _sheet(samples),
        "scores": [round(float(each), 3) for each in sample_grid.bar_lengths(scores, critic=critic)],
        "cells": CELLS,
        "imageSize": samples.shape[1],
        "extent": EXTENT,
        "start": list(start),
        "token": token,
        "axes": list(axes),
        "colorByDiscriminator": color_by_discriminator,
        "colors": {"real": common.REAL, "fake": common.FAKE},
        "critic": critic,
    }
    _latent_slice(key=key, data=data, on_xy_change=on_change)


@st.cache_data(show_spinner=False, max_entries=60)
def _sheet(samples: np.ndarray) -> str:
    table = samples.reshape(CELLS, CELLS, *samples.shape[1:])
    return base64.b64encode(images.webp(images.tile(table), quality=90)).decode()
