"""The live style transfer page in AppTest, and the scripts it exports, run."""

from pathlib import Path

import numpy as np
import pytest

from genmodels.data import sample_photos, style_images
from genmodels.live_style import network as live_style
from genmodels.live_style import training as style_training
from genmodels.live_style.network import LiveStyle
from genmodels.media import images, videos
from pages.live_style import add_style, camera, common, script_export, style_pad, video
from tests import visitor
from tests.visitor import ended, run_script, sound, stop_all
from ui.code_panel import dedent_script

PAGE = "pages/live_style/page.py"
TABS = ("Image", "Video", "Camera", "Add a style", "How it works")


@pytest.fixture(scope="module")
def tiny():
    """A tiny network with the styles every network has."""
    return LiveStyle(live_style.build(1 + len(style_images.NAMES), widths=(4, 6), blocks=1), style_images.NAMES)


@pytest.fixture(autouse=True)
def tiny_network(monkeypatch, tiny, stopped_camera):
    """The page with that network; no job runs during the next test."""
    monkeypatch.setattr(common, "load", lambda: tiny)
    yield
    stop_all()


def visit(**state):
    return visitor.visit(PAGE, **{"fast_style_photo": "Cat"} | state)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_has_content(tab):
    at = visit(fast_style_tab=tab)
    assert [each.label for each in at.tabs if each.label in TABS and len(each.children)] == [tab]


@pytest.mark.parametrize("mode", common.STYLE_MODES)
def test_every_style_mode_stylizes_the_photo(mode):
    at = visit(fast_style_mode=mode)
    assert any("451 x 300 pixels, stylized in" in each.value for each in at.caption)


@pytest.mark.parametrize("preset", [name for name, _ in common.PRESETS])
def test_every_preset_opens(preset):
    at = visit(**dict(common.PRESETS)[preset])
    assert not at.warning


def test_a_blend_without_a_style_asks_for_one():
    at = visit(fast_style_mode="Blend", fast_style_styles_to_blend=[])
    assert any("Choose one style or more" in each.value for each in at.info)


def test_unknown_styles_in_a_link_are_replaced():
    at = visit(
        fast_style_style="Nonsense", fast_style_styles_to_blend=["Nonsense", "Ink"], fast_style_corner_2="Nonsense"
    )
    assert at.session_state["fast_style_style"] == "Brush strokes"
    at.session_state["fast_style_mode"] = "Blend"
    assert sound(at.run()).session_state["fast_style_styles_to_blend"] == ["Ink"]
    at.session_state["fast_style_mode"] = "2-D interpolation"
    assert sound(at.run()).session_state["fast_style_corner_2"] == common.CORNER_STYLES[2]


def test_a_video_is_stylized_and_encoded(monkeypatch):
    short = videos.pan_over_photo(sample_photos.load("Coffee", 200), frames=4, h=40, w=60)
    monkeypatch.setattr(video, "_sample_video", lambda: short)
    at = visit(fast_style_tab="Video")
    at = ended(sound(at.button(key="fast_style_video_start").click().run()), "fast_style_video")
    run = visitor.job(at, "fast_style_video").run
    assert [frame.shape for frame in run["frames"]] == [(40, 60, 3)] * 4
    assert videos.decode(run["mp4"]).frames.shape[1:] == (40, 60, 3)
    note = "another video than the one chosen now"
    assert not any(note in each.value for each in at.info)
    at.session_state[video.OWN_VIDEO] = videos.pan_over_photo(sample_photos.load("Coffee", 200), frames=3, h=40, w=60)
    assert any(note in each.value for each in sound(at.run()).info)


def test_a_trained_style_is_added_for_its_visitor_only(monkeypatch, tiny):
    def train_style(model, style, photos, *, name, **settings):
        trained = LiveStyle(live_style.build(2, widths=(4, 6), blocks=1, seed=5), (name,))
        for done in (1, 2):
            yield style_training.Step(done, 2, {"content": 1.0, "style": 1.0 / done}, photos[0], trained)

    monkeypatch.setattr(style_training, "train_style", train_style)
    at = visit(fast_style_tab="Add a style")
    at = ended(sound(at.button(key="fast_style_train_start").click().run()), "fast_style_train")
    assert visitor.job(at, "fast_style_train").run["own_model"].names == (*tiny.names, "Flower")
    at = sound(at.button(key="fast_style_train_use").click().run())
    assert at.session_state["fast_style_style"] == "Flower" and at.session_state["fast_style_tab"] == "Image"
    reloaded = visit(fast_style_style="Flower", _visitor=at.session_state["_visitor"])
    assert reloaded.session_state["fast_style_style"] == "Flower", "a new session of the visitor has the style"
    assert len(tiny.names) == len(style_images.NAMES), "the shared network is unchanged"
    assert "Flower" not in visit().selectbox(key="fast_style_style").options


@pytest.mark.parametrize(
    ("tab", "key", "size", "sizes"),
    [
        ("Add a style", "fast_style_train_image", "fast_style_train_image_size", (256, 128)),
        ("Image", "fast_style_photo", "fast_style_size", (400, 200)),
    ],
)
def test_an_image_that_is_too_long_for_its_size_is_explained(tab, key, size, sizes):
    at = visit(fast_style_tab=tab, **{key: "Upload", size: sizes[0]})
    ratio = 5 if sizes[1] == 128 else 10
    data = images.png(np.zeros((100, 100 * ratio, 3), "uint8"))
    at = sound(at.file_uploader(key=f"{key}_upload").upload("long.png", data, "image/png").run())
    assert not at.error
    assert not at.select_slider(key=size).set_value(sizes[1]).run().exception
    assert [f"is scaled to {sizes[1]} x" in each.value for each in at.error] == [True]
    at = sound(at.select_slider(key=size).set_value(sizes[0]).run())
    assert not at.error


def test_a_new_style_gets_an_unused_name(tiny):
    taken = LiveStyle(tiny.network, (*tiny.names, "Cat", "Cat 2"))
    assert add_style._unused_name(taken, "Cat") == "Cat 3" and add_style._unused_name(taken, "Upload") == "Yours"


# --- the camera ---------------------------------------------------------------------------------


class Frame:
    """The part of av.VideoFrame that the camera's thread uses."""

    def __init__(self, pixels):
        self.pixels = pixels
        self.height, self.width, _ = pixels.shape

    def to_ndarray(self, *, width, height, format):
        assert format == "rgb24"
        return np.ascontiguousarray(images.resize(self.pixels[None], max(width, height))[0, :height, :width])

    @classmethod
    def from_ndarray(cls, pixels, *, format):
        return cls(pixels)


def make_camera(model, **options):
    settings = {"style_blend_weights": np.eye(len(model.names))[0], "strength": 1.0, "preserve_color": False}
    return camera.Camera(camera._frame_lock(), model, settings, **options)


def test_a_frame_is_stylized_at_the_fixed_size(tiny):
    one = make_camera(tiny, fixed_size=160)
    out = one.stylize(Frame(np.full((480, 640, 3), 90, "uint8")))
    assert out.pixels.shape == (120, 160, 3) and one.frame_size == (160, 120) and one.milliseconds > 0


def test_the_resolution_grows_if_frames_are_fast(tiny, monkeypatch):
    monkeypatch.setattr(camera, "perf_counter", iter(np.arange(0, 10, 0.001)).__next__)  # one millisecond per call
    one, frame = make_camera(tiny, size=160), Frame(np.full((120, 160, 3), 90, "uint8"))
    for _ in range(camera.N_RECENT):
        one.stylize(frame)
    assert one.size == 240


def test_a_camera_without_a_style_returns_the_frame(tiny):
    one, frame = make_camera(tiny, fixed_size=160), Frame(np.full((120, 160, 3), 90, "uint8"))
    one.settings = None
    assert np.array_equal(one.stylize(frame).pixels, frame.pixels)


def test_without_the_package_the_page_shows_how_to_install_it(monkeypatch):
    find = camera.importlib.util.find_spec
    monkeypatch.setattr(camera.importlib.util, "find_spec", lambda name: None if "webrtc" in name else find(name))
    assert any("pip install streamlit-webrtc" in each.value for each in visit(fast_style_tab="Camera").info)


# --- the scripts --------------------------------------------------------------------------------


def test_exported_scripts_run(tiny, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(live_style, "load", lambda: tiny)
    blend_weights = live_style.interpolate_2d(tiny, common.CORNER_STYLES, 0.3, 0.6)
    settings = {"style_blend_weights": blend_weights, "strength": 0.8, "preserve_color": True}
    run_script(dedent_script(script_export.image(tiny, ("Cat", 200), settings)), tmp_path)
    assert images.decode((tmp_path / "stylized.png").read_bytes())[0].shape == (133, 200, 3)
    (tmp_path / "video.mp4").write_bytes(images.animate(np.zeros((3, 32, 48, 3), "uint8"), "mp4", fps=15))
    run_script(dedent_script(script_export.video(tiny, settings, 0.7)), tmp_path)
    assert videos.decode((tmp_path / "stylized.mp4").read_bytes()).frames.shape[1:] == (32, 48, 3)
    compile(
        dedent_script(script_export.train_style(("Cat", 256), {"steps": 50, "style_weight": 1.0})), "train.py", "exec"
    )


def test_reset_centers_the_dot(monkeypatch):
    monkeypatch.setattr(style_pad.st, "session_state", {"fast_style_position_xy": (0.1, 0.9)})
    assert style_pad.centered("fast_style_position") == {
        "fast_style_position_xy": (0.5, 0.5),
        "fast_style_position_token": 1,
    }
    assert common.STRENGTH_DEFAULTS == {"fast_style_strength": 1.0, "fast_style_preserve_color": False}
