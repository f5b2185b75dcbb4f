"""Component: a text with a value per character as background color; characters can be selected."""

import base64
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from ui.component import component

WARM, COLD = "#e6550d", "#3182bd"  # positive and negative values; the same as in text_heatmap.js

_text_heatmap = component("components/text_heatmap", __file__)


def show(
    characters: str,
    values: np.ndarray,
    *,
    key: str,
    label: str,
    high: float,
    unit: str = "",
    legend: str | None = None,
    diverging: bool = False,
    notes: Sequence[Sequence[tuple[str, float]]] | None = None,
    selected: int | None = None,
    on_select: Callable[[int], None] | None = None,
) -> None:
    """Show a text as a heatmap; `on_select(index)` is called before the next run.

    values: (len(characters),) float. The color is transparent at 0 and orange at `high`; with
    `diverging` it is blue at -high; larger values have the color of the limit. legend: what the
    color shows; None: no color scale. unit: of the values. notes: for each character, rows of
    (label, fraction in [0, 1]) that its tooltip shows as bars. selected: the character with a frame.
    label: for screen readers. Raises `ValueError` unless there is one value, and one note if there
    are any, for each character.
    """
    if len(values) != len(characters) or (notes is not None and len(notes) != len(characters)):
        raise ValueError(
            f"{len(characters)} characters need as many values and notes, got {len(values)}"
            f"{'' if notes is None else f' and {len(notes)}'}"
        )

    def on_character() -> None:
        if (k := st.session_state[key].get("character")) is not None and on_select is not None:
            on_select(min(max(0, int(k)), len(characters) - 1))

    percentages = notes and [[[name, round(100 * fraction)] for name, fraction in rows] for rows in notes]
    _text_heatmap(
        key=key,
        data={
            "text": characters,
            "values": base64.b64encode(np.asarray(values, "<f4").tobytes()).decode(),
            "high": float(high),
            "diverging": diverging,
            "unit": unit,
            "legend": legend,
            "label": label,
            "notes": percentages,
            "selected": selected,
            "selectable": on_select is not None,
        },
        on_character_change=on_character,
    )
