"""All channels of a layer in one sheet, the one under the pointer large beside it."""

from collections.abc import Callable
from typing import Literal

import numpy as np
import streamlit as st

from genmodels.convnet_visualization import methods as convnet_visualization
from genmodels.convnet_visualization.methods import Sheet
from genmodels.media import images
from pages.convnet_visualization import common
from ui.component import component

COLUMNS = 16  # of the sheet as it travels; the browser lays it out anew

_channels = component("channel_grid", __file__)


def show(
    photo: np.ndarray,
    layer: str,
    answers: np.ndarray,
    sheet: Sheet | None,
    *,
    key: str,
    first: Literal["maps", "filters"],
    order: list[int],
    picked: int,
    own_scale: bool,
    on_pick: Callable[[int], None],
    names: tuple[str, ...] | None = None,
) -> None:
    """Draw the channels of a layer; `on_pick(channel)` is called before the next run.

    answers: (h, w, channels). sheet: what each looks for, where an atlas knows it. first: which of the
    two fills the sheet. order: of the channels. names: instead of numbers.
    """

    def picked_one() -> None:
        if (k := st.session_state[key].get("channel")) is not None:
            on_pick(min(max(0, int(k)), answers.shape[2] - 1))

    data = _described(layer, answers, own_scale) | {
        "photo": common.photo_url(photo),
        "palette": common.palette(),
        "show": first,
        "order": order,
        "picked": picked,
        "names": names,
        "label": f"{len(order)} channels of {layer}. Arrow keys and Enter pick one.",
    }
    if sheet is not None:
        data |= {"filters": common.data_url(sheet.webp, "webp"), "across": sheet.columns, "side": sheet.side}
    _channels(key=key, data=data, on_channel_change=picked_one)


@st.cache_data(show_spinner=False, max_entries=64)
def _described(layer: str, answers: np.ndarray, own_scale: bool) -> dict:
    """A layer's answers as the browser needs them: one grey picture, and a few numbers for each channel."""
    h, w, n = answers.shape
    flat = answers.reshape(-1, n)
    top, places = flat.max(axis=0), flat.argmax(axis=0)
    grey = convnet_visualization.channel_sheet(answers, min(COLUMNS, n), own_scale=own_scale)
    return {
        "layer": layer,
        "maps": common.data_url(images.png(grey), "png"),
        "columns": min(COLUMNS, n),
        "size": [h, w],
        "peak": [
            [(k // w + 0.5) / h, (k % w + 0.5) / w] if t > 0 else None
            for k, t in zip(places.tolist(), top.tolist(), strict=True)
        ],
        "told": [_told(t, z, h * w) for t, z in zip(top.tolist(), (flat <= 0).mean(axis=0).tolist(), strict=True)],
    }


def _told(top: float, zeros: float, places: int) -> list[str]:
    """Two lines about one channel."""
    if places == 1:
        return [f"On this photo: {top:.1%}", ""]  # a class
    return [f"Strongest answer {top:.2f}", f"{zeros:.0%} of it is zero"] if top > 0 else ["No answer to this photo", ""]
