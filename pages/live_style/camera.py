"""The camera, painted: video from the browser to this machine and back, where streamlit-webrtc is installed."""

import importlib
import importlib.util
import os
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import streamlit as st

from genmodels.data import sample_photos
from genmodels.live_style import network as live_style
from genmodels.live_style.network import LiveStyle
from pages.live_style import common, style_controls
from ui.page_layout import reader_text

RECENT = 15  # frames over which the time of one is taken
SMALL, LARGE = live_style.SIDES[0], live_style.SIDES[-1]


@st.cache_resource(show_spinner=False)
def _turns() -> threading.Semaphore:
    """Frames of all visitors are painted one after the other: each gets the whole machine for a moment."""
    return threading.Semaphore(1)


@dataclass(eq=False)
class Camera:
    """One visitor's camera: what is to be painted, written by the page, and what was seen, written by its thread."""

    turns: threading.Semaphore
    model: LiveStyle
    wish: dict[str, Any] | None = None
    hold: float = 0.0
    fixed: int | None = None  # pixels of the longer side, None: as many as hold 15 frames a second
    side: int = 400
    size: tuple[int, int] = (0, 0)
    ends: deque[float] = field(default_factory=lambda: deque(maxlen=2 * RECENT))  # when frames were ready
    spent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))  # milliseconds for each, waiting included
    before: tuple[Any, Any] | None = None  # the last frame and what was painted of it

    def paint(self, frame: Any) -> Any:
        """av.VideoFrame to av.VideoFrame, in the camera's own thread; frames that come meanwhile are dropped."""
        begun = perf_counter()
        side = self.fixed or self.side
        share = min(1.0, side / max(frame.width, frame.height))
        w, h = (max(2, 2 * round(each * share / 2)) for each in (frame.width, frame.height))
        seen = frame.to_ndarray(width=w, height=h, format="rgb24")
        painted = self._painted(seen)
        out = type(frame).from_ndarray(painted, format="rgb24")
        self.size = (w, h)
        self.ends.append(perf_counter())
        self.spent.append(1000 * (self.ends[-1] - begun))
        if len(self.spent) == RECENT and not self.fixed:
            paced = live_style.paced(self.side, self.milliseconds)
            if paced != self.side:
                self.side = paced
                self.spent.clear()
        return out

    def _painted(self, seen: Any) -> Any:
        wish, hold = self.wish, self.hold
        if wish is None:
            return seen
        before = self.before if self.before is not None and self.before[0].shape == seen.shape else None
        if before is not None and hold:
            seen = live_style.steady(before[0], seen, hold=hold)
        with self.turns:
            painted = live_style.stylise(self.model, seen, **wish)
        if before is not None and hold:
            painted = live_style.steady(before[1], painted, hold=hold, tolerance=24.0)
        self.before = seen, painted
        return painted

    @property
    def milliseconds(self) -> float:
        spent = sorted(self.spent)
        return spent[len(spent) // 2] if spent else 0.0

    @property
    def fps(self) -> float:
        ends = list(self.ends)
        if len(ends) < 3 or perf_counter() - ends[-1] > 3:
            return 0.0
        return (len(ends) - 1) / (ends[-1] - ends[0])


def show(model: LiveStyle) -> None:
    left, right = st.columns(common.COLUMNS, gap="large")
    with left:
        wish = style_controls.ask(model, sample_photos.load("Astronaut", 320))
        tip = "How much of the frame before stays where hardly anything changes: noise makes strokes flicker."
        hold = st.slider("Steadiness", 0.0, 0.95, 0.5, 0.05, key="live_hold_camera", help=tip, **common.KEEP)
        tip = "Automatic: as large as this machine paints 15 times a second."
        sizes = ["Automatic", *(f"{side} pixels" for side in live_style.SIDES)]
        size = st.selectbox("Picture size", sizes, key="live_side", help=tip, **common.KEEP)
    with right:
        if importlib.util.find_spec("streamlit_webrtc") is None:
            _without()
            return
        camera = st.session_state.setdefault("live_camera", Camera(_turns(), model))
        camera.model, camera.wish, camera.hold = model, wish, hold
        camera.fixed = live_style.SIDES[sizes.index(size) - 1] if size in sizes[1:] else None
        _stream(camera)
    reader_text(
        "The video goes from the browser to this program and back, and nowhere else. Browsers lend a camera only to "
        "pages of the same machine (localhost) or with HTTPS. For a single picture choose *Camera* on the first tab."
    )


def _without() -> None:
    st.info(
        "Video from a camera needs one more package: stop the program, run `pip install streamlit-webrtc`, and start "
        "it again. A single picture from the camera works without: choose *Camera* on the first tab.",
        icon=":material/videocam_off:",
    )


def _webrtc() -> Any:
    """The package streamlit_webrtc, which not everybody has.

    TensorFlow and libsrtp both bring OpenSSL's functions along, under the same names: unless libsrtp is told to
    look among its own first, it calls TensorFlow's, and that ends the program.
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
    webrtc, says = _webrtc(), st.container()
    context = webrtc.webrtc_streamer(
        key="live_webrtc",
        mode=webrtc.WebRtcMode.SENDRECV,
        video_frame_callback=camera.paint,
        rtc_configuration={"iceServers": []},  # both ends are on one machine, or in one network
        media_stream_constraints={
            "video": {"width": {"ideal": LARGE}, "height": {"ideal": 480}, "frameRate": {"ideal": 30}},
            "audio": False,
        },
        video_html_attrs={"autoPlay": True, "controls": False, "muted": True, "style": {"width": "100%"}},
        async_processing=True,
    )
    playing = context.state.playing

    @st.fragment(run_every=1.0 if playing else None)
    def told() -> None:
        if not playing:
            st.caption("Press START and allow the camera. The style can be changed while it runs.")
            return
        w, h = camera.size
        fps, milliseconds = f"**{camera.fps:.1f}** frames a second", f"**{camera.milliseconds:.0f} ms** for one"
        st.markdown(f"{fps}, {milliseconds}, {w} x {h} pixels")

    with says:
        told()
