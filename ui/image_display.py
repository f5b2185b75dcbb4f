"""Small images on a page, with sharp pixels."""

import base64
from typing import Literal

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.media import images

_WIDE = 900  # pixels to which a stretched image is enlarged, so that the browser's own scaling is not visible


@st.cache_data(show_spinner=False, max_entries=400)  # each refresh of a running job sends many images again
def data_url(image: np.ndarray, scale: int = 1) -> str:
    """A data: URL of the PNG of an image, (h, w) or (h, w, 3), uint8 or float in [0, 1].

    Live images need it: a URL of the server would be replaced by the next frame before a slow browser requests it.
    """
    return "data:image/png;base64," + base64.b64encode(images.png(image, scale=scale)).decode()


def show(
    image: np.ndarray,
    *,
    width: int | Literal["stretch"] = "stretch",
    caption: str | None = None,
    container: DeltaGenerator | None = None,
) -> None:
    """An image, (h, w) or (h, w, 3), uint8 or float in [0, 1], its pixels enlarged to squares.

    Sent as PNG at the largest integer multiple of its size that fits into `width`, because st.image would send it
    as JPEG and scale it with blurred edges.
    """
    available = _WIDE if width == "stretch" else width
    enlarged = images.png(image, scale=max(1, available // image.shape[1]))
    (container or st).image(enlarged, width=width, caption=caption, output_format="PNG")


def frame(image: np.ndarray, *, caption: str | None = None, container: DeltaGenerator | None = None) -> None:
    """As `show`, for a live image that the next frame replaces (see `data_url`)."""
    scale = max(1, _WIDE // image.shape[1])
    (container or st).image(data_url(image, scale), width="stretch", caption=caption)
