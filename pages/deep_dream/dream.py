"""Dream: starts by itself, and again when a setting changes."""

import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import sample_photos
from genmodels.deep_dream import dream as deep_dream
from genmodels.deep_dream import objectives
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from genmodels.vision import gradient_ascent
from genmodels.vision.backbone import Backbone
from pages.deep_dream import analysis, controls, script_export
from ui import code_panel, job_panel
from ui.components import before_after
from ui.image_display import data_url
from ui.page_layout import result_and_controls

OCTAVES_WIDTH = 300  # pixels of all octaves side by side
OCTAVE_COLORS = ["#9ecae1", "#fdae6b", "#e6550d", "#3182bd", "#31a354"]


def show(model: Backbone) -> None:
    result, column = result_and_controls("dream", controls.COLUMNS)
    with column:
        photo_menu = st.container()
        objective = controls.objective_controls(model)
        settings, image_size = controls.optimization_controls(rerun=True)
        with photo_menu:
            photo = controls.pick_photo(image_size)
    with result:
        if photo is None:
            st.info("Choose or upload a photo to start.", icon=":material/add_photo_alternate:")
        elif objective is not None:
            _start(model, photo, objective | settings)
        job = job_panel.find("dream")
        if job is None:
            return
        run = job.run
        with st.container():
            job_panel.panel("dream", partial(_draw, run))
        if job.active or job.step is None:
            return
        _download(job)
    analysis.show(run, job)
    functions = [deep_dream.dream, deep_dream.ascent_direction, objectives.objective]
    code_panel.show(script_export.dream(run["model"], run["settings"]), functions, key="dream", name="dream")


def _start(model: Backbone, photo: np.ndarray, settings: dict[str, Any]) -> None:
    """Starts the job, unless the latest one had the same photo and settings."""

    def steps(run: dict[str, Any]) -> Iterator[deep_dream.Step]:
        for step in deep_dream.dream(photo, model=model, **settings):
            if step.ends_octave:
                run["octaves"].append(step.image)
            yield step

    job_panel.restart_on_change(
        "dream",
        controls.title(model, settings),
        controls.signature(model, photo, settings),
        steps,
        photo=photo,
        settings=settings,
        model=model,
        octaves=[],
    )


# --- the result -------------------------------------------------------------------------------


def _draw(run: dict[str, Any], job: Job) -> None:
    """The current image, the objective over the steps, and the finished octaves."""
    photo, step = run["photo"], job.step
    image = photo if step is None else step.image
    before_after.show(photo, image, name="Dream", key="dream_compare", width=controls.display_width(photo))
    if step is None:
        st.caption("Compiling the gradient computation (first step only) …")
        return
    h, w, _ = step.image.shape
    st.caption(f"{job.title}. Octave {step.octave + 1}: {w} x {h} pixels. Objective {step.losses['objective']:.3g}")
    if not step.losses["objective"]:
        st.info("The activation is 0 on this photo, so the gradient is 0. Choose another channel or photo.")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _octaves(run)
    with right:
        if len(job.history) > 1:
            _objective_curve(job, run["settings"]["steps"])


def _objective_curve(job: Job, steps: int) -> None:
    """The objective over the steps; one line per octave, because its value depends on the image size."""
    points = list(job.history)
    table = {
        "step": [done for done, _ in points],
        "objective": [losses["objective"] for _, losses in points],
        "octave": [f"{(done - 1) // steps + 1}" for done, _ in points],
    }
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5},
        "encoding": {
            "x": {"field": "step", "type": "quantitative", "title": "step", "axis": {"tickCount": 4}},
            "y": {"field": "objective", "type": "quantitative", "title": "objective", "axis": {"tickCount": 4}},
            "color": {
                "field": "octave",
                "type": "nominal",
                "scale": {"domain": list("12345"), "range": OCTAVE_COLORS},
                "legend": None,
            },
        },
    }
    st.vega_lite_chart(table, spec, height=150, key="dream_curve")


def _octaves(run: dict[str, Any]) -> None:
    """The result of each octave side by side, with widths in proportion."""
    h, w, _ = run["photo"].shape
    sizes = gradient_ascent.octave_sizes(h, w, run["settings"]["octaves"], run["settings"]["octave_scale"])
    scale = OCTAVES_WIDTH / max(2 * w, sum(width for _, width in sizes))  # a single octave takes half the width
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        for image, k in zip(list(run["octaves"]), itertools.count(1), strict=False):
            h, w, _ = image.shape
            st.image(data_url(image), width=max(1, round(scale * w)), caption=f"Octave {k}: {w} x {h}")


def _download(job: Job) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        icon = ":material/download:"
        png = images.png(job.step.image)
        st.download_button("PNG", png, "dream.png", "image/png", icon=icon, on_click="ignore", key="dream_png")
        credit = sample_photos.CREDITS.get(st.session_state["dream_photo"])
        st.caption("Drag the line to compare with the photo." + (f" Photo: {credit}." if credit else ""))
