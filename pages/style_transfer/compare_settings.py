"""Compare settings: two style transfers that differ in one setting."""

from typing import Any

import numpy as np
import streamlit as st

from genmodels.jobs.job_queue import Job
from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision import comparison as comparison_steps
from genmodels.vision.backbone import Backbone
from pages.style_transfer import common, controls, script_export
from pages.style_transfer.common import Styles
from ui import code_panel, side_by_side
from ui.page_layout import result_and_controls
from ui.side_by_side import Comparison, Settings

COMPARISONS = {
    "Optimizer": Comparison(
        ("L-BFGS", {"optimizer": "lbfgs", "n_scales": 1}),
        ("Adam", {"optimizer": "adam", "n_scales": 1}),
        "Full resolution only, the same number of steps. L-BFGS estimates the curvature from past gradients and takes "
        "larger steps in flat directions. Compare the total loss.",
    ),
    "Initial image": Comparison(
        ("From the photo", {"init": "content"}),
        ("From noise", {"init": "noise"}),
        "Both minimize the same loss but may reach different minima. From noise, uniform regions such as sky are "
        "filled with texture.",
    ),
    "Coarse to fine": Comparison(
        ("Coarse to fine", {"n_scales": 3}),
        ("Full resolution only", {"n_scales": 1}),
        "The receptive field of a layer has a fixed size. It covers more of a small image, so coarse scales produce "
        "large strokes, and a step there costs a sixteenth. At full resolution only, strokes stay small.",
    ),
    "Total variation": Comparison(
        ("Total variation weight 40", {"tv_weight": 40.0}),
        ("Total variation weight 0", {"tv_weight": 0.0}),
        "The content and style losses barely penalize single-pixel noise because of pooling; the total variation loss "
        "does.",
    ),
    "Content only vs. style only": Comparison(
        ("Content loss only", {"style_weight": 0.0, "tv_weight": 0.0, "init": "noise"}),
        ("Style loss only", {"content_weight": 0.0, "init": "noise"}),
        "Both start from noise. Left: what the content layer represents of the photo. Right: what the Gram matrices "
        "represent of the style. The result is a texture without spatial layout.",
    ),
    "Style layers": Comparison(
        ("The two earliest layers", {"style_layers": slice(0, 2)}),
        ("The two latest layers", {"style_layers": slice(-2, None)}),
        "Early layers transfer colors and fine strokes and keep the photo's shapes. Late layers change the shapes and "
        "transfer less of the colors.",
    ),
}
LOSS_COLORS = ["#3182bd", "#e6550d"]


def show(model: Backbone) -> None:
    result, side = result_and_controls("compare_settings", common.COLUMNS)
    with side:
        comparison = side_by_side.choose(COMPARISONS, key="style_comparison")
        photo, styles = controls.choose_images()
        blend_weights = controls.style_blend_weights(styles)
        weights = controls.loss_weights(model)
        settings = controls.optimization_settings() | {"style_blend_weights": blend_weights}
    with result:
        if photo is None or not styles:
            st.info("Choose a photo and a style image to start.", icon=":material/add_photo_alternate:")
        elif weights is not None:
            _start(model, photo, styles, settings | weights, comparison)
        latest = side_by_side.show("style_compare", below=_total_losses)
    if latest is not None and not latest[1].active:
        functions = [comparison_steps.side_by_side, style_transfer.transfer]
        code_panel.show(script_export.comparison(latest[0]), functions, key="style_compare", name="style_comparison")


def merge(settings: Settings, changes: Settings) -> dict[str, Any]:
    """All settings of one side; "style_layers" in `changes` is a slice of the layers with weight 1."""
    merged = {**settings, **{name: value for name, value in changes.items() if name != "style_layers"}}
    if "style_layers" in changes:
        layers = list(settings["style_layer_weights"])
        merged["style_layer_weights"] = dict.fromkeys(layers[changes["style_layers"]], 1.0)
    return merged


def _start(
    model: Backbone, photo: np.ndarray, styles: Styles, settings: dict[str, Any], comparison: Comparison
) -> None:
    style_images = [image for _, image in styles]
    side_by_side.start(
        "style_compare",
        common.signature(model, photo, styles, settings | {"comparison": comparison}),
        comparison,
        lambda changes: style_transfer.transfer(photo, style_images, model=model, **merge(settings, changes)),
        original=photo,
        loss="total",
        model=model,
        styles=styles,
        sides=[merge(settings, changes) for _, changes in (comparison.left, comparison.right)],
        photo_name=common.selected_photo(),
    )


def _total_losses(run: dict[str, Any], job: Job) -> None:
    """Both total losses over the steps. They are comparable where both sides have the same loss weights."""
    points = list(job.history)
    if len(points) < 2:
        return
    titles = {"left": run["comparison"].left[0], "right": run["comparison"].right[0]}
    rows = [(done, titles[side], losses[side]) for done, losses in points for side in titles]
    table = dict(zip(("step", "run", "loss"), map(list, zip(*rows, strict=True)), strict=True))
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5},
        "encoding": {
            "x": {"field": "step", "type": "quantitative", "title": "step"},
            "y": {"field": "loss", "type": "quantitative", "title": "total loss", "scale": {"type": "sqrt"}},
            "color": {
                "field": "run",
                "type": "nominal",
                "title": None,
                "scale": {"domain": list(titles.values()), "range": LOSS_COLORS},
                "legend": {"orient": "top-right"},
            },
        },
    }
    st.vega_lite_chart(table, spec, height=190, key="style_total_losses")
