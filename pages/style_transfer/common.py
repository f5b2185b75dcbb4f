"""What the sections of the page share: the controls, and what they mean to `style_transfer.transfer`."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import numpy as np
import streamlit as st

from genmodels.style_transfer import losses as style_losses
from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision.backbone import Backbone
from pages.style_transfer import region_mask
from pages.style_transfer.style_picker import Manners
from ui import presets_and_reset
from ui.image_display import data_url

KEEP: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # a control that has a link
COLUMNS = [2, 7]  # controls, and what comes of them
WIDE, HIGH = 860, 540  # pixels that the picture may take up on the page
SIZES = (200, 300, 400, 512, 640)  # pixels of the longer side
OPTIMIZERS = {"L-BFGS": "lbfgs", "Adam": "adam"}
STARTS = {"The photo": "content", "Noise": "noise", "The style": "style"}

WEIGHTS = {
    "style_content": style_transfer.WEIGHTS["content_weight"],
    "style_style": style_transfer.WEIGHTS["style_weight"],
    "style_variation": style_transfer.WEIGHTS["total_variation_weight"],
}
WAY: dict[str, Any] = {
    "style_optimizer": "L-BFGS",
    "style_start": "The photo",
    "style_steps": 40,
    "style_scales": 3,
    "style_size": 400,
    "style_scale": 1.0,
    "style_rate": 2.0,
    "style_light": False,
    "style_mask": False,
    "style_seed": 0,
}
LAYERS = tuple(f"block{b}_conv1" for b in range(1, 6))  # of the built-in network and of VGG19


def layer_key(layer: str) -> str:
    return f"style_at_{layer}"


def share_key(name: str) -> str:
    return f"style_of_{name.lower().replace(' ', '_')}"


def _preset(photo: str, *manners: str, layers: tuple[str, ...] = LAYERS, **changes: Any) -> dict[str, Any]:
    """All that a visitor may have changed, put to where a lecture wants it."""
    start = {"style_tab": "Paint", "style_network": "Built-in", "style_photo": photo, "style_manner": list(manners)}
    start |= {layer_key(layer): float(layer in layers) for layer in LAYERS}
    return start | WAY | WEIGHTS | {f"style_{key}": value for key, value in changes.items()}


STORY = [  # presets, in the order a lecture takes them
    ("A palace in oil", _preset("Palace", "Brush strokes")),
    ("The cat as a mosaic", _preset("Cat", "Mosaic")),
    ("All content: the photo out of noise", _preset("Cat", "Mosaic", style=0.0, variation=0.0, start="Noise")),
    ("All style: only the manner is left", _preset("Cat", "Brush strokes", content=0.0, start="Noise")),
    ("No total variation: grain", _preset("Cat", "Brush strokes", variation=0.0)),
    ("Early layers only: colours, dots", _preset("Palace", "Woodcut", layers=LAYERS[:2])),
    ("Late layers only: shapes", _preset("Palace", "Woodcut", layers=LAYERS[3:])),
    ("Larger strokes", _preset("Palace", "Stained glass", scale=2.0)),
    ("Two styles mixed", _preset("Astronaut", "Waves", "Marble")),
    ("The photo's own colours", _preset("Flower", "Brush strokes", light=True)),
    ("What style is", _preset("Palace", "Brush strokes", tab="What style is")),
    ("Two ways down", _preset("Palace", "Brush strokes", tab="Side by side", switch="Optimiser")),
    ("From coarse to fine", _preset("Palace", "Brush strokes", tab="Side by side", switch="Coarse to fine")),
    ("Where it begins", _preset("Cat", "Facets", tab="Side by side", switch="Start")),
]


# --- the controls -----------------------------------------------------------------------------


def size() -> int:
    """The longer side of what is painted, drawn as a control."""
    tip = "The longer side, in pixels. Twice as large takes four times as long."
    return st.select_slider("Size", SIZES, WAY["style_size"], key="style_size", help=tip, **KEEP)


def ask(model: Backbone) -> dict[str, Any] | None:
    """The weights, drawn as controls: arguments of `transfer`, all of which may change while it paints."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**What counts**")
        presets_and_reset.reset(WEIGHTS, key="style_weights_reset")
    tip = "How much the picture is to stay what the photo shows. 0: nothing of it is asked for."
    content = st.slider("Content", 0.0, 10.0, WEIGHTS["style_content"], 0.1, key="style_content", help=tip, **KEEP)
    tip = "How much it is to have the manner of the style. 0: the photo stays; 40: things get lost in strokes."
    style = st.slider("Style", 0.0, 40.0, WEIGHTS["style_style"], 0.5, key="style_style", help=tip, **KEEP)
    tip = "How smooth it is to be. 0: grain and speckles; 60: soft, as if wet."
    smooth = st.slider(
        "Total variation", 0.0, 60.0, WEIGHTS["style_variation"], 1.0, key="style_variation", help=tip, **KEEP
    )
    with st.popover("Style layers", width="stretch", icon=":material/layers:"):
        layers = _layers(model)
    if not content + style + smooth:
        st.warning("All three weights are zero: there is nothing to paint towards. Give one of them more.")
        return None
    if style and not any(layers.values()):
        st.warning("Every style layer's weight is zero, and so there is no style. Give one of them more.")
        return None
    return {
        "content_weight": content,
        "style_weight": style,
        "total_variation_weight": smooth,
        "style_layer_weights": layers,
    }


def _layers(model: Backbone) -> dict[str, float]:
    names, _ = style_losses.layers_of(model)
    st.caption("Each layer's share of the style. Early ones see colours and dots, late ones strokes and shapes.")
    tip = "Its share of the style loss, beside the others."
    found = {name: st.slider(name, 0.0, 2.0, 1.0, 0.1, key=layer_key(name), help=tip, **KEEP) for name in names}
    presets_and_reset.reset({layer_key(name): 1.0 for name in names}, key="style_layers_reset")
    return found


def shares(photo: np.ndarray, manners: Manners) -> tuple[float, ...]:
    """The photo and the styles, small, with a slider below each style where there are several: how much of each."""
    pictures = [("Content", photo), *manners]
    found = []
    for row in range(0, len(pictures), 2):
        for column, (name, picture) in zip(st.columns(2, gap="small"), pictures[row : row + 2], strict=False):
            with column:
                st.image(data_url(picture), width="stretch", caption=name)
                if picture is not photo and len(manners) > 1:
                    tip = f"How much of {name}, beside the others."
                    found.append(st.slider(name, 0.0, 1.0, 1.0, 0.05, key=share_key(name), help=tip,
                                           label_visibility="collapsed", **KEEP))  # fmt: skip
    if found and not any(found):
        st.caption(":material/info: All shares are zero: the styles are mixed evenly.")
    return tuple(found) if any(found) else (1.0,) * len(manners)


def way() -> dict[str, Any]:
    """How to get there, drawn as a row of controls: the other arguments of `transfer`."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tip = "L-BFGS feels how the slope is curved and needs fewer steps; Adam only keeps a running mean of it."
        optimizer = st.selectbox("Way down", list(OPTIMIZERS), key="style_optimizer", help=tip, width=130, **KEEP)
        tip = "From noise nothing of the photo is there unless content brings it back."
        start = st.selectbox("Begin with", list(STARTS), key="style_start", help=tip, width=150, **KEEP)
        tip = "Steps at each size. More: nearer to the lowest loss, and a longer wait."
        steps = st.slider(
            "Steps a size", 10, 150, WAY["style_steps"], 10, key="style_steps", help=tip, width=170, **KEEP
        )
        with st.popover("More"):
            tip = "Each twice the one before. Large strokes come on the small ones; with 1, only small strokes come."
            scales = st.slider("Sizes, coarse to fine", 1, 4, WAY["style_scales"], key="style_scales", help=tip, **KEEP)
            tip = "How large the style's strokes are. 2: twice as large on the picture."
            scale = st.slider("Stroke size", 0.4, 2.5, WAY["style_scale"], 0.1, key="style_scale", help=tip, **KEEP)
            tip = "Only light and dark are painted; the colours stay the photo's."
            light = st.toggle("Keep the photo's colours", WAY["style_light"], key="style_light", help=tip, **KEEP)
            tip = "Of Adam: how far a step goes, in percent of the way from black to white."
            rate = st.slider("Adam's step, %", 0.5, 10.0, WAY["style_rate"], 0.5, key="style_rate", help=tip, **KEEP)
            tip = "Of the noise it may begin with. The same seed gives the same picture."
            seed = st.number_input("Seed", 0, 9999, WAY["style_seed"], key="style_seed", help=tip, **KEEP)
        presets_and_reset.reset(WAY, key="style_reset", help="All of this row, and what is under More, as this began.")
    return {
        "optimizer": OPTIMIZERS[optimizer],
        "init": STARTS[start],
        "steps": steps,
        "scales": scales,
        "style_scale": scale,
        "learning_rate": rate / 100,
        "preserve_color": light,
        "seed": int(seed),
        "size": st.session_state["style_size"],
    }


def masked(photo: np.ndarray) -> dict[str, Any] | None:
    """Where to paint, drawn as a switch and a canvas; None while nothing is marked there."""
    tip = "Paint over the part that is to be changed. The rest stays the photo, pixel for pixel."
    if not st.toggle("Only a part", WAY["style_mask"], key="style_mask", help=tip, **KEEP):
        return {}
    found = region_mask.marked(photo)
    return None if found is None else {"mask": found}


# --- pictures -----------------------------------------------------------------------------------


def wide(photo: np.ndarray) -> int:
    """The width in pixels at which a photo is shown: large, but never higher than a screen."""
    h, w, _ = photo.shape
    return min(WIDE, HIGH * w // h)


def signature(model: Backbone, photo: np.ndarray, manners: Manners, settings: Mapping[str, Any]) -> str:
    """The same for the same picture to be painted, and for no other."""
    found = sha256(repr((model.name, photo.shape)).encode() + photo.tobytes())
    for name, picture in manners:
        found.update(name.encode() + picture.tobytes())
    for name in sorted(settings):
        value = settings[name]
        found.update(name.encode() + (value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode()))
    return found.hexdigest()


def title(manners: Manners) -> str:
    """What is painted, in a few words."""
    return "In the manner of " + " and ".join(name.lower() for name, _ in manners)


def named() -> tuple[str, list[str], int]:
    """The photo's and the styles' names, and the size, as they are chosen now."""
    state = st.session_state
    return state["style_photo"], list(state["style_manner"]), state["style_size"]
