"""A picture of the visitor's own, made like those of a data set: drawn, uploaded, from the camera, or a sample."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.data import datasets
from genmodels.media import images
from ui import drawing_canvas, image_display, presets_and_reset

URL_BOUND: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}
SOURCES = ("Draw", "Upload", "Camera", "Sample")
SHAPE: dict[str, dict[str, Any]] = {  # how each was made
    "mnist": {"box": 20, "centre": "mass"},
    "fashion_mnist": {"box": 28, "centre": "box"},
}
Stages = list[tuple[str, np.ndarray]]

_data = st.cache_resource(show_spinner=False)(datasets.load)


def source_control(key: str, also: dict) -> str:
    """Where the picture comes from: one of SOURCES, and Reset. also: what else Reset puts back, by widget key."""
    st.session_state.setdefault(f"{key}_round", 0)  # Reset counts the round up, and all inputs come anew
    with st.container(horizontal=True, vertical_alignment="center"):
        source = st.segmented_control(
            "Where from", SOURCES, default="Draw", required=True, key=f"{key}_source", wrap=True,
            label_visibility="collapsed", help="Each keeps its own picture while you look at the others.", **URL_BOUND,
        )  # fmt: skip
        again = {f"{key}_round": st.session_state[f"{key}_round"] + 1, f"{key}_row": 0}
        kept = dict.fromkeys([*(f"{key}_drawing_{name}" for name in SHAPE), f"{key}_kept_Upload", f"{key}_kept_Camera"])
        tip = "Puts away the drawing and every picture given here."
        presets_and_reset.reset(again | kept | also, key=f"{key}_reset", help=tip)
    return source


def image_input(
    source: str,
    name: str,
    *,
    key: str,
    says: DeltaGenerator,
    made: Callable[[int], np.ndarray],
    count: int,
    made_by: str = "our decoder drew this one, at the code of a held-out picture",
) -> Stages | None:
    """The picture and its way to 28 x 28, (title, picture) each, the last as the data set's; None without one.

    name: the data set, "mnist" or "fashion_mnist". says: where a sentence goes where there is no picture. made: draws
    the row-th of `count` samples, for those on whose machine the data set is not; made_by: how, as half a sentence.
    """
    if source == "Sample":
        return _sample(name, key, made, count, made_by)
    picture = (
        drawing_canvas.drawing_canvas(name, key=key, round=st.session_state[f"{key}_round"])
        if source == "Draw"
        else None
    )
    if source != "Draw":
        picture = _from_outside(source, name, key)
    if picture is None:
        says.info("Here you see what comes back of your picture, once there is one.")
        return None
    try:
        return images.to_dataset_format(picture, **SHAPE[name])
    except images.BadImage as error:
        says.info(str(error), icon=":material/draw:")
        return None


def _from_outside(source: str, name: str, key: str) -> np.ndarray | None:
    """The last good picture from a file or the camera: a bad one is refused and takes nothing away."""
    kept, widget = f"{key}_kept_{source}", f"{key}_{source}_{st.session_state[f'{key}_round']}"
    if source == "Upload":
        tip = "PNG, JPEG, WEBP or GIF, dark on light or light on dark. It is scaled down to 28 x 28 pixels."
        file = st.file_uploader("One thing on a plain background", key=widget, help=tip)
    else:
        tip = (
            "Write a digit with a thick pen, or hold up a shirt. Browsers lend a camera to pages of this machine and "
            "to HTTPS only: opened from another machine without HTTPS, this stays dark."
        )
        file = st.camera_input("One thing on a plain background, in good light", key=widget, help=tip)
    if file is not None:
        try:
            picture, note = images.decode(file.getvalue())
            images.to_dataset_format(picture, **SHAPE[name])
            st.session_state[kept] = (picture, note)
        except images.BadImage as error:
            stays = " The picture before it stays." if st.session_state.get(kept) else ""
            st.error(f"{error}{stays}", icon=":material/broken_image:")
    if not st.session_state.get(kept):
        return None
    picture, note = st.session_state[kept]
    if source == "Upload":
        image_display.show(picture, caption=note or None, width=200)
    return picture


def _sample(name: str, key: str, made: Callable[[int], np.ndarray], count: int, made_by: str) -> Stages:
    """A picture nobody trained on: from the data set or, where that is not on this machine, one of ours."""
    try:
        held_out = _data(name, "test")[0] if datasets.available(name) else None
    except datasets.DatasetMissing as error:
        st.warning(str(error))
        held_out = None
    count = count if held_out is None else len(held_out)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tip = f"Its number among {count:,} that the model was not trained on."
        row = st.number_input("Held-out picture", 0, count - 1, key=f"{key}_row", width=170, help=tip, **URL_BOUND)
        another = {f"{key}_row": int(np.random.default_rng().integers(count))}
        tip = "Any other of them."
        st.button(
            "Another", icon=":material/casino:", help=tip, on_click=partial(presets_and_reset.set_widgets, another)
        )
    if held_out is not None:
        picture, said = held_out[row], "From the test set: 28 x 28 already, nothing to prepare."
    else:
        picture = made(row)
        said = f"The data set is not on this machine: {made_by}."
    image_display.show(picture, width=112)
    st.caption(said)
    return [("picture", picture)]
