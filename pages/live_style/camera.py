"""Camera: video from the browser to the server and back, stylized; needs the package streamlit-webrtc."""

import importlib
import importlib.util
import os
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import sample_photos
from genmodels.live_style import video as live_style_video
from genmodels.live_style.network import LiveStyle
from pages.live_style import common, style_controls
from ui.page_layout import reader_text, result_and_controls

N_RECENT = 15  # frames whose median time counts
LARGEST = live_style_video.CAMERA_SIZES[-1]


@st.cache_resource(show_spinner=False)
def _frame_lock() -> threading.Semaphore:
    """One frame at a time, of all visitors: each uses all cores."""
    return threading.Semaphore(1)


@dataclass(eq=False)
class Camera:
    """One visitor's camera. The page writes the settings, the camera's thread the measurements."""

    lock: threading.Semaphore
    model: LiveStyle
    settings: dict[str, Any] | None = None  # arguments of `stylize`
    smoothing: float = 0.0
    fixed_size: int | None = None  # pixels of the longer side; None: as many as allow 15 frames per second
    size: int = 400
    frame_size: tuple[int, int] = (0, 0)  # width, height
    end_times: deque[float] = field(default_factory=lambda: deque(maxlen=2 * N_RECENT))  # seconds
    durations: deque[float] = field(default_factory=lambda: deque(maxlen=N_RECENT))  # milliseconds, with waiting
    previous: tuple[np.ndarray | None, np.ndarray | None] = (None, None)  # of `stylize_frame`

    def stylize(self, frame: Any) -> Any:
        """av.VideoFrame to av.VideoFrame, in the camera's own thread; frames that arrive during it are dropped."""
        start = perf_counter()
        scale = min(1.0, (self.fixed_size or self.size) / max(frame.width, frame.height))
        w, h = (max(2, 2 * round(side * scale / 2)) for side in (frame.width, frame.height))
        stylized = self._stylize(frame.to_ndarray(width=w, height=h, format="rgb24"))
        self.frame_size = (w, h)
        self.end_times.append(perf_counter())
        self.durations.append(1000 * (self.end_times[-1] - start))
        if len(self.durations) == N_RECENT and not self.fixed_size:
            size = live_style_video.adapt_resolution(self.size, self.milliseconds)
            if size != self.size:
                self.size = size
                self.durations.clear()
        return type(frame).from_ndarray(stylized, format="rgb24")

    def _stylize(self, image: np.ndarray) -> np.ndarray:
        settings, smoothing = self.settings, self.smoothing
        if settings is None:
            return image
        is_continued = smoothing and self.previous[0] is not None and self.previous[0].shape == image.shape
        previous = self.previous if is_continued else (None, None)
        with self.lock:
            self.previous = live_style_video.stylize_frame(
                self.model, image, *previous, smoothing=smoothing, **settings
            )
        return self.previous[1]

    @property
    def milliseconds(self) -> float:
        """The median duration of a frame."""
        durations = sorted(self.durations)
        return durations[len(durations) // 2] if durations else 0.0

    @property
    def fps(self) -> float:
        """Frames per second, 0 if there was none in the last three seconds."""
        times = list(self.end_times)
        if len(times) < 3 or perf_counter() - times[-1] > 3:
            return 0.0
        return (len(times) - 1) / (times[-1] - times[0])


def show(model: LiveStyle) -> None:
    result, side = result_and_controls("camera", common.COLUMNS)
    with side.container(gap="xsmall"):
        settings = style_controls.controls(model, sample_photos.load("Astronaut", 320))
        help = "Blends static regions with the previous frame to reduce flicker. 0: off."
        smoothing = st.slider("Temporal smoothing", 0.0, 0.95, 0.5, 0.05, key="fast_style_camera_smoothing", help=help,
                              **common.URL_BOUND)  # fmt: skip
        help = "Automatic: the largest resolution at which this server stylizes 15 frames per second."
        sizes = ["Automatic", *(f"{size} pixels" for size in live_style_video.CAMERA_SIZES)]
        size = st.selectbox("Camera resolution", sizes, key="fast_style_camera_resolution", help=help,
                            **common.URL_BOUND)  # fmt: skip
    with result:
        if importlib.util.find_spec("streamlit_webrtc") is None:
            _show_installation()
            return
        camera = st.session_state.setdefault("fast_style_camera", Camera(_frame_lock(), model))
        camera.model, camera.settings, camera.smoothing = model, settings, smoothing
        camera.fixed_size = live_style_video.CAMERA_SIZES[sizes.index(size) - 1] if size in sizes[1:] else None
        _stream(camera)
        reader_text(
            "The video goes from the browser to this server and back, and nowhere else. Browsers allow camera access "
            "only on localhost or over HTTPS. For a single image choose *Camera* as the photo of the tab Image."
        )


def _show_installation() -> None:
    st.info(
        "Live video needs one more package: stop the server, run `pip install streamlit-webrtc`, and start it again. "
        "A single image from the camera works without it: choose *Camera* as the photo of the tab Image.",
        icon=":material/videocam_off:",
    )


def _webrtc() -> Any:
    """The optional package streamlit_webrtc.

    TensorFlow and libsrtp both contain OpenSSL's functions under the same names. Without RTLD_DEEPBIND libsrtp calls
    TensorFlow's, and the process crashes.
    """
    if "pylibsrtp" not in sys.modules and hasattr(os, "RTLD_DEEPBIND"):
        flags = sys.getdlopenflags()
        sys.setdlopenflags(flags | os.RTLD_DEEPBIND)
        try:
            importlib.import_module("pylibsrtp")
        finally:
            sys.setdlopenflags(flags)
    return importlib.import_module("streamlit_webrtc")


def _stream(camera: Camera) -> None:
    webrtc, status = _webrtc(), st.container()
    context = webrtc.webrtc_streamer(
        key="fast_style_webrtc",
        mode=webrtc.WebRtcMode.SENDRECV,
        video_frame_callback=camera.stylize,
        rtc_configuration={"iceServers": []},  # browser and server are on one machine or in one network
        media_stream_constraints={
            "video": {"width": {"ideal": LARGEST}, "height": {"ideal": 480}, "frameRate": {"ideal": 30}},
            "audio": False,
        },
        video_html_attrs={"autoPlay": True, "controls": False, "muted": True, "style": {"width": "100%"}},
        async_processing=True,
    )
    playing = context.state.playing

    @st.fragment(run_every=1.0 if playing else None)
    def show_status() -> None:
        if not playing:
            st.caption("Press START and allow camera access. You can change the style while the camera runs.")
            return
        w, h = camera.frame_size
        st.markdown(
            f"**{camera.fps:.1f}** frames per second, **{camera.milliseconds:.0f} ms** per frame, {w} x {h} pixels"
        )

    with status:
        show_status()
