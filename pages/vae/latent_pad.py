"""The component of a 2-D latent plane: drag a point, and the browser shows the decoded image at once."""

import base64
from collections.abc import Callable
from typing import Any

import streamlit as st

from genmodels.vae import latent_map
from pages.vae.common import class_names
from ui.class_colors import COLORS
from ui.component import DRAG_PLANE, component

_pad = component("components/latent_pad", __file__, DRAG_PLANE)
_pad_data = component("components/latent_pad_data", __file__)


def show(
    name: str,
    *,
    key: str,
    z: list[float],
    layer: str,
    prior: bool = True,
    smooth: bool = False,
    legend: bool = True,
    on_move: Callable[[], None] = lambda: None,
) -> None:
    """The latent plane of a 2-D model, beside it the image decoded at a point that can be dragged.

    z: the point, sent to the browser whenever it changes here. layer: one of `common.LAYERS`. prior: circles at 1, 2
    and 3 standard deviations of the prior. smooth: interpolate the pixels of the decoded image. on_move: called after
    a drag, when `session_state[key]["xy"]` holds the new point.
    """
    state = {"name": name, "z": z, "layer": layer, "prior": prior, "smooth": smooth, "legend": legend}
    # Two messages: Streamlit sends the plane's data, about 0.5 MB, only once while it is unchanged.
    with st.container(gap=None):
        _pad(key=key, data=state, on_xy_change=on_move)
        _pad_data(key=f"{key}_data", data=_plane_data(name))


@st.cache_data(show_spinner=False)
def _plane_data(name: str) -> dict[str, Any]:
    """Latent means, labels and decoded images of a plane, for the browser."""
    arrays = latent_map.load(name)
    return {
        "name": name,
        "sprite": base64.b64encode(arrays["sprite"].tobytes()).decode(),
        "means": base64.b64encode(arrays["mean"].tobytes()).decode(),
        "labels": "".join(map(str, arrays["label"])),
        "classNames": class_names(name),
        "colors": COLORS,
        "halfWidth": latent_map.half_width(name),
        "cells": int(arrays["cells"]),
    }
