"""The style transfer: starts on its own, applies changed loss weights during the run, can be continued."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import sample_photos
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from genmodels.style_transfer import losses as style_losses
from genmodels.style_transfer import transfer as style_transfer
from genmodels.vision.backbone import Backbone
from pages.style_transfer import common, controls, script_export
from pages.style_transfer.common import Styles
from ui import code_panel, job_panel, presets_and_reset
from ui.components import before_after
from ui.page_layout import reader_text, result_and_controls

FPS = 12  # of the exported video
LOSS_TERMS = {  # color, legible on white and on black, and the argument that weights the term
    "content": ("#3182bd", "content_weight"),
    "style": ("#e6550d", "style_weight"),
    "total variation": ("#31a354", "tv_weight"),
}
Run = dict[str, Any]


def show(model: Backbone) -> None:
    result, side = result_and_controls("style_transfer", common.COLUMNS)
    mask = None
    with side:
        photo, styles = controls.choose_images()
        blend_weights = controls.style_blend_weights(styles)
        weights = controls.loss_weights(model)
        settings = controls.optimization_settings() | {"style_blend_weights": blend_weights}
        if photo is not None and styles:
            new_seed = {"style_seed": (st.session_state.get("style_seed", 0) + 1) % 10_000}
            st.button("Restart", key="style_restart", icon=":material/restart_alt:", width="stretch",
                      help="From the beginning, with another seed.", on_click=presets_and_reset.set_widgets,
                      args=(new_seed,))  # fmt: skip
            mask = controls.mask(photo)
    with result:
        if photo is None or not styles:
            st.info("Choose a photo and a style image to start.", icon=":material/add_photo_alternate:")
        elif mask is None:
            st.info("Brush the region to stylize on the small photo.", icon=":material/gesture:")
        elif weights is not None:
            _start_or_update(model, photo, styles, settings | mask, weights)
        job = job_panel.find("style_transfer")
        if job is None:
            return
        run = job.run
        with st.container():
            job_panel.panel("style_transfer", partial(_show_step, run))
        if not job.active and job.step is not None:
            _exports(run, job)
    if job.active or job.step is None:
        return
    reader_text(
        "No network is trained: the pixels are optimized. The loss weights are read at every step, so you can change "
        "them during the run."
    )
    functions = [
        style_transfer.transfer,
        style_transfer.LossAtScale,
        style_losses.losses_and_gradient,
        style_losses.gram_matrix,
    ]
    code_panel.show(script_export.transfer(run), functions, key="style_transfer", name="style_transfer")


# --- the job ----------------------------------------------------------------------------------------


def _start_or_update(
    model: Backbone, photo: np.ndarray, styles: Styles, settings: dict[str, Any], weights: dict[str, Any]
) -> None:
    """Start a run, unless the latest one has the same settings; it then takes the new loss weights."""
    run = job_panel.restart_on_change(
        "style_transfer",
        common.run_title(styles),
        common.signature(model, photo, styles, settings),
        partial(_steps, settings=settings),
        model=model,
        photo=photo,
        styles=styles,
        settings=settings,
        weights=weights,
        frames=[],
        photo_name=common.selected_photo(),
    )
    if run is not None and run["weights"] != weights:
        run["weights"] = weights
        job = job_panel.find("style_transfer")
        if job is not None and job.state == "done":
            _continue(run, job)


def _steps(run: Run, settings: dict[str, Any]) -> Iterator[style_transfer.Step]:
    """The transfer with the current loss weights at every step; every second image joins the video's frames."""
    styles = [image for _, image in run["styles"]]
    transfer = style_transfer.transfer(run["photo"], styles, model=run["model"], **settings, **run["weights"])
    step = next(transfer)
    while True:
        if step.done % 2 or step.ends_scale:
            run["frames"].append(step.image)
        yield step
        if step.done == step.total:
            return
        step = transfer.send(run["weights"])


def _continue(run: Run, job: Job) -> None:
    """More steps from the current image, at full size."""
    if job.step is not None:
        job_panel.stop("style_transfer")
        settings = run["settings"] | {"init": job.step.image}
        job_panel.start("style_transfer", common.run_title(run["styles"]), lambda: _steps(run, settings), run=run)


# --- the result -------------------------------------------------------------------------------------


def _show_step(run: Run, job: Job) -> None:
    """The photo and the current image in one frame; below it the loss terms."""
    photo, step = run["photo"], job.step
    image = photo if step is None else step.image
    width = common.display_width(photo)
    before_after.show(photo, image, name="Stylized", key="style_before_after", width=width)
    if step is None:
        st.caption(f"**{job.title}**. The first step compiles the loss and its gradient.")
        return
    h, w, _ = step.image.shape
    st.caption(
        f"**Scale {step.scale + 1}: {w} × {h} pixels**. Total loss {step.losses['total']:.3f} and its weighted terms:"
    )
    _weighted_terms(step)
    for column, term in zip(st.columns(len(LOSS_TERMS), gap="small"), LOSS_TERMS, strict=True):
        with column:
            _curve(job, term, run)


def _weighted_terms(step: style_transfer.Step) -> None:
    """The share of each weighted term in the total loss, as one stacked bar."""
    table = {"term": list(step.weighted), "value": list(step.weighted.values())}
    colors = {"domain": list(LOSS_TERMS), "range": [color for color, _ in LOSS_TERMS.values()]}
    spec = {
        "mark": {"type": "bar", "height": 14},
        "encoding": {
            "x": {"field": "value", "type": "quantitative", "stack": "normalize", "axis": None},
            "color": {"field": "term", "type": "nominal", "scale": colors, "legend": None},
            "order": {"field": "term", "sort": list(LOSS_TERMS)},
            "tooltip": [{"field": "term"}, {"field": "value", "format": ".3f", "title": "weighted loss"}],
        },
    }
    st.vega_lite_chart(table, spec, height=24, key="style_weighted_terms")


def _curve(job: Job, term: str, run: Run) -> None:
    """One unweighted loss term over the steps; each scale is a line of its own, because its targets differ."""
    points, step = list(job.history), job.step
    color, argument = LOSS_TERMS[term]
    weight = run["weights"][argument]
    st.caption(f"**{term.capitalize()}** {step.losses[term]:.3g} × {weight:g} = {step.weighted[term]:.3g}")
    table = {
        "step": [done for done, _ in points],
        "loss": [losses[term] for _, losses in points],
        "scale": [f"{(done - 1) // run['settings']['steps_per_scale']}" for done, _ in points],
    }
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5, "color": color},
        "encoding": {
            "x": {"field": "step", "type": "quantitative", "title": None, "axis": {"tickCount": 4, "grid": False}},
            "y": {
                "field": "loss",
                "type": "quantitative",
                "title": None,
                "scale": {"type": "sqrt", "zero": False},
                "axis": {"tickCount": 3, "format": ".2~g"},
            },
            "detail": {"field": "scale", "type": "nominal"},
        },
    }
    st.vega_lite_chart(table, spec, height=90, key=f"style_curve_{term.replace(' ', '_')}")


def _exports(run: Run, job: Job) -> None:
    """Buttons: continue, and download the image and the video."""
    with st.container(horizontal=True, vertical_alignment="center"):
        help = "More steps from this image, at full size, with the current loss weights."
        st.button("Continue optimizing", key="style_continue", icon=":material/play_arrow:", help=help,
                  on_click=_continue, args=(run, job))  # fmt: skip
        _download("PNG", images.png(job.step.image), "stylized.png", "image/png")
        help = "Every second step, enlarged to the final size. Encoded when you press the button."
        for format, mime in (("mp4", "video/mp4"), ("gif", "image/gif")):
            _download(format.upper(), partial(_video, run, format), f"style_transfer.{format}", mime, help)
        source = run["photo_name"][0]
        credit = f" Photo: {sample_photos.CREDITS[source]}." if source in sample_photos.CREDITS else ""
        st.caption(f"Drag the line to compare with the photo.{credit}")


def _download(
    label: str, data: bytes | Callable[[], bytes], file_name: str, mime: str, help: str | None = None
) -> None:
    st.download_button(label, data, file_name, mime, icon=":material/download:", on_click="ignore",
                       key=f"style_{label.lower()}", help=help)  # fmt: skip


def _video(run: Run, format: str) -> bytes:
    return images.animate(style_transfer.upsample_frames(run["frames"]), format, fps=FPS)
