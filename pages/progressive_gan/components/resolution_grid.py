"""The same latent vectors at every resolution, interpolated in the browser."""

import hashlib
from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from genmodels.media import images
from ui.component import component
from ui.image_display import data_url

_resolution_grid = component("resolution_grid", __file__, "anim_bar.js")


def show(
    samples: Mapping[int, np.ndarray],
    *,
    ends: tuple[str, str],
    t: float,
    token: str,
    key: str,
    on_t: Callable[[object], None],
) -> None:
    """Draw samples (rows, steps, r, r) uint8 by resolution r: a column each.

    ends: the texts beside the slider. t: the position of the slider in [0, 1], whenever `token` changes. on_t: called
    with what the browser sends, before the next run.
    """
    rows, steps = next(iter(samples.values())).shape[:2]
    sheets = [data_url(images.tile(each)) for each in samples.values()]
    data = {
        "sheets": sheets,
        "content": hashlib.sha256("".join(sheets).encode()).hexdigest(),
        "resolutions": list(samples),
        "rows": rows,
        "steps": steps,
        "start": ends[0],
        "end": ends[1],
        "t": t,
        "token": token,
    }
    _resolution_grid(key=key, data=data, on_t_change=lambda: on_t(st.session_state[key]["t"]))
