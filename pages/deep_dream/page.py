"""DeepDream: a network exaggerates what it sees in a photo."""

from functools import partial

import streamlit as st

from pages.deep_dream import common
from ui import model_loading, network_picker, photo_picker
from ui.page_layout import page_header, tabs
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Dream": "dream",
    "Side by side": "compare_settings",
    "Endless zoom": "zoom",
    "How it works": "theory",
}

side = page_header(
    "DeepDream",
    "Show a network a photo and ask one of its layers: what do you see? Then change the photo, a little at every "
    "step, so that the layer sees more of it. A trace of an eye becomes an eye, and a cloud whatever it likes.",
)
with side:
    presets(common.STORY, key="dream_story")
    network = st.container()  # filled last: the photo is to be on the screen while the network is loaded
which, large = st.columns([4, 1], gap="medium")
with large:
    size = common.size()
with which:
    photo = photo_picker.pick("dream_photo", max_side=size, default="Palace")
with model_loading.show_weight_errors():
    tabs(
        "pages.deep_dream",
        TABS,
        "dream_tab",
        photo,
        model=partial(network_picker.pick, "dream_network", network),
        meanwhile=partial(photo_picker.show_original, photo, "This is about to be dreamt on.", common.wide),
    )
