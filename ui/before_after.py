"""Before and after in one frame: a line to drag between a photo and what came of it."""

import numpy as np

from ui.component import component
from ui.image_display import data_url

_compare = component("before_after", __file__)


def show(before: np.ndarray, after: np.ndarray, *, name: str, key: str, width: int) -> None:
    """A photo and what came of it, its `name` in the corner: (h, w, 3) uint8, of one shape but perhaps not of one size.

    Nothing goes back to Python.
    """
    h, w, _ = before.shape
    data = {"before": data_url(before), "after": data_url(after), "name": name, "width": width, "ratio": w / h}
    _compare(key=key, data=data)
