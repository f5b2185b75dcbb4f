"""The dream: it begins by itself, and again whenever something is changed."""

import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import sample_photos
from genmodels.deep_dream import dream as deep_dream
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from genmodels.vision import gradient_ascent
from genmodels.vision.backbone import Backbone
from pages.deep_dream import analysis, common, script_export
from ui import before_after, code_panel, job_panel, presets_and_reset
from ui.image_display import data_url
from ui.page_layout import reader_text

ICON = ":material/download:"


def show(model: Backbone, photo: np.ndarray | None) -> None:
    left, right = st.columns(common.COLUMNS, gap="large")
    with left:
        wish = common.ask(model)
        again = {"dream_seed": (st.session_state.get("dream_seed", 0) + 1) % 10_000}
        tip = "The same once more with other chance: another seed of the shifts."
        st.button("Dream again", key="dream_again", icon=":material/casino:", type="primary", width="stretch",
                  help=tip, on_click=presets_and_reset.set_widgets, args=(again,))  # fmt: skip
    with right:
        way = common.climb()
        if photo is None:
            st.info("Bring a photo above; it will be dreamt on at once.", icon=":material/add_photo_alternate:")
        elif wish is not None:
            _begin(model, photo, wish | way)
        run, job = st.session_state.get("dream_run"), job_panel.find("dream")
        if run is None or job is None:
            return
        with st.container():
            job_panel.panel("dream", partial(_live, run))
        if job.active or job.step is None:
            return
        _ended(run, job)
    analysis.show(run, job)
    reader_text(
        "Nothing in the network changes: its weights stay, and the pixels move. A step is small, but every step "
        "starts from what the last one left, and so the network sees its own additions and adds to those."
    )
    lesson = [deep_dream.dream, deep_dream.upward, deep_dream.objective]
    code_panel.show(script_export.dream(run["model"], run["settings"]), lesson, key="dream", name="dream")


def _begin(model: Backbone, photo: np.ndarray, settings: dict[str, Any]) -> None:
    """Start dreaming, unless just this was begun already: after Stop it stays stopped."""
    sign, run = common.signature(model, photo, settings), st.session_state.get("dream_run")
    if run is not None and run["signature"] == sign:
        return
    job_panel.stop("dream")
    run = {"signature": sign, "photo": photo, "settings": settings, "model": model, "strip": []}
    st.session_state["dream_run"] = run

    def steps() -> Iterator[deep_dream.Step]:
        for step in deep_dream.dream(photo, model=model, **settings):
            if step.ends_octave:
                run["strip"].append(step.image)
            yield step

    job_panel.start("dream", common.title(model, settings), steps)


# --- what is seen of it -----------------------------------------------------------------------


def _live(run: dict[str, Any], job: Job) -> None:
    """One look at the dream: the frame, the curve and the octaves so far."""
    photo, step = run["photo"], job.step
    picture, says = st.columns([8, 3], gap="medium")
    with picture:
        frame = photo if step is None else step.image
        before_after.show(photo, frame, name="Dream", key="dream_compare", width=common.wide(photo))
    with says:
        st.markdown(f"**{job.title}**")
        if step is None:
            st.caption("The first step compiles the way from the photo to the layer and back.")
        else:
            h, w, _ = step.image.shape
            st.caption(f"Octave {step.octave + 1}: {w} x {h} pixels  \nObjective: {step.losses['objective']:.3g}")
            if not step.losses["objective"]:
                st.info("It answers nothing at all on this photo, and so there is no way up. Take another one.")
            if len(job.history) > 1:
                _curve(job, run["settings"]["steps"])
    _strip(run)


def _curve(job: Job, steps: int) -> None:
    """The objective, each octave a line of its own: at another size it is another number."""
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
                "scale": {"domain": list("12345"), "range": ["#9ecae1", "#fdae6b", "#e6550d", "#3182bd", "#31a354"]},
                "legend": None,
            },
        },
    }
    st.vega_lite_chart(table, spec, height=190, key="dream_curve")


def _strip(run: dict[str, Any]) -> None:
    """The octaves as a film strip, their sizes in proportion; from the first one on there is room for all of them."""
    h, w, _ = run["photo"].shape
    sizes = gradient_ascent.octave_sizes(h, w, run["settings"]["octaves"], run["settings"]["octave_scale"])
    widths = [across for _, across in sizes]
    room = max(0, 2 * w - sum(widths))  # so that a single one is not as large as the dream
    columns = st.columns([*widths, room] if room else widths, gap="small", vertical_alignment="bottom")
    for column, frame, k in zip(columns, list(run["strip"]), itertools.count(1), strict=False):
        h, w, _ = frame.shape
        column.image(data_url(frame), width="stretch", caption=f"Octave {k}: {w} x {h}")


def _ended(run: dict[str, Any], job: Job) -> None:
    with st.container(horizontal=True):
        picture = images.png(job.step.image)
        st.download_button("PNG", picture, "dream.png", "image/png", icon=ICON, on_click="ignore", key="dream_png")
        source = st.session_state["dream_photo"]
        credit = f" Photo: {sample_photos.CREDITS[source]}." if source in sample_photos.CREDITS else ""
        st.caption(f"Drag the line to compare with the photo.{credit}")
