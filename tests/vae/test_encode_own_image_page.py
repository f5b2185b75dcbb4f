"""The VAE page's section for one's own picture: every way in, and what bad input does."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from genmodels.vae import latent_map
from pages.vae import posterior_plot
from tests.visitor import at_the_door, run_script
from ui import drawing_canvas, image_input


def png(image: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


def seven(side: int = drawing_canvas.SIDE) -> np.ndarray:
    """White on black, (side, side) uint8."""
    image, unit = np.zeros((side, side), "uint8"), side // 14
    image[2 * unit : 4 * unit, 3 * unit : 11 * unit] = 255
    image[2 * unit : 12 * unit, 9 * unit : 11 * unit] = 255
    return image


def drawing(image: np.ndarray, **more) -> dict:
    stroke = {"size": 85, "points": [200, 200, 700, 200, 700, 800]}
    grey = base64.b64encode(image.tobytes()).decode()
    return {"pixels": grey, "strokes": [stroke], "brush": 85, "example": False} | more


def opened(source: str, data: str = "Digits", **state) -> AppTest:
    given = {"vae_tab": "Your own picture", "vae_data": data, "picture_source": source}
    return at_the_door("pages/vae/page.py", **given | state).run()


def elbo(app: AppTest) -> str | None:
    """The line with the two terms, where a picture was understood."""
    assert not app.exception, app.exception
    lines = [each.value for each in app.markdown if "negative ELBO" in each.value]
    return lines[0] if lines else None


def upload(app: AppTest, data: bytes, name: str = "picture.png") -> AppTest:
    app.file_uploader(key="picture_Upload_0").upload(name, data, "image/png")
    return app.run()


# --- drawing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "name"), [("Digits", "mnist"), ("Clothes", "fashion_mnist")])
def test_a_drawing_is_taken_apart_into_its_two_costs(data, name):
    app = opened("Draw", data, **{f"picture_drawing_{name}": drawing(seven())})
    first, second, total = map(float, re.findall(r"\d+\.\d", elbo(app)))
    assert first > 0 and second > 0
    assert total == pytest.approx(first + second, abs=0.11)
    assert any(each.value.startswith("Mean (") for each in app.caption)


def test_before_anything_is_drawn_the_page_says_what_will_be_here():
    app = opened("Draw")
    assert elbo(app) is None
    assert "what comes back of your picture" in app.info[0].value


def test_an_empty_drawing_gives_a_sentence():
    app = opened("Draw", picture_drawing_mnist=drawing(np.zeros((drawing_canvas.SIDE, drawing_canvas.SIDE), "uint8")))
    assert elbo(app) is None
    assert app.info[0].value == "The drawing is empty: draw something first."


@pytest.mark.parametrize("pixels", ["", "AAAA", "no base64 at all"])
def test_a_damaged_drawing_gives_a_sentence(pixels):
    app = opened("Draw", picture_drawing_mnist=drawing(seven(), pixels=pixels))
    assert elbo(app) is None
    assert "arrived damaged" in app.error[0].value


def test_the_drawing_stays_while_other_tabs_and_sources_are_open():
    app = opened("Draw", picture_drawing_mnist=drawing(seven()))
    before = elbo(app)
    for key, away, back in [
        ("vae_tab", "Latent pad", "Your own picture"),
        ("picture_source", "Sample", "Draw"),
        ("vae_data", "Clothes", "Digits"),
    ]:
        app.session_state[key] = away
        app.run()
        app.session_state[key] = back
        app.run()
        assert elbo(app) == before


def test_new_noise_changes_the_samples_and_reset_puts_all_away():
    app = opened("Draw", picture_drawing_mnist=drawing(seven()))
    before = elbo(app)
    new = next(each for each in app.button if each.label == "New noise")
    new.click().run()
    assert elbo(app) != before
    app.button(key="picture_reset").click().run()
    assert elbo(app) is None
    assert app.session_state["picture_noise"] == 0


# --- files ------------------------------------------------------------------------------------------


def test_a_dark_digit_on_light_paper_is_understood():
    assert elbo(upload(opened("Upload"), png(255 - seven(280)))) is not None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notes.txt", b"seven"),
        ("empty.png", b""),
        ("short.png", png(np.random.default_rng(0).integers(0, 255, (64, 64), "uint8"))[:300]),
        ("dot.png", png(np.zeros((1, 1), "uint8"))),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0h9'/></svg>"),
        ("large.png", b"\x89PNG\r\n\x1a\n" + bytes(20_000_001)),
        ("wide.png", png(np.zeros((5000, 9000), "uint8"))),
        ("blank.png", png(np.full((64, 64), 255, "uint8"))),
    ],
)
def test_a_bad_file_gives_a_sentence_and_takes_nothing_away(name, data):
    app = upload(opened("Upload"), png(255 - seven(280)))
    before = elbo(app)
    upload(app, data, name)
    assert elbo(app) == before
    assert app.error[0].value.endswith("The picture before it stays.")


def test_a_bad_file_first_gives_a_sentence():
    app = upload(opened("Upload"), b"seven", "notes.txt")
    assert elbo(app) is None
    assert "PNG, JPEG, WEBP or GIF" in app.error[0].value


def test_a_photo_from_the_camera_is_understood():
    app = opened("Camera")
    app.camera_input(key="picture_Camera_0").upload("photo.jpg", png(255 - seven(280)), "image/jpeg")
    assert elbo(app.run()) is not None


# --- samples -----------------------------------------------------------------------------------------


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    """No data set on this machine, but a folder where one may be put."""
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    image_input._data.clear()
    yield tmp_path
    image_input._data.clear()


def test_without_data_the_decoder_draws_the_sample(data_folder):
    app = opened("Sample")
    assert elbo(app) is not None
    assert any("our decoder drew this one" in each.value for each in app.caption)


def test_a_sample_comes_from_the_test_rows(data_folder):
    images = np.stack([np.roll(seven(28), k, axis=1) for k in range(6)])
    rows = {"x_train": images[:1], "y_train": np.zeros(1), "x_test": images, "y_test": np.full(6, 7)}
    np.savez(data_folder / "mnist.npz", **rows)
    app = opened("Sample")
    before = elbo(app)
    assert any("From the test set" in each.value for each in app.caption)
    app.number_input(key="picture_row").set_value(5).run()
    assert elbo(app) not in (None, before)


def test_a_damaged_data_set_is_said_and_the_decoder_draws(data_folder):
    (data_folder / "mnist.npz").write_bytes(b"not a data set")
    app = opened("Sample")
    assert elbo(app) is not None
    assert "not a readable data set" in app.warning[0].value


@pytest.mark.parametrize("row", ["-1", "99999999999", "nine", ""])
def test_absurd_links_are_ignored(data_folder, row):
    app = at_the_door("pages/vae/page.py")
    for key, value in {"vae_tab": "Your own picture", "picture_source": "Sample", "picture_row": row}.items():
        app.query_params[key] = value
    assert elbo(app.run()) is not None


# --- the drawing of the cloud, and the script -----------------------------------------------------------


def test_the_ellipses_are_where_mean_and_sigma_say():
    its = posterior_plot.Cloud(np.array([0.5, -1.0]), np.array([0.1, 0.05]), np.zeros((1, 2)))
    cx, cy, rx, ry = map(
        float,
        re.search(r'ellipse cx="(.*?)" cy="(.*?)" rx="(.*?)" ry="(.*?)"', posterior_plot.plane("mnist", its)).groups(),
    )
    unit = 50 / float(latent_map.load("mnist")["extent"])
    assert (cx, cy) == pytest.approx((50 + 0.5 * unit, 50 + 1.0 * unit), abs=0.01)  # downwards is negative
    assert (rx, ry) == pytest.approx((0.1 * unit, 0.05 * unit), abs=0.001)
    assert posterior_plot.plane("mnist", None).count("<ellipse") == 0
    assert posterior_plot.closer("mnist", its).count("<ellipse") == 2


def test_a_cloud_far_outside_is_still_on_the_plane():
    far = posterior_plot.Cloud(np.array([40.0, 0.0]), np.array([1.0, 1.0]), np.zeros((1, 2)))
    cx = float(re.search(r'ellipse cx="(.*?)"', posterior_plot.plane("mnist", far))[1])
    assert 50 < cx < 100


def test_the_difference_is_orange_where_ink_was_lost_and_blue_where_added():
    given, back = np.zeros((28, 28), "uint8"), np.zeros((28, 28), "float32")
    given[0, 0], back[1, 1] = 255, 1.0
    off = posterior_plot.difference(given, back)
    assert tuple(off[0, 0]) == posterior_plot.MISSING
    assert tuple(off[1, 1]) == posterior_plot.ADDED
    assert off.sum() == pytest.approx(sum(posterior_plot.MISSING) + sum(posterior_plot.ADDED))


def test_the_script_repeats_the_numbers_on_the_page(tmp_path):
    app = opened("Draw", picture_drawing_mnist=drawing(seven()), picture_noise=20, picture_code=True)
    source = next(each.value for each in app.code if "vae_picture.png" in each.value)
    printed = run_script(source, tmp_path)
    assert re.search(r"reconstruction (.*) \+ KL (.*) nats", printed).groups() == tuple(
        re.findall(r"\d+\.\d", elbo(app))[:2]
    )
    assert (tmp_path / "vae_picture.png").is_file()
