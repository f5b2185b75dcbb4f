"""Live style transfer: one network, many styles, a picture in one go."""

import importlib

import streamlit as st

from genmodels import photos
from pages.live_style import common
from ui import engine
from ui.controls import presets
from ui.shell import head

TABS = {  # title: the module of this folder that shows it
    "Picture": "picture",
    "Camera": "camera",
    "Film": "film",
    "Learn this style": "learn",
    "How it works": "theory",
}

side = head(
    "Live style",
    "Painting a photo by optimisation takes minutes, for every photo anew. A network that was trained on the same "
    "losses has the answer at once, fast enough for a camera. This one holds many styles, and everything between.",
)
with side:
    presets(common.STORY, key="live_story")
tabs = st.tabs(list(TABS), key="live_tab", on_change="rerun", bind="query-params")
open_tab = next((tab for tab in tabs if tab.open), tabs[0])
meanwhile = open_tab.empty()
if not engine.ready():
    photo = photos.load("Palace", 640)
    with meanwhile.container(width=common.wide(photo)):
        st.image(photo, width="stretch", output_format="PNG", caption="This is about to be painted.")
with engine.told():
    model = common.model()
    meanwhile.empty()
    for tab, module in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                importlib.import_module(f"pages.live_style.{module}").show(model)
