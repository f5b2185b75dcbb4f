"""Style transfer: the content of a photo with the style of another image."""

from functools import partial

import streamlit as st

from pages.style_transfer import common
from ui import network_picker, photo_picker
from ui.page_layout import page_header, tabs
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Style transfer": "transfer",
    "Gram matrices": "gram_matrices",
    "Compare settings": "compare_settings",
    "How it works": "theory",
}

header = page_header(
    "Style transfer",
    "Optimize an image so that its content matches a photo and its style matches another image.",
)
with header:
    presets(common.PRESETS, key="style_presets")
    network = st.container(width="content")  # filled last: the photo is shown while the network loads
tabs(
    "pages.style_transfer",
    TABS,
    "style_tab",
    model=partial(network_picker.pick, "style_network", network),
    loading_placeholder=partial(
        photo_picker.show_while_loading, "style_photo", default="Palace", width=common.display_width
    ),
)
