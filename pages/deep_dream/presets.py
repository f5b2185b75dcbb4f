"""Default settings and presets of the DeepDream page."""

from collections.abc import Mapping
from typing import Any

from genmodels.deep_dream import objectives

LAYER_WEIGHTS = {  # by network
    "builtin": objectives.LAYERS,
    "vgg19": {"block3_conv3": 0.5, "block5_conv2": 1.0},
    "inception_v3": {"mixed4": 1.0, "mixed5": 1.5, "mixed6": 2.0, "mixed7": 2.5},  # the book's
}
LAYER = {"builtin": "block5_conv1", "vgg19": "block5_conv1", "inception_v3": "mixed5"}  # for a channel or a guide

OPTIMIZATION_DEFAULTS = {
    "dream_octaves": 3,
    "dream_octave_scale": 1.4,
    "dream_steps": 20,
    "dream_step_size": 0.8,
    "dream_color_preservation": 0.5,
    "dream_max_loss": 0.0,
    "dream_gradient_normalization": True,
    "dream_reinject_detail": True,
    "dream_image_size": 400,
    "dream_border_crop": True,
    "dream_jitter": 32,
    "dream_seed": 0,
}
OBJECTIVE_DEFAULTS = {"dream_objective": "Layers", "dream_channel": 0, "dream_class": "goldfish"}
ZOOM_DEFAULTS = {
    "dream_frames": 60,
    "dream_zoom_per_frame": 4.0,
    "dream_steps_per_frame": 2,
    "dream_zoom_step_size": 2.0,
}


def weight_key(network: str, layer: str) -> str:
    """The widget's key of a layer weight."""
    return f"dream_{network}_{layer}"


def _layer_weights(**weights: float) -> dict[str, float]:
    """Values for the sliders of all layers of the built-in network."""
    names = [f"block{b}_conv{k}" for b, k in ((1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (4, 1), (4, 2), (5, 1), (5, 2))]
    return {weight_key("builtin", name): weights.get(name, 0.0) for name in names}


def _preset(photo: str, weights: Mapping[str, float] = objectives.LAYERS, **changes: Any) -> dict[str, Any]:
    """Values for all widgets: the defaults with some changes."""
    values = {"dream_tab": "Dream", "dream_network": "Built-in", "dream_photo": photo}
    values |= OPTIMIZATION_DEFAULTS | OBJECTIVE_DEFAULTS | _layer_weights(**weights)
    return values | {f"dream_{key}": value for key, value in changes.items()}


PRESETS = [
    ("Default settings", _preset("Palace")),
    ("Early layers: edges", _preset("Cat", {"block2_conv2": 1.0})),
    ("Middle layers: textures", _preset("Cat", {"block3_conv2": 1.0, "block4_conv1": 0.5})),
    ("Late layers: object parts", _preset("Cat", {"block5_conv2": 1.0})),
    ("Starting from clouds", _preset("Clouds", octaves=4)),
    ("Without color preservation", _preset("Clouds", octaves=4, color_preservation=0.0)),
    ("Class: goldfish", _preset("Coffee", objective="Class (logit)", color_preservation=0.2)),
    (
        "One channel: towers",
        _preset("Clouds", {"block4_conv2": 1.0}, objective="Channel", layer="block4_conv2", channel=81),
    ),
    ("Guide image: flower", _preset("Palace", objective="Guide image", guide="Flower", layer="block4_conv2")),
    ("Octaves: one vs. four", _preset("Cat", tab="Compare settings", comparison="Octaves")),
    ("Border activations", _preset("Cat", tab="Compare settings", comparison="Border activations")),
    ("Plain gradient vs. normalized", _preset("Cat", tab="Compare settings", comparison="Gradient normalization")),
    ("Endless zoom", _preset("Clouds", tab="Endless zoom")),
]
