"""A GIF or a short video, painted frame by frame, held together in time, and out as an MP4."""

from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import sample_photos
from genmodels.jobs.job_queue import Job
from genmodels.live_style import network as live_style
from genmodels.live_style.network import LiveStyle
from genmodels.media import images, videos
from genmodels.media.videos import Video
from pages.live_style import common, script_export, style_controls
from ui import code_panel, job_panel
from ui.image_display import data_url

ICON = ":material/download:"
LONGEST = videos.MAX_FRAMES


@st.cache_data(show_spinner=False)
def _sample() -> Video:
    """Something to begin with: a slow ride over a photo."""
    return videos.pan_over_photo(sample_photos.load("Coffee", 600))


def show(model: LiveStyle) -> None:
    left, right = st.columns(common.COLUMNS, gap="large")
    with left:
        film, begin = _ask(), st.container()  # filled once the style is known
        wish = style_controls.ask(model, film.frames[0])
        tip = "How much of the frame before stays where hardly anything changes. 0: nothing, and the strokes flicker."
        hold = st.slider("Steadiness", 0.0, 0.95, 0.7, 0.05, key="live_hold", help=tip, **common.KEEP)
        job = job_panel.find("live_film")
        busy = job is not None and job.active
        begin.button(
            "Paint the film",
            key="live_film_start",
            icon=":material/play_arrow:",
            type="primary",
            width="stretch",
            disabled=busy or wish is None,
            on_click=_start,
            args=(model, film, wish, hold),
            help="Stop the running one first." if busy else "Frame by frame; what is painted is kept when you stop it.",
        )
    with right:
        run = st.session_state.get("live_film_run")
        if run is None or job is None:
            first = film.frames[0]
            shown = first if wish is None else live_style.stylise(model, first, **wish)
            st.image(data_url(shown), width=common.wide(first))
            n, h, w, _ = film.frames.shape
            st.caption(f"The first of {n} frames, {w} x {h} pixels. Press Paint the film for all of them.")
            return
        with st.container():
            job_panel.panel("live_film", partial(_live, run))
        if not job.active and run["frames"]:
            _finished(run)
    if not job.active:
        lesson = [live_style.film, live_style.steady]
        code_panel.show(
            script_export.film(run["model"], run["wish"], run["hold"]), lesson, key="live_film", name="live_film"
        )


def _ask() -> Video:
    """The visitor's film, or the sample; what was brought stays until a better one comes."""
    tip = f"GIF, MP4, MOV, WEBM, MKV or AVI; its first {LONGEST} frames, at 15 a second and at most 480 pixels a side."
    file = st.file_uploader("A film of yours", key="live_film_upload", help=tip)
    if file is not None:
        data = file.getvalue()
        mark = sha256(data).hexdigest()
        if st.session_state.get("live_film_seen") != mark:
            st.session_state["live_film_seen"] = mark
            st.session_state.pop("live_film_wrong", None)
            try:
                with st.spinner("Reading the film"):
                    st.session_state["live_film_own"] = videos.decode(data)
            except images.BadImage as error:
                st.session_state["live_film_wrong"] = str(error)
        if wrong := st.session_state.get("live_film_wrong"):
            stays = " The film before it stays." if "live_film_own" in st.session_state else ""
            st.error(f"{wrong}{stays}", icon=":material/broken_image:")
    own: Video | None = st.session_state.get("live_film_own")
    if own is not None and own.note:
        st.caption(f":material/info: Your film: {own.note}.")
    return _sample() if own is None else own


def _start(model: LiveStyle, film: Video, wish: dict[str, Any], hold: float) -> None:
    if job_panel.busy("live_film"):
        return  # a double click
    frames: list[np.ndarray] = []
    run = {"model": model, "film": film, "wish": wish, "hold": hold, "frames": frames}
    st.session_state["live_film_run"] = run

    def steps() -> Iterator[live_style.Step]:
        for step in live_style.film(model, film.frames, hold=hold, **wish):
            frames.append(step.image)
            yield step

    job_panel.start("live_film", "Painting a film", steps)


def _live(run: dict[str, Any], job: Job) -> None:
    if job.active:
        frame = run["film"].frames[0] if job.step is None else job.step.image
        st.image(data_url(frame), width=common.wide(frame))


def _finished(run: dict[str, Any]) -> None:
    """The film, made once of the frames there are."""
    fps = run["film"].fps
    if "mp4" not in run:
        with st.spinner("Making the film"):
            run["mp4"] = images.animate(run["frames"], "mp4", fps=fps)
    st.video(run["mp4"], loop=True, autoplay=True, muted=True, width=common.wide(run["frames"][0]))
    with st.container(horizontal=True, vertical_alignment="center"):
        name = "painted.mp4"
        st.download_button("MP4", run["mp4"], name, "video/mp4", icon=ICON, on_click="ignore", key="live_mp4")
        gif = partial(images.animate, run["frames"], "gif", fps=fps)
        tip = "Made when you press this. A GIF is far larger than a film, and plays everywhere."
        st.download_button(
            "GIF", gif, "painted.gif", "image/gif", icon=ICON, on_click="ignore", key="live_gif", help=tip
        )
        st.caption(f"{len(run['frames'])} frames, {len(run['frames']) / fps:.0f} s, {len(run['mp4']) / 1e6:.1f} MB")
