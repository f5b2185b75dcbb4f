"""A photo with a rectangle to drag and to resize: which part of it is used."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from ui.component import component
from ui.image_display import data_url

MIN_SIDE = 0.05  # of the width and of the height
_crop_box = component("crop_box", __file__)


class Box(NamedTuple):
    """Edges of a rectangle, as parts of the photo's width and height; x to the right, y downwards."""

    left: float
    top: float
    right: float
    bottom: float


WHOLE = Box(0.0, 0.0, 1.0, 1.0)


def crop_box(photo: np.ndarray, *, key: str) -> Box:
    """Show the photo, (H, W, 3) uint8, with its crop box; returns the box at its last release.

    key: another one for another photo, which begins with the whole photo.
    """

    def on_change() -> None:
        st.session_state[f"{key}_box"] = st.session_state[key]["box"]

    saved = valid_box(st.session_state.get(f"{key}_box"))
    data = {"photo": data_url(photo), "token": key, "box": list(saved), "smallest": MIN_SIDE}
    _crop_box(key=key, data=data, on_box_change=on_change)
    return saved


def valid_box(value: object) -> Box:
    """What the browser sent as a box; the whole photo if it is none."""
    if not isinstance(value, list | tuple) or len(value) != 4:
        return WHOLE
    if not all(isinstance(each, int | float) and 0 <= each <= 1 for each in value):
        return WHOLE
    box = Box(*map(float, value))
    is_large = min(box.right - box.left, box.bottom - box.top) >= MIN_SIDE / 2
    return box if is_large else WHOLE


def cropped(photo: np.ndarray, box: Box) -> np.ndarray:
    """The part of a photo (H, W, ...) inside the box, at least 4 pixels wide and high."""
    h, w = photo.shape[:2]
    left, top = min(round(box.left * w), w - 4), min(round(box.top * h), h - 4)
    return photo[top : max(top + 4, round(box.bottom * h)), left : max(left + 4, round(box.right * w))]
