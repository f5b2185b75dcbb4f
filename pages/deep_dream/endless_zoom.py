"""Endless zoom: each frame is the enlarged center of the previous one, after some steps of DeepDream."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.deep_dream import dream as deep_dream
from genmodels.deep_dream import zoom as dream_zoom
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from genmodels.vision.backbone import Backbone
from pages.deep_dream import controls, script_export
from pages.deep_dream.presets import ZOOM_DEFAULTS
from ui import code_panel, job_panel, presets_and_reset
from ui.image_display import data_url
from ui.page_layout import result_and_controls

FRAME_RATE = 15  # frames per second


def show(model: Backbone) -> None:
    result, column = result_and_controls("endless_zoom", controls.COLUMNS)
    with column:
        photo_menu = st.container()
        objective = controls.objective_controls(model)
        settings = _zoom_controls()
        start_button = st.container()
        image_size = controls.image_size_control()
        with photo_menu:
            photo = controls.pick_photo(image_size)
        if photo is not None:
            with start_button:
                _start_button(model, photo, objective, settings)
    job = job_panel.find("dream_zoom")
    with result:
        if photo is None:
            st.info("Choose or upload a photo to start.", icon=":material/add_photo_alternate:")
        if job is None:
            if photo is not None:
                _frame(photo, photo)
                st.caption(
                    "Press Start zoom. The video is computed frame by frame; you can stop at any frame.",
                )
            return
        run = job.run
        with st.container():
            job_panel.panel("dream_zoom", partial(_draw, run))
        if not job.active and run["frames"]:
            _video(run)
    if not job.active:
        script = script_export.zoom(run["model"], run["settings"])
        code_panel.show(script, [dream_zoom.zoom, dream_zoom.zoom_in], key="dream_zoom", name="dream_zoom")


def _zoom_controls() -> dict[str, Any]:
    """Arguments of `zoom.zoom`."""
    defaults, url_bound = ZOOM_DEFAULTS, controls.URL_BOUND
    left, right = st.columns(2, gap="small")
    help = f"Length of the video; {FRAME_RATE} frames per second."
    frames = left.slider("Frames", 15, 240, defaults["dream_frames"], 15, key="dream_frames", help=help, **url_bound)
    help = "Enlargement per frame. Higher: faster zoom, fewer steps on each detail."
    percent = right.slider(
        "Zoom per frame (%)",
        0.0,
        12.0,
        defaults["dream_zoom_per_frame"],
        0.5,
        key="dream_zoom_per_frame",
        help=help,
        **url_bound,
    )
    left, right = st.columns(2, gap="small")
    help = "Steps of gradient ascent per frame. More: stronger patterns, longer computation."
    steps = left.slider(
        "Steps per frame", 1, 8, defaults["dream_steps_per_frame"], key="dream_steps_per_frame", help=help, **url_bound
    )
    step_size = controls.step_size_control(right, "dream_zoom_step_size", defaults["dream_zoom_step_size"])
    return {"frames": frames, "factor": 1 + percent / 100, "steps": steps, "step_size": step_size / 100}


def _start_button(model: Backbone, photo: np.ndarray, objective: dict[str, Any] | None, settings: dict) -> None:
    job = job_panel.find("dream_zoom")
    running = job is not None and job.active
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Start zoom",
            key="dream_zoom_start",
            icon=":material/play_arrow:",
            type="primary",
            disabled=running or objective is None,
            on_click=_start,
            args=(model, photo, {**(objective or {}), **settings}),
            help="Stop the running zoom first." if running else "Starts from the photo and zooms in.",
        )
        presets_and_reset.reset(ZOOM_DEFAULTS, key="dream_zoom_reset")


def _start(model: Backbone, photo: np.ndarray, settings: dict[str, Any]) -> None:
    if job_panel.busy("dream_zoom"):
        return  # a double click
    title = controls.title(model, settings)
    run = {"photo": photo, "model": model, "settings": settings, "frames": [photo], "title": title}

    def steps() -> Iterator[deep_dream.Step]:
        for step in dream_zoom.zoom(photo, model=model, **settings):
            run["frames"].append(step.image)
            yield step

    job_panel.start("dream_zoom", f"Endless zoom: {title}", steps, run=run)


def _draw(run: dict[str, Any], job: Job) -> None:
    if job.active:
        _frame(run["photo"], run["photo"] if job.step is None else job.step.image)
        st.caption(run["title"])


def _frame(photo: np.ndarray, frame: np.ndarray) -> None:
    with st.container(width=controls.display_width(photo)):
        st.image(data_url(frame), width="stretch")


def _video(run: dict[str, Any]) -> None:
    """The video, encoded once from the frames computed so far."""
    if "mp4" not in run:
        with st.spinner("Encoding the video"):
            run["mp4"] = images.animate(run["frames"], "mp4", fps=FRAME_RATE)
    st.video(run["mp4"], loop=True, autoplay=True, muted=True, width=controls.display_width(run["photo"]))
    icon = ":material/download:"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button("MP4", run["mp4"], "dream.mp4", "video/mp4", icon=icon, on_click="ignore", key="dream_mp4")
        gif = partial(images.animate, run["frames"], "gif", fps=FRAME_RATE)
        help = "Encoded when you press the button. A GIF is larger than a video and plays everywhere."
        st.download_button(
            "GIF", gif, "dream.gif", "image/gif", icon=icon, on_click="ignore", key="dream_gif", help=help
        )
        count = len(run["frames"])
        st.caption(f"{count} frames, {count / FRAME_RATE:.0f} s, {len(run['mp4']) / 1e6:.1f} MB as MP4")
