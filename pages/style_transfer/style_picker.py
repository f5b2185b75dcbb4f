"""Choose the manner: one or more of the styles that this program draws, or pictures of one's own."""

import numpy as np
import streamlit as st

from genmodels.data import style_images
from genmodels.media import images
from ui import photo_picker

OWN = "Your own"
SIDE = 512  # pixels: the longer side of a style, at most
MOST = 4  # styles that are mixed, at most

Manners = list[tuple[str, np.ndarray]]  # name and picture, (h, w, 3) uint8

drawn = st.cache_data(show_spinner="Drawing the style")(style_images.draw)


def pick(key: str) -> Manners:
    """Draw the choice and return the styles with their names; none where the visitor is about to bring one."""
    chosen = st.pills(
        "Style",
        (*style_images.NAMES, OWN),
        selection_mode="multi",
        default=["Brush strokes"],
        key=key,
        help=f"Drawn by this program, or your own picture of a painting. Choose several, up to {MOST}, to mix them.",
        wrap=True,
        bind="query-params",
        persist_state="session",
    )
    found: Manners = []
    if not chosen:
        st.info("Choose a style.", icon=":material/palette:")
    for name in chosen[:MOST]:
        picture = _own(key) if name == OWN else drawn(name)
        if picture is not None:
            found.append((name, picture))
    if len(chosen) > MOST:
        st.caption(f":material/info: Of {len(chosen)} styles the first {MOST} are mixed.")
    return found


def _own(key: str) -> np.ndarray | None:
    """The last good picture of a style that was brought: a bad one is refused and takes nothing away."""
    kept = f"{key}_kept"
    tip = f"A painting, a fabric, a drawing. Scaled to at most {SIDE} pixels a side; it stays on this machine."
    file = st.file_uploader("Your style", key=f"{key}_upload", help=tip, label_visibility="collapsed")
    held = st.session_state.get(kept)
    if file is not None and (held is None or held[0] != file.file_id):
        try:
            picture, note = images.decode(file.getvalue(), max_side=SIDE)
            if min(picture.shape[:2]) < photo_picker.MIN_SIDE:
                h, w, _ = picture.shape
                raise images.BadImage(f"This picture has {w} x {h} pixels: {photo_picker.MIN_SIDE} a side are needed.")
        except images.BadImage as error:
            stays = " The style before it stays." if held else ""
            st.error(f"{error}{stays}", icon=":material/broken_image:")
        else:
            held = st.session_state[kept] = file.file_id, picture, note
    if held is None:
        st.info("Bring a picture whose manner you want.", icon=":material/add_photo_alternate:")
        return None
    _, picture, note = held
    if note:
        h, w, _ = picture.shape
        st.caption(f":material/info: Your style: {note} to {w} x {h} pixels.")
    return picture
