"""The style image picker: one or more of the generated style images, or an uploaded one."""

import numpy as np
import streamlit as st

from genmodels.data import style_images
from genmodels.media import images
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
    """The last valid style image that was uploaded; an invalid file is refused and the previous image kept."""
    cache_key = f"{key}_own"  # the file's id, the image, the note of `images.decode`
    help = f"A painting, a fabric, a drawing. Resized to at most {MAX_SIZE} pixels per side; it stays on this server."
    file = st.file_uploader("Your style image", key=f"{key}_upload", help=help, label_visibility="collapsed")
    cached = st.session_state.get(cache_key)
    if file is not None and (cached is None or cached[0] != file.file_id):
        try:
            image, note = images.decode(file.getvalue(), max_side=MAX_SIZE)
            h, w, _ = image.shape
            if min(h, w) < photo_picker.MIN_SIDE:
                raise images.BadImage(
                    f"This image has {w} x {h} pixels; at least {photo_picker.MIN_SIDE} per side are needed."
                )
        except images.BadImage as error:
            suffix = " The previous style image is kept." if cached else ""
            st.error(f"{error}{suffix}", icon=":material/broken_image:")
        else:
            cached = st.session_state[cache_key] = file.file_id, image, note
    if cached is None:
        st.info("Upload a style image.", icon=":material/add_photo_alternate:")
        return None
    _, image, note = cached
    if note:
        h, w, _ = image.shape
        st.caption(f":material/info: Your style image: {note} to {w} x {h} pixels.")
    return image
