"""Before and after in one frame: a line to drag between a photo and what came of it."""

from pathlib import Path

import numpy as np
import streamlit as st

from ui.pictures import address

HERE = Path(__file__).parent

_compare = st.components.v2.component(
    "before_after",
    html=(HERE / "compare.html").read_text(encoding="utf-8"),
    css=(HERE / "compare.css").read_text(encoding="utf-8"),
    js=(HERE / "compare.js").read_text(encoding="utf-8"),
)


def show(before: np.ndarray, after: np.ndarray, *, name: str, key: str, width: int) -> None:
    """A photo and what came of it, its `name` in the corner: (h, w, 3) uint8, of one shape but perhaps not of one size.

    Nothing goes back to Python.
    """
    h, w, _ = before.shape
    data = {"before": address(before), "after": address(after), "name": name, "width": width, "ratio": w / h}
    _compare(key=key, data=data)
