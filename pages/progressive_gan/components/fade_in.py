"""The fade-in of a new block, blended in the browser while alpha is dragged."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from genmodels.media import images
from ui.component import component
from ui.image_display import data_url

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
    """Draw the two paths (n, r, r) uint8, in rows of `columns`, and their blend.

    alpha, sample: the position of the slider and the selected sample, whenever `token` changes. on_alpha, on_sample:
    called with what the browser sends, before the next run.
    """
    data = {
        "old": data_url(images.tile(old.reshape(-1, columns, *old.shape[1:]))),
        "new": data_url(images.tile(new.reshape(-1, columns, *new.shape[1:]))),
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
