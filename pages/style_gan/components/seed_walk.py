"""Anim: a walk through seeds, played in the browser from one sheet of frames."""

import base64
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from genmodels.media import images
from ui.component import component

SHEET_COLUMNS = 8

_seed_walk = component("seed_walk", __file__)


def show(frames: np.ndarray, seeds: Sequence[int], *, key: str, on_snap: Callable[[int], None]) -> None:
    """Play frames (n, h, w[, 3]) uint8 of a closed path through seeds; n is a multiple of their number.

    `on_snap(seed)` is called before the next run.
    """

    def on_change() -> None:
        seed = st.session_state[key].get("seed")
        if seed in seeds:
            on_snap(int(seed))

    data = {
        "sheet": _sheet(frames),
        "sheetColumns": SHEET_COLUMNS,
        "imageSize": frames.shape[1],
        "framesPerSeed": len(frames) // len(seeds),
        "seeds": list(seeds),
    }
    _seed_walk(key=key, data=data, on_seed_change=on_change)


@st.cache_data(show_spinner=False, max_entries=30)
def _sheet(frames: np.ndarray) -> str:
    table = frames.reshape(-1, SHEET_COLUMNS, *frames.shape[1:])
    return base64.b64encode(images.webp(images.tile(table), quality=92)).decode()
