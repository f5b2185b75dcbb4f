"""Small pictures on a page, to the pixel."""

import base64
from typing import Literal

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.media import images

_WIDE = 900  # pixels a stretched picture is sent at, so that the browser's own scaling stays invisible


@st.cache_data(show_spinner=False, max_entries=400)  # a look at a running job draws many pictures again
def data_url(picture: np.ndarray, scale: int = 1) -> str:
    """(h, w, 3) or (h, w), uint8 or float in [0, 1], as an address that holds the whole PNG, as `images.png` makes it.

    A live frame under an address of its own would be gone from the server, replaced by the next one,
    before a busy browser had asked for it.
    """
    return "data:image/png;base64," + base64.b64encode(images.png(picture, scale=scale)).decode()


def show(
    picture: np.ndarray,
    *,
    width: int | Literal["stretch"] = "stretch",
    caption: str | None = None,
    place: DeltaGenerator | None = None,
) -> None:
    """(h, w) or (h, w, 3), uint8 or float in [0, 1], its pixels enlarged to squares.

    st.image would send it as JPEG, and shrink whatever is wider than `width` with blurred edges:
    it goes out as PNG, at the largest whole multiple of its size that fits.
    """
    room = _WIDE if width == "stretch" else width
    sharp = images.png(picture, scale=max(1, room // picture.shape[1]))
    (place or st).image(sharp, width=width, caption=caption, output_format="PNG")


def frame(picture: np.ndarray, *, caption: str | None = None, place: DeltaGenerator | None = None) -> None:
    """As `show`, for a picture that the next one replaces: it travels inside the page (see `address`)."""
    scale = max(1, _WIDE // picture.shape[1])
    (place or st).image(data_url(picture, scale), width="stretch", caption=caption)
