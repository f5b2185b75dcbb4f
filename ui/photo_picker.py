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
    if source == "Upload":
        return upload("Your photo", f"{key}_upload", f"{key}_cached_{source}", max_side=max_side)
    help = "Browsers allow camera access only on localhost or over HTTPS."
    file = st.camera_input("Take a photo", key=f"{key}_camera", help=help)
    return fitted(None if file is None else file.getvalue(), f"{key}_cached_{source}", max_side=max_side)


def upload(label: str, key: str, cache_key: str, *, max_side: int, name: str = "photo") -> np.ndarray | None:
    """A file uploader, and the last valid image from it; see `fitted`."""
    help = f"Any orientation, with or without transparency. Resized to at most {max_side} pixels per side."
    file = st.file_uploader(label, key=key, help=help, label_visibility="collapsed")
    return fitted(None if file is None else file.getvalue(), cache_key, max_side=max_side, name=name)


def fitted(data: bytes | None, cache_key: str, *, max_side: int, name: str = "photo") -> np.ndarray | None:
    """The image of a file, at least MIN_SIDE and at most `max_side` pixels per side; without one, the last valid one.

    Shows a caption on the conversion, and a sentence if there is no such image: then the last valid one is kept. None
    if there is none, or if it does not fit at this `max_side`; it is used again when it does. cache_key: in the
    session; the file's bytes, `max_side`, the image, the note.
    """
    cached = st.session_state.get(cache_key)
    message = ""
    sources = [data] if cached is None or data == cached[0] else [data, cached[0]]
    for source in sources:
        if source is None:
            continue
        if cached is None or cached[:2] != (source, max_side):
            try:
                cached = source, max_side, *images.decode(source, max_side=max_side, min_side=MIN_SIDE)
            except images.BadImage as error:
                message = message or str(error)
                continue
            st.session_state[cache_key] = cached
        if message:
            st.error(f"{message} The previous {name} is kept.", icon=":material/broken_image:")
        _, _, image, note = cached
        if note:
            st.caption(f":material/info: Your {name}: {note}.")
        return image
    if message:
        st.error(message, icon=":material/broken_image:")
    return None
