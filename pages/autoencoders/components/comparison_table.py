"""A table of images and numbers that sorts by any column; a click on a row selects it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ui.component import component

COLUMNS = [  # (key of the row, title, help, type of the cells, key by which the column sorts)
    ("name", "Autoencoder", "In the order of the book", "text", "position"),
    ("reconstruction", "Reconstruction", "The decoded image; sorts by its squared error", "image", "error"),
    ("residual", "Residual", "Orange: too dark. Blue: too bright; sorts by the squared error", "image", "error"),
    ("error", "Error", "Mean squared error of this image, pixels in [0, 1]", "bar", "error"),
    ("test_error", "Test MSE", "Mean squared error of all test images", "bar", "test_error"),
    ("parameters", "Parameters", "Trained parameters; tied weights count once", "bar", "parameters"),
    ("code_size", "Code size", "Units of the code", "number", "code_size"),
    ("code", "Code", "A square per unit. Orange: positive, blue: negative; sorts by its size", "image", "code_size"),
]

_table = component("comparison_table", __file__)


def comparison_table(rows: Sequence[Mapping[str, Any]], *, key: str, on_select: Callable[[str], None]) -> None:
    """Show the rows, with a value for each key of COLUMNS and a "description".

    `on_select(name)` is called before the next run when a row with "selectable" is clicked.
    """

    def selected() -> None:
        if name := st.session_state[key].get("selected"):
            on_select(name)

    columns = [dict(zip(("key", "title", "help", "type", "sort_by"), column, strict=True)) for column in COLUMNS]
    data = {"columns": columns, "rows": [dict(row) | {"position": k} for k, row in enumerate(rows)]}
    _table(key=key, data=data, on_selected_change=selected)
