"""The styles to choose from: what the network makes of the photo, small, in each of them."""

from collections.abc import Callable, Sequence

import streamlit as st

from ui.component import component

_palette = component("style_picker", __file__)


def show(
    names: Sequence[str], pictures: Sequence[str], chosen: Sequence[str], *, key: str, clicked: Callable[[str], None]
) -> None:
    """Draw them; `clicked(name)` is called before the page runs again."""

    def told() -> None:
        name = st.session_state[key].get("style")
        if name in names:
            clicked(name)

    data = {"names": list(names), "pictures": list(pictures), "chosen": list(chosen)}
    _palette(key=key, data=data, on_style_change=told)
