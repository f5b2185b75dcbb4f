"""GANs: trained ones to explore, one that learns before your eyes, and one to break on purpose."""

import streamlit as st

from genmodels.gan import training_history
from pages.gan import gan_2d_controls
from pages.gan.common import KEEP, trained
from ui.page_layout import page_header, presenter_mode, tabs
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Explore": "explore",
    "Arithmetic": "latent_arithmetic",
    "Flight recorder": "training_history",
    "2-D GAN": "gan_2d",
    "Ablations": "ablations",
    "Train": "train",
    "How it works": "theory",
}
FIRST = "Clothes, DCGAN"
BY_KIND = "Clothes, by kind"
GAN_2D = gan_2d_controls.TRAINING_DEFAULTS | gan_2d_controls.NETWORK_DEFAULTS | {"gan_tab": "2-D GAN"}

STORY = [  # presets, in the order a lecture takes them
    ("Clothes that nobody ever made", {"gan_tab": "Explore", "gan_model": FIRST, "gan_view": "Sliders"}),
    ("A walk between them", {"gan_tab": "Explore", "gan_model": FIRST, "gan_view": "Slice"}),
    ("Told what to draw", {"gan_tab": "Explore", "gan_model": BY_KIND, "gan_view": "Every kind"}),
    ("A minus B plus C", {"gan_tab": "Arithmetic", "gan_model": FIRST, "gan_sum": "A − B + C"}),
    ("From one to another", {"gan_tab": "Arithmetic", "gan_model": FIRST, "gan_sum": "Between two"}),
    ("How they were learnt", {"gan_tab": "Flight recorder", "gan_model": FIRST}),
    ("2-D GAN", GAN_2D | {"gan2d_data_distribution": gan_2d_controls.RING}),
    (
        "Mode collapse",
        GAN_2D | gan_2d_controls.SLOW_DISCRIMINATOR | {"gan2d_data_distribution": gan_2d_controls.RING},
    ),
    ("Grid of 25 Gaussians", GAN_2D | {"gan2d_data_distribution": gan_2d_controls.GRID}),
    ("Draw your own data", GAN_2D | {"gan2d_data_distribution": gan_2d_controls.DRAWN}),
    ("Train a DCGAN", {"gan_tab": "Train"}),
    ("Checkerboard artifacts", {"gan_tab": "Ablations", "gan_ablation": "Kernel 5, stride 2"}),
    ("tanh output with data in [0, 1]", {"gan_tab": "Ablations", "gan_ablation": "tanh, data in [0, 1]"}),
    ("Discriminator too strong", {"gan_tab": "Ablations", "gan_ablation": "Discriminator too strong"}),
]

models = trained()
missing = set() if models else {"Explore", "Arithmetic", "Flight recorder"}
if not training_history.has_history("ablation_baseline"):
    missing.add("Ablations")
shown = {title: module for title, module in TABS.items() if title not in missing}  # the rest: once it is trained
side = page_header(
    "GANs" if presenter_mode() else "Generative adversarial networks",
    "Two networks play against each other. The **generator** turns noise into pictures; the **discriminator** "
    "tells them from real ones. Each learns from the other's success, and when neither can win any more, the "
    "pictures are good. Nobody ever says what a good picture is.",
)
with side:
    presets([each for each in STORY if each[1]["gan_tab"] in shown], key="gan_story")
    if models:
        st.selectbox(
            "Model",
            list(models),
            key="gan_model",
            label_visibility="collapsed",
            help="One of the trained models of this project: for Explore, Arithmetic and the Flight recorder.",
            **KEEP,
        )
first = models.get(FIRST, "")
name = models.get(st.session_state.get("gan_model") or FIRST, first)  # an address may name none
tabs("pages.gan", shown, "gan_tab", name)
