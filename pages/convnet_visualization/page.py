"""What convnets learn: intermediate activations, filter visualization and Grad-CAM."""

from functools import partial

import numpy as np
import streamlit as st

from pages.convnet_visualization import common
from ui import model_loading, network_picker, photo_picker
from ui.page_layout import page_header, tabs
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Activations": "activations",
    "Filter visualization": "filter_visualization",
    "Grad-CAM": "grad_cam",
    "How it works": "theory",
}
PRESETS = [
    ("Edges", {"convnet_tab": "Activations", "activations_layer": "block1_conv1", "activations_channel": None}),
    ("Textures", {"convnet_tab": "Activations", "activations_layer": "block3_conv2", "activations_channel": None}),
    (
        "Sparse activations",
        {"convnet_tab": "Activations", "activations_layer": "block5_conv2", "activations_channel": None},
    ),
    ("Early filters", {"convnet_tab": "Filter visualization", "filter_layer": "block2_conv2"}),
    ("Deep filters", {"convnet_tab": "Filter visualization", "filter_layer": "block5_conv1"}),
    ("Class visualization", {"convnet_tab": "Filter visualization", "filter_layer": "classes"}),
    ("Grad-CAM", {"convnet_tab": "Grad-CAM", "convnet_photo": "Coffee", "grad_cam_class": None}),
]


def _display_width(photo: np.ndarray) -> int:
    h, w, _ = photo.shape
    return min(600, 400 * w // h)


header = page_header(
    "What convnets learn", "Intermediate activations, filter visualizations and class activation heatmaps for a photo."
)
with header:
    presets(PRESETS, key="convnet_presets")
    network = st.container(width="content")
with model_loading.show_weight_errors():
    tabs(
        "pages.convnet_visualization",
        TABS,
        "convnet_tab",
        model=partial(network_picker.pick, "convnet_network", network),
        loading_placeholder=partial(
            photo_picker.show_while_loading, "convnet_photo", default=common.PHOTO, width=_display_width
        ),
    )
