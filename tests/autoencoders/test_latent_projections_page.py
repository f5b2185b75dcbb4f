"""The tab Latent projections without a browser: what its components are sent, and its scripts."""

import base64
import json
import re

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.autoencoders import latent_projection, linear
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.config import MODELS
from genmodels.data.fashion_samples import Pool
from genmodels.media import images
from genmodels.vae import model as vae
from pages.autoencoders import common, pca_linear_autoencoder, tsne_pca_map
from pages.autoencoders.components import latent_map
from tests import visitor
from tests.visitor import at_the_door, run_script, sound
from ui import model_loading
from ui.components import drawing_canvas

PAGE = "pages/autoencoders/page.py"
N = 70  # images on the map of these tests
PCA, MAP = "PCA vs. linear autoencoder", "t-SNE and PCA map"


def visit(view: str, **state) -> AppTest:
    return visitor.visit(PAGE, **{"ae_tab": "Latent projections", "ae_projections_view": view} | state)


def sent(at: AppTest, part: str) -> dict:
    """The data of the component whose data has a key `part`."""
    messages = [json.loads(each.proto.json) for each in at.get("bidi_component") if each.proto.json]
    (data,) = [data for data in messages if part in data]
    return data


def floats(packed: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed), "<f4").reshape(-1, *shape)


def texts(at: AppTest) -> str:
    return " ".join(each.value for each in [*at.markdown, *at.caption, *at.warning, *at.info])


def script_of(at: AppTest, key: str) -> str:
    at.session_state[f"{key}_code"] = True
    return sound(at.run()).code[-1].value


# --- PCA vs. linear autoencoder -----------------------------------------------------------------


def test_the_training_ends_with_the_plane_of_pca_and_the_page_says_so():
    at = visit(PCA)
    training = sent(at, "planes")
    assert training["steps"][0] == 0 and training["steps"][-1] == 300 and len(training["steps"]) <= 102
    assert training["angles"][0] > 60 and training["angles"][-1] < 1
    assert f"angle between the planes is **{training['angles'][-1]:.1f}°**" in texts(at) and not at.warning


def test_the_component_gets_the_values_of_the_training():
    """Codes by the encoder, reconstructions by the decoder, PCA scores by the alignment: as in the training."""
    training = sent(visit(PCA, pca_seed=3, pca_steps=150), "planes")
    points = linear.sample_points()
    reports = list(linear.train(points, steps=150, learning_rate=0.1, seed=3, report_every=2))
    assert training["steps"] == [report.done for report in reports]
    np.testing.assert_allclose(floats(training["points"], 3), points)
    ones, (mean, components) = np.ones((len(points), 1)), linear.principal_plane(points)
    for k in (0, 20, -1):
        codes = np.hstack([points, ones]) @ floats(training["encoders"], 4, 2)[k]
        np.testing.assert_allclose(codes, reports[k].codes, atol=1e-5)
        reconstructions = np.hstack([codes, ones]) @ floats(training["decoders"], 3, 3)[k]
        loss = np.square(reconstructions - points).sum(axis=1).mean()
        assert loss == pytest.approx(training["losses"][k], abs=1e-4)
        aligned = np.hstack([codes, ones]) @ floats(training["alignments"], 3, 2)[k]
        np.testing.assert_allclose(aligned, (reconstructions - mean) @ components.T, atol=1e-5)
    np.testing.assert_allclose(aligned, floats(training["scores"], 2), atol=0.15)


def test_the_drawn_planes_lie_on_the_decoders_planes_and_converge():
    training, _ = pca_linear_autoencoder.recorded_training(0.1, 300, 0.1, 0)
    for plane, decoder in zip(floats(training["planes"], 4, 3), floats(training["decoders"], 3, 3), strict=True):
        normal = np.cross(*decoder[:2]) / np.linalg.norm(np.cross(*decoder[:2]))
        np.testing.assert_allclose((plane - decoder[2]) @ normal, 0, atol=1e-4)
        a, b = plane[1] - plane[0], plane[3] - plane[0]
        assert abs(a @ b) < 1e-4, "its angles are right angles"
    offsets = floats(training["planes"], 4, 3) - floats(training["pca_plane"], 3)
    distances = np.linalg.norm(offsets, axis=2).max(axis=1)
    assert distances[0] > 0.5 and distances[-1] < 0.05


def test_a_learning_rate_that_is_too_large_gives_a_warning_and_no_nan():
    at = visit(PCA, pca_learning_rate=0.9)
    (warning,) = at.warning
    assert "A learning rate of 0.9 is too large" in warning.value and "Up to 0.5 it converges" in warning.value
    training = sent(at, "planes")
    assert len(training["steps"]) > 3 and training["losses"][-1] > training["losses"][0]
    arrays = [floats(training[part]) for part in ("encoders", "decoders", "planes")]
    assert all(np.isfinite(each).all() for each in [training["angles"], training["losses"], *arrays])


@pytest.mark.parametrize(
    ("rate", "steps", "text"),
    [(0.6, 300, "oscillates and does not converge"), (0.01, 50, "Not converged"), (0.3, 300, "angle between")],
)
def test_the_page_says_how_the_training_ended(rate, steps, text):
    assert text in texts(visit(PCA, pca_learning_rate=rate, pca_steps=steps))


@pytest.mark.parametrize("noise", [0.0, 0.4])
@pytest.mark.parametrize("seed", [0, 1, 999])
def test_every_noise_and_seed_converges(noise, seed):
    training, warning = pca_linear_autoencoder.recorded_training(0.3, 1000, noise, seed)
    assert warning is None and training["angles"][-1] < 2
    assert training["pca_loss"] == pytest.approx(noise**2, rel=0.2, abs=1e-6)


def test_reset_restores_the_defaults():
    at = visit(PCA, pca_learning_rate=0.9, pca_noise=0.3)
    sound(at.button(key="pca_reset").click().run())
    defaults = pca_linear_autoencoder.DEFAULTS
    assert {key: at.session_state[key] for key in defaults} == defaults


def test_the_script_repeats_the_training(tmp_path):
    at = visit(PCA, pca_seed=2, pca_noise=0.2)
    training = sent(at, "planes")
    last = run_script(script_of(at, "pca"), tmp_path).splitlines()[-1]
    assert f"step  300: {training['angles'][-1]:5.2f} degrees, error {training['losses'][-1]:.4f}" in last


# --- t-SNE and PCA map --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def projections():
    """Small projections of random images, and untrained models."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (N, 28, 28)).astype("uint8")
    models = {"stacked": autoencoders.build(MODELS["stacked"]), "vae": vae.build(2)}
    codes = autoencoders.encode(models["stacked"], pixels)
    arrays = latent_projection.make(codes, vae.encode(models["vae"], pixels)[0], np.arange(N) % 10)
    return latent_projection.add_affine(arrays), pixels, models


BOTH_POOLS = pytest.mark.parametrize("pool", [True, False], indirect=True, ids=["data set", "generated"])


@pytest.fixture
def pool(request, projections, monkeypatch):
    """The small projections in place of the stored ones; the pool of the data set or of the GAN."""
    arrays, pixels, models = projections
    real = getattr(request, "param", True)
    pool = Pool(pixels if real else pixels[::-1], np.arange(N) % 10, real=real)
    monkeypatch.setattr(latent_projection, "load", lambda: arrays)
    monkeypatch.setattr(autoencoders, "load", lambda name: models[name])
    monkeypatch.setattr(vae, "load", lambda name: models["vae"])
    monkeypatch.setattr(common, "pool", lambda: pool)
    st.cache_data.clear()
    st.cache_resource.clear()
    model_loading.start_tensorflow_import().result()
    yield pool
    st.cache_data.clear()
    st.cache_resource.clear()


def drawing(pixels: np.ndarray) -> dict:
    packed = base64.b64encode(pixels.astype("uint8").tobytes()).decode()
    return {"pixels": packed, "strokes": [], "brush": 160, "example": False}


def shirt() -> np.ndarray:
    pixels = np.zeros((drawing_canvas.IMAGE_SIZE, drawing_canvas.IMAGE_SIZE), "uint8")
    pixels[20:95, 40:72] = pixels[20:45, 20:92] = 255
    return pixels


@BOTH_POOLS
def test_the_points_are_sent_with_their_images(projections, pool):
    arrays, pixels, models = projections
    at = visit(MAP)
    data = sent(at, "method")
    points = data["points"]
    for method in latent_projection.PROJECTIONS:
        np.testing.assert_array_equal(floats(points["positions"][method], 2), arrays[method])
    assert points["labels"] == "".join(map(str, arrays["label"]))
    assert data["method"] == "tsne" and not data["show_images"] and data["token"] == points["token"]
    sheet = images.decode(base64.b64decode(points["sheet"]), max_side=1400)[0][..., 0]
    assert sheet.shape == (2 * 28, points["columns"] * 28)
    row = 63  # in the second row of the sheet
    cell = sheet[28:, (row - 50) * 28 : (row - 49) * 28]
    decoded = 255 * autoencoders.decode(models["stacked"], arrays["codes"].astype("float32")[row : row + 1])[0]
    expected = pixels[row] if pool.real else decoded
    assert np.corrcoef(cell.ravel(), expected.ravel())[0, 1] > 0.8
    assert ("test set" if pool.real else "decoded from their codes") in texts(at)


def test_the_points_are_sent_until_the_browser_has_them():
    points = {"token": "test 70", "sheet": "..."}
    first = latent_map.component_data(points, None, method="tsne")
    assert first == {"method": "tsne", "token": "test 70", "points": points}
    assert latent_map.component_data(points, "test 70", method="pca") == {"method": "pca", "token": "test 70"}
    assert "points" in latent_map.component_data(points, "decoded 70", method="pca"), "other points"


def test_without_an_image_the_map_is_shown(pool):
    at = visit(MAP, ae_source="Upload")
    assert sent(at, "method")["own_image"] is None and at.info


def test_the_visitors_image_is_projected_by_its_codes(projections, pool):
    arrays, _, models = projections
    at = visit(MAP, ae_drawing_fashion_mnist=drawing(shirt()))
    own = sent(at, "method")["own_image"]
    image = np.frombuffer(base64.b64decode(own["pixels"]), "uint8").reshape(1, 28, 28)
    assert image.max() == 255, "prepared as in the data set"
    code = autoencoders.encode(models["stacked"], image)[0]
    vae_code = vae.encode(models["vae"], image)[0][0]
    for method in latent_projection.PROJECTIONS:
        position, rows = latent_projection.project(arrays, method, code, vae_code)
        np.testing.assert_allclose(own["positions"][method], position, atol=1e-5)
        assert own["nearest"][method] == rows


@BOTH_POOLS
def test_the_map_is_shown_while_tensorflow_is_imported(pool, monkeypatch):
    monkeypatch.setattr(model_loading, "tensorflow_ready", lambda: False)
    at = visit(MAP, ae_drawing_fashion_mnist=drawing(shirt()))
    assert sent(at, "method")["own_image"] is None and "Loading the encoder" in texts(at)


@pytest.mark.parametrize("title", tsne_pca_map.PROJECTIONS)
def test_every_projection_is_explained_and_its_script_finds_the_position(title, pool, tmp_path):
    at = visit(MAP, ae_projection=title, ae_drawing_fashion_mnist=drawing(shirt()))
    data = sent(at, "method")
    method, explanation = tsne_pca_map.PROJECTIONS[title]
    assert data["method"] == method and explanation in texts(at)
    printed = run_script(script_of(at, "ae_map_panel"), tmp_path)
    position = [float(each) for each in re.findall(r"-?\d+\.\d*(?:e-?\d+)?", printed.splitlines()[0])]
    np.testing.assert_allclose(position, data["own_image"]["positions"][method], atol=1e-3)
    labels = data["points"]["labels"]
    nearest = ", ".join(common.CLASS_NAMES[int(labels[row])] for row in data["own_image"]["nearest"][method])
    assert printed.splitlines()[-1] == f"nearest: {nearest}"


def test_the_neighbor_purity_of_each_projection_is_shown(projections, pool):
    arrays = projections[0]
    metrics = {each.label: each.value for each in visit(MAP).metric}
    purity = latent_projection.neighbor_purity(arrays["pca"], arrays["label"])
    assert metrics["PCA"] == f"{purity:.0%}" and len(metrics) == 4


def test_reset_restores_the_default_map(pool):
    at = visit(MAP, ae_projection="VAE", ae_show_images=True)
    assert sent(at, "method")["show_images"]
    sound(at.button(key="ae_map_reset").click().run())
    data = sent(at, "method")
    assert data["method"] == "tsne" and not data["show_images"]


def test_missing_projections_give_an_error_in_the_tab(monkeypatch):
    def missing() -> None:
        raise weights.WeightsError("weights/autoencoders_latent_map.json is missing: git checkout weights/")

    monkeypatch.setattr(latent_projection, "load", missing)
    at = at_the_door(PAGE, ae_tab="Latent projections").run()
    assert not at.exception and "autoencoders_latent_map" in at.error[0].value


@pytest.mark.parametrize("view", [PCA, MAP, "UMAP"])
def test_invalid_links_are_ignored(view, pool):
    at = at_the_door(PAGE)
    invalid = {
        "pca_learning_rate": "nan",
        "pca_steps": "1e9",
        "pca_noise": "-4",
        "pca_seed": "x",
        "ae_projection": "UMAP",
        "ae_show_images": "7",
    }
    at.query_params.update(invalid | {"ae_tab": "Latent projections", "ae_projections_view": view})
    sound(at.run())
