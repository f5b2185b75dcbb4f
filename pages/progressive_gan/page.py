"""ProGAN: fade-in of a new block, all resolutions, the training history, samples."""

import streamlit as st

from genmodels.progressive_gan import training_history
from pages.progressive_gan.common import NAME
from ui.page_layout import page_header, tabs
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Fade-in": "fade_in",
    "Resolutions": "resolutions",
    "Training history": "training_history",
    "Samples": "samples",
    "How it works": "theory",
}
PRESETS = [  # in the order of a lecture
    ("Old path (alpha 0)", {"progan_tab": "Fade-in", "progan_resolution": "32", "progan_alpha": 0.0}),
    ("Fade-in (alpha 0.5)", {"progan_tab": "Fade-in", "progan_resolution": "32", "progan_alpha": 0.5}),
    ("New path (alpha 1)", {"progan_tab": "Fade-in", "progan_resolution": "32", "progan_alpha": 1.0}),
    ("First block: 8 × 8", {"progan_tab": "Fade-in", "progan_resolution": "8", "progan_alpha": 0.5}),
    ("From 4 × 4 to 32 × 32", {"progan_tab": "Resolutions"}),
    ("Training history", {"progan_tab": "Training history"}),
    ("Generated clothes", {"progan_tab": "Samples"}),
    ("Architecture", {"progan_tab": "How it works"}),
]

is_trained = training_history.is_trained(NAME)
available = TABS if is_trained else {"How it works": TABS["How it works"]}
header = page_header(
    "Progressive GAN",
    "A GAN that grows from 4 × 4 to 32 × 32 pixels; each new block is faded in with a factor alpha.",
)
if is_trained:
    with header:
        presets(PRESETS, key="progan_presets")
else:
    st.info(
        "weights/ has no trained ProGAN. Train one with `python -m training.progressive_gan`.",
        icon=":material/model_training:",
    )
tabs("pages.progressive_gan", available, "progan_tab")
