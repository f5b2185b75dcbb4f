"""What the tabs of the style transfer page share: defaults, presets, and the identity of a run."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import streamlit as st

from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision.backbone import Backbone

URL_BOUND: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # arguments of a linked widget
COLUMNS = (5, 2)  # relative widths of the result and the controls
MAX_WIDTH, MAX_HEIGHT = 860, 480  # pixels of the displayed image
SIZES = (200, 300, 400, 512, 640)  # pixels of the longer side
OPTIMIZERS = {"L-BFGS": "lbfgs", "Adam": "adam"}
INITIALIZATIONS = {"Content image": "content", "Random noise": "noise", "Style image": "style"}

WEIGHT_DEFAULTS = {
    "style_content_weight": style_transfer.DEFAULT_WEIGHTS["content_weight"],
    "style_weight": style_transfer.DEFAULT_WEIGHTS["style_weight"],
    "style_tv_weight": style_transfer.DEFAULT_WEIGHTS["tv_weight"],
}
OPTIMIZATION_DEFAULTS: dict[str, Any] = {
    "style_optimizer": "L-BFGS",
    "style_init": "Content image",
    "style_steps_per_scale": 40,
    "style_n_scales": 3,
    "style_size": 400,
    "style_image_scale": 1.0,
    "style_learning_rate": 2.0,
    "style_preserve_color": False,
    "style_mask": False,
    "style_seed": 0,
}
STYLE_LAYERS = tuple(f"block{b}_conv1" for b in range(1, 6))  # of the built-in network and of VGG19

Styles = list[tuple[str, np.ndarray]]  # name and style image, (h, w, 3) uint8


def layer_weight_key(layer: str) -> str:
    return f"style_layer_weight_{layer}"


def blend_weight_key(style: str) -> str:
    return f"style_blend_weight_{style.lower().replace(' ', '_')}"


def _preset(photo: str, *styles: str, layers: tuple[str, ...] = STYLE_LAYERS, **changes: Any) -> dict[str, Any]:
    """The state of all widgets: the defaults and the changes, which are keys without "style_"."""
    state = {"style_tab": "Style transfer", "style_network": "Built-in", "style_photo": photo}
    state |= {"style_image": list(styles)} | {layer_weight_key(layer): float(layer in layers) for layer in STYLE_LAYERS}
    return state | OPTIMIZATION_DEFAULTS | WEIGHT_DEFAULTS | {f"style_{key}": value for key, value in changes.items()}


PRESETS = [
    ("Palace in brush strokes", _preset("Palace", "Brush strokes")),
    ("Cat as a mosaic", _preset("Cat", "Mosaic")),
    (
        "Content loss only, from noise",
        _preset("Cat", "Mosaic", weight=0.0, tv_weight=0.0, init="Random noise"),
    ),
    (
        "Style loss only (texture synthesis)",
        _preset("Cat", "Brush strokes", content_weight=0.0, init="Random noise"),
    ),
    ("No total variation loss", _preset("Cat", "Brush strokes", tv_weight=0.0)),
    ("Early style layers only", _preset("Palace", "Woodcut", layers=STYLE_LAYERS[:2])),
    ("Late style layers only", _preset("Palace", "Woodcut", layers=STYLE_LAYERS[3:])),
    ("Style scale 2 (larger strokes)", _preset("Palace", "Stained glass", image_scale=2.0)),
    ("Blend of two styles", _preset("Astronaut", "Waves", "Marble")),
    ("Preserve photo colors", _preset("Flower", "Brush strokes", preserve_color=True)),
    ("Gram matrices", _preset("Palace", "Brush strokes", tab="Gram matrices")),
    ("L-BFGS vs. Adam", _preset("Palace", "Brush strokes", tab="Compare settings", comparison="Optimizer")),
    ("Coarse to fine", _preset("Palace", "Brush strokes", tab="Compare settings", comparison="Coarse to fine")),
    ("Initial image: photo vs. noise", _preset("Cat", "Facets", tab="Compare settings", comparison="Initial image")),
]


def display_width(photo: np.ndarray) -> int:
    """The width in pixels at which an image is shown: at most MAX_WIDTH wide and MAX_HEIGHT high."""
    h, w, _ = photo.shape
    return min(MAX_WIDTH, MAX_HEIGHT * w // h)


def signature(model: Backbone, photo: np.ndarray, styles: Styles, settings: Mapping[str, Any]) -> str:
    """A hash of everything that the result depends on."""
    digest = sha256(repr((model.name, photo.shape)).encode() + photo.tobytes())
    for name, image in styles:
        digest.update(name.encode() + image.tobytes())
    for name in sorted(settings):
        value = settings[name]
        digest.update(name.encode() + (value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode()))
    return digest.hexdigest()


def run_title(styles: Styles) -> str:
    return "Style: " + " and ".join(name.lower() for name, _ in styles)


def selected_photo() -> tuple[str, int]:
    """The name and the size of the chosen photo."""
    return st.session_state["style_photo"], st.session_state["style_size"]
