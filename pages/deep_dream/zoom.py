"""Endless zoom: every frame is the middle of the one before, enlarged and dreamt on."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.deep_dream import dream as deep_dream
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from genmodels.vision.backbone import Backbone
from pages.deep_dream import common, script_export
from ui import code_panel, job_panel, presets_and_reset
from ui.image_display import data_url

FALL = {"dream_frames": 60, "dream_factor": 4.0, "dream_per_frame": 2, "dream_zoom_strength": 2.0}
RATE = 15  # frames a second
ICON = ":material/download:"


def show(model: Backbone, photo: np.ndarray | None) -> None:
    left, right = st.columns(common.COLUMNS, gap="large")
    job = job_panel.find("dream_zoom")
    with left:
        wish, below = common.ask(model), st.container()
    with right:
        way = _way()
        if photo is None:
            st.info("Bring a photo above to fall into it.", icon=":material/add_photo_alternate:")
        else:
            _ask_to_fall(below, model, photo, wish, way)
        run = st.session_state.get("dream_film")
        if run is None or job is None:
            if photo is not None:
                _frame(photo, photo)
                st.caption("Press Fall: the film grows frame by frame, and can be stopped and kept at any of them.")
            return
        with st.container():
            job_panel.panel("dream_zoom", partial(_live, run))
        if not job.active and run["frames"]:
            _film(run)
    if not job.active:
        code_panel.show(script_export.zoom(run["model"], run["settings"]), [deep_dream.zoom, deep_dream.nearer], key="dream_zoom",
                  name="dream_zoom")  # fmt: skip


def _way() -> dict[str, Any]:
    """How to fall, drawn as a row of controls: the other arguments of `deep_dream.zoom`."""
    one, two, three, four, back = st.columns([4, 4, 4, 4, 2], vertical_alignment="bottom")
    tip = f"{RATE} of them make a second of film."
    frames = one.slider("Frames", 15, 240, FALL["dream_frames"], 15, key="dream_frames", help=tip, **common.KEEP)
    tip = "How much nearer each frame is than the one before. More: a faster fall, with less time to dream."
    factor = two.slider("Nearer, %", 0.0, 12.0, FALL["dream_factor"], 0.5, key="dream_factor", help=tip, **common.KEEP)
    tip = "Steps up the gradient for each frame. More: stronger, and slower to compute."
    steps = three.slider("Steps", 1, 8, FALL["dream_per_frame"], key="dream_per_frame", help=tip, **common.KEEP)
    tip = "How far a step goes: the mean change of a pixel, in percent of the way from black to white."
    strength = four.slider(
        "Step, %", 0.2, 4.0, FALL["dream_zoom_strength"], 0.1, key="dream_zoom_strength", help=tip, **common.KEEP
    )
    with back:
        presets_and_reset.reset(FALL, key="dream_zoom_reset")
    return {"frames": frames, "factor": 1 + factor / 100, "steps": steps, "step_size": strength / 100}


def _ask_to_fall(
    place: DeltaGenerator, model: Backbone, photo: np.ndarray, wish: dict[str, Any] | None, way: dict[str, Any]
) -> None:
    job = job_panel.find("dream_zoom")
    busy = job is not None and job.active
    place.button(
        "Fall",
        key="dream_zoom_start",
        icon=":material/play_arrow:",
        type="primary",
        width="stretch",
        disabled=busy or wish is None,
        on_click=_start,
        args=(model, photo, {**(wish or {}), **way}),
        help="Stop the running zoom first." if busy else "Begins with the photo and falls into it.",
    )


def _start(model: Backbone, photo: np.ndarray, settings: dict[str, Any]) -> None:
    if job_panel.busy("dream_zoom"):
        return  # a double click
    title = common.title(model, settings)
    run = {"photo": photo, "model": model, "settings": settings, "frames": [photo], "title": title}
    st.session_state["dream_film"] = run

    def steps() -> Iterator[deep_dream.Step]:
        for step in deep_dream.zoom(photo, model=model, **settings):
            run["frames"].append(step.image)
            yield step

    job_panel.start("dream_zoom", f"Falling: {title.lower()}", steps)


def _live(run: dict[str, Any], job: Job) -> None:
    if job.active:
        _frame(run["photo"], run["photo"] if job.step is None else job.step.image)
        st.caption(run["title"])


def _frame(photo: np.ndarray, frame: np.ndarray) -> None:
    with st.container(width=common.wide(photo)):
        st.image(data_url(frame), width="stretch")


def _film(run: dict[str, Any]) -> None:
    """The film, made once of the frames there are."""
    if "mp4" not in run:
        with st.spinner("Making the film"):
            run["mp4"] = images.animate(run["frames"], "mp4", fps=RATE)
    st.video(run["mp4"], loop=True, autoplay=True, muted=True, width=common.wide(run["photo"]))
    seconds = len(run["frames"]) / RATE
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button("MP4", run["mp4"], "dream.mp4", "video/mp4", icon=ICON, on_click="ignore", key="dream_mp4")
        gif = partial(images.animate, run["frames"], "gif", fps=RATE)
        tip = "Made when you press this. A GIF is far larger than a film, and plays everywhere."
        st.download_button(
            "GIF", gif, "dream.gif", "image/gif", icon=ICON, on_click="ignore", key="dream_gif", help=tip
        )
        st.caption(f"{len(run['frames'])} frames, {seconds:.0f} s, {len(run['mp4']) / 1e6:.1f} MB as MP4")
