"""A text whose every character has a background by a value, to read, to point at and to pick from."""

import base64
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from ui.component import component

WARM, COLD = "#e6550d", "#3182bd"  # of the two ends; coloured.js has the same

_coloured = component("text_heatmap", __file__)


def text(
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
    picked: int | None = None,
    on_pick: Callable[[int], None] | None = None,
) -> None:
    """Show a text, coloured; `on_pick(index)` is called before the next run.

    values: (len(characters),) float. A sequential scale runs from nothing at 0 to orange at `high`;
    a diverging one from blue at -high over nothing at 0 to orange at `high`; beyond, the colour
    stays. legend: what the scale measures; None draws no scale. unit: of the values. notes: for
    each character, rows of (what, share in [0, 1]) that its tooltip lists as bars. picked: the
    character with a frame. label: what a screen reader says. Raises `ValueError` unless there is
    one value, and one note if there are any, for each character.
    """
    if len(values) != len(characters) or (notes is not None and len(notes) != len(characters)):
        raise ValueError(
            f"{len(characters)} characters need as many values and notes, got {len(values)}"
            f"{'' if notes is None else f' and {len(notes)}'}"
        )

    def picked_one() -> None:
        if (k := st.session_state[key].get("character")) is not None and on_pick is not None:
            on_pick(min(max(0, int(k)), len(characters) - 1))

    _coloured(
        key=key,
        data={
            "text": characters,
            "values": base64.b64encode(np.asarray(values, "<f4").tobytes()).decode(),
            "high": float(high),
            "diverging": diverging,
            "unit": unit,
            "legend": legend,
            "label": label,
            "notes": None
            if notes is None
            else [[[what, round(100 * share)] for what, share in rows] for rows in notes],
            "picked": picked,
            "picks": on_pick is not None,
        },
        on_character_change=picked_one,
    )
