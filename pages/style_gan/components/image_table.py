"""A table of images with texts or images as headers of its rows and columns."""

import base64
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from genmodels.media import images as image_files
from ui.component import component

SHEET_COLUMNS = 16

_image_table = component("image_table", __file__)


def show(
    images: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    key: str,
    label: str,
    corner: str = "",
    row_images: np.ndarray | None = None,
    column_images: np.ndarray | None = None,
    selected: tuple[int, int] | None = None,
    middle: int | None = None,
    offset: float = 14,
    bars: np.ndarray | None = None,
    on_pick: Callable[[int, int], None] | None = None,
) -> None:
    """Draw images (r, c, h, w[, 3]) uint8 with r row texts and c column texts; label: for screen readers.

    row_images, column_images: (r, h, w[, 3]) and (c, h, w[, 3]), beside the texts. bars: (r, c - 1) values, drawn
    between two images. middle: a column that is emphasized. offset: height of what is around the table, in rem.
    `on_pick(row, column)` is called before the next run; -1 for a header.
    """

    def on_change() -> None:
        if on_pick is not None and (cell := st.session_state[key].get("cell")):
            on_pick(int(cell[0]), int(cell[1]))

    sources = [each for each in (row_images, column_images) if each is not None]
    data = {
        "sheet": base64.b64encode(
            sheet_png(np.concatenate([images.reshape(-1, *images.shape[2:]), *sources]))
        ).decode(),
        "sheetColumns": SHEET_COLUMNS,
        "imageSize": images.shape[2],
        "rows": list(rows),
        "columns": list(columns),
        "rowImages": row_images is not None,
        "columnImages": column_images is not None,
        "corner": corner,
        "label": label,
        "clickable": on_pick is not None,
        "selected": selected,
        "middle": middle,
        "offset": offset,
        "bars": None if bars is None else np.round(bars, 4).tolist(),
    }
    _image_table(key=key, data=data, on_cell_change=on_change)


def sheet_png(images: np.ndarray) -> bytes:
    """(n, h, w[, 3]) as one PNG with `SHEET_COLUMNS` images per row; the last row is filled with black ones."""
    missing = -len(images) % SHEET_COLUMNS
    padded = np.concatenate([images, np.zeros((missing, *images.shape[1:]), "uint8")])
    return image_files.png(image_files.tile(padded.reshape(-1, SHEET_COLUMNS, *images.shape[1:])))
