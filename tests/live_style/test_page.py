"""The live style page as a visitor meets it, without a browser; and the scripts it shows, run."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from genmodels.data import sample_photos, style_images
from genmodels.live_style import network as live_style
from genmodels.live_style import training as style_training
from genmodels.live_style.network import LiveStyle
from genmodels.media import images, videos
from pages.live_style import add_style, camera, common, script_export, style_controls, style_pad, video
from tests import visitor
from tests.visitor import ended, run_script, sound, stop_all
from ui.code_panel import dedent_script

PAGE = "pages/live_style/page.py"
TABS = ("Picture", "Camera", "Film", "Learn this style", "How it works")


@pytest.fixture(scope="module")
def tiny():
    """A network that costs nothing, with the styles every network has."""
    return LiveStyle(live_style.build(1 + len(style_images.NAMES), widths=(4, 6), blocks=1), style_images.NAMES)


@pytest.fixture(autouse=True)
def small(monkeypatch, tiny):
    """The page with that network, and jobs that end with their test."""
    monkeypatch.setattr(common, "load", lambda: tiny)
    still = SimpleNamespace(state=SimpleNamespace(playing=False))  # streamlit-webrtc needs a server: see tests/e2e
    stub = SimpleNamespace(webrtc_streamer=lambda **_: still, WebRtcMode=SimpleNamespace(SENDRECV=0))
    monkeypatch.setattr(camera, "_webrtc", lambda: stub)
    yield
    stop_all()


def visit(**state):
    return visitor.visit(PAGE, **{"live_photo": "Cat"} | state)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_something(tab):
    at = visit(live_tab=tab)
    assert [each.label for each in at.tabs if each.label in TABS and len(each.children)] == [tab]


@pytest.mark.parametrize("way", common.WAYS)
def test_every_way_of_mixing_paints_the_photo(way):
    at = visit(live_way=way)
    assert any("451 x 300 pixels, painted in" in each.value for each in at.caption)


@pytest.mark.parametrize("preset", [name for name, _ in common.STORY])
def test_every_preset_is_a_state_that_works(preset):
    at = visit(**dict(common.STORY)[preset])
    assert not at.warning


def test_a_mix_without_a_style_asks_for_one():
    at = visit(live_way="A mix", live_styles=[])
    assert any("Choose a style" in each.value for each in at.info)


def test_what_an_address_asks_for_and_no_network_has_is_not_kept():
    at = visit(live_style="Nonsense", live_styles=["Nonsense", "Ink"], live_corner_2="Nonsense")
    assert at.session_state["live_style"] == "Brush strokes"
    at.session_state["live_way"] = "A mix"
    assert sound(at.run()).session_state["live_styles"] == ["Ink"]
    at.session_state["live_way"] = "Four corners"
    assert sound(at.run()).session_state["live_corner_2"] == common.CORNERS[2]


def test_a_film_is_painted_and_made(monkeypatch):
    short = videos.pan_over_photo(sample_photos.load("Coffee", 200), frames=4, h=40, w=60)
    monkeypatch.setattr(video, "_sample", lambda: short)
    at = visit(live_tab="Film")
    at = ended(sound(at.button(key="live_film_start").click().run()), "live_film")
    run = at.session_state["live_film_run"]
    assert [frame.shape for frame in run["frames"]] == [(40, 60, 3)] * 4
    assert videos.decode(run["mp4"]).frames.shape[1:] == (40, 60, 3)


def test_a_learnt_style_becomes_one_s_own(monkeypatch, tiny):
    def learnt(model, style, seen, *, name, **settings):
        one = LiveStyle(live_style.build(2, widths=(4, 6), blocks=1, seed=5), (name,))
        for done in (1, 2):
            yield style_training.Step(done, 2, {"content": 1.0, "style": 1.0 / done}, seen[0], one)

    monkeypatch.setattr(style_training, "learn", learnt)
    at = visit(live_tab="Learn this style")
    at = ended(sound(at.button(key="live_learn_start").click().run()), "live_learn")
    assert at.session_state["live_own"].names == (*tiny.names, "Flower")
    at = sound(at.button(key="live_learn_use").click().run())
    assert at.session_state["live_style"] == "Flower" and at.session_state["live_tab"] == "Picture"
    assert len(tiny.names) == len(style_images.NAMES), "what others share stays as it is"
    assert "Flower" not in visit().selectbox(key="live_style").options


def test_a_new_style_gets_a_name_that_is_free(tiny):
    taken = LiveStyle(tiny.network, (*tiny.names, "Cat", "Cat 2"))
    assert add_style._free(taken, "Cat") == "Cat 3" and add_style._free(taken, "Upload") == "Yours"


# --- the camera ---------------------------------------------------------------------------------


class Frame:
    """What the camera's thread needs of an av.VideoFrame."""

    def __init__(self, pixels):
        self.pixels = pixels
        self.height, self.width, _ = pixels.shape

    def to_ndarray(self, *, width, height, format):
        assert format == "rgb24"
        return np.ascontiguousarray(images.resize(self.pixels[None], max(width, height))[0, :height, :width])

    @classmethod
    def from_ndarray(cls, pixels, *, format):
        return cls(pixels)


def watched(model, **settings):
    wish = {"mix": np.eye(len(model.names))[0], "strength": 1.0, "keep_color": False}
    return camera.Camera(camera._turns(), model, wish, **settings)


def test_a_frame_is_painted_at_the_size_that_is_asked_for(tiny):
    one = watched(tiny, fixed=160)
    out = one.paint(Frame(np.full((480, 640, 3), 90, "uint8")))
    assert out.pixels.shape == (120, 160, 3) and one.size == (160, 120) and one.milliseconds > 0


def test_frames_grow_where_there_is_time(tiny, monkeypatch):
    monkeypatch.setattr(camera, "perf_counter", iter(np.arange(0, 10, 0.001)).__next__)  # a millisecond for each
    one, frame = watched(tiny, side=160), Frame(np.full((120, 160, 3), 90, "uint8"))
    for _ in range(camera.RECENT):
        one.paint(frame)
    assert one.side == 240


def test_a_camera_without_a_style_shows_what_it_sees(tiny):
    one, frame = watched(tiny, fixed=160), Frame(np.full((120, 160, 3), 90, "uint8"))
    one.wish = None
    assert np.array_equal(one.paint(frame).pixels, frame.pixels)


def test_without_the_package_the_page_says_how_to_get_it(monkeypatch):
    find = camera.importlib.util.find_spec
    monkeypatch.setattr(camera.importlib.util, "find_spec", lambda name: None if "webrtc" in name else find(name))
    assert any("pip install streamlit-webrtc" in each.value for each in visit(live_tab="Camera").info)


# --- the scripts --------------------------------------------------------------------------------


def test_the_scripts_on_the_page_run(tiny, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(live_style, "load", lambda: tiny)
    monkeypatch.setattr(
        script_export.st, "session_state", {"live_photo": "Cat", "live_size": 200, "live_learn_photo": "Cat"}
    )
    wish = {"mix": live_style.corners(tiny, common.CORNERS, 0.3, 0.6), "strength": 0.8, "keep_color": True}
    run_script(dedent_script(script_export.picture(tiny, wish)), tmp_path)
    assert images.decode((tmp_path / "painted.png").read_bytes())[0].shape == (133, 200, 3)
    (tmp_path / "film.mp4").write_bytes(images.animate(np.zeros((3, 32, 48, 3), "uint8"), "mp4", fps=15))
    run_script(dedent_script(script_export.film(tiny, wish, 0.7)), tmp_path)
    assert videos.decode((tmp_path / "painted.mp4").read_bytes()).frames.shape[1:] == (32, 48, 3)
    compile(dedent_script(script_export.learn({"steps": 50, "style_weight": 1.0})), "learn.py", "exec")


def test_a_reset_puts_the_dot_back(monkeypatch):
    monkeypatch.setattr(style_pad.st, "session_state", {"live_pad_place": (0.1, 0.9)})
    assert style_pad.centre("live_pad") == {"live_pad_place": (0.5, 0.5), "live_pad_token": 1}
    assert style_controls.common.LAID_ON == {"live_strength": 1.0, "live_keep": False}
