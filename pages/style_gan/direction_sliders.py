"""Sliders along the principal directions of W (GANSpace), for all layers or for a range of them."""

from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from genmodels.style_gan import latent_space
from genmodels.style_gan.latent_space import N_DIRECTIONS
from pages.style_gan import common

if TYPE_CHECKING:
    from pages.style_gan.explore import Inputs

EXTENT = 3.0  # standard deviations
ALL_LAYERS = "All"
RANGES = {ALL_LAYERS: None, "Coarse": "coarse", "Middle": "middle", "Fine": "fine"}
DEFAULTS: dict[str, Any] = {"style_gan_direction_layers": ALL_LAYERS} | {
    f"style_gan_direction_{k + 1}": 0.0 for k in range(N_DIRECTIONS)
}


def show(inputs: "Inputs") -> np.ndarray | None:
    """Draw the sliders; returns what is added to w, see `shift`."""
    st.segmented_control(
        "Layers",
        list(RANGES),
        default=ALL_LAYERS,
        required=True,
        key="style_gan_direction_layers",
        label_visibility="collapsed",
        help="The layers whose w is moved. Coarse: pose and shape. Middle: parts. Fine: colors and texture.",
        **common.URL_BOUND,
    )
    _, deviations = principal_directions(inputs.name, inputs.label)
    percent = 100 * deviations**2 / total_variance(inputs.name, inputs.label)
    columns = st.columns(2, gap="small")
    for k in range(N_DIRECTIONS):
        columns[k % 2].slider(
            f"{k + 1} ({percent[k]:.0f} %)",
            -EXTENT,
            EXTENT,
            0.0,
            0.1,
            key=f"style_gan_direction_{k + 1}",
            help=f"Principal direction {k + 1} of w of this class, −3 to 3 standard deviations. Percent: fraction of "
            "the variance of w.",
            **common.URL_BOUND,
        )
    return shift(inputs)


def amounts() -> list[float]:
    """The values of the sliders, in standard deviations; 0 before they are drawn."""
    return [float(st.session_state.get(key) or 0) for key in list(DEFAULTS)[1:]]


def layers(model: Any) -> list[int]:
    """The layers that are moved."""
    name = RANGES.get(st.session_state.get("style_gan_direction_layers") or ALL_LAYERS)
    return list(range(len(model.layer_sizes))) if name is None else common.module().style_ranges(model)[name]


def shift(inputs: "Inputs") -> np.ndarray | None:
    """What the sliders add to w: (layers, W_DIM); None if all are at 0."""
    if not any(amounts()):
        return None
    model = common.load(inputs.name)
    directions, deviations = principal_directions(inputs.name, inputs.label)
    zero = np.zeros((1, directions.shape[1]), "float32")
    shifted = latent_space.shift_along(zero, directions, deviations, np.array(amounts()))
    return common.module().mix_styles(model, zero, shifted, layers(model))[0]


@st.cache_data(show_spinner="Computing principal directions", max_entries=60)
def principal_directions(name: str, label: int) -> tuple[np.ndarray, np.ndarray]:
    """The principal directions of a class, and the standard deviations along them."""
    return latent_space.principal_directions(common.load(name), label)


@st.cache_data(show_spinner=False, max_entries=60)
def total_variance(name: str, label: int) -> float:
    """The variance of w of a class, the sum over all its dimensions."""
    return latent_space.total_variance(common.load(name), label)
