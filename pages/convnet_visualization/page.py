"""What convnets see: the answers of every channel, what each looks for, and where a class is seen."""

import importlib

import streamlit as st

from ui import model_loading, network_picker, photo_picker
from ui.page_layout import page_header
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Activations": "activations",
    "What a filter looks for": "filter_visualization",
    "Grad-CAM": "grad_cam",
    "How it works": "theory",
}

STORY = [  # presets, in the order a lecture takes them
    ("Edges", {"views_tab": "Activations", "views_layer": "block1_conv1", "views_channel": None}),
    ("Textures", {"views_tab": "Activations", "views_layer": "block3_conv2", "views_channel": None}),
    ("Mostly zeros", {"views_tab": "Activations", "views_layer": "block5_conv2", "views_channel": None}),
    ("What an edge filter wants", {"views_tab": "What a filter looks for", "look_layer": "block2_conv2"}),
    ("What a deep filter wants", {"views_tab": "What a filter looks for", "look_layer": "block5_conv1"}),
    ("What a class looks like", {"views_tab": "What a filter looks for", "look_layer": "classes"}),
    ("Where is it?", {"views_tab": "Grad-CAM", "views_photo": "Coffee", "cam_class": None}),
]

model = None
side = page_header(
    "What convnets see",
    "A network that names what is on a photo has found out, on its way, about edges, fur and wheels. Look at every "
    "step of it: what each filter answers, what it would like best, and which part of the photo decides.",
)
with side:
    presets(STORY, key="views_story")
    with model_loading.show_weight_errors():
        model = network_picker.pick("views_network", st.container())
if model is None:
    st.stop()  # its file is damaged; the page has just said so
photo = photo_picker.pick("views_photo", max_side=480, default="Coffee")
tabs = st.tabs(list(TABS), key="views_tab", on_change="rerun", bind="query-params")
name = st.session_state["views_photo"] or "Coffee"
for tab, module in zip(tabs, TABS.values(), strict=True):
    if tab.open:
        with tab, model_loading.show_weight_errors():
            if photo is None:
                st.info("Bring a photo above, and this shows what the network sees on it.", icon=":material/image:")
            else:
                shown = (
                    name if name in photo_picker.SOURCES[:-2] else "Coffee"
                )  # a script cannot have the visitor's own
                importlib.import_module(f"pages.convnet_visualization.{module}").show(model, photo, shown)
