"""Live style transfer: one feed-forward network, many styles, one pass per image."""

from functools import partial

from pages.live_style import common
from ui import photo_picker
from ui.page_layout import page_header, tabs
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Image": "image",
    "Video": "video",
    "Camera": "camera",
    "Add a style": "add_style",
    "How it works": "theory",
}

header = page_header(
    "Live style transfer",
    "Fast style transfer: a feed-forward network stylizes photos and video in one pass per frame.",
)
with header:
    presets(common.PRESETS, key="fast_style_presets")
tabs(
    "pages.live_style",
    TABS,
    "fast_style_tab",
    model=common.model,
    loading_placeholder=partial(
        photo_picker.show_while_loading,
        "fast_style_photo",
        default="Palace",
        width=common.display_width,
        max_side=640,
        columns=common.COLUMNS,
    ),
)
