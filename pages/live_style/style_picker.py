"""A grid of style thumbnails: the photo in each style, to choose from."""

from collections.abc import Callable, Sequence

import streamlit as st

from ui.component import component

_grid = component("style_picker", __file__)


def show(
    names: Sequence[str],
    thumbnails: Sequence[str],
    chosen: Sequence[str],
    *,
    key: str,
    on_click: Callable[[str], None],
) -> None:
    """Draw the grid; `on_click(name)` is called before the page reruns. thumbnails: data URLs, one per name."""

    def on_style_change() -> None:
        name = st.session_state[key].get("style")
        if name in names:
            on_click(name)

    data = {"names": list(names), "images": list(thumbnails), "chosen": list(chosen)}
    _grid(key=key, data=data, on_style_change=on_style_change)
