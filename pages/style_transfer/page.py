"""Style transfer: a photo's things in a painting's manner."""

from functools import partial

import streamlit as st

from pages.style_transfer import common, style_picker
from ui import model_loading, network_picker, photo_picker
from ui.page_layout import page_header, tabs
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Paint": "transfer",
    "What style is": "gram_matrices",
    "Side by side": "compare_settings",
    "How it works": "theory",
}

side = page_header(
    "Style transfer",
    "Keep what is on a photo and change its manner. A network says where things are (content) and which of its "
    "features go together (style); the photo's pixels move until it answers as the photo and as the painting do.",
)
with side:
    presets(common.STORY, key="style_story")
    network = st.container()  # filled last: the photo is to be on the screen while the network is loaded
which, manner, large = st.columns([10, 15, 4], gap="medium")
with large:
    size = common.size()
with which:
    photo = photo_picker.pick("style_photo", max_side=size, default="Palace")
with manner:
    manners = style_picker.pick("style_manner")
with model_loading.show_weight_errors():
    tabs(
        "pages.style_transfer",
        TABS,
        "style_tab",
        photo,
        manners,
        model=partial(network_picker.pick, "style_network", network),
        meanwhile=partial(photo_picker.show_original, photo, "This is about to be painted.", common.wide),
    )
