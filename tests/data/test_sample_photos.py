"""The sample photos, available without a network, and the photo picker."""

import importlib.util
import io
import socket

import numpy as np
import pytest
from PIL import Image

from genmodels.data import sample_photos as photos


@pytest.fixture
def offline(monkeypatch):
    def refuse(*_, **__):
        raise OSError("a photo asked for the network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize("name", photos.NAMES)
def test_every_photo_is_available_offline(name, offline):
    photo = photos.load(name, 120)
    assert photo.dtype == np.uint8 and photo.ndim == 3 and photo.shape[2] == 3
    assert max(photo.shape) == 120 and min(photo.shape[:2]) >= 60
    assert photo.std() > 15, "something is to be seen"
    assert photos.CREDITS[name]


def test_a_photo_is_never_enlarged():
    assert max(photos.load("Cat", 5000).shape) == 451


def test_photos_differ():
    assert len({photos.load(name, 64).tobytes() for name in photos.NAMES}) == len(photos.NAMES)


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match=r"no photo is named 'Dog'.*Cat"):
        photos.load("Dog")


def test_a_missing_package_is_reported(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r"skimage is not installed: pip install -r requirements\.txt"):
        photos.load("Cat")


def test_the_same_seed_gives_the_same_clouds():
    photos.clouds.cache_clear()
    a = photos.clouds(60, 80, seed=3)
    photos.clouds.cache_clear()
    np.testing.assert_array_equal(photos.clouds(60, 80, seed=3), a)
    assert not np.array_equal(photos.clouds(60, 80, seed=4), a)


def test_clouds_have_the_spectrum_of_clouds():
    """The amplitude is about proportional to 1/f^1.7."""
    image = photos.clouds(256, 256, seed=0).mean(axis=2)
    amplitude = np.abs(np.fft.rfft(image, axis=1)).mean(axis=0)
    f = np.arange(4, 64)
    slope = np.polyfit(np.log(f), np.log(amplitude[f]), 1)[0]
    assert -2.2 < slope < -0.7


# --- the photo picker -------------------------------------------------------------------------


def app():
    import streamlit as st

    from ui import photo_picker as photos

    photo = photos.pick("mine", max_side=st.session_state.get("side", 100), default="Rocket")
    st.session_state["picked"] = None if photo is None else photo.copy()


def opened():
    from streamlit.testing.v1 import AppTest

    at = AppTest.from_function(app, default_timeout=60).run()
    assert not at.exception
    return at


def file(shape=(60, 90), format="PNG", mode="RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (*shape, 3), "uint8")).convert(mode).save(
        out, format, **options
    )
    return out.getvalue()


def upload(at, data: bytes, name="photo.png"):
    at.file_uploader[0].upload(name, data, "image/png").run()
    assert not at.exception
    return at


def test_it_starts_with_the_default_sample():
    at = opened()
    np.testing.assert_array_equal(at.session_state["picked"], photos.load("Rocket", 100))
    at.session_state["mine"] = "Clouds"
    at.run()
    np.testing.assert_array_equal(at.session_state["picked"], photos.load("Clouds", 100))


def test_an_uploaded_photo_is_scaled_with_a_caption():
    at = opened()
    at.session_state["mine"] = "Upload"
    at.run()
    assert at.session_state["picked"] is None
    upload(at, file((600, 900)))
    assert at.session_state["picked"].shape == (67, 100, 3)
    assert any("scaled from 900 x 600 to 100 x 67" in each.value for each in at.caption)
    at.session_state["side"] = 200
    at.run()
    assert at.session_state["picked"].shape == (133, 200, 3), "another size is decoded from the file again"


def test_a_panorama_that_does_not_fit_at_another_size_is_used_again_at_the_first():
    at = opened()
    at.session_state["mine"] = "Upload"
    at.session_state["side"] = 400
    upload(at.run(), file((40, 400)))
    assert at.session_state["picked"].shape == (40, 400, 3)
    at.session_state["side"] = 200
    at.run()
    assert not at.exception and at.session_state["picked"] is None
    (error,) = at.error
    assert "is scaled to 200 x 20" in error.value and "larger image size" in error.value
    assert "previous" not in error.value
    upload(at, b"no image")
    assert not at.exception and len(at.error) == 1 and "previous" not in at.error[0].value
    at.session_state["side"] = 400
    at.run()
    assert not at.exception and at.session_state["picked"].shape == (40, 400, 3)


@pytest.mark.parametrize("shape", [(40, 400), (400, 40), (330, 6000), (33, 33), (31, 31)])
@pytest.mark.parametrize("side", [128, 200, 1000])
def test_an_uploaded_photo_fits_or_is_refused_with_one_sentence(shape, side):
    at = opened()
    at.session_state["mine"] = "Upload"
    at.session_state["side"] = side
    upload(at.run(), file(shape, "JPEG"))
    picked = at.session_state["picked"]
    if picked is None:
        assert len(at.error) == 1 and "at least 32 x 32 are needed" in at.error[0].value
    else:
        assert not at.error and min(picked.shape[:2]) >= 32 and max(picked.shape[:2]) <= side


def test_the_caption_of_an_animation_is_a_sentence():
    at = opened()
    at.session_state["mine"] = "Upload"
    frames = [Image.new("RGB", (96, 64), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    upload(at.run(), out.getvalue())
    assert [each.value for each in at.caption] == [":material/info: Your photo: first frame of an animation."]


BAD = {
    "empty": (b"", "empty"),
    "truncated": (file()[:400], "damaged or incomplete"),
    "executable": (b"MZ" + bytes(range(256)) * 40, "not a readable image"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a readable image"),
    "one pixel": (file((1, 1)), "1 x 1 pixels"),
    "too small": (file((20, 30)), "30 x 20 pixels"),
    "too narrow": (file((2000, 40)), "at least 32"),
    "huge": (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x75\x30\x00\x00\x75\x30\x08\x02\x00\x00\x00" + b"\x00" * 40,
        "",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_an_invalid_file_is_refused_and_the_previous_photo_is_kept(name):
    data, message = BAD[name]
    at = opened()
    at.session_state["mine"] = "Upload"
    upload(at.run(), file())
    before = at.session_state["picked"]
    upload(at, data, "photo.jpg")
    assert len(at.error) == 1 and message in at.error[0].value and "previous photo is kept" in at.error[0].value
    np.testing.assert_array_equal(at.session_state["picked"], before)


@pytest.mark.parametrize(
    ("mode", "format"), [("CMYK", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("L", "PNG"), ("I;16", "PNG"), ("P", "GIF")]
)
def test_every_mode_becomes_rgb(mode, format):
    at = opened()
    at.session_state["mine"] = "Upload"
    data = file(mode="L" if mode == "I;16" else mode, format=format)
    if mode == "I;16":
        out = io.BytesIO()
        Image.fromarray(np.linspace(0, 65535, 60 * 90).reshape(60, 90).astype("uint16")).save(out, "PNG")
        data = out.getvalue()
    upload(at.run(), data)
    assert not at.error and at.session_state["picked"].shape == (60, 90, 3)


def test_an_uploaded_photo_is_kept_while_another_is_selected():
    at = opened()
    at.session_state["mine"] = "Upload"
    upload(at.run(), file())
    before = at.session_state["picked"]
    for source in ("Cat", "Upload"):
        at.session_state["mine"] = source
        at.run()
    np.testing.assert_array_equal(at.session_state["picked"], before)


def test_an_invalid_link_shows_the_default_sample():
    from streamlit.testing.v1 import AppTest

    at = AppTest.from_function(app, default_timeout=60)
    at.query_params["mine"] = "Satellite\x00"
    at.run()
    assert not at.exception
    assert at.session_state["picked"] is not None
