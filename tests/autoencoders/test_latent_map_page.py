"""The autoencoder page's tabs PCA and Map without a browser: what their components are sent, and their scripts."""

import base64
import json
import re

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.autoencoders import latent_projection
from genmodels.autoencoders import linear as linear_autoencoder
from genmodels.autoencoders import model as autoencoders
from genmodels.data.fashion_samples import Pool
from genmodels.media import images
from genmodels.vae import model as vae
from pages.autoencoders import common, latent_map, pca
from tests import visitor
from tests.visitor import at_the_door, run_script, sound
from ui import drawing_canvas, model_loading

PAGE = "pages/autoencoders/page.py"
N = 70  # pictures on the map of these tests


def visit(tab: str, **state) -> AppTest:
    return visitor.visit(PAGE, **{"ae_tab": tab} | state)


def sent(at: AppTest, part: str) -> dict:
    """What the component was sent that is sent `part`."""
    found = [json.loads(each.proto.json) for each in at.get("bidi_component") if each.proto.json]
    (data,) = [data for data in found if part in data]
    return data


def floats(packed: str, *shape: int) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed), "<f4").reshape(-1, *shape)


def told(at: AppTest) -> str:
    return " ".join(each.value for each in [*at.markdown, *at.caption, *at.warning, *at.info])


def script_of(at: AppTest, key: str) -> str:
    at.session_state[f"{key}_code"] = True
    return sound(at.run()).code[-1].value


# --- PCA ----------------------------------------------------------------------------------------


def test_the_film_ends_with_one_plane_and_says_so():
    at = visit("PCA")
    film = sent(at, "sheets")
    assert film["steps"][0] == 0 and film["steps"][-1] == 300 and len(film["steps"]) <= 102
    assert film["angles"][0] > 60 and film["angles"][-1] < 1
    assert f"**{film['angles'][-1]:.1f}°** apart" in told(at) and not at.warning


def test_what_the_browser_computes_with_is_the_training():
    """Codes from the encoder, reconstructions from the decoder, scores from the reader: as in the training itself."""
    film = sent(visit("PCA", pca_seed=3, pca_steps=150), "sheets")
    points = linear_autoencoder.cloud()
    looks = list(linear_autoencoder.train(points, steps=150, learning_rate=0.1, seed=3, report_every=2))
    assert film["steps"] == [look.done for look in looks]
    np.testing.assert_allclose(floats(film["points"], 3), points)
    ones, mean_and_plane = np.ones((len(points), 1)), linear_autoencoder.principal_plane(points)
    for k in (0, 20, -1):
        codes = np.hstack([points, ones]) @ floats(film["encoders"], 4, 2)[k]
        np.testing.assert_allclose(codes, looks[k].codes, atol=1e-5)
        again = np.hstack([codes, ones]) @ floats(film["decoders"], 3, 3)[k]
        assert np.square(again - points).sum(axis=1).mean() == pytest.approx(film["losses"][k], abs=1e-4)
        mean, components = mean_and_plane
        read = np.hstack([codes, ones]) @ floats(film["readers"], 3, 2)[k]
        np.testing.assert_allclose(read, (again - mean) @ components.T, atol=1e-5)
    np.testing.assert_allclose(read, floats(film["scores"], 2), atol=0.15)  # turned and stretched onto PCA's


def test_the_sheets_lie_on_their_planes_and_come_to_lie_on_each_other():
    film, _ = pca.filmed(0.1, 300, 0.1, 0)
    for sheet, decoder in zip(floats(film["sheets"], 4, 3), floats(film["decoders"], 3, 3), strict=True):
        normal = np.cross(*decoder[:2]) / np.linalg.norm(np.cross(*decoder[:2]))
        np.testing.assert_allclose((sheet - decoder[2]) @ normal, 0, atol=1e-4)
        a, b = sheet[1] - sheet[0], sheet[3] - sheet[0]
        assert abs(a @ b) < 1e-4, "its corners are right angles"
    apart = np.linalg.norm(floats(film["sheets"], 4, 3) - floats(film["sheet"], 3), axis=2).max(axis=1)
    assert apart[0] > 0.5 and apart[-1] < 0.05


def test_a_learning_rate_that_is_too_large_gets_a_sentence_and_no_nan():
    at = visit("PCA", pca_rate=0.9)
    (warning,) = at.warning
    assert "a learning rate of 0.9 is too large" in warning.value and "smaller" in warning.value
    film = sent(at, "sheets")
    assert len(film["steps"]) > 3 and film["losses"][-1] > film["losses"][0]
    values = [film["angles"], film["losses"], *(floats(film[part]) for part in ("encoders", "decoders", "sheets"))]
    assert all(np.isfinite(each).all() for each in values)


@pytest.mark.parametrize(
    ("rate", "steps", "says"), [(0.6, 300, "never lands"), (0.01, 50, "not there yet"), (0.3, 300, "apart")]
)
def test_the_page_says_how_it_ended(rate, steps, says):
    assert says in told(visit("PCA", pca_rate=rate, pca_steps=steps))


@pytest.mark.parametrize("noise", [0.0, 0.4])
@pytest.mark.parametrize("seed", [0, 1, 999])
def test_every_cloud_and_start_makes_a_film(noise, seed):
    film, trouble = pca.filmed(0.3, 1000, noise, seed)
    assert trouble is None and film["angles"][-1] < 2 and film["best"] == pytest.approx(noise**2, rel=0.2, abs=1e-6)


def test_reset_puts_the_controls_back():
    at = visit("PCA", pca_rate=0.9, pca_noise=0.3)
    sound(at.button(key="pca_reset").click().run())
    assert {key: at.session_state[key] for key in pca.DEFAULTS} == pca.DEFAULTS


def test_pcas_script_repeats_the_film(tmp_path):
    at = visit("PCA", pca_seed=2, pca_noise=0.2)
    film = sent(at, "sheets")
    last = run_script(script_of(at, "pca"), tmp_path).splitlines()[-1]
    assert f"step  300: {film['angles'][-1]:5.2f} degrees apart, error {film['losses'][-1]:.4f}" in last


# --- the map ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chart():
    """A small map of made-up pictures, and untrained networks."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 255, (N, 28, 28)).astype("uint8")
    models = {"stacked": autoencoders.build(autoencoders.FAMILY["stacked"]), "vae": vae.build(2)}
    codes = autoencoders.encode(models["stacked"], pictures)
    made = latent_projection.make(codes, vae.encode(models["vae"], pictures)[0], np.arange(N) % 10)
    return made, pictures, models


BOTH = pytest.mark.parametrize("shipped", [True, False], indirect=True, ids=["data set", "drawn"])


@pytest.fixture
def shipped(request, chart, monkeypatch):
    """The small map in place of the one that is shipped; the pool real, or our GAN's."""
    made, pictures, models = chart
    real = getattr(request, "param", True)
    pool = Pool(pictures if real else pictures[::-1], np.arange(N) % 10, real=real)
    monkeypatch.setattr(latent_projection, "load", lambda: made)
    monkeypatch.setattr(autoencoders, "load", lambda name: models[name])
    monkeypatch.setattr(vae, "load", lambda name: models["vae"])
    monkeypatch.setattr(common, "pool", lambda: pool)
    st.cache_data.clear()
    st.cache_resource.clear()
    model_loading.start_tensorflow_import().result()
    yield pool
    st.cache_data.clear()
    st.cache_resource.clear()


def drawing(picture: np.ndarray) -> dict:
    grey = base64.b64encode(picture.astype("uint8").tobytes()).decode()
    return {"pixels": grey, "strokes": [], "brush": 160, "example": False}


def shirt() -> np.ndarray:
    picture = np.zeros((drawing_canvas.IMAGE_SIZE, drawing_canvas.IMAGE_SIZE), "uint8")
    picture[20:95, 40:72] = picture[20:45, 20:92] = 255
    return picture


@BOTH
def test_the_map_is_sent_with_its_pictures(chart, shipped):
    made, pictures, models = chart
    at = visit("Map")
    data = sent(at, "sheet")
    for kind in latent_projection.KINDS:
        np.testing.assert_array_equal(floats(data["places"][kind], 2), made[kind])
    assert data["labels"] == "".join(map(str, made["label"])) and data["kind"] == "tsne" and not data["pictures"]
    whole = images.decode(base64.b64decode(data["sheet"]), max_side=1400)[0][..., 0]
    assert whole.shape == (2 * 28, data["across"] * 28)
    row = 63  # in the second row of the sheet
    there = whole[28:, (row - 50) * 28 : (row - 49) * 28]
    decoded = 255 * autoencoders.decode(models["stacked"], made["codes"].astype("float32")[row : row + 1])[0]
    expected = pictures[row] if shipped.real else decoded
    assert np.corrcoef(there.ravel(), expected.ravel())[0, 1] > 0.8
    assert ("test rows" if shipped.real else "what the decoder makes of its code") in told(at)


def test_without_a_picture_there_is_a_map_all_the_same(shipped):
    at = visit("Map", ae_source="Upload")
    assert sent(at, "sheet")["own"] is None and at.info


def test_the_visitors_own_picture_lands_where_its_codes_say(chart, shipped):
    made, _, models = chart
    at = visit("Map", ae_drawing_fashion_mnist=drawing(shirt()))
    own = sent(at, "sheet")["own"]
    picture = np.frombuffer(base64.b64decode(own["picture"]), "uint8").reshape(1, 28, 28)
    assert picture.max() == 255, "made like the data set"
    code = autoencoders.encode(models["stacked"], picture)[0]
    mean = vae.encode(models["vae"], picture)[0][0]
    for kind in latent_projection.KINDS:
        place, rows = latent_projection.own(made, kind, code, mean)
        np.testing.assert_allclose(own["places"][kind], place, atol=1e-5)
        assert own["near"][kind] == rows


@BOTH
def test_the_page_opens_before_tensorflow_is_awake(shipped, monkeypatch):
    monkeypatch.setattr(model_loading, "tensorflow_ready", lambda: False)
    at = visit("Map", ae_drawing_fashion_mnist=drawing(shirt()))
    assert sent(at, "sheet")["own"] is None and "waking up" in told(at)


@pytest.mark.parametrize("kind", latent_map.KINDS)
def test_every_map_explains_itself_and_its_script_finds_the_place(kind, shipped, tmp_path):
    at = visit("Map", map_kind=kind, ae_drawing_fashion_mnist=drawing(shirt()))
    data = sent(at, "sheet")
    name, text = latent_map.KINDS[kind]
    assert data["kind"] == name and text in told(at)
    said = run_script(script_of(at, "map"), tmp_path)
    place = [float(each) for each in re.findall(r"-?\d+\.\d*(?:e-?\d+)?", said.splitlines()[0])]
    np.testing.assert_allclose(place, data["own"]["places"][name], atol=1e-3)
    near = ", ".join(common.CLASSES[int(data["labels"][row])] for row in data["own"]["near"][name])
    assert said.splitlines()[-1] == f"nearest: {near}"


def test_how_well_each_map_keeps_kinds_together_is_said(chart, shipped):
    made = chart[0]
    shown = {each.label: each.value for each in visit("Map").metric}
    assert shown["PCA"] == f"{latent_projection.alike(made['pca'], made['label']):.0%}" and len(shown) == 4


def test_the_map_is_put_back(shipped):
    at = visit("Map", map_kind="VAE", map_pictures=True)
    assert sent(at, "sheet")["pictures"]
    sound(at.button(key="map_reset").click().run())
    data = sent(at, "sheet")
    assert data["kind"] == "tsne" and not data["pictures"]


def test_a_missing_map_is_told_in_its_place(monkeypatch):
    def missing() -> None:
        raise weights.WeightsError("weights/autoencoders_latent_map.json is missing: git checkout weights/")

    monkeypatch.setattr(latent_projection, "load", missing)
    at = at_the_door(PAGE, ae_tab="Map").run()
    assert not at.exception and "autoencoders_latent_map" in at.error[0].value


@pytest.mark.parametrize("tab", ["PCA", "Map"])
def test_an_absurd_address_is_survived(tab, shipped):
    at = at_the_door(PAGE)
    absurd = {
        "pca_rate": "nan",
        "pca_steps": "1e9",
        "pca_noise": "-4",
        "pca_seed": "x",
        "map_kind": "UMAP",
        "map_pictures": "7",
    }
    at.query_params.update(absurd | {"ae_tab": tab})
    sound(at.run())
