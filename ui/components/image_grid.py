"""A grid of images of which one can be selected by pointer or keyboard."""

import base64
from collections.abc import Callable, Sequence

import streamlit as st

from ui.component import component

_image_grid = component("image_grid", __file__)


def show(
    png: bytes,
    rows: int,
    columns: int,
    *,
    key: str,
    label: str,
    on_pick: Callable[[int, int], None],
    width: int | None = None,
    picked: Sequence[int] | None = None,
    marks: Sequence[tuple[int, int]] = (),
) -> None:
    """Show a PNG of rows x columns images; `on_pick(row, column)` is called before the next run.

    width: pixels at most; None fills the column. picked: the cell with an outline. marks: cells with a thin
    frame. label: for screen readers.
    """

    def on_change() -> None:
        if cell := st.session_state[key].get("cell"):
            on_pick(int(cell[0]), int(cell[1]))

    _image_grid(
        key=key,
        data={
            "png": base64.b64encode(png).decode(),
            "rows": rows,
            "columns": columns,
            "label": label,
            "width": width,
            "picked": list(picked) if picked else None,
            "marks": [list(mark) for mark in marks],
        },
        on_cell_change=on_change,
    )
