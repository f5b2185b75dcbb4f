"""A slice through the latent space to drag in: the picture follows the hand, without the server."""

import base64
from collections.abc import Callable

import numpy as np
import streamlit as st

from genmodels.media import images
from pages.gan import common
from pages.gan.components import sample_grid
from ui.component import DRAG_PLANE, component

CELLS = 21  # pictures a side; odd, so that one lies in the middle
EXTENT = 3.0  # standard deviations from the middle to the edge

_walk = component("latent_slice", __file__, DRAG_PLANE)


def show(
    pictures: np.ndarray,
    scores: np.ndarray,
    *,
    start: tuple[float, float],
    token: str,
    axes: tuple[str, str],
    opinion: bool,
    critic: bool,
    key: str,
    on_place: Callable[[float, float], None],
) -> None:
    """Draw CELLS x CELLS pictures (n, h, w[, 3]) uint8, top row first; `on_place(x, y)` is called before the next run.

    scores: (n,) what the discriminator thinks of each. start: where the hand is put, whenever `token` changes.
    opinion: colour the plane by the scores.
    """

    def placed() -> None:
        x, y = (float(each) for each in st.session_state[key]["xy"])
        if np.isfinite((x, y)).all():
            on_place(float(np.clip(x, -EXTENT, EXTENT)), float(np.clip(y, -EXTENT, EXTENT)))

    data = {
        "sprite": _sprite(pictures),
        "scores": [round(float(each), 3) for each in sample_grid.bars(scores, critic=critic)],
        "cells": CELLS,
        "side": pictures.shape[1],
        "extent": EXTENT,
        "start": list(start),
        "token": token,
        "axes": list(axes),
        "show": "Opinion" if opinion else "Pictures",
        "colours": {"real": common.REAL, "fake": common.FAKE},
        "critic": critic,
    }
    _walk(key=key, data=data, on_xy_change=placed)


@st.cache_data(show_spinner=False, max_entries=60)
def _sprite(pictures: np.ndarray) -> str:
    table = pictures.reshape(CELLS, CELLS, *pictures.shape[1:])
    return base64.b64encode(images.webp(images.tile(table), quality=90)).decode()
