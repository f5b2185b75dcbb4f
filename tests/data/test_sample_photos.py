"""The sample photos: there without a network, as a page needs them; and the choice of one's own."""

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
def test_every_photo_is_here(name, offline):
    photo = photos.load(name, 120)
    assert photo.dtype == np.uint8 and photo.ndim == 3 and photo.shape[2] == 3
    assert max(photo.shape) == 120 and min(photo.shape[:2]) >= 60
    assert photo.std() > 15, "something is to be seen"
    assert photos.CREDITS[name]


def test_a_photo_is_never_enlarged():
    assert max(photos.load("Cat", 5000).shape) == 451


def test_photos_differ():
    assert len({photos.load(name, 64).tobytes() for name in photos.NAMES}) == len(photos.NAMES)


def test_an_unknown_photo_is_told():
    with pytest.raises(ValueError, match=r"no photo is named 'Dog'.*Cat"):
        photos.load("Dog")


def test_a_missing_package_is_told(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r"skimage is not installed: pip install -r requirements\.txt"):
        photos.load("Cat")


def test_the_same_seed_gives_the_same_sky():
    photos.clouds.cache_clear()
    a = photos.clouds(60, 80, seed=3)
    photos.clouds.cache_clear()
    np.testing.assert_array_equal(photos.clouds(60, 80, seed=3), a)
    assert not np.array_equal(photos.clouds(60, 80, seed=4), a)


def test_a_sky_is_made_of_clouds():
    """Its amplitude falls with frequency about as 1/f^1.7: neither noise nor a smear."""
    sky = photos.clouds(256, 256, seed=0).mean(axis=2)
    amplitude = np.abs(np.fft.rfft(sky, axis=1)).mean(axis=0)
    f = np.arange(4, 64)
    slope = np.polyfit(np.log(f), np.log(amplitude[f]), 1)[0]
    assert -2.2 < slope < -0.7


# --- the choice on a page ---------------------------------------------------------------------


def app():
    import streamlit as st

    from ui import photo_picker as photos

    photo = photos.pick("mine", max_side=st.session_state.get("side", 100), default="Rocket")
    st.session_state["picked"] = None if photo is None else photo.copy()


def chosen():
    from streamlit.testing.v1 import AppTest

    at = AppTest.from_function(app, default_timeout=60).run()
    assert not at.exception
    return at


def picture(shape=(60, 90), kind="PNG", mode="RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (*shape, 3), "uint8")).convert(mode).save(
        out, kind, **options
    )
    return out.getvalue()


def bring(at, data: bytes, name="photo.png"):
    at.file_uploader[0].upload(name, data, "image/png").run()
    assert not at.exception
    return at


def test_it_begins_with_the_sample_asked_for():
    at = chosen()
    np.testing.assert_array_equal(at.session_state["picked"], photos.load("Rocket", 100))
    at.session_state["mine"] = "Clouds"
    at.run()
    np.testing.assert_array_equal(at.session_state["picked"], photos.load("Clouds", 100))


def test_an_own_photo_is_scaled_and_says_so():
    at = chosen()
    at.session_state["mine"] = "Upload"
    at.run()
    assert at.session_state["picked"] is None
    bring(at, picture((600, 900)))
    assert at.session_state["picked"].shape == (67, 100, 3)
    assert any("scaled from 900 x 600 to 100 x 67" in each.value for each in at.caption)
    at.session_state["side"] = 200
    at.run()
    assert at.session_state["picked"].shape == (133, 200, 3), "another size is made of the file, not of the small one"


BAD = {
    "empty": (b"", "empty"),
    "truncated": (picture()[:400], "damaged or incomplete"),
    "executable": (b"MZ" + bytes(range(256)) * 40, "not a picture"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
    "one pixel": (picture((1, 1)), "1 x 1 pixels"),
    "too small": (picture((20, 30)), "30 x 20 pixels"),
    "a thread": (picture((2000, 40)), "at least 32"),
    "huge": (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x75\x30\x00\x00\x75\x30\x08\x02\x00\x00\x00" + b"\x00" * 40,
        "",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_and_takes_nothing_away(kind):
    data, says = BAD[kind]
    at = chosen()
    at.session_state["mine"] = "Upload"
    bring(at.run(), picture())
    before = at.session_state["picked"]
    bring(at, data, "photo.jpg")
    assert len(at.error) == 1 and says in at.error[0].value and "previous photo is kept" in at.error[0].value
    np.testing.assert_array_equal(at.session_state["picked"], before)


@pytest.mark.parametrize(
    ("mode", "kind"), [("CMYK", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("L", "PNG"), ("I;16", "PNG"), ("P", "GIF")]
)
def test_every_mode_becomes_colour(mode, kind):
    at = chosen()
    at.session_state["mine"] = "Upload"
    data = picture(mode="L" if mode == "I;16" else mode, kind=kind)
    if mode == "I;16":
        out = io.BytesIO()
        Image.fromarray(np.linspace(0, 65535, 60 * 90).reshape(60, 90).astype("uint16")).save(out, "PNG")
        data = out.getvalue()
    bring(at.run(), data)
    assert not at.error and at.session_state["picked"].shape == (60, 90, 3)


def test_a_photo_stays_while_others_are_looked_at():
    at = chosen()
    at.session_state["mine"] = "Upload"
    bring(at.run(), picture())
    before = at.session_state["picked"]
    for source in ("Cat", "Upload"):
        at.session_state["mine"] = source
        at.run()
    np.testing.assert_array_equal(at.session_state["picked"], before)


def test_an_absurd_address_shows_the_sample():
    from streamlit.testing.v1 import AppTest

    at = AppTest.from_function(app, default_timeout=60)
    at.query_params["mine"] = "Satellite\x00"
    at.run()
    assert not at.exception
    assert at.session_state["picked"] is not None
