"""The controls that the tabs of the DeepDream page share, and the arguments of `deep_dream.dream` they stand for."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import streamlit as st

from genmodels.vision import backbone
from genmodels.vision.backbone import Backbone
from pages.deep_dream.presets import LAYER, LAYER_WEIGHTS, OPTIMIZATION_DEFAULTS, weight_key
from ui import photo_picker, presets_and_reset

URL_BOUND: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # for widgets with a link
COLUMNS = (5, 3)  # relative widths of result and controls
OBJECTIVES = ("Layers", "Channel", "Class (logit)", "Guide image")
MAX_WIDTH, MAX_HEIGHT = 1000, 375  # pixels of the result
IMAGE_SIZES = (200, 300, 400, 512, 640, 800)  # pixels of the longer side


def pick_photo(image_size: int) -> np.ndarray | None:
    """The photo that the dream starts from, (h, w, 3) uint8; None before the visitor's own is uploaded."""
    return photo_picker.pick("dream_photo", max_side=image_size, default="Palace")


def image_size_control() -> int:
    """Pixels of the photo's longer side."""
    return st.select_slider(
        "Image size",
        IMAGE_SIZES,
        OPTIMIZATION_DEFAULTS["dream_image_size"],
        key="dream_image_size",
        help="Longer side in pixels. Twice the size takes four times as long.",
        **URL_BOUND,
    )


# --- objective --------------------------------------------------------------------------------


def objective_controls(model: Backbone) -> dict[str, Any] | None:
    """What the dream maximizes, as arguments of `deep_dream.dream`; None, with a message, if it is incomplete."""
    left, right = st.columns(2, gap="small", vertical_alignment="bottom")
    objective = left.selectbox(
        "Objective",
        OBJECTIVES,
        key="dream_objective",
        help="Maximize whole layers, one channel, one class logit, or the features of a guide image.",
        **URL_BOUND,
    )
    if objective == "Class (logit)":
        with right:
            return {"target": _class_control(model)}
    if objective == "Channel":
        with right:
            layer = _layer_control(model, "Later layers respond to object parts, earlier ones to edges and textures.")
        return {"channel": (layer, _channel_control(model, layer))}
    with right:
        return _guide_controls(model) if objective == "Guide image" else _layer_weight_controls(model)


def _guide_controls(model: Backbone) -> dict[str, Any] | None:
    with st.popover("Guide image", width="stretch"):
        guide = photo_picker.pick("dream_guide", max_side=300, default="Flower", label="Guide image")
        help = "Layer in which the two images are compared. Middle layers: textures, late layers: object parts."
        layer = _layer_control(model, help)
    if guide is None:
        st.info("Upload the guide image.", icon=":material/add_photo_alternate:")
        return None
    return {"layers": {layer: 1.0}, "guide": guide}


def _class_control(model: Backbone) -> int:
    names = list(model.class_names)
    default = names.index("goldfish") if "goldfish" in names else 0
    _drop_unknown("dream_class", names, default)
    help = f"One of the {len(names)} classes of this network."
    return names.index(st.selectbox("Class", names, default, key="dream_class", help=help, **URL_BOUND))


def _channel_control(model: Backbone, layer: str) -> int:
    count = backbone.channel_count(model, layer)
    if not 0 <= st.session_state.get("dream_channel", 0) < count:
        st.session_state["dream_channel"] = 0  # this layer has fewer channels than the previous one
    with st.container(horizontal=True, vertical_alignment="bottom", wrap=False):
        help = f"Channel index, 0 to {count - 1}."
        channel = st.number_input("Channel", 0, count - 1, key="dream_channel", help=help, **URL_BOUND)
        st.button(
            "Random channel",
            key="dream_random_channel",
            icon=":material/casino:",
            help=f"Select one of the {count} channels at random.",
            on_click=presets_and_reset.set_widgets,
            args=({"dream_channel": int(np.random.default_rng().integers(count))},),
        )
    return int(channel)


def _layer_control(model: Backbone, help: str) -> str:
    default = model.layers.index(LAYER[model.name]) if LAYER.get(model.name) in model.layers else -1
    default %= len(model.layers)
    _drop_unknown("dream_layer", model.layers, default)
    return st.selectbox("Layer", model.layers, default, key="dream_layer", help=help, **URL_BOUND)


def _drop_unknown(key: str, options: Sequence[str], default: int) -> None:
    """Resets a choice that the network does not have, e.g. a layer of another network."""
    if st.session_state.get(key, options[default]) not in options:
        st.session_state[key] = options[default]


def _layer_weight_controls(model: Backbone) -> dict[str, Any] | None:
    defaults = LAYER_WEIGHTS.get(model.name, {})
    with st.popover("Layer weights", width="stretch", help="How much each layer counts in the objective."):
        weights = {name: _weight_control(model.name, name, defaults.get(name, 0.0)) for name in model.layers}
        presets_and_reset.reset(
            {weight_key(model.name, name): defaults.get(name, 0.0) for name in model.layers},
            key="dream_layers_reset",
            help="Reset the weights of all layers.",
        )
    if not any(weights.values()):
        st.warning("All layer weights are 0: nothing to maximize. Set at least one above 0.")
        return None
    return {"layers": {name: weight for name, weight in weights.items() if weight}}


def _weight_control(network: str, layer: str, default: float) -> float:
    help = (
        "Weight of this layer in the objective. Early layers: edges and colors, middle: textures, late: object parts."
    )
    key = weight_key(network, layer)
    return st.slider(f"Weight of {layer}", 0.0, 3.0, default, 0.1, key=key, help=help, **URL_BOUND)


# --- optimization -----------------------------------------------------------------------------


def optimization_controls(*, rerun: bool = False) -> tuple[dict[str, Any], int]:
    """How the objective is maximized, as arguments of `deep_dream.dream`; and the image size in pixels.

    rerun: with a button that runs it again with the next seed.
    """
    defaults = OPTIMIZATION_DEFAULTS
    left, right = st.columns(2, gap="small")
    help = "Number of image scales, from small to large. More octaves: larger shapes."
    octaves = left.slider("Octaves", 1, 5, defaults["dream_octaves"], key="dream_octaves", help=help, **URL_BOUND)
    help = "Size ratio of successive octaves."
    octave_scale = right.slider(
        "Octave scale", 1.1, 2.0, defaults["dream_octave_scale"], 0.1, key="dream_octave_scale", help=help, **URL_BOUND
    )
    left, right = st.columns(2, gap="small")
    help = "Steps of gradient ascent at each octave. More: stronger patterns, longer computation."
    steps = left.slider(
        "Steps per octave", 5, 60, defaults["dream_steps"], 5, key="dream_steps", help=help, **URL_BOUND
    )
    step_size = step_size_control(right, "dream_step_size", defaults["dream_step_size"])
    left, right = st.columns(2, gap="small")
    help = "0: unconstrained colors. 1: only color directions present in the photo (its RGB covariance)."
    color_preservation = left.slider(
        "Color preservation",
        0.0,
        1.0,
        defaults["dream_color_preservation"],
        0.1,
        key="dream_color_preservation",
        help=help,
        **URL_BOUND,
    )
    help = "An octave ends when the objective is above this value. 0: no limit."
    max_loss = right.number_input(
        "Max loss", 0.0, 1e6, defaults["dream_max_loss"], key="dream_max_loss", help=help, **URL_BOUND
    )
    help = "Normalizes the gradient at each spatial frequency. Off: the plain gradient, as in the book."
    normalize = st.toggle(
        "Laplacian pyramid normalization",
        defaults["dream_gradient_normalization"],
        key="dream_gradient_normalization",
        help=help,
        **URL_BOUND,
    )
    help = "Adds back, at each octave, the detail lost by downscaling. Off: the image gets blurry."
    reinject_detail = st.toggle(
        "Reinject lost detail", defaults["dream_reinject_detail"], key="dream_reinject_detail", help=help, **URL_BOUND
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("More settings"):
            image_size = image_size_control()
            help = "Ignores activations at the border, which are affected by zero padding. Off: artifacts at the edges."
            crop = st.toggle(
                "Exclude border activations",
                defaults["dream_border_crop"],
                key="dream_border_crop",
                help=help,
                **URL_BOUND,
            )
            help = "Maximum random shift of the image before each step, in pixels. Avoids a visible pooling grid."
            jitter = st.slider("Jitter", 0, 64, defaults["dream_jitter"], 4, key="dream_jitter", help=help, **URL_BOUND)
            help = "Random seed of the jitter."
            seed = st.number_input("Seed", 0, 9999, defaults["dream_seed"], key="dream_seed", help=help, **URL_BOUND)
        if rerun:
            st.button(
                "Rerun",
                key="dream_rerun",
                icon=":material/casino:",
                help="Run again with another random seed.",
                on_click=presets_and_reset.set_widgets,
                args=({"dream_seed": (int(seed) + 1) % 10_000},),
            )
        presets_and_reset.reset(defaults, key="dream_reset", help="Reset all settings but photo and objective.")
    return {
        "octaves": octaves,
        "octave_scale": octave_scale,
        "steps": steps,
        "step_size": step_size / 100,
        "max_loss": max_loss or None,
        "jitter": jitter,
        "border_crop": 2 if crop else 0,
        "reinject_detail": reinject_detail,
        "laplacian_levels": 5 if normalize else 0,
        "color_preservation": color_preservation,
        "seed": int(seed),
    }, image_size


def step_size_control(column: Any, key: str, default: float) -> float:
    """Step size in percent of the value range."""
    help = "Mean pixel change per step, in % of the value range."
    return column.slider("Step size (%)", 0.2, 4.0, default, 0.1, key=key, help=help, **URL_BOUND)


# --- what identifies a run --------------------------------------------------------------------


def display_width(photo: np.ndarray) -> int:
    """Width in pixels at which the result is shown, so that it fits on the first screen."""
    h, w, _ = photo.shape
    return min(MAX_WIDTH, MAX_HEIGHT * w // h)


def signature(model: Backbone, photo: np.ndarray, settings: Mapping[str, Any]) -> str:
    """A hash of everything that the result depends on."""
    digest = sha256(photo.tobytes() + str((model.name, photo.shape)).encode())
    for name in sorted(settings):
        value = settings[name]
        digest.update(name.encode() + (value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode()))
    return digest.hexdigest()


def title(model: Backbone, settings: Mapping[str, Any]) -> str:
    """The objective in a few words."""
    if "target" in settings:
        return f"Class {model.class_names[settings['target']]}"
    if "channel" in settings:
        return f"Channel {settings['channel'][1]} of {settings['channel'][0]}"
    if "guide" in settings:
        return f"Guided by an image, layer {next(iter(settings['layers']))}"
    return "Maximizing " + ", ".join(settings["layers"])
