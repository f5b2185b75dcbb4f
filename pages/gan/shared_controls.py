"""Training controls that the tabs "2-D GAN" and "Train" share; their keys begin with a prefix of the tab."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.gan import common

NETWORKS_TO_UPDATE = {"Both": "both", "Discriminator only": "discriminator", "Generator only": "generator"}


def networks_to_update(prefix: str, help_text: str) -> None:
    st.selectbox(
        "Networks to update",
        list(NETWORKS_TO_UPDATE),
        key=f"{prefix}_networks_to_update",
        help=help_text,
        **common.URL_BOUND,
    )


def learning_rates(
    prefix: str, options: Sequence[float], defaults: Mapping[str, Any], effects: Mapping[str, str]
) -> None:
    """A slider for each network. defaults: by key; effects: end of the help text, by network."""
    for network, effect in effects.items():
        key = f"{prefix}_{network.lower()}_learning_rate"
        st.select_slider(
            f"{network} learning rate",
            options,
            defaults[key],
            key=key,
            help=f"Learning rate of the {network.lower()}'s Adam optimizer. {effect}",
            **common.URL_BOUND,
        )


def discriminator_steps(prefix: str, default: int) -> None:
    st.slider(
        "Discriminator steps per generator step (k)",
        1,
        5,
        default,
        key=f"{prefix}_discriminator_steps",
        help="Higher k: better gradients for the generator, slower steps.",
        **common.URL_BOUND,
    )
