"""A drawing canvas whose strokes survive reruns, other tabs and a change of the color scheme."""

import base64
import binascii

import numpy as np
import streamlit as st

from ui.component import STROKE_INPUT, component

IMAGE_SIZE = 112  # pixels of the image that the canvas sends, width and height
BRUSH = {"mnist": 85, "fashion_mnist": 160}  # default width, in thousandths of the canvas

_drawing_canvas = component("drawing_canvas", __file__, STROKE_INPUT)


def drawing_canvas(name: str, *, key: str, round: int) -> np.ndarray | None:
    """Show the canvas; returns its content, (112, 112) uint8 white on black, None before the browser has sent it.

    name: data set, "mnist" or "fashion_mnist"; it selects the example drawing. round: another number gives a new
    canvas. The state is `session_state["<key>_drawing_<name>"]`.
    """
    state_key, canvas = f"{key}_drawing_{name}", f"{key}_canvas_{name}_{round}"

    def on_change() -> None:
        st.session_state[state_key] = st.session_state[canvas]["drawing"]

    drawing = st.session_state.get(state_key)
    saved = {part: drawing[part] for part in ("strokes", "brush", "example")} if drawing else None
    data = {"token": canvas, "drawing": saved, "example": name, "brush": BRUSH[name]}
    _drawing_canvas(key=canvas, data=data, on_drawing_change=on_change)
    if not drawing:
        return None
    if drawing["example"]:
        st.caption("Example drawing. It disappears when you start to draw.")
    try:
        pixels = np.frombuffer(base64.b64decode(drawing["pixels"]), "uint8")
        return pixels.reshape(IMAGE_SIZE, IMAGE_SIZE)
    except (binascii.Error, ValueError):
        st.error("The drawing could not be read. Draw another stroke.", icon=":material/broken_image:")
        return None
