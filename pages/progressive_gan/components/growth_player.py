"""Player of the training history: the samples of every point, moved in the browser."""

import base64
import hashlib
from typing import Any

import streamlit as st

from genmodels.progressive_gan import training_history
from ui.component import component

_growth_player = component("growth_player", __file__, "anim_bar.js", "sample_canvas.js")

read = st.cache_data(show_spinner="Reading the training history", max_entries=4)(training_history.read)


def show(name: str, *, key: str) -> None:
    """Draw the training history of a model of `genmodels.progressive_gan.model.NAMES`."""
    _growth_player(key=key, data=packed(name))


@st.cache_data(show_spinner=False, max_entries=4)
def packed(name: str) -> dict[str, Any]:
    """What the browser needs; see growth_player.js."""
    history = read(name)
    sheet = training_history.samples_webp(name)
    points = zip(history.images.tolist(), history.resolution.tolist(), history.alpha.tolist(), strict=True)
    return {
        "sheet": base64.b64encode(sheet).decode(),
        "token": hashlib.sha256(sheet).hexdigest(),
        "points": [{"images": n, "resolution": r, "alpha": alpha} for n, r, alpha in points],
        "segments": [
            {"resolution": each.resolution, "isFading": each.is_fading, "first": each.first, "length": each.length}
            for each in training_history.segments(history)
        ],
        "side": history.sample_grids.shape[2],
        "rows": history.sample_grids.shape[1] // training_history.COLUMNS,
        "columns": training_history.COLUMNS,
    }
