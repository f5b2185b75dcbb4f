"""Controls that several tabs have: class, seed, truncation psi, cutoff, noise. They keep their values between tabs."""

import re

import numpy as np
import streamlit as st

from pages.style_gan import common
from ui import presets_and_reset

MAX_SEED = 99_999
DEFAULT_SEED, DEFAULT_PSI, DEFAULT_NOISE_SEED = 1, 0.7, 0
DEFAULTS = {
    "style_gan_seed": DEFAULT_SEED,
    "style_gan_truncation_psi": DEFAULT_PSI,
    "style_gan_noise": True,
    "style_gan_noise_seed": DEFAULT_NOISE_SEED,
}


def class_control(name: str, key: str = "style_gan_class", title: str = "Class", *, help: str = "") -> int:
    """The index of the selected class."""
    names = common.class_names(name)
    if st.session_state.get(key) not in names:  # of another data set, or unknown in the link
        st.session_state[key] = names[0]
    help = help or "Class label, an input of the mapping network beside z."
    selected = st.selectbox(title, names, key=key, help=help, **common.URL_BOUND)
    return names.index(selected) if selected in names else 0


def seed_control(help: str = "Random seed of the latent vector z, 0 to 99,999. Each seed is one image.") -> int:
    """The seed, and a button for a random one."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", wrap=False):
        seed = st.number_input("Seed", 0, MAX_SEED, DEFAULT_SEED, key="style_gan_seed", help=help, **common.URL_BOUND)
        st.button(
            "", icon=":material/casino:", key="style_gan_randomize", on_click=_random_seed, help="New random seed."
        )
    return int(seed)


def _random_seed() -> None:
    presets_and_reset.set_widgets({"style_gan_seed": int(np.random.default_rng().integers(MAX_SEED + 1))})


def psi_control() -> float:
    """Truncation psi."""
    return st.slider(
        "Truncation psi",
        -1.0,
        2.0,
        DEFAULT_PSI,
        0.05,
        key="style_gan_truncation_psi",
        help="w' = mean + psi (w − mean), −1 to 2. 1: no truncation. Below 1: typical images, less diversity. 0: the "
        "mean image of the class. Negative: the opposite of each property. Above 1: more diversity, more artifacts.",
        **common.URL_BOUND,
    )


def cutoff_control(n_layers: int) -> int:
    """The number of layers that are truncated, from the coarsest."""
    if st.session_state.get("style_gan_cutoff") is None:
        st.session_state["style_gan_cutoff"] = n_layers
    return st.slider(
        "Cutoff",
        0,
        n_layers,
        key="style_gan_cutoff",
        help=f"Number of layers that are truncated, from the coarsest, 0 to {n_layers}. With a small number the layout "
        "is typical and colors and texture keep their diversity.",
        **common.URL_BOUND,
    )


def noise_control() -> int | None:
    """The seed of the noise, None if it is off."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        is_on = st.toggle(
            "Noise",
            value=True,
            key="style_gan_noise",
            help="Noise is added after every convolution. It sets random detail. Off: zeros.",
            **common.URL_BOUND,
        )
        seed = st.number_input(
            "Noise seed",
            0,
            MAX_SEED,
            DEFAULT_NOISE_SEED,
            key="style_gan_noise_seed",
            label_visibility="collapsed",
            help="Noise seed, 0 to 99,999: other random detail of the same image.",
            disabled=not is_on,
            **common.URL_BOUND,
        )
    return int(seed) if is_on else None


def noise_seed_control() -> int:
    """The seed of the noise, for a tab where it is always on."""
    seed = st.number_input(
        "Noise seed",
        0,
        MAX_SEED,
        DEFAULT_NOISE_SEED,
        key="style_gan_noise_seed",
        help="Random seed of the noises, 0 to 99,999: other random detail of the same image.",
        **common.URL_BOUND,
    )
    return int(seed)


def parse_seeds(text: str | None, default: tuple[int, ...], *, most: int = 6) -> tuple[int, ...]:
    """Numbers of a text such as "85, 100, 75", or 1-5 as a range; the default if there is none."""
    seeds: list[int] = []
    for first, last in re.findall(r"(\d{1,5})(?:\s*-\s*(\d{1,5}))?", text or ""):
        seeds += range(int(first), min(int(last or first), int(first) + most) + 1)
    return tuple(seeds[:most]) or default
