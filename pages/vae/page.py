"""The VAE: a plane of pictures to walk in, and how it comes about."""

import streamlit as st

from pages.vae.common import DATA
from ui.page_layout import page_header, tabs
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Latent pad": "latent_pad",
    "Latent grid": "grid",
    "Ten sliders": "latent_sliders",
    "Your own picture": "encode_own_image",
    "Between two": "interpolation",
    "AE, VAE, β": "beta_comparison",
    "Train it": "train",
    "How it works": "theory",
}

STORY = [  # presets, in the order a lecture takes them
    ("Clothes on a plane", {"vae_tab": "Latent pad", "vae_data": "Clothes", "pad_show": "Codes"}),
    ("The plane, decoded", {"vae_tab": "Latent pad", "vae_data": "Clothes", "pad_show": "Pictures"}),
    ("Digits on a plane", {"vae_tab": "Latent pad", "vae_data": "Digits", "pad_show": "Codes"}),
    ("The textbook's grid", {"vae_tab": "Latent grid", "vae_data": "Digits", "grid_n": 15, "grid_spread": "Quantiles"}),
    (
        "Far outside",
        {"vae_tab": "Latent grid", "vae_data": "Digits", "grid_n": 15, "grid_spread": "Range", "grid_extent": 6.0},
    ),
    ("Which dimensions live", {"vae_tab": "Ten sliders", "vae_data": "Clothes"}),
    ("Your own picture", {"vae_tab": "Your own picture", "vae_data": "Digits"}),
    ("From one to another", {"vae_tab": "Between two", "vae_data": "Clothes"}),
    ("Holes", {"vae_tab": "AE, VAE, β"}),
]

side = page_header(
    "Variational autoencoder",
    "Encode an image as a Gaussian in a small latent space, sample from it, decode: neighbors decode to similar images.",
)
with side:
    presets(STORY, key="vae_story")
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.segmented_control(
            "Pictures",
            list(DATA),
            default="Clothes",
            required=True,
            key="vae_data",
            label_visibility="collapsed",
            bind="query-params",
            persist_state="session",
        )
data = st.session_state["vae_data"] or "Clothes"  # an address may name none
tabs("pages.vae", TABS, "vae_tab", DATA[data])
