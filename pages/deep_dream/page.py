"""DeepDream: gradient ascent on a photo, to amplify the patterns that a convnet detects in it."""

from functools import partial

import streamlit as st

from pages.deep_dream import controls
from pages.deep_dream.presets import PRESETS
from ui import model_loading, network_picker, photo_picker
from ui.page_layout import page_header, tabs
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Dream": "dream",
    "Compare settings": "compare_settings",
    "Endless zoom": "endless_zoom",
    "How it works": "theory",
}

header = page_header("DeepDream", "Gradient ascent on a photo, to amplify the patterns that a convnet detects in it.")
with header:
    presets(PRESETS, key="dream_presets")
    network = st.container(width="content")  # filled last: the photo is shown while the network loads
with model_loading.show_weight_errors():
    tabs(
        "pages.deep_dream",
        TABS,
        "dream_tab",
        model=partial(network_picker.pick, "dream_network", network),
        loading_placeholder=partial(
            photo_picker.show_while_loading,
            "dream_photo",
            default="Palace",
            width=controls.display_width,
            columns=controls.COLUMNS,
        ),
    )
