"""GANs: pretrained models to explore, live training, a 2-D GAN and an ablation study."""

import streamlit as st

from genmodels.gan import training_history
from pages.gan import gan_2d_controls
from pages.gan.common import URL_BOUND, trained
from ui.page_layout import page_header, presenter_mode, tabs, text_width
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Explore": "explore",
    "Latent arithmetic": "latent_arithmetic",
    "Training history": "training_history",
    "2-D GAN": "gan_2d",
    "Ablations": "ablations",
    "Train": "train",
    "How it works": "theory",
}
DCGAN = "Fashion-MNIST, DCGAN"
CONDITIONAL = "Fashion-MNIST, conditional"
GAN_2D = gan_2d_controls.TRAINING_DEFAULTS | gan_2d_controls.NETWORK_DEFAULTS | {"gan_tab": "2-D GAN"}

PRESETS = [  # in the order of a lecture
    ("Generated clothes (DCGAN)", {"gan_tab": "Explore", "gan_model": DCGAN, "gan_view": "Latent sliders"}),
    ("2-D latent slice", {"gan_tab": "Explore", "gan_model": DCGAN, "gan_view": "2-D slice"}),
    ("Conditional generation", {"gan_tab": "Explore", "gan_model": CONDITIONAL, "gan_view": "All classes"}),
    ("Vector arithmetic", {"gan_tab": "Latent arithmetic", "gan_model": DCGAN, "gan_operation": "A − B + C"}),
    (
        "Latent interpolation",
        {"gan_tab": "Latent arithmetic", "gan_model": DCGAN, "gan_operation": "Interpolation"},
    ),
    ("Training history", {"gan_tab": "Training history", "gan_model": DCGAN}),
    ("2-D GAN", GAN_2D | {"gan2d_data_distribution": gan_2d_controls.RING}),
    (
        "Mode collapse",
        GAN_2D | gan_2d_controls.SLOW_DISCRIMINATOR | {"gan2d_data_distribution": gan_2d_controls.RING},
    ),
    ("Grid of 25 Gaussians", GAN_2D | gan_2d_controls.SEPARATED_GRID),
    ("Draw your own data", GAN_2D | {"gan2d_data_distribution": gan_2d_controls.OWN_DRAWING}),
    ("Train a DCGAN", {"gan_tab": "Train"}),
    ("Checkerboard artifacts", {"gan_tab": "Ablations", "gan_ablation": "Kernel 5, stride 2"}),
    ("tanh output with data in [0, 1]", {"gan_tab": "Ablations", "gan_ablation": "tanh, data in [0, 1]"}),
    ("Discriminator too strong", {"gan_tab": "Ablations", "gan_ablation": "Discriminator too strong"}),
]

models = trained()
unavailable = set() if models else {"Explore", "Latent arithmetic", "Training history"}
if not training_history.has_history("ablation_baseline"):
    unavailable.add("Ablations")
available = {title: module for title, module in TABS.items() if title not in unavailable}
header = page_header(
    "GANs" if presenter_mode() else "Generative adversarial networks",
    "A generator maps random latent vectors to images; a discriminator classifies images as real or fake.",
)
with header:
    presets([each for each in PRESETS if each[1]["gan_tab"] in available], key="gan_presets")
    if models:
        st.selectbox(
            "Model",
            list(models),
            key="gan_model",
            label_visibility="collapsed",
            help="Pretrained model, for Explore, Latent arithmetic and Training history.",
            width=text_width(222),
            **URL_BOUND,
        )
default = models.get(DCGAN, "")
name = models.get(st.session_state.get("gan_model") or DCGAN, default)  # the link may name an unknown one
tabs("pages.gan", available, "gan_tab", name)
