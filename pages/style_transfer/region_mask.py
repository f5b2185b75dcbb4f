"""A canvas over the photo: what is marked on it is painted, and nothing else."""

import base64
import binascii
from hashlib import sha256

import numpy as np
import streamlit as st

from genmodels.media import images
from ui.component import STROKE_INPUT, component

SIDE = 128  # parts a side of what the canvas sends
KEPT = "style_marks"  # in the session: which photo it is, the strokes, and what they cover

_canvas = component("region_mask", __file__, STROKE_INPUT)


def marked(photo: np.ndarray) -> np.ndarray | None:
    """The canvas, and what is marked: (128, 128) uint8 to be stretched over the photo; None where nothing is.

    Another photo begins with nothing marked; another size of the same one keeps its marks.
    """
    h, w, _ = photo.shape
    token = sha256(photo.tobytes()).hexdigest()[:12]
    key = f"style_canvas_{token}"
    this = f"{st.session_state['style_photo']}, {w / h:.1f}"  # its name, and its shape: one's own have one name

    def heard() -> None:
        st.session_state[KEPT] = (this, st.session_state[key]["marks"])

    of, marks = st.session_state.get(KEPT) or (None, None)
    if of != this:
        marks = None
    picture = "data:image/png;base64," + base64.b64encode(images.png(photo)).decode()
    data = {"token": token, "photo": picture, "ratio": h / w, "strokes": marks["strokes"] if marks else []}
    _canvas(key=key, data=data, on_marks_change=heard)
    if not marks or not marks["strokes"]:
        return None
    try:
        return np.frombuffer(base64.b64decode(marks["cover"]), "uint8").reshape(SIDE, SIDE)
    except (binascii.Error, ValueError):
        st.error("The marks arrived damaged: draw one more stroke.", icon=":material/broken_image:")
        return None
