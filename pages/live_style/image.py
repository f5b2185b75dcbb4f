"""A still picture: painted anew whenever something is changed, in the time of a blink."""

from time import perf_counter
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import sample_photos
from genmodels.live_style import network as live_style
from genmodels.live_style.network import LiveStyle
from genmodels.media import images
from pages.live_style import common, script_export, style_controls
from ui import code_panel
from ui.image_display import data_url
from ui.page_layout import reader_text
from ui.photo_picker import pick

SIZES = (200, 320, 400, 512, 640, 800, 1000)  # pixels of the longer side


def show(model: LiveStyle) -> None:
    which, large = st.columns([4, 1], gap="medium")
    tip = "The longer side of your own photo, in pixels. Strokes keep their size: on a larger picture they are finer."
    with large:
        size = st.select_slider("Size", SIZES, 640, key="live_size", help=tip, **common.KEEP)
    with which:
        photo = pick("live_photo", max_side=size, default="Palace")
    if photo is None:
        st.info("Bring a photo above; it will be painted at once.", icon=":material/add_photo_alternate:")
        return
    _paint(model, photo)
    reader_text(
        "Nothing is being optimised here: the photo goes through the network once. What took training is in the "
        "weights, and all styles share them. A style of its own has only a scale and a shift for each channel, and "
        "that is why styles can be mixed like colours."
    )


@st.fragment
def _paint(model: LiveStyle, photo: np.ndarray) -> None:
    left, right = st.columns(common.COLUMNS, gap="large")
    with left:
        wish = style_controls.ask(model, photo)
    with right:
        if wish is None:
            st.image(data_url(photo), width=common.wide(photo))
            return
        begun = perf_counter()
        painted = live_style.stylise(model, photo, **wish)
        _beneath(photo, painted, perf_counter() - begun, wish)
    lesson = [live_style.stylise, live_style.build]
    code_panel.show(script_export.picture(model, wish), lesson, key="live", name="live_style")


def _beneath(photo: np.ndarray, painted: np.ndarray, seconds: float, wish: dict[str, Any]) -> None:
    """The picture, and in one line below it what there is to say."""
    h, w, _ = photo.shape
    shown = photo if st.session_state.get("live_before") else painted
    st.image(data_url(shown), width=common.wide(photo))
    with st.container(horizontal=True, vertical_alignment="center"):
        tip = "The photo itself, in the same place."
        st.toggle("Show the photo", key="live_before", help=tip)
        st.download_button("PNG", images.png(painted), "painted.png", "image/png", icon=":material/download:",
                           on_click="ignore", key="live_png")  # fmt: skip
        source = st.session_state.get("live_photo")
        credit = f" Photo: {sample_photos.CREDITS[source]}." if source in sample_photos.CREDITS else ""
        st.caption(f"{w} x {h} pixels, painted in {1000 * seconds:.0f} ms.{credit}")
