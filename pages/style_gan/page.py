"""StyleGAN: a generator that is controlled by styles: explore, mix, truncate, noise, latent space, ablations."""

import streamlit as st

from pages.style_gan import common
from pages.style_gan.common import URL_BOUND
from ui.page_layout import page_header, tabs, text_width
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Explore": "explore",
    "Style mixing": "style_mixing",
    "Truncation": "truncation",
    "Noise": "noise",
    "Latent space": "latent_space",
    "Ablations": "ablations",
    "How it works": "theory",
}
PRESETS = [  # in the order of a lecture
    ("Samples of one class", {"style_gan_tab": "Explore", "style_gan_view": "Samples", "style_gan_anim": False}),
    ("Walk through seeds", {"style_gan_tab": "Explore", "style_gan_view": "Samples", "style_gan_anim": True}),
    ("Coarse styles", {"style_gan_tab": "Style mixing", "style_gan_styles": ["Coarse"]}),
    ("Middle styles", {"style_gan_tab": "Style mixing", "style_gan_styles": ["Middle"]}),
    ("Fine styles", {"style_gan_tab": "Style mixing", "style_gan_styles": ["Fine"]}),
    ("Truncation, all classes", {"style_gan_tab": "Truncation", "style_gan_truncation_rows": "All classes"}),
    ("Truncation, one class", {"style_gan_tab": "Truncation", "style_gan_truncation_rows": "One class"}),
    ("Noise", {"style_gan_tab": "Noise"}),
    ("Path in Z and in W", {"style_gan_tab": "Latent space", "style_gan_latent_view": "Path in Z and in W"}),
    ("2-D slice of W", {"style_gan_tab": "Latent space", "style_gan_latent_view": "2-D slice of W"}),
    ("Mapping network", {"style_gan_tab": "Latent space", "style_gan_latent_view": "Mapping network"}),
    ("Principal directions", {"style_gan_tab": "Explore", "style_gan_view": "Principal directions"}),
    ("Ablations", {"style_gan_tab": "Ablations"}),
]

models = common.trained()
unavailable = {"Ablations"} if not common.is_trained("ablation_baseline") else set()
if not models:
    unavailable |= set(TABS) - {"How it works", "Ablations"}
available = {title: module for title, module in TABS.items() if title not in unavailable}
header = page_header("StyleGAN", "A style, computed from the latent vector, controls every layer of the generator.")
with header:
    presets([each for each in PRESETS if each[1]["style_gan_tab"] in available], key="style_gan_presets")
    if len(models) > 1:
        st.selectbox(
            "Model",
            list(models),
            key="style_gan_model",
            label_visibility="collapsed",
            help="Pretrained model, for all tabs except Ablations.",
            width=text_width(180),
            **URL_BOUND,
        )
default = next(iter(models.values()), "")
name = models.get(st.session_state.get("style_gan_model") or "", default)  # the link may name an unknown one
if not models:
    st.info(
        "No pretrained StyleGAN is in weights/. Train one: python -m training.style_gan --model cifar10",
        icon=":material/model_training:",
    )
tabs("pages.style_gan", available, "style_gan_tab", name)
