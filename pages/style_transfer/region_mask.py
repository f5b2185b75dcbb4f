"""A canvas over the photo, on which the visitor brushes the region to stylize."""

import base64
import binascii
from hashlib import sha256

import numpy as np
import streamlit as st

from ui.component import STROKE_INPUT, component
from ui.image_display import data_url

SIZE = 128  # the mask's height and width, stretched over the photo
STROKES_KEY = "style_mask_strokes"  # in the session: the photo's identity, and the canvas' latest message

_canvas = component("region_mask", __file__, STROKE_INPUT)


def region(photo: np.ndarray) -> np.ndarray | None:
    """The canvas, and the mask: (128, 128) uint8, 255 in the region to stylize; None while nothing is brushed.

    Another photo starts with an empty mask; another size of the same photo keeps it.
    """
    h, w, _ = photo.shape
    token = sha256(photo.tobytes()).hexdigest()[:12]
    key = f"style_canvas_{token}"
    photo_id = f"{st.session_state['style_photo']}, {w / h:.1f}"  # name and aspect ratio: uploads share one name

    def on_change() -> None:
        st.session_state[STROKES_KEY] = (photo_id, st.session_state[key]["mask"])

    stored_id, mask = st.session_state.get(STROKES_KEY) or (None, None)
    if stored_id != photo_id:
        mask = None
    data = {"token": token, "photo": data_url(photo), "ratio": h / w, "strokes": mask["strokes"] if mask else []}
    _canvas(key=key, data=data, on_mask_change=on_change)
    if not mask or not mask["strokes"]:
        return None
    try:
        return np.frombuffer(base64.b64decode(mask["alpha"]), "uint8").reshape(SIZE, SIZE)
    except (binascii.Error, ValueError):
        st.error("The mask could not be read. Draw another stroke.", icon=":material/broken_image:")
        return None
