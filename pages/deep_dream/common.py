"""What the sections of the DeepDream page share: the controls, and what they mean to `deep_dream.dream`."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import streamlit as st

from genmodels.deep_dream import dream as deep_dream
from genmodels.vision.backbone import Backbone
from ui import photo_picker, presets_and_reset

KEEP: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # a control that has a link
COLUMNS = [2, 7]  # controls, and what comes of them
KINDS = ("Layers", "A channel", "A class", "A guide image")
WIDE, HIGH = 1000, 620  # pixels that a dream may take up on the page
SIZES = (200, 300, 400, 512, 640, 800)  # pixels of the longer side

LAYERS = {  # of each network: those that dream well, and how much of each
    "builtin": deep_dream.LAYERS,
    "vgg19": {"block3_conv3": 0.5, "block5_conv2": 1.0},
    "inception_v3": {"mixed4": 1.0, "mixed5": 1.5, "mixed6": 2.0, "mixed7": 2.5},  # the book's
}
LAYER = {"builtin": "block5_conv1", "vgg19": "block5_conv1", "inception_v3": "mixed5"}  # for one channel, or a guide

CLIMB = {
    "dream_octaves": 3,
    "dream_steps": 20,
    "dream_strength": 0.8,
    "dream_scale": 1.4,
    "dream_size": 400,
    "dream_bands": True,
    "dream_palette": 0.5,
    "dream_detail": True,
    "dream_border": True,
    "dream_jitter": 32,
    "dream_limit": 0.0,
    "dream_seed": 0,
}
OBJECTIVE = {"dream_by": "Layers", "dream_channel": 0, "dream_class": "goldfish"}


def _weights(**weights: float) -> dict[str, float]:
    """The sliders of the built-in network, all of them, so that no preset leaves one behind."""
    names = [f"block{b}_conv{k}" for b, k in ((1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (4, 1), (4, 2), (5, 1), (5, 2))]
    return {weight_key("builtin", name): weights.get(name, 0.0) for name in names}


def weight_key(network: str, layer: str) -> str:
    return f"dream_{network}_{layer}"


def _preset(photo: str, weights: Mapping[str, float] = deep_dream.LAYERS, **changes: Any) -> dict[str, Any]:
    """All that a visitor may have changed, put to where a lecture wants it."""
    start = {"dream_tab": "Dream", "dream_network": "Built-in", "dream_photo": photo}
    return start | CLIMB | OBJECTIVE | _weights(**weights) | {f"dream_{key}": value for key, value in changes.items()}


STORY = [  # presets, in the order a lecture takes them
    ("A photo, dreamt on", _preset("Palace")),
    ("Early layers: strokes", _preset("Cat", {"block2_conv2": 1.0})),
    ("Middle layers: textures", _preset("Cat", {"block3_conv2": 1.0, "block4_conv1": 0.5})),
    ("Late layers: things", _preset("Cat", {"block5_conv2": 1.0})),
    ("Nothing but clouds", _preset("Clouds", octaves=4)),
    ("In the network's own colours", _preset("Clouds", octaves=4, palette=0.0)),
    ("Make it more goldfish", _preset("Coffee", by="A class", palette=0.2)),
    ("One channel: towers", _preset("Clouds", {"block4_conv2": 1.0}, by="A channel", layer="block4_conv2", channel=81)),
    ("Flowers in the palace", _preset("Palace", by="A guide image", guide="Flower", layer="block4_conv2")),
    ("One octave or four", _preset("Cat", tab="Side by side", switch="Octaves")),
    ("The border", _preset("Cat", tab="Side by side", switch="Border")),
    ("The book's gradient", _preset("Cat", tab="Side by side", switch="Equal details")),
    ("Falling into it", _preset("Clouds", tab="Endless zoom")),
]


# --- the controls -----------------------------------------------------------------------------


def size() -> int:
    """The longer side of what is dreamt on, drawn as a control."""
    tip = "The longer side, in pixels. Twice as large takes four times as long."
    return st.select_slider("Size", SIZES, CLIMB["dream_size"], key="dream_size", help=tip, **KEEP)


def ask(model: Backbone) -> dict[str, Any] | None:
    """What to make more of, drawn as controls: arguments of `deep_dream.dream`; None, and a sentence, without it."""
    by = st.pills(
        "Make more of",
        KINDS,
        default="Layers",
        required=True,
        key="dream_by",
        help="Whatever some layers see; what one channel looks for; one of the classes that the network can name; or "
        "what is on another image.",
        wrap=True,
        **KEEP,
    )
    if by == "A class":
        names = list(model.class_names)
        first = names.index("goldfish") if "goldfish" in names else 0
        tip = f"One of the {len(names)} that this network was trained to name."
        _known("dream_class", names, first)
        return {"target": names.index(st.selectbox("Class", names, first, key="dream_class", help=tip, **KEEP))}
    if by == "A channel":
        layer = _layer(model, "The later, the more it looks for things instead of strokes.")
        count = deep_dream.channels(model, layer)
        if not 0 <= st.session_state.get("dream_channel", 0) < count:
            st.session_state["dream_channel"] = 0  # another layer may have fewer
        tip = f"One of the {count} of this layer. Each looks for a thing of its own."
        with st.container(horizontal=True, vertical_alignment="bottom"):
            number = st.number_input("Channel", 0, count - 1, key="dream_channel", help=tip, **KEEP)
            other = {"dream_channel": int(np.random.default_rng().integers(count))}
            st.button(
                "Another",
                icon=":material/casino:",
                help="Any of them.",
                on_click=presets_and_reset.set_widgets,
                args=(other,),
            )
        return {"channel": (layer, int(number))}
    if by == "A guide image":
        layer = _layer(model, "Where the two photos are compared: middle layers find textures, late ones things.")
        guide = photo_picker.pick("dream_guide", max_side=300, default="Flower")
        if guide is None:
            st.info(
                "Bring the image whose features are to be found in the photo.", icon=":material/add_photo_alternate:"
            )
            return None
        return {"layers": {layer: 1.0}, "guide": guide}
    return _layers(model)


def _layer(model: Backbone, tip: str) -> str:
    first = model.layers.index(LAYER[model.name]) if LAYER.get(model.name) in model.layers else -1
    first %= len(model.layers)
    _known("dream_layer", model.layers, first)
    return st.selectbox("Layer", model.layers, first, key="dream_layer", help=tip, **KEEP)


def _known(key: str, options: Sequence[str], first: int) -> None:
    """Another network has other names: what it does not have is not kept."""
    if st.session_state.get(key, options[first]) not in options:
        st.session_state[key] = options[first]


def _layers(model: Backbone) -> dict[str, Any] | None:
    """A slider each; those that dream well, and the last of each block, at once, the others folded away."""
    usual = LAYERS.get(model.name, {})
    last = {name.split("_")[0]: name for name in model.layers}
    shown = [name for name in model.layers if name in usual or (name in last.values() and len(last) < 8)]
    weights = {name: _weight(model.name, name, usual.get(name, 0.0)) for name in shown}
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Other layers"):
            others = [name for name in model.layers if name not in shown]
            weights |= {name: _weight(model.name, name, 0.0) for name in others}
        presets_and_reset.reset(
            {weight_key(model.name, name): usual.get(name, 0.0) for name in model.layers},
            key="dream_layers_reset",
            help="Back to the layers and weights this began with.",
        )
    if not any(weights.values()):
        st.warning("Every layer's weight is zero: there is nothing to make more of. Give one of them more.")
        return None
    return {"layers": {name: weights[name] for name in model.layers if weights[name]}}


def _weight(network: str, layer: str, value: float) -> float:
    tip = "How much this layer counts. Early layers see strokes and colours, middle ones textures, late ones things."
    return st.slider(layer, 0.0, 3.0, value, 0.1, key=weight_key(network, layer), help=tip, **KEEP)


def climb() -> dict[str, Any]:
    """How to get there, drawn as a row of controls: the other arguments of `deep_dream.dream`."""
    one, two, three, more, back = st.columns([4, 4, 4, 2, 2], vertical_alignment="bottom")
    tip = "Sizes at which the photo is dreamt on, small to large: the first give large shapes, the last small ones."
    octaves = one.slider("Octaves", 1, 5, CLIMB["dream_octaves"], key="dream_octaves", help=tip, **KEEP)
    tip = "Steps up the gradient, at each octave. More: a deeper dream, and a longer wait."
    steps = two.slider("Steps an octave", 5, 60, CLIMB["dream_steps"], 5, key="dream_steps", help=tip, **KEEP)
    tip = "How far a step goes: the mean change of a pixel, in percent of the way from black to white."
    step_size = three.slider("Step, %", 0.2, 4.0, CLIMB["dream_strength"], 0.1, key="dream_strength", help=tip, **KEEP)
    with more.popover("More", width="stretch"):
        tip = "0: the colours that the network asks for. 1: only those that are in the photo already."
        palette = st.slider(
            "The photo's own colours", 0.0, 1.0, CLIMB["dream_palette"], 0.1, key="dream_palette", help=tip, **KEEP
        )
        tip = "How much larger each octave is than the one before."
        scale = st.slider("Octave scale", 1.1, 2.0, CLIMB["dream_scale"], 0.1, key="dream_scale", help=tip, **KEEP)
        tip = "The photo is shifted by up to this many pixels before each step, so that no grid shows through."
        jitter = st.slider("Jitter", 0, 64, CLIMB["dream_jitter"], 4, key="dream_jitter", help=tip, **KEEP)
        tip = "Fine and coarse details get the same say in every step. Off: the gradient as it is, as in the book."
        bands = st.toggle("Equal details", CLIMB["dream_bands"], key="dream_bands", help=tip, **KEEP)
        tip = "What shrinking had lost is given back at each octave. Off: the photo gets blurred."
        detail = st.toggle("Give lost detail back", CLIMB["dream_detail"], key="dream_detail", help=tip, **KEEP)
        tip = "The outermost rows of each layer do not count, for they see half nothing. Off: the edges attract."
        border = st.toggle("Leave out the border", CLIMB["dream_border"], key="dream_border", help=tip, **KEEP)
        tip = "An octave ends early once the objective is above this. 0: no limit."
        limit = st.number_input("Limit", 0.0, 1e6, CLIMB["dream_limit"], key="dream_limit", help=tip, **KEEP)
        tip = "Of the shifts. The same seed gives the same dream."
        seed = st.number_input("Seed", 0, 9999, CLIMB["dream_seed"], key="dream_seed", help=tip, **KEEP)
    with back:
        presets_and_reset.reset(
            CLIMB, key="dream_reset", help="Octaves, steps and all that is under More, as this began."
        )
    return {
        "octaves": octaves,
        "octave_scale": scale,
        "steps": steps,
        "step_size": step_size / 100,
        "max_loss": limit or None,
        "jitter": jitter,
        "border": 2 if border else 0,
        "reinject_detail": detail,
        "bands": 5 if bands else 0,
        "palette": palette,
        "seed": int(seed),
    }


def wide(photo: np.ndarray) -> int:
    """The width in pixels at which a photo is shown: large, but never higher than a screen."""
    h, w, _ = photo.shape
    return min(WIDE, HIGH * w // h)


def signature(model: Backbone, photo: np.ndarray, settings: Mapping[str, Any]) -> str:
    """The same for the same dream, and for no other."""
    parts = sha256(photo.tobytes() + str((model.name, photo.shape)).encode())
    for name in sorted(settings):
        value = settings[name]
        parts.update(name.encode() + (value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode()))
    return parts.hexdigest()


def title(model: Backbone, settings: Mapping[str, Any]) -> str:
    """What is dreamt of, in a few words."""
    if "target" in settings:
        return f"More {model.class_names[settings['target']]}"
    if "channel" in settings:
        return f"Channel {settings['channel'][1]} of {settings['channel'][0]}"
    if "guide" in settings:
        return f"After a guide image, by {next(iter(settings['layers']))}"
    return "Dreaming with " + ", ".join(settings["layers"])
