"""Add a style: train the scales and shifts of one more style from an image, and use it."""

import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import sample_photos
from genmodels.jobs.job_queue import Job
from genmodels.live_style import losses as style_losses
from genmodels.live_style import training as style_training
from genmodels.live_style.network import LiveStyle
from pages.live_style import common, script_export
from ui import code_panel, job_panel, presets_and_reset
from ui.image_display import data_url
from ui.page_layout import reader_text, result_and_controls
from ui.photo_picker import chosen_size, pick

IMAGE_SIZES = (128, 192, 256, 320, 384, 512)  # pixels of the style image's longer side
DEFAULT_IMAGE_SIZE = 256
TRAINING_DEFAULTS = {
    "fast_style_train_steps": 300,
    "fast_style_train_image_size": DEFAULT_IMAGE_SIZE,
    "fast_style_train_style_weight": 1.0,
}
PREVIEW_PHOTO = "Cat"
THUMBNAIL = 110  # pixels
LOSS_COLORS = {"style": "#e6550d", "content": "#3182bd"}
Run = dict[str, Any]


def show(model: LiveStyle) -> None:
    result, side = result_and_controls("add_style", common.COLUMNS)
    with side.container(gap="xsmall"):
        size = chosen_size("fast_style_train_image_size", IMAGE_SIZES, DEFAULT_IMAGE_SIZE)
        style = pick("fast_style_train_image", max_side=size, default="Flower", label="Style image")
        if style is not None:
            st.image(data_url(style), width=THUMBNAIL)
        button = st.container()
        settings = _training_settings()
    _train_button(button, model, style, settings)
    with result:
        job = job_panel.find("fast_style_train")
        if job is None:
            photo = _photos()[0]
            st.image(data_url(photo), width=common.display_width(photo))
            st.caption("Press Train style. This photo shows the progress.")
        else:
            with st.container():
                job_panel.panel("fast_style_train", partial(_show_step, job.run))
            if not job.active and job.step is not None:
                _use_style(job.run, job)
    reader_text(
        "Choose a style image, ideally with clear brush strokes or patterns. Only the scale and shift parameters of "
        "the new style in the instance normalization layers are trained (about 1,000); the convolutions are frozen."
    )
    photo_name = st.session_state["fast_style_train_image"]
    code_panel.show(
        script_export.train_style((photo_name, size), settings),
        [style_training.train_style, style_losses.perceptual_losses],
        key="fast_style_train",
        name="train_style",
    )


def _training_settings() -> dict[str, Any]:
    help = "Training steps, two photos each."
    steps = st.slider("Steps", 50, 1000, TRAINING_DEFAULTS["fast_style_train_steps"], 50, key="fast_style_train_steps",
                      help=help, **common.URL_BOUND)  # fmt: skip
    help = "Longer side of the style image in pixels: larger values give larger strokes."
    st.select_slider("Style image size (px)", IMAGE_SIZES, TRAINING_DEFAULTS["fast_style_train_image_size"],
                     key="fast_style_train_image_size", help=help, **common.URL_BOUND)  # fmt: skip
    help = "Weight of the style loss relative to the built-in styles."
    style_weight = st.slider("Style weight", 0.2, 5.0, TRAINING_DEFAULTS["fast_style_train_style_weight"], 0.2,
                             key="fast_style_train_style_weight", help=help, **common.URL_BOUND)  # fmt: skip
    presets_and_reset.reset(TRAINING_DEFAULTS, key="fast_style_train_reset")
    return {"steps": steps, "style_weight": style_weight}


@st.cache_data(show_spinner=False)
def _photos() -> list[np.ndarray]:
    """The training photos: all samples, the preview photo first."""
    names = (PREVIEW_PHOTO, *(name for name in sample_photos.NAMES if name != PREVIEW_PHOTO))
    return [sample_photos.load(name, 400) for name in names]


def _train_button(container: Any, model: LiveStyle, style: np.ndarray | None, settings: dict[str, Any]) -> None:
    job = job_panel.find("fast_style_train")
    is_active = job is not None and job.active
    container.button(
        "Train style",
        key="fast_style_train_start",
        icon=":material/school:",
        type="primary",
        width="stretch",
        disabled=is_active or style is None,
        on_click=_start,
        args=(model, style, settings),
        help="Stop the running job first."
        if is_active
        else "One to two minutes. The style so far is kept if you stop.",
    )


def _start(model: LiveStyle, style: np.ndarray, settings: dict[str, Any]) -> None:
    if job_panel.busy("fast_style_train"):
        return  # a double click
    name = _unused_name(model, st.session_state.get("fast_style_train_image"))
    photos = _photos()
    run: Run = {"name": name, "style": style, "image": photos[0], "settings": settings}
    before = job_panel.find_run("fast_style_train") or {"own_model": None, "style_set_id": ""}
    run |= {key: before[key] for key in ("own_model", "style_set_id")}  # the styles added earlier

    def steps() -> Iterator[style_training.Step]:
        for step in style_training.train_style(model, style, photos, name=name, **settings):
            if step.image is not None:
                run["image"] = step.image
            yield step

    job_panel.start("fast_style_train", f"Training a style: {name}", steps, run=run)


def _unused_name(model: LiveStyle, source: str | None) -> str:
    """The name of the style image, with a number if the network has a style of that name."""
    first = source if source in sample_photos.NAMES else "Yours"
    return next(
        name for k in range(len(model.names) + 1) if (name := f"{first} {k + 1}" if k else first) not in model.names
    )


def _show_step(run: Run, job: Job) -> None:
    image = run["image"]
    st.image(data_url(image), width=common.display_width(image))
    if job.step is None:
        st.caption("The first step compiles both networks and their gradient.")
    elif len(job.history) > 2:
        _curves(job)


def _curves(job: Job) -> None:
    points = list(job.history)
    rows = [(done, loss, losses[loss]) for done, losses in points for loss in LOSS_COLORS]
    table = dict(zip(("step", "loss", "value"), zip(*rows, strict=True), strict=True))
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5},
        "encoding": {
            "x": {"field": "step", "type": "quantitative", "title": "step", "axis": {"tickCount": 5}},
            "y": {"field": "value", "type": "quantitative", "title": "loss", "axis": {"tickCount": 4}},
            "color": {
                "field": "loss",
                "type": "nominal",
                "scale": {"domain": list(LOSS_COLORS), "range": list(LOSS_COLORS.values())},
                "legend": {"orient": "top-right", "title": None},
            },
        },
    }
    st.vega_lite_chart(table, spec, height=150, key="fast_style_train_curves")


def _use_style(run: Run, job: Job) -> None:
    """Add the trained style to this visitor's network, once, and offer to use it."""
    if "is_added" not in run:
        run["own_model"] = style_training.add_style(common.model(), job.step.model)
        run["style_set_id"] = uuid.uuid4().hex
        run["is_added"] = True
    help = "Opens the tab Image with this style. The style is yours alone and is kept for an hour after you leave."
    state = {"fast_style_tab": "Image", "fast_style_mode": common.SINGLE, "fast_style_style": run["name"]}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Use this style", icon=":material/brush:", type="primary", key="fast_style_train_use", help=help,
                  on_click=presets_and_reset.set_widgets, args=(state,))  # fmt: skip
        st.caption(f"**{run['name']}** is now one of your styles, after {job.step.done} steps.")
