"""A 2-D slice of the latent space: the image follows the pointer, without the server."""

import base64
from collections.abc import Callable

import numpy as np
import streamlit as st

from genmodels.media import images
from ui.component import DRAG_PLANE, component

CELLS = 21  # images per side by default; odd, so that one lies in the middle
EXTENT = 3.0  # standard deviations from the middle to the edge

_latent_slice = component("latent_slice", __file__, DRAG_PLANE)


def show(
    samples: np.ndarray,
    *,
    start: tuple[float, float],
    token: str,
    axes: tuple[str, str],
    key: str,
    on_release: Callable[[float, float], None],
    scores: np.ndarray | None = None,
    colors: tuple[str, str] = ("", ""),
    color_by_score: bool = False,
    is_probability: bool = True,
) -> None:
    """Draw c x c images (c * c, h, w[, 3]) uint8, top row first; `on_release(x, y)` is called before the next run.

    c is odd; every second image is drawn on the plane.

    start: the position of the pointer, whenever `token` changes. scores: (n,) from 0 to 1, drawn as a bar in the second
    of the colors from 0.5, else in the first; color_by_score: on the plane, too. is_probability: show D(x) as a number.
    """

    def on_change() -> None:
        x, y = (float(each) for each in st.session_state[key]["xy"])
        if np.isfinite((x, y)).all():
            on_release(float(np.clip(x, -EXTENT, EXTENT)), float(np.clip(y, -EXTENT, EXTENT)))

    data = {
        "sheet": _sheet(samples),
        "scores": None if scores is None else [round(float(each), 3) for each in scores],
        "cells": round(len(samples) ** 0.5),
        "imageSize": samples.shape[1],
        "extent": EXTENT,
        "start": list(start),
        "token": token,
        "axes": list(axes),
        "colorByScore": color_by_score,
        "colors": list(colors),
        "isProbability": is_probability,
    }
    _latent_slice(key=key, data=data, on_xy_change=on_change)


@st.cache_data(show_spinner=False, max_entries=60)
def _sheet(samples: np.ndarray) -> str:
    cells = round(len(samples) ** 0.5)
    table = samples.reshape(cells, cells, *samples.shape[1:])
    return base64.b64encode(images.webp(images.tile(table), quality=90)).decode()
