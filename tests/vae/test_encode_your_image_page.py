"""The tab "Encode your image" without a browser: every image source, and bad input."""

import base64
import hashlib
import io
import re

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from benchmarks import synthetic_photos
from genmodels import weights
from genmodels.data import datasets, sample_photos
from genmodels.vae import model as vae
from tests.visitor import at_the_door, run_script
from ui import image_input
from ui.components import drawing_canvas


def png(image: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


def seven(size: int = drawing_canvas.IMAGE_SIZE) -> np.ndarray:
    """White on black, (size, size) uint8."""
    image, unit = np.zeros((size, size), "uint8"), size // 14
    image[2 * unit : 4 * unit, 3 * unit : 11 * unit] = 255
    image[2 * unit : 12 * unit, 9 * unit : 11 * unit] = 255
    return image


def drawing(image: np.ndarray, **more) -> dict:
    stroke = {"size": 85, "points": [200, 200, 700, 200, 700, 800]}
    grey = base64.b64encode(image.tobytes()).decode()
    return {"pixels": grey, "strokes": [stroke], "brush": 85, "example": False} | more


def opened(source: str, data: str = "MNIST", **state) -> AppTest:
    defaults = {"vae_tab": "Encode your image", "vae_data": data, "own_image_source": source}
    return at_the_door("pages/vae/page.py", **defaults | state).run()


def elbo(app: AppTest) -> str | None:
    """The line with the two terms, None without an image."""
    assert not app.exception, app.exception
    lines = [each.value for each in app.markdown if "Negative ELBO" in each.value]
    return lines[0] if lines else None


def upload(app: AppTest, data: bytes, name: str = "picture.png") -> AppTest:
    app.file_uploader(key="own_image_Upload_0").upload(name, data, "image/png")
    return app.run()


# --- drawing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "name"), [("MNIST", "mnist"), ("Fashion-MNIST", "fashion_mnist")])
def test_a_drawing_has_two_loss_terms(data, name):
    app = opened("Draw", data, **{f"own_image_drawing_{name}": drawing(seven())})
    first, second, total = map(float, re.findall(r"\d+\.\d", elbo(app)))
    assert first > 0 and second > 0
    assert total == pytest.approx(first + second, abs=0.11)
    assert any(each.value.startswith("q(z|x): μ = (") for each in app.caption)


def test_without_an_image_the_page_says_what_will_be_shown():
    app = opened("Draw")
    assert elbo(app) is None
    assert "The reconstruction appears here" in app.info[0].value


def test_an_empty_drawing_gives_a_message():
    app = opened(
        "Draw",
        own_image_drawing_mnist=drawing(np.zeros((drawing_canvas.IMAGE_SIZE, drawing_canvas.IMAGE_SIZE), "uint8")),
    )
    assert elbo(app) is None
    assert app.info[0].value == "The drawing is empty: draw something first."


@pytest.mark.parametrize("pixels", ["", "AAAA", "no base64 at all"])
def test_a_damaged_drawing_gives_a_message(pixels):
    app = opened("Draw", own_image_drawing_mnist=drawing(seven(), pixels=pixels))
    assert elbo(app) is None
    assert "could not be read" in app.error[0].value


def test_the_drawing_is_kept_while_other_tabs_and_sources_are_open():
    app = opened("Draw", own_image_drawing_mnist=drawing(seven()))
    before = elbo(app)
    for key, away, back in [
        ("vae_tab", "2-D latent space", "Encode your image"),
        ("own_image_source", "Sample", "Draw"),
        ("vae_data", "Fashion-MNIST", "MNIST"),
    ]:
        app.session_state[key] = away
        app.run()
        app.session_state[key] = back
        app.run()
        assert elbo(app) == before


def test_resample_changes_the_samples_and_reset_clears_all():
    app = opened("Draw", own_image_drawing_mnist=drawing(seven()))
    before = elbo(app)
    app.button(key="own_image_resample").click().run()
    assert elbo(app) != before
    app.button(key="own_image_reset").click().run()
    assert elbo(app) is None
    assert app.session_state["own_image_sample_seed"] == 0


# --- files ------------------------------------------------------------------------------------------


def test_a_dark_digit_on_light_paper_is_encoded():
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
def test_a_bad_file_gives_a_message_and_keeps_the_image(name, data):
    app = upload(opened("Upload"), png(255 - seven(280)))
    before = elbo(app)
    upload(app, data, name)
    assert elbo(app) == before
    assert app.error[0].value.endswith("The previous image is kept.")


def test_a_bad_file_without_an_image_before_gives_a_message():
    app = upload(opened("Upload"), b"seven", "notes.txt")
    assert elbo(app) is None
    assert "PNG, JPEG, WEBP or GIF" in app.error[0].value


def test_a_blank_file_is_not_called_a_drawing():
    app = upload(opened("Upload"), png(np.full((64, 64), 255, "uint8")))
    assert "No object was found in this image" in app.error[0].value
    assert "drawing" not in app.error[0].value


def test_white_ink_on_a_transparent_ground_is_encoded():
    ink = seven(280)
    white = np.dstack([np.full((*ink.shape, 3), 255, "uint8"), ink])
    assert elbo(upload(opened("Upload"), png(white))) is not None


def far_note(app: AppTest) -> list[str]:
    return [each.value for each in app.warning if "far from the training data" in each.value]


def test_an_input_far_from_the_training_data_gives_a_sentence():
    checkerboard = np.pad(np.kron(np.indices((6, 6)).sum(axis=0) % 2, np.ones((40, 40))), 60)
    app = upload(opened("Upload"), png((255 * (1 - checkerboard)).astype("uint8")))
    assert elbo(app) is not None
    (sentence,) = far_note(app)
    limit = weights.model_card("vae_mnist")["held_out"]["mean_squared_error_99th_percentile"]
    assert f"at most {limit:.3f} for 99 % of the test images" in sentence


@pytest.mark.parametrize("name", ["Cat", "Coffee", "Noise"])
def test_a_photo_without_a_digit_is_not_encoded_in_silence(name):
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype="uint8")
    app = upload(opened("Upload"), png(noise if name == "Noise" else sample_photos.load(name)))
    assert far_note(app) or "No object stands out" in app.info[0].value
    assert (elbo(app) is None) == (not far_note(app))


def test_a_plain_digit_gives_no_such_sentence():
    image = np.zeros((280, 280), "uint8")
    rows, columns = np.mgrid[:280, :280]
    image[np.abs(columns - 140 + 0.2 * (rows - 140)) < 12] = 255  # a 1, as broad as a pen
    image[:40] = image[240:] = 0
    assert far_note(upload(opened("Upload"), png(255 - image))) == []


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize("data", ["mnist", "fashion_mnist"])
def test_the_limit_is_the_99th_percentile_over_the_test_images(data):
    images, model = datasets.load(data, "test")[0], vae.load(data)
    errors = [np.square(vae.reconstruct(model, x) - x / 255).mean(axis=(1, 2)) for x in np.array_split(images, 20)]
    limit = weights.model_card(f"vae_{data}")["held_out"]["mean_squared_error_99th_percentile"]
    assert np.quantile(np.concatenate(errors), 0.99) == pytest.approx(limit, rel=0.01)


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize("data", ["mnist"])
@pytest.mark.parametrize("kind", synthetic_photos.DIGIT_KINDS)
def test_a_photo_of_each_kind_becomes_the_digit(data, kind):
    images, labels = datasets.load(data, "test")
    photo = synthetic_photos.photo_of_digit(images[0], kind, seed=2)
    app = upload(opened("Upload"), png(photo))
    assert elbo(app) is not None
    assert f"{labels[0]} (" in next(each.value for each in app.markdown if "nearest neighbors" in each.value)


def test_the_crop_box_selects_one_of_two_digits():
    image = np.full((300, 600), 255, "uint8")
    image[60:240, 100:120] = 20  # a 1
    image[10:290, 330:590] = 255 - np.asarray(Image.fromarray(seven()).resize((260, 280)))
    app = upload(opened("Upload"), png(image))
    both = elbo(app)
    digest = hashlib.sha256(np.repeat(image[..., None], 3, axis=2).tobytes()).hexdigest()[:12]
    app.session_state[f"own_image_Upload_0_crop_{digest}_box"] = [0.0, 0.0, 0.5, 1.0]
    left = elbo(app.run())
    assert left not in (None, both)


def test_a_photo_from_the_camera_is_encoded():
    app = opened("Camera")
    app.camera_input(key="own_image_Camera_0").upload("photo.jpg", png(255 - seven(280)), "image/jpeg")
    assert elbo(app.run()) is not None


# --- samples -----------------------------------------------------------------------------------------


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    """No data set on this machine, but a folder where one may be put."""
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    image_input._dataset.clear()
    yield tmp_path
    image_input._dataset.clear()


def test_without_data_the_sample_is_a_decoded_image(data_folder):
    app = opened("Sample")
    assert elbo(app) is not None
    assert any("this image was decoded" in each.value for each in app.caption)


def test_a_sample_comes_from_the_test_set(data_folder):
    images = np.stack([np.roll(seven(28), k, axis=1) for k in range(6)])
    rows = {"x_train": images[:1], "y_train": np.zeros(1), "x_test": images, "y_test": np.full(6, 7)}
    np.savez(data_folder / "mnist.npz", **rows)
    app = opened("Sample")
    before = elbo(app)
    assert any("From the test set" in each.value for each in app.caption)
    app.number_input(key="own_image_row").set_value(5).run()
    assert elbo(app) not in (None, before)


def test_a_damaged_data_set_is_reported_and_the_sample_decoded(data_folder):
    (data_folder / "mnist.npz").write_bytes(b"not a data set")
    app = opened("Sample")
    assert elbo(app) is not None
    assert "not a readable data set" in app.warning[0].value


@pytest.mark.parametrize("row", ["-1", "99999999999", "nine", ""])
def test_invalid_links_are_ignored(data_folder, row):
    app = at_the_door("pages/vae/page.py")
    for key, value in {"vae_tab": "Encode your image", "own_image_source": "Sample", "own_image_row": row}.items():
        app.query_params[key] = value
    assert elbo(app.run()) is not None


# --- the script -----------------------------------------------------------------------------------------


def test_the_script_repeats_the_numbers_on_the_page(tmp_path):
    app = opened("Draw", own_image_drawing_mnist=drawing(seven()), own_image_sample_seed=20, own_image_code=True)
    source = next(each.value for each in app.code if "vae_own_image.png" in each.value)
    printed = run_script(source, tmp_path)
    assert re.search(r"reconstruction (.*) \+ KL (.*) nats", printed).groups() == tuple(
        re.findall(r"\d+\.\d", elbo(app))[:2]
    )
    assert (tmp_path / "vae_own_image.png").is_file()
