"""A grid of samples, the selected one large beside it."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from genmodels.media import images
from ui.component import component
from ui.image_display import data_url

_sample_picker = component("sample_picker", __file__, "sample_canvas.js")


def show(
    samples: np.ndarray,
    *,
    columns: int,
    sample: int,
    token: str,
    key: str,
    on_sample: Callable[[object], None],
) -> None:
    """Draw samples (n, r, r) uint8 in rows of `columns`.

    sample: the selected one, whenever `token` changes. on_sample: called with what the browser sends, before the next
    run.
    """
    data = {
        "sheet": data_url(images.tile(samples.reshape(-1, columns, *samples.shape[1:]))),
        "side": samples.shape[1],
        "rows": len(samples) // columns,
        "columns": columns,
        "sample": sample,
        "token": token,
    }
    _sample_picker(key=key, data=data, on_sample_change=lambda: on_sample(st.session_state[key]["sample"]))
