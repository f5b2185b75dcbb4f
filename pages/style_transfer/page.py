"""Style transfer: a photo's things in a painting's manner."""

from functools import partial

import streamlit as st

from pages.style_transfer import common, styles
from ui import engine, networks, photos
from ui.controls import presets
from ui.shell import head, sections

TABS = {  # title: the module of this folder that shows it
    "Paint": "paint",
    "What style is": "grams",
    "Side by side": "switches",
    "How it works": "theory",
}

side = head(
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
    photo = photos.pick("style_photo", max_side=size, default="Palace")
with manner:
    manners = styles.pick("style_manner")
with engine.told():
    sections(
        "pages.style_transfer",
        TABS,
        "style_tab",
        photo,
        manners,
        model=partial(networks.pick, "style_network", network),
        meanwhile=partial(photos.bare, photo, "This is about to be painted.", common.wide),
    )
