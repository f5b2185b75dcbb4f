"""DeepDream: a network exaggerates what it sees in a photo."""

import importlib

import streamlit as st

from pages.deep_dream import common
from ui import engine, networks, photos
from ui.controls import presets
from ui.shell import head

TABS = {  # title: the module of this folder that shows it
    "Dream": "dream",
    "Side by side": "switches",
    "Endless zoom": "zoom",
    "How it works": "theory",
}

side = head(
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
    photo = photos.pick("dream_photo", max_side=size, default="Palace")
tabs = st.tabs(list(TABS), key="dream_tab", on_change="rerun", bind="query-params")
open_tab = next((tab for tab in tabs if tab.open), tabs[0])
meanwhile = open_tab.empty()
if photo is not None and not engine.ready():
    with meanwhile.container(width=common.wide(photo)):
        st.image(photo, width="stretch", output_format="PNG", caption="This is about to be dreamt on.")
with engine.told():
    with network:
        model = networks.pick("dream_network")
    meanwhile.empty()
    for tab, module in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                importlib.import_module(f"pages.deep_dream.{module}").show(model, photo)
