"""Component: the gates and states of one LSTM cell as bars, each value under the character that was read."""

import base64
from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from ui.component import component

ROWS = ("forget", "input", "candidate", "cell", "output", "state")  # in the order of the equations

_gate_activations = component("components/gate_activations", __file__)


def show(
    characters: str,
    values: Mapping[str, np.ndarray],
    previous_cell_state: float,
    *,
    key: str,
    selected: int | None,
    on_select: Callable[[int], None],
) -> None:
    """Draw six rows of bars below a text; `on_select(index)` is called before the next run.

    values: for each of `ROWS` (len(characters),) float. previous_cell_state: before the first
    character. selected: the character whose column is marked, or None.
    """

    def on_character() -> None:
        if (k := st.session_state[key].get("character")) is not None:
            on_select(min(max(0, int(k)), len(characters) - 1))

    packed = np.stack([values[row] for row in ROWS]).astype("<f4")
    _gate_activations(
        key=key,
        data={
            "text": characters,
            "values": base64.b64encode(packed.tobytes()).decode(),
            "previous_cell_state": previous_cell_state,
            "selected": selected,
        },
        on_character_change=on_character,
    )
