"""The user's own image in the format of a data set: drawn, uploaded, from the camera, or a test image."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.data import datasets
from genmodels.media import dataset_format, images
from ui import image_display, presets_and_reset
from ui.components import crop_box, drawing_canvas

URL_BOUND: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}
SOURCES = ("Draw", "Upload", "Camera", "Sample")
FORMAT: dict[str, dict[str, Any]] = {  # arguments of `dataset_format` for each data set
    "mnist": {"box": 20, "center": "mass"},
    "fashion_mnist": {"box": 28, "center": "box"},
}
PHOTO_SIDE = 1600  # pixels: a small digit in a photo keeps its detail
Stages = list[tuple[str, np.ndarray]]

_dataset = st.cache_resource(show_spinner=False)(datasets.load)


def source_control(key: str, reset_also: dict) -> str:
    """The choice of the image source, one of SOURCES, and Reset. reset_also: more widget values for Reset, by key."""
    st.session_state.setdefault(f"{key}_round", 0)  # Reset increases it, which replaces all inputs by new ones
    with st.container(horizontal=True, vertical_alignment="center"):
        source = st.segmented_control(
            "Image source", SOURCES, default="Draw", required=True, key=f"{key}_source", wrap=True,
            label_visibility="collapsed", help="Each source keeps its own image.", **URL_BOUND,
        )  # fmt: skip
        counters = {f"{key}_round": st.session_state[f"{key}_round"] + 1, f"{key}_row": 0}
        inputs = [*(f"{key}_drawing_{name}" for name in FORMAT), f"{key}_saved_Upload", f"{key}_saved_Camera"]
        presets_and_reset.reset(
            counters | dict.fromkeys(inputs) | reset_also,
            key=f"{key}_reset",
            help="Clears the drawing and all images you provided.",
        )
    return source


def image_input(
    source: str,
    name: str,
    *,
    key: str,
    message: DeltaGenerator,
    generate: Callable[[int], np.ndarray],
    count: int,
    generated_note: str = "this image was decoded from the latent vector of a test image",
) -> Stages | None:
    """The image and the stages of its conversion to 28 x 28: (title, image) each. None without an image.

    name: data set, "mnist" or "fashion_mnist". message: container for a sentence if there is no image. generate:
    returns sample `row` of `count`, used in place of test images if the data set is not available; generated_note:
    where these come from, as half a sentence.
    """
    if source == "Sample":
        return _sample(name, key, generate, count, generated_note)
    image = (
        drawing_canvas.drawing_canvas(name, key=key, round=st.session_state[f"{key}_round"])
        if source == "Draw"
        else _upload_or_camera(source, name, key)
    )
    if image is None:
        message.info("The reconstruction appears here once you provide an image.")
        return None
    try:
        return dataset_format.to_dataset_format(image, drawn=source == "Draw", **FORMAT[name])
    except images.BadImage as error:
        is_empty_drawing = source == "Draw" and isinstance(error, images.EmptyImage)
        text = "The drawing is empty: draw something first." if is_empty_drawing else str(error)
        if source != "Draw":
            text += " Or drag the box around the object."
        message.info(text, icon=":material/draw:")
        return None


def note_far_input(error: float, card: dict[str, Any], model: str) -> None:
    """A sentence if the input lies far from the training data.

    error: mean squared error of the input's reconstruction by a model; card: that model's card, which has the 99th
    percentile of this error over the test images. model: its name on the page, as in "the VAE".
    """
    limit = card["held_out"]["mean_squared_error_99th_percentile"]
    if error > limit:
        st.warning(
            f"This input is far from the training data, so the result means little: the reconstruction error of "
            f"{model} is {error:.3f}; it is at most {limit:.3f} for 99 % of the test images.",
            icon=":material/report:",
        )


def _upload_or_camera(source: str, name: str, key: str) -> np.ndarray | None:
    """The latest valid image from a file or the camera: an invalid one is refused and the previous one is kept."""
    saved_key, widget = f"{key}_saved_{source}", f"{key}_{source}_{st.session_state[f'{key}_round']}"
    if source == "Upload":
        tip = "PNG, JPEG, WEBP or GIF, dark on light or light on dark. It is scaled down to 28 x 28 pixels."
        file = st.file_uploader("One object on a plain background", key=widget, help=tip)
    else:
        tip = (
            "Hold a digit written with a thick pen, or a shirt, in front of the camera. Camera access needs localhost "
            "or HTTPS."
        )
        file = st.camera_input("One object on a plain background", key=widget, help=tip)
    if file is not None:
        try:
            image, note = images.decode(file.getvalue(), max_side=PHOTO_SIDE)
            _refuse_if_empty(image, name)
            st.session_state[saved_key] = (image, note)
        except images.BadImage as error:
            previous = " The previous image is kept." if st.session_state.get(saved_key) else ""
            st.error(f"{error}{previous}", icon=":material/broken_image:")
    if not st.session_state.get(saved_key):
        return None
    image, note = st.session_state[saved_key]
    digest = hashlib.sha256(image.tobytes()).hexdigest()[:12]  # another photo begins with the whole of it
    box = crop_box.crop_box(_thumbnail(image), key=f"{widget}_crop_{digest}")
    st.caption(f"Drag a box around the object.{f' Your image: {note}.' if note else ''}")
    return crop_box.cropped(image, box)


def _refuse_if_empty(image: np.ndarray, name: str) -> None:
    """Raises `EmptyImage` if there is nothing to crop; an object that is not found may be found in a part."""
    try:
        dataset_format.to_dataset_format(image, **FORMAT[name])
    except images.EmptyImage:
        raise
    except images.BadImage:
        return


@st.cache_data(show_spinner=False, max_entries=20)
def _thumbnail(image: np.ndarray) -> np.ndarray:
    """A photo (H, W, 3) uint8, at most 480 pixels wide and high, as it is shown to be cropped."""
    step = -(-max(image.shape[:2]) // 480)
    return image[::step, ::step]


def _sample(name: str, key: str, generate: Callable[[int], np.ndarray], count: int, generated_note: str) -> Stages:
    """A test image or, if the data set is not available, a generated one."""
    try:
        test_images = _dataset(name, "test")[0] if datasets.available(name) else None
    except datasets.DatasetMissing as error:
        st.warning(str(error))
        test_images = None
    count = count if test_images is None else len(test_images)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        tip = f"Index into the {count:,} test images, which were not used for training."
        row = st.number_input("Test image", 0, count - 1, key=f"{key}_row", width=140, help=tip, **URL_BOUND)
        st.button(
            "Random",
            icon=":material/casino:",
            help="Pick a random test image.",
            on_click=partial(
                presets_and_reset.set_widgets, {f"{key}_row": int(np.random.default_rng().integers(count))}
            ),
        )
    if test_images is not None:
        image, note = test_images[row], "From the test set, 28 x 28 pixels: no conversion needed."
    else:
        image = generate(row)
        note = f"Data set not available here; {generated_note}."
    image_display.show(image, width=112)
    st.caption(note)
    return [("image", image)]
