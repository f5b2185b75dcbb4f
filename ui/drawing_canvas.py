"""The drawing canvas: what was drawn, kept over runs, tabs and themes."""

import base64
import binascii

import numpy as np
import streamlit as st

from ui.component import STROKE_INPUT, component

SIDE = 112  # pixels a side of what the canvas sends
BRUSH = {"mnist": 85, "fashion_mnist": 160}  # thousandths of the canvas

_canvas = component("drawing_canvas", __file__, STROKE_INPUT)


def drawing_canvas(name: str, *, key: str, round: int) -> np.ndarray | None:
    """The canvas, and what is on it, (112, 112) uint8 white on black; None before it was heard of.

    name: the data set whose kind of thing is drawn. Lives in `session_state["<key>_drawing_<name>"]`; another
    round brings a fresh canvas.
    """
    kept, canvas = f"{key}_drawing_{name}", f"{key}_canvas_{name}_{round}"

    def heard() -> None:
        st.session_state[kept] = st.session_state[canvas]["drawing"]

    drawing = st.session_state.get(kept)
    lasting = {part: drawing[part] for part in ("strokes", "brush", "example")} if drawing else None
    data = {"token": canvas, "drawing": lasting, "example": name, "brush": BRUSH[name]}
    _canvas(key=canvas, data=data, on_drawing_change=heard)
    if not drawing:
        return None
    if drawing["example"]:
        st.caption("An example. It goes when you begin to draw.")
    try:
        return np.frombuffer(base64.b64decode(drawing["pixels"]), "uint8").reshape(SIDE, SIDE)
    except (binascii.Error, ValueError):
        st.error("The drawing arrived damaged: draw one more stroke.", icon=":material/broken_image:")
        return None
