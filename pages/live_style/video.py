"""Video: a GIF or a short video, stylized frame by frame with temporal smoothing, and exported as MP4 or GIF."""

from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import sample_photos
from genmodels.jobs.job_queue import Job
from genmodels.live_style import network as live_style
from genmodels.live_style import video as live_style_video
from genmodels.live_style.network import LiveStyle
from genmodels.media import images, videos
from genmodels.media.videos import Video
from pages.live_style import common, script_export, style_controls
from ui import code_panel, job_panel
from ui.image_display import data_url
from ui.page_layout import result_and_controls

DOWNLOAD_ICON = ":material/download:"
OWN_VIDEO = "fast_style_own_video"  # in the session
Run = dict[str, Any]


@st.cache_resource(show_spinner=False)
def _sample_video() -> Video:
    """A slow camera pan over a photo. Shared by all visitors: read-only."""
    return videos.pan_over_photo(sample_photos.load("Coffee", 600))


def show(model: LiveStyle) -> None:
    result, side = result_and_controls("video", common.COLUMNS)
    job = job_panel.find("fast_style_video")
    with side.container(gap="xsmall"):
        button, style = st.container(), st.container(gap="xsmall")
        help = "Blends static regions with the previous frame to reduce flicker. 0: off."
        smoothing = st.slider("Temporal smoothing", 0.0, 0.95, 0.7, 0.05, key="fast_style_smoothing", help=help,
                              **common.URL_BOUND)  # fmt: skip
        video = _choose_video()
    with style:
        settings = style_controls.controls(model, video.frames[0])
    is_active = job is not None and job.active
    help = "Processes frame by frame; finished frames are kept if you stop."
    button.button(
        "Stylize video",
        key="fast_style_video_start",
        icon=":material/play_arrow:",
        type="primary",
        width="stretch",
        disabled=is_active or settings is None,
        on_click=_start,
        args=(model, video, settings, smoothing),
        help="Stop the running job first." if is_active else help,
    )
    with result:
        if job is None:
            _first_frame(model, video, settings)
            return
        run = job.run
        if run["video"] is not video:
            st.info("This is another video than the one chosen now. Press Stylize video for that one.",
                    icon=":material/movie:")  # fmt: skip
        with st.container():
            job_panel.panel("fast_style_video", partial(_show_frame, run))
        if not job.active and run["frames"]:
            _show_video(run)
    if not job.active:
        script = script_export.video(run["model"], run["settings"], run["smoothing"])
        functions = [
            live_style_video.stylize_video,
            live_style_video.stylize_frame,
            live_style_video.temporal_smoothing,
        ]
        code_panel.show(script, functions, key="fast_style_video", name="live_style_video")


def _choose_video() -> Video:
    """The visitor's video or the sample; an invalid file is refused and the previous video kept."""
    help = (
        f"GIF, MP4, MOV, WEBM, MKV or AVI; the first {videos.MAX_FRAMES} frames, at 15 per second and at most 480 "
        "pixels per side."
    )
    file = st.file_uploader("Your video", key="fast_style_video_upload", help=help)
    if file is not None:
        data = file.getvalue()
        digest = sha256(data).hexdigest()
        if st.session_state.get("fast_style_video_digest") != digest:
            st.session_state["fast_style_video_digest"] = digest
            st.session_state.pop("fast_style_video_error", None)
            try:
                with st.spinner("Decoding the video"):
                    st.session_state[OWN_VIDEO] = videos.decode(data)
            except images.BadImage as error:
                st.session_state["fast_style_video_error"] = str(error)
        if message := st.session_state.get("fast_style_video_error"):
            suffix = " The previous video is kept." if OWN_VIDEO in st.session_state else ""
            st.error(f"{message}{suffix}", icon=":material/broken_image:")
    own_video: Video | None = st.session_state.get(OWN_VIDEO)
    if own_video is None:
        return _sample_video()
    if own_video.note:
        st.caption(f":material/info: Your video: {own_video.note}.")
    return own_video


def _start(model: LiveStyle, video: Video, settings: dict[str, Any], smoothing: float) -> None:
    if job_panel.busy("fast_style_video"):
        return  # a double click
    frames: list[np.ndarray] = []
    run = {"model": model, "video": video, "settings": settings, "smoothing": smoothing, "frames": frames}

    def steps() -> Iterator[live_style_video.Step]:
        for step in live_style_video.stylize_video(model, video.frames, smoothing=smoothing, **settings):
            frames.append(step.image)
            yield step

    job_panel.start("fast_style_video", "Stylizing a video", steps, run=run)


# --- the result -------------------------------------------------------------------------------------


def _first_frame(model: LiveStyle, video: Video, settings: dict[str, Any] | None) -> None:
    frame = video.frames[0]
    image = frame if settings is None else live_style.stylize(model, frame, **settings)
    st.image(data_url(image), width=common.display_width(frame))
    n, h, w, _ = video.frames.shape
    if n == 1:
        st.caption(f"The only frame, {w} x {h} pixels. Press Stylize video to encode it.")
    else:
        st.caption(f"The first of {n} frames, {w} x {h} pixels. Press Stylize video for all of them.")


def _show_frame(run: Run, job: Job) -> None:
    if job.active:
        frame = run["video"].frames[0] if job.step is None else job.step.image
        st.image(data_url(frame), width=common.display_width(frame))


def _show_video(run: Run) -> None:
    """The finished frames as a video, encoded once, and its downloads."""
    fps = run["video"].fps
    if "mp4" not in run:
        with st.spinner("Encoding the video"):
            run["mp4"] = images.animate(run["frames"], "mp4", fps=fps)
    width = common.display_width(run["frames"][0])
    st.video(run["mp4"], loop=True, autoplay=True, muted=True, width=width)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button("MP4", run["mp4"], "stylized.mp4", "video/mp4", icon=DOWNLOAD_ICON, on_click="ignore",
                           key="fast_style_mp4")  # fmt: skip
        gif = partial(images.animate, run["frames"], "gif", fps=fps)
        help = "Encoded when you press the button. A GIF is much larger than an MP4."
        st.download_button("GIF", gif, "stylized.gif", "image/gif", icon=DOWNLOAD_ICON, on_click="ignore",
                           key="fast_style_gif", help=help)  # fmt: skip
        n = len(run["frames"])
        st.caption(f"{n} frames, {n / fps:.0f} s, {len(run['mp4']) / 1e6:.1f} MB")
