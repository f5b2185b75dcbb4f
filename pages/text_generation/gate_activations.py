"""What one memory cell does, gate under gate, each value under the character that was being read."""

import base64
from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from ui.component import component

ROWS = ("forget", "input", "candidate", "cell", "output", "state")  # in the order in which the equations use them

_traces = component("gate_activations", __file__)


def show(
    characters: str,
    values: Mapping[str, np.ndarray],
    before: float,
    *,
    key: str,
    picked: int | None,
    on_pick: Callable[[int], None],
) -> None:
    """Draw six rows of bars under a piece of text; `on_pick(index)` is called before the next run.

    values: for each of `ROWS` (len(characters),) float. before: the cell state before the first of
    the characters. picked: the character whose column is marked, or None.
    """

    def picked_one() -> None:
        if (k := st.session_state[key].get("character")) is not None:
            on_pick(min(max(0, int(k)), len(characters) - 1))

    packed = np.stack([values[row] for row in ROWS]).astype("<f4")
    _traces(
        key=key,
        data={
            "text": characters,
            "values": base64.b64encode(packed.tobytes()).decode(),
            "before": before,
            "picked": picked,
        },
        on_character_change=picked_one,
    )
