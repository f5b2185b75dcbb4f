"""2-D interpolation between four styles: a draggable dot over a grid of thumbnails."""

from collections.abc import Sequence

import streamlit as st

from ui.component import component

GRID_SIZE = 5  # thumbnails per side
CENTER = (0.5, 0.5)

_pad = component("style_pad", __file__)


def show(names: Sequence[str], thumbnails: Sequence[str], *, key: str) -> tuple[float, float]:
    """Draw the pad and return the dot's position, (0, 0) at the top left.

    names: of the corner styles, row by row. thumbnails: GRID_SIZE x GRID_SIZE data URLs, row by row.
    """
    x, y = st.session_state.setdefault(f"{key}_xy", CENTER)

    def on_position_change() -> None:
        new_x, new_y = st.session_state[key]["position"]
        st.session_state[f"{key}_xy"] = (float(new_x), float(new_y))

    token = st.session_state.get(f"{key}_token", 0)  # Reset increments it: only then does Python move the dot
    data = {"names": list(names), "images": list(thumbnails), "start": [x, y], "token": token}
    _pad(key=key, data=data, on_position_change=on_position_change)
    return x, y


def centered(key: str) -> dict[str, object]:
    """The session state that moves the dot to the center."""
    return {f"{key}_xy": CENTER, f"{key}_token": st.session_state.get(f"{key}_token", 0) + 1}
