"""Choose a photo: a sample, an uploaded file, or one from the camera. Shared by all pages that work on photos."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from genmodels.data import sample_photos
from genmodels.media import images

MIN_SIDE = 32  # pixels: what the networks need
SOURCES = (*sample_photos.NAMES, "Upload", "Camera")

_sample = st.cache_data(show_spinner=False)(sample_photos.load)


def pick(key: str, *, max_side: int = 400, default: str = "Cat", label: str = "Photo") -> np.ndarray | None:
    """A menu of photos; returns the chosen one: (h, w, 3) uint8, no side longer than `max_side` pixels.

    None until the visitor has uploaded a photo or taken one. An invalid file is refused, and the previous photo is
    kept. The name of the choice is in the session and in the link as `key`.
    """
    source = st.selectbox(
        label,
        SOURCES,
        index=SOURCES.index(default),
        key=key,
        help="Sample photos, generated clouds, your own file (PNG, JPEG, WEBP or GIF), or a photo from your camera.",
        bind="query-params",
        persist_state="session",
    )
    if source in sample_photos.NAMES:
        return _sample(source, max_side)
    return _own_photo(key, source, max_side)


def show_while_loading(
    key: str,
    *,
    default: str,
    width: Callable[[np.ndarray], int],
    max_side: int = 400,
    columns: Sequence[float] = (5, 2),
) -> None:
    """The photo chosen under `key`, `width(photo)` pixels wide, in the result's place; a loading placeholder of `tabs`.

    It needs no picker, which is drawn after the network is loaded.
    """
    name = st.session_state.get(key) or st.query_params.get(key) or default
    photo = _sample(name if name in sample_photos.NAMES else default, max_side)
    if cached := st.session_state.get(f"{key}_cached_{name}"):
        photo = cached[2]
    result, _ = st.columns(columns, gap="medium")
    with result.container(width=width(photo)):
        st.image(photo, width="stretch", output_format="PNG", caption="Loading the network …")


def chosen_size(key: str, sizes: Sequence[int], default: int) -> int:
    """The value of the widget `key` with these options, before it is drawn: from the session or the link.

    The picker needs the photo's size, and the widget of the size comes after it. Without the link, the first run would
    use the default, and the next one start again with another photo.
    """
    value = st.session_state.get(key, st.query_params.get(key))
    return next((size for size in sizes if str(size) == str(value)), default)


def source_code(name: str, max_side: int) -> str:
    """A Python expression that loads the photo again, for "Show the code"; an uploaded photo from "photo.jpg"."""
    if name in sample_photos.NAMES:
        return f"sample_photos.load({name!r}, {max_side})"
    return f'images.decode(open("photo.jpg", "rb").read(), max_side={max_side})[0]  # your own'


def _own_photo(key: str, source: str, max_side: int) -> np.ndarray | None:
    """The last valid photo from a file or the camera."""
    cache_key = f"{key}_cached_{source}"  # the file's bytes, to resize it again; `max_side`; the photo; the note
    if source == "Upload":
        help = f"Any orientation, with or without transparency. Resized to at most {max_side} pixels per side."
        file = st.file_uploader("Your photo", key=f"{key}_upload", help=help, label_visibility="collapsed")
    else:
        help = "Browsers allow camera access only on localhost or over HTTPS."
        file = st.camera_input("Take a photo", key=f"{key}_camera", help=help)
    data = file.getvalue() if file is not None else st.session_state.get(cache_key, (None,))[0]
    if data is None:
        return None
    cached = st.session_state.get(cache_key)
    if cached is None or cached[:2] != (data, max_side):
        try:
            st.session_state[cache_key] = data, max_side, *_decode(data, max_side)
        except images.BadImage as error:
            suffix = " The previous photo is kept." if cached else ""
            st.error(f"{error}{suffix}", icon=":material/broken_image:")
            if cached is None:
                return None
            if cached[1] != max_side:
                st.session_state[cache_key] = cached[0], max_side, *_decode(cached[0], max_side)
    _, _, photo, note = st.session_state[cache_key]
    if note:
        st.caption(f":material/info: Your photo: {note} to {photo.shape[1]} x {photo.shape[0]} pixels.")
    return photo


def _decode(data: bytes, max_side: int) -> tuple[np.ndarray, str]:
    photo, note = images.decode(data, max_side=max_side)
    h, w, _ = photo.shape
    if min(h, w) < MIN_SIDE:
        raise images.BadImage(
            f"This image has {w} x {h} pixels{f' ({note})' if note else ''}; at least {MIN_SIDE} per side are needed."
        )
    return photo, note
