"""The style image picker: one or more of the generated style images, or an uploaded one."""

import numpy as np
import streamlit as st

from genmodels.data import style_images
from pages.style_transfer.common import URL_BOUND, Styles
from ui import photo_picker
from ui.image_display import data_url

OWN_IMAGE = "Your own"
MAX_SIZE = 512  # pixels: the longer side of a style image
MAX_STYLES = 4  # blended
THUMBNAIL = 62  # pixels

_draw = st.cache_data(show_spinner="Generating the style image")(style_images.draw)


def pick(key: str) -> Styles:
    """The chosen style images with their names; empty until the visitor has chosen or uploaded one."""
    names = st.multiselect(
        "Style image",
        (*style_images.NAMES, OWN_IMAGE),
        default=["Brush strokes"],
        key=key,
        help=f"A generated image, or your own, e.g. of a painting. Choose up to {MAX_STYLES} to blend them.",
        **URL_BOUND,
    )
    styles: Styles = []
    if not names:
        st.info("Choose a style image.", icon=":material/palette:")
    for name in names[:MAX_STYLES]:
        image = _upload(key) if name == OWN_IMAGE else _draw(name)
        if image is not None:
            styles.append((name, image))
    if len(names) > MAX_STYLES:
        st.caption(f":material/info: The first {MAX_STYLES} of {len(names)} styles are blended.")
    if styles:
        st.image([data_url(image) for _, image in styles], width=THUMBNAIL)
    return styles


def _upload(key: str) -> np.ndarray | None:
    """The last valid style image that was uploaded."""
    image = photo_picker.upload(
        "Your style image", f"{key}_upload", f"{key}_own", max_side=MAX_SIZE, name="style image"
    )
    if image is None:
        st.info(
            "Upload a style image, e.g. of a painting, a fabric or a drawing.", icon=":material/add_photo_alternate:"
        )
    return image
