"""The fade-in of a new block, blended in the browser while alpha is dragged."""

import base64
from collections.abc import Callable

import numpy as np
import streamlit as st

from ui.component import component

SCALE = 16  # of the levels that the browser receives as 16-bit integers

_fade_in = component("fade_in", __file__, "anim_bar.js", "sample_canvas.js")


def show(
    old: np.ndarray,
    new: np.ndarray,
    *,
    columns: int,
    alpha: float,
    sample: int,
    token: str,
    key: str,
    on_alpha: Callable[[object], None],
    on_sample: Callable[[object], None],
) -> None:
    """Draw the two paths (n, r, r), in levels of 0 to 255 before clipping, in rows of `columns`, and their blend.

    alpha, sample: the position of the slider and the selected sample, whenever `token` changes. on_alpha, on_sample:
    called with what the browser sends, before the next run.
    """
    data = {
        "old": _packed(old),
        "new": _packed(new),
        "scale": SCALE,
        "side": old.shape[1],
        "rows": len(old) // columns,
        "columns": columns,
        "alpha": alpha,
        "sample": sample,
        "token": token,
    }
    _fade_in(
        key=key,
        data=data,
        on_alpha_change=lambda: on_alpha(st.session_state[key]["alpha"]),
        on_sample_change=lambda: on_sample(st.session_state[key]["sample"]),
    )


def _packed(levels: np.ndarray) -> str:
    """Levels as little-endian 16-bit integers, in base64."""
    limits = np.iinfo("int16")
    integers = np.clip(np.rint(SCALE * levels), limits.min, limits.max).astype("<i2")
    return base64.b64encode(integers.tobytes()).decode()
