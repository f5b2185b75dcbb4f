"""Choose a photo: a sample, one's own, or from the camera. Shared by all pages that look at photos."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from genmodels.data import sample_photos
from genmodels.media import images

MIN_SIDE = 32  # pixels: below, there is nothing to see for a network
SOURCES = (*sample_photos.NAMES, "Upload", "Camera")

_sample = st.cache_data(show_spinner=False)(sample_photos.load)


def pick(key: str, *, max_side: int = 400, default: str = "Cat") -> np.ndarray | None:
    """Draw the choice and return the photo: (h, w, 3) uint8, no side longer than `max_side` pixels.

    None where the visitor is about to bring one and has not yet. What was brought stays until a
    better one comes: a bad file is refused in a sentence and takes nothing away. The name of the
    choice is in the session and in the address as `key`.
    """
    source = st.pills(
        "Photo",
        SOURCES,
        default=default,
        required=True,
        key=key,
        help="Photos that come with this program's libraries, clouds drawn by us, your own file (PNG, JPEG, WEBP or "
        "GIF), or one from your camera.",
        wrap=True,
        bind="query-params",
        persist_state="session",
    )
    if source in sample_photos.NAMES:
        return _sample(source, max_side)
    return _own(key, source or default, max_side) if source else _sample(default, max_side)


def show_original(photo: np.ndarray | None, says: str, wide: Callable[[np.ndarray], int]) -> None:
    """The photo by itself, `wide(photo)` pixels wide, for as long as no network is there to do with it what is said."""
    if photo is not None:
        with st.container(width=wide(photo)):
            st.image(photo, width="stretch", output_format="PNG", caption=says)


def _own(key: str, source: str, max_side: int) -> np.ndarray | None:
    """The last good picture from a file or the camera."""
    kept = f"{key}_kept_{source}"  # its bytes, so that another size can be made of it; the picture; the note
    if source == "Upload":
        tip = f"Upright or on its side, with or without transparency. Scaled to at most {max_side} pixels a side."
        file = st.file_uploader("Your photo", key=f"{key}_upload", help=tip, label_visibility="collapsed")
    else:
        tip = "Browsers lend a camera to pages of this machine and to HTTPS only: otherwise this stays dark."
        file = st.camera_input("Take a photo", key=f"{key}_camera", help=tip)
    data = file.getvalue() if file is not None else st.session_state.get(kept, (None,))[0]
    if data is None:
        return None
    held = st.session_state.get(kept)
    if held is None or held[:2] != (data, max_side):
        try:
            st.session_state[kept] = data, max_side, *_decoded(data, max_side)
        except images.BadImage as error:
            stays = " The photo before it stays." if held else ""
            st.error(f"{error}{stays}", icon=":material/broken_image:")
            if held is None:
                return None
            if held[1] != max_side:
                st.session_state[kept] = held[0], max_side, *_decoded(held[0], max_side)
    _, _, picture, note = st.session_state[kept]
    if note:
        st.caption(f":material/info: Your photo: {note} to {picture.shape[1]} x {picture.shape[0]} pixels.")
    return picture


def _decoded(data: bytes, max_side: int) -> tuple[np.ndarray, str]:
    picture, note = images.decode(data, max_side=max_side)
    h, w, _ = picture.shape
    if min(h, w) < MIN_SIDE:
        raise images.BadImage(
            f"This picture has {w} x {h} pixels{f' ({note})' if note else ''}: at least {MIN_SIDE} a side are needed."
        )
    return picture, note
