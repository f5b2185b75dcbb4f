"""A grid of all channels of a layer, with the channel under the pointer shown large beside it."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import streamlit as st

from genmodels.convnet_visualization import activations
from genmodels.convnet_visualization.filter_atlas import Sheet
from genmodels.media import images
from pages.convnet_visualization import common
from ui.component import component

COLUMNS = 16  # of the image that is sent; the browser arranges the channels to fit

_channel_grid = component("channel_grid", __file__)


def show(
    photo: np.ndarray,
    layer: str,
    a: np.ndarray,
    sheet: Sheet | None,
    *,
    key: str,
    mode: Literal["maps", "filters"],
    order: list[int],
    selected: int,
    normalize_per_channel: bool,
    on_select: Callable[[int], None],
    names: tuple[str, ...] | None = None,
) -> None:
    """Draws the channels of a layer; `on_select(channel)` is called before the next run.

    a: feature maps (h, w, channels). sheet: filter visualizations from the atlas, if there are any. mode: which of the
    two is in the grid. order: of the channels. names: of classes, instead of channel numbers.
    """

    def select() -> None:
        if (k := st.session_state[key].get("channel")) is not None:
            on_select(min(max(0, int(k)), a.shape[2] - 1))

    data = _channel_data(layer, a, normalize_per_channel) | {
        "photo": common.photo_url(photo),
        "colormap": common.colormap_bytes(),
        "mode": mode,
        "order": order,
        "selected": selected,
        "names": names,
        "label": f"{len(order)} channels of {layer}. Arrow keys and Enter select one.",
    }
    if sheet is not None:
        data |= {
            "filters": common.data_url(sheet.webp, "webp"),
            "filterColumns": sheet.columns,
            "filterSize": sheet.image_size,
        }
    _channel_grid(key=key, data=data, on_channel_change=select)


@st.cache_data(show_spinner=False, max_entries=64)
def _channel_data(layer: str, a: np.ndarray, normalize_per_channel: bool) -> dict[str, Any]:
    """What the browser needs of a layer: one gray image of all channels, and each channel's statistics."""
    h, w, n = a.shape
    statistics = activations.channel_statistics(a)
    gray = activations.tile_channels(a, min(COLUMNS, n), normalize_per_channel=normalize_per_channel)
    return {
        "layer": layer,
        "maps": common.data_url(images.png(gray), "png"),
        "columns": min(COLUMNS, n),
        "size": [h, w],
        "peak": statistics.peak,
        "captions": [
            _caption(top, zeros, is_class=h * w == 1)
            for top, zeros in zip(statistics.maximum, statistics.sparsity, strict=True)
        ],
    }


def _caption(maximum: float, sparsity: float, *, is_class: bool) -> list[str]:
    """Two lines about one channel, or the probability of a class."""
    if is_class:
        return [f"Probability for this image: {maximum:.1%}", ""]
    if maximum <= 0:
        return ["No activation on this image", ""]
    return [f"Max activation {maximum:.2f}", f"{sparsity:.0%} zeros"]
