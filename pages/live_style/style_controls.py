"""The controls that say which style: one, a mix, or a place between four."""

from typing import Any

import numpy as np
import streamlit as st

from genmodels.live_style import network as live_style
from genmodels.live_style.network import LiveStyle
from pages.live_style import common, style_pad, style_picker
from ui import presets_and_reset


def ask(model: LiveStyle, photo: np.ndarray) -> dict[str, Any] | None:
    """Drawn as controls: `mix`, `strength` and `keep_color` of `live_style.stylise`; None without a style."""
    way = st.segmented_control(
        "Styles",
        common.WAYS,
        default=common.WAYS[0],
        required=True,
        key="live_way",
        help="One at a time; several, each with its share; or any place on a plane between four.",
        **common.KEEP,
    )
    if way == "A mix":
        mix = _several(model, photo)
    elif way == "Four corners":
        mix = _corners(model, photo)
    else:
        mix = _one(model, photo)
    return None if mix is None else {"mix": mix, **laid_on()}


def laid_on() -> dict[str, Any]:
    """How strongly, and in whose colours."""
    tip = "0: the photo as it is. 1: the style as it was learnt. Beyond: more of it than it ever learnt."
    strength = st.slider("Strength", 0.0, 1.5, 1.0, 0.05, key="live_strength", help=tip, **common.KEEP)
    with st.container(horizontal=True, vertical_alignment="center"):
        tip = "Take only light and dark from what was painted, and the colours from the photo."
        keep = st.toggle("Keep the photo's colours", key="live_keep", help=tip, **common.KEEP)
        presets_and_reset.reset(common.LAID_ON | style_pad.centre("live_pad"), key="live_reset")
    return {"strength": strength, "keep_color": keep}


def _one(model: LiveStyle, photo: np.ndarray) -> np.ndarray:
    known("live_style", model.names, common.FIRST[0])

    def clicked(name: str) -> None:
        st.session_state["live_style"] = name

    tip = "All of them are in one network: a style is nothing but its scales and shifts in the normalisation layers."
    with st.container():
        place = st.container()
        name = st.selectbox("Style", model.names, key="live_style", help=tip, **common.KEEP)
        with place:
            style_picker.show(model.names, common.thumbnails(model, photo), [name], key="live_palette", clicked=clicked)
    return np.eye(len(model.names))[model.names.index(name)]


def _several(model: LiveStyle, photo: np.ndarray) -> np.ndarray | None:
    kept = [name for name in st.session_state.get("live_styles", common.FIRST) if name in model.names]
    st.session_state["live_styles"] = kept

    def clicked(name: str) -> None:
        now = st.session_state["live_styles"]
        st.session_state["live_styles"] = [each for each in now if each != name] if name in now else [*now, name]

    style_picker.show(model.names, common.thumbnails(model, photo), kept, key="live_palette", clicked=clicked)
    tip = "Click on the pictures, too: a click adds a style, another one takes it away."
    chosen = st.multiselect("In the mix", model.names, key="live_styles", help=tip, **common.KEEP)
    mix = np.zeros(len(model.names))
    for name in chosen:
        tip = "Its part of the mix; all parts together count as a whole."
        share = st.slider(name, 0, 100, 50, 5, key=f"live_share_{name}", help=tip, persist_state="session")
        mix[model.names.index(name)] = share
    if not mix.any():
        st.info("Choose a style or two, and give one of them a share.", icon=":material/palette:")
        return None
    return mix


def _corners(model: LiveStyle, photo: np.ndarray) -> np.ndarray:
    for k, name in enumerate(common.CORNERS):
        known(f"live_corner_{k}", model.names, name)
    names = [st.session_state[f"live_corner_{k}"] for k in range(4)]
    steps = np.linspace(0, 1, style_pad.CELLS)
    mixes = np.stack([live_style.corners(model, names, x, y) for y in steps for x in steps])
    x, y = style_pad.show(names, common.thumbnails(model, photo, mixes), key="live_pad")
    with st.popover("Styles in the corners", width="stretch"):
        places = ("Top left", "Top right", "Bottom left", "Bottom right")
        for k, (column, place) in enumerate(zip([*st.columns(2)] * 2, places, strict=True)):
            column.selectbox(place, model.names, key=f"live_corner_{k}", persist_state="session",
                             help="What the picture is in this corner.")  # fmt: skip
    return live_style.corners(model, names, x, y)


def known(key: str, names: tuple[str, ...], first: str) -> None:
    """What this network does not have is not kept."""
    if st.session_state.get(key) not in names:
        st.session_state[key] = first if first in names else names[0]
