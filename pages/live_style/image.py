"""Image: one photo, stylized again at every change of a control."""

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
from ui.page_layout import reader_text, result_and_controls
from ui.photo_picker import chosen_size, pick

SIZES = (200, 320, 400, 512, 640, 800, 1000)  # pixels of the longer side
DEFAULT_SIZE = 640


@st.fragment
def show(model: LiveStyle) -> None:
    result, side = result_and_controls("image", common.COLUMNS)
    size = chosen_size("fast_style_size", SIZES, DEFAULT_SIZE)
    with side.container(gap="xsmall"):
        photo = pick("fast_style_photo", max_side=size, default="Palace")
        settings = None if photo is None else style_controls.controls(model, photo)
        help = "Longer side in pixels. Strokes keep their size: on a larger image they are finer."
        with st.popover("More settings", width="stretch", icon=":material/settings:"):
            st.select_slider("Image size", SIZES, DEFAULT_SIZE, key="fast_style_size", help=help, **common.URL_BOUND)
    with result:
        if photo is None:
            st.info("Choose a photo to stylize.", icon=":material/add_photo_alternate:")
            return
        if settings is None:
            st.image(data_url(photo), width=common.display_width(photo))
            return
        start = perf_counter()
        stylized = live_style.stylize(model, photo, **settings)
        _show_result(photo, stylized, perf_counter() - start)
    reader_text(
        "One forward pass, no optimization. All styles share the convolution weights and differ only in the scale and "
        "shift of the normalization layers, so styles can be blended by interpolating those parameters."
    )
    _code(model, settings)


def _show_result(photo: np.ndarray, stylized: np.ndarray, seconds: float) -> None:
    h, w, _ = photo.shape
    image = photo if st.session_state.get("fast_style_show_original") else stylized
    st.image(data_url(image), width=common.display_width(photo))
    with st.container(horizontal=True, vertical_alignment="center"):
        help = "Shows the photo in the same place."
        st.toggle("Show original", key="fast_style_show_original", help=help)
        st.download_button("PNG", images.png(stylized), "stylized.png", "image/png", icon=":material/download:",
                           on_click="ignore", key="fast_style_png")  # fmt: skip
        source = st.session_state.get("fast_style_photo")
        credit = f" Photo: {sample_photos.CREDITS[source]}." if source in sample_photos.CREDITS else ""
        st.caption(f"{w} x {h} pixels, stylized in {1000 * seconds:.0f} ms.{credit}")


def _code(model: LiveStyle, settings: dict[str, Any]) -> None:
    photo = st.session_state["fast_style_photo"], st.session_state["fast_style_size"]
    script = script_export.image(model, photo, settings)
    code_panel.show(script, [live_style.stylize, live_style.build], key="fast_style", name="live_style")
