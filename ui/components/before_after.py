"""Before and after in one frame, with a line to drag between the two images."""

import numpy as np

from ui.component import component
from ui.image_display import data_url

_before_after = component("before_after", __file__)


def show(before: np.ndarray, after: np.ndarray, *, name: str, key: str, width: int) -> None:
    """Two images (h, w, 3) uint8 of the same aspect ratio; their sizes may differ.

    name: label of `after`. width: pixels.
    """
    h, w, _ = before.shape
    data = {"before": data_url(before), "after": data_url(after), "name": name, "width": width, "ratio": w / h}
    _before_after(key=key, data=data)
