"""A place between four styles: drag the dot, and the picture follows."""

from collections.abc import Sequence

import streamlit as st

from ui.component import component

CELLS = 5  # small pictures a side, behind the dot

_pad = component("style_pad", __file__)


def show(names: Sequence[str], pictures: Sequence[str], *, key: str) -> tuple[float, float]:
    """Draw it and return the place, (0, 0) at the top left. names: of the corners, by rows; CELLS x CELLS pictures."""
    place = f"{key}_place"
    x, y = st.session_state.setdefault(place, (0.5, 0.5))

    def moved() -> None:
        at = st.session_state[key]["at"]
        st.session_state[place] = (float(at[0]), float(at[1]))

    token = st.session_state.get(f"{key}_token", 0)  # a reset counts it up: only then is the dot moved from here
    data = {"names": list(names), "pictures": list(pictures), "start": [x, y], "token": token}
    _pad(key=key, data=data, on_at_change=moved)
    return x, y


def centre(key: str) -> dict[str, object]:
    """What a Reset puts back: the dot to the middle."""
    return {f"{key}_place": (0.5, 0.5), f"{key}_token": st.session_state.get(f"{key}_token", 0) + 1}
