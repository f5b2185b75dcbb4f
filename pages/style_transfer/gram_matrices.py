"""Gram matrices of the photo, the style image and the stylized image."""

from typing import Any

import numpy as np
import streamlit as st

from genmodels.media import images
from genmodels.style_transfer import losses as style_losses
from genmodels.style_transfer import targets as style_targets
from genmodels.vision.backbone import Backbone
from pages.style_transfer import common, controls, script_export
from pages.style_transfer.common import Styles
from ui import code_panel, job_panel
from ui.image_display import data_url
from ui.page_layout import result_and_controls

HEATMAP_COLOR = np.array([[230, 120, 40]], "uint8")  # of the largest entry
IMAGE_WIDTH = 110  # pixels
PHOTO, STYLIZED = "Photo", "Stylized image"
Grams = dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]  # by layer: of style, photo and stylized image


def show(model: Backbone) -> None:
    result, side = result_and_controls("gram_matrices", common.COLUMNS)
    with side:
        photo, styles = controls.choose_images()
    if photo is None or not styles:
        result.info("Choose a photo and a style image to start.", icon=":material/add_photo_alternate:")
        return
    job = job_panel.find("style_transfer")
    if job is not None and job.step is not None and _matches(job.run, model, photo, styles):
        run, stylized = job.run, job.step.image
    else:
        settings = {"style_blend_weights": None, "style_image_scale": 1.0}
        run, stylized = {"model": model, "photo": photo, "styles": styles, "settings": settings}, None
    with result:
        grams = _grams(run, stylized)
    layers = list(grams)
    middle = layers[min(2, len(layers) - 1)]
    if st.session_state.get("style_gram_layer", middle) not in layers:
        st.session_state["style_gram_layer"] = middle  # another network has other layers
    with side:
        help = "Early layers: correlations of colors and edges. Late layers: larger structures."
        layer = st.pills("Layer", layers, default=middle, required=True, key="style_gram_layer", help=help, wrap=True,
                         **common.URL_BOUND)  # fmt: skip
        st.caption(
            "Rows and columns are channels, sorted by their strength in the style. A bright cell off the diagonal: two "
            "features that occur together."
        )
    with result:
        _heatmaps(run, stylized, grams[layer or middle])
        _style_loss_chart(grams, has_result=stylized is not None)
    if stylized is not None:
        functions = [style_losses.gram_matrix, style_losses.style_loss, style_targets.style_grams_by_layer]
        code_panel.show(script_export.gram_matrices(run), functions, key="style_grams", name="gram_matrices")


def _matches(run: dict[str, Any], model: Backbone, photo: np.ndarray, styles: Styles) -> bool:
    """True if the stylized image was made from the images and the network that are chosen now."""
    return common.signature(run["model"], run["photo"], run["styles"], {}) == common.signature(model, photo, styles, {})


def _grams(run: dict[str, Any], stylized: np.ndarray | None) -> Grams:
    """The Gram matrices by layer, computed once per stylized image."""
    image = run["photo"] if stylized is None else stylized
    settings = {name: run["settings"][name] for name in ("style_blend_weights", "style_image_scale")}
    signature = common.signature(run["model"], run["photo"], run["styles"], settings | {"stylized": image})
    if st.session_state.get("style_grams", (None,))[0] != signature:
        with st.spinner("Computing the Gram matrices"):
            styles = [style for _, style in run["styles"]]
            grams = style_targets.style_grams_by_layer(run["model"], run["photo"], image, styles, **settings)
        st.session_state["style_grams"] = signature, grams
    return st.session_state["style_grams"][1]


def _heatmaps(run: dict[str, Any], stylized: np.ndarray | None, grams: tuple[np.ndarray, ...]) -> None:
    """For photo, style and stylized image: the heatmap of the Gram matrix, the style loss, the image."""
    target, before, after = grams
    heatmaps = style_losses.gram_heatmaps([before, target, after], target)
    losses = [f"style loss {loss:.3f}" for loss in style_losses.style_loss_per_layer([before, after], [target] * 2)]
    style_names = " + ".join(name for name, _ in run["styles"])
    entries = [(PHOTO, run["photo"], losses[0]), (style_names, run["styles"][0][1], "target")]
    if stylized is not None:
        entries.append((STYLIZED, stylized, losses[1]))
    columns = st.columns(3, gap="small")
    for column, (title, image, caption), heatmap in zip(columns, entries, heatmaps, strict=False):
        with column.container(gap="xsmall"):
            st.markdown(f"**{title}**: {caption}")
            st.image(images.png(images.tint(heatmap[None], HEATMAP_COLOR)[0], scale=12), width="stretch",
                     output_format="PNG")  # fmt: skip
            st.image(data_url(image), width=IMAGE_WIDTH)
    if stylized is None:
        columns[2].info("Run a transfer in the tab Style transfer to compare.", icon=":material/format_paint:")


def _style_loss_chart(grams: Grams, has_result: bool) -> None:
    """The style loss of every layer, of the photo and of the stylized image."""
    rows: dict[str, list] = {"layer": [], "image": [], "loss": []}
    for layer, (target, before, after) in grams.items():
        for image, gram in ((PHOTO, before), (STYLIZED, after))[: 1 + has_result]:
            rows["layer"].append(layer)
            rows["image"].append(image)
            rows["loss"].append(style_losses.style_loss_per_layer([gram], [target])[0])
    spec = {
        "mark": {"type": "bar"},
        "encoding": {
            "x": {"field": "layer", "type": "nominal", "title": None, "sort": None, "axis": {"labelAngle": 0}},
            "xOffset": {"field": "image", "sort": [PHOTO, STYLIZED]},
            "y": {
                "field": "loss",
                "type": "quantitative",
                "title": None,
                "scale": {"type": "sqrt"},
                "axis": {"tickCount": 4},
            },
            "color": {
                "field": "image",
                "type": "nominal",
                "title": None,
                "scale": {"domain": [PHOTO, STYLIZED], "range": ["#3182bd", "#e6550d"]},
                "legend": {"orient": "right"},
            },
        },
    }
    st.caption("**Relative style loss per layer**")
    st.vega_lite_chart(rows, spec, height=150, key="style_loss_per_layer")
