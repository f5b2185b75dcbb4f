"""The page of the variational autoencoder: its header, presets and tabs."""

import streamlit as st

from pages.vae.common import DATA, URL_BOUND
from ui.page_layout import page_header, tabs, text_width
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "2-D latent space": "latent_space",
    "Latent sliders": "latent_sliders",
    "Encode your image": "encode_your_image",
    "Interpolation": "interpolation",
    "AE vs. VAE vs. β-VAE": "beta_comparison",
    "Train": "train",
    "How it works": "theory",
}

EXPLORE = {"vae_tab": "2-D latent space", "latent_view": "Latent plane"}
GRID = {"vae_tab": "2-D latent space", "latent_view": "Decoded grid", "vae_data": "MNIST", "grid_images_per_side": 15}
PRESETS = [  # in the order of a lecture
    ("Fashion-MNIST latent space", EXPLORE | {"vae_data": "Fashion-MNIST", "pad_layer": "Latent vectors"}),
    ("Decoded latent plane", EXPLORE | {"vae_data": "Fashion-MNIST", "pad_layer": "Decoded images"}),
    ("MNIST latent space", EXPLORE | {"vae_data": "MNIST", "pad_layer": "Latent vectors"}),
    ("Textbook grid (normal quantiles)", GRID | {"grid_spacing": "Normal quantiles"}),
    ("Outside the prior", GRID | {"grid_spacing": "Linear", "grid_half_width": 6.0}),
    ("Active and inactive dimensions", {"vae_tab": "Latent sliders", "vae_data": "Fashion-MNIST"}),
    ("Encode your digit", {"vae_tab": "Encode your image", "vae_data": "MNIST"}),
    (
        "Latent interpolation",
        {"vae_tab": "Interpolation", "vae_data": "Fashion-MNIST", "interpolation_mode": "Two images"},
    ),
    ("Concept vectors", {"vae_tab": "Interpolation", "vae_data": "MNIST", "interpolation_mode": "Concept vectors"}),
    ("Gaps in an autoencoder's latent space", {"vae_tab": "AE vs. VAE vs. β-VAE"}),
]

header = page_header(
    "Variational autoencoder",
    "Encode an image as a Gaussian in a small latent space, sample from it, and decode the sample.",
)
with header:
    presets(PRESETS, key="vae_preset")
    st.selectbox(
        "Data set",
        list(DATA),
        index=list(DATA).index("Fashion-MNIST"),
        key="vae_data",
        label_visibility="collapsed",
        width=text_width(170),
        help="Data set that the models of this page were trained on.",
        **URL_BOUND,
    )
tabs("pages.vae", TABS, "vae_tab", DATA[st.session_state["vae_data"]])
