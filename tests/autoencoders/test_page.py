"""The autoencoder page without a browser, with and without the data set; every script it shows is run."""

import base64

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.config import CODE_SIZES, MODELS
from genmodels.data import datasets
from pages.autoencoders import common, compare_all, semantic_hashing
from pages.autoencoders.components import comparison_table
from pages.autoencoders.page import PRESETS, TABS
from tests import visitor
from tests.visitor import run_script, sound
from ui import links
from ui.components import drawing_canvas

PAGE = "pages/autoencoders/page.py"
VIEWS = {  # view: its tab, and the key and value that open it
    "Compare all": ("Compare all", {}),
    "Weights and codes": ("Codes", {"ae_codes_view": "Weights and codes"}),
    "Code size": ("Codes", {"ae_codes_view": "Code size"}),
    "Denoising": ("Denoising and sparsity", {"ae_constraint_view": "Denoising"}),
    "Sparsity": ("Denoising and sparsity", {"ae_constraint_view": "Sparsity"}),
    "t-SNE and PCA map": ("Latent projections", {"ae_projections_view": "t-SNE and PCA map"}),
    "PCA vs. linear autoencoder": ("Latent projections", {"ae_projections_view": "PCA vs. linear autoencoder"}),
    "Semantic hashing": ("Semantic hashing", {}),
    "Train an autoencoder": ("Train", {"ae_train_view": "Train an autoencoder"}),
    "Unsupervised pretraining": ("Train", {"ae_train_view": "Unsupervised pretraining"}),
    "How it works": ("How it works", {}),
}
WITH_INPUT = ("Compare all", "Weights and codes", "Code size", "Denoising", "Sparsity", "Semantic hashing")


def shirt(size: int = drawing_canvas.IMAGE_SIZE) -> np.ndarray:
    image, unit = np.zeros((size, size), "uint8"), size // 14
    image[2 * unit : 12 * unit, 5 * unit : 9 * unit] = 230
    image[2 * unit : 5 * unit, 2 * unit : 12 * unit] = 230
    return image


def drawing() -> dict:
    pixels = base64.b64encode(shirt().tobytes()).decode()
    stroke = {"size": 85, "points": [200, 200, 700, 200]}
    return {"pixels": pixels, "strokes": [stroke], "brush": 85, "example": False}


def visit(view: str, **state) -> AppTest:
    tab, key = VIEWS[view]
    return visitor.visit(PAGE, **{"ae_tab": tab} | key | state)


def visit_with_drawing(view: str, **state) -> AppTest:
    return visit(view, **{"ae_drawing_fashion_mnist": drawing()} | state)


@pytest.fixture
def without_data(monkeypatch, tmp_path):
    monkeypatch.delenv("GENMODELS_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for cache in (st.cache_data, common._test_images):
        cache.clear()
    yield
    for cache in (st.cache_data, common._test_images):
        cache.clear()


def texts(at: AppTest) -> str:
    captions = [image.caption for element in at.image for image in element.proto.imgs]
    return " ".join([*(each.value for each in [*at.caption, *at.markdown, *at.info]), *captions])


def image_urls(at: AppTest) -> list[str]:
    return [image.url for element in at.image for image in element.proto.imgs]


# --- every tab and view -----------------------------------------------------------------------------


def test_there_are_at_most_seven_tabs_and_all_have_a_test():
    assert len(TABS) <= 7 and [tab for tab, _ in VIEWS.values()] == sorted(
        (tab for tab, _ in VIEWS.values()), key=list(TABS).index
    )
    assert {tab for tab, _ in VIEWS.values()} == set(TABS)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens(view):
    at = visit(view)
    assert next(each.label for each in at.tabs if len(each.children)) == VIEWS[view][0]
    for key, value in VIEWS[view][1].items():
        assert at.segmented_control(key=key).value == value


FORMER_TABS = {
    "All at once": "Compare all",
    "Look inside": "Weights and codes",
    "Size": "Code size",
    "Noise": "Denoising",
    "Sparse": "Sparsity",
    "PCA": "PCA vs. linear autoencoder",
    "Map": "t-SNE and PCA map",
    "Search": "Semantic hashing",
    "Few labels": "Unsupervised pretraining",
    "Train it": "Train an autoencoder",
    "How it works": "How it works",
}


@pytest.mark.parametrize("tab", FORMER_TABS)
def test_former_links_open_their_view(tab):
    present = links.updated({"ae_tab": [tab]})
    expected_tab, view = VIEWS[FORMER_TABS[tab]]
    assert present["ae_tab"] == [expected_tab]
    assert {key: [value] for key, value in view.items()}.items() <= present.items()


def test_former_keys_and_values_become_present_ones():
    former = {
        "ae_tab": ["Train it"],
        "ae_live_member": ["Layer by layer"],
        "ae_live_codings": ["8"],
        "ae_live_weight": ["0.005"],
        "ae_few_labels": ["50", "200"],
        "map_kind": ["PCA"],
    }
    assert links.updated(former) == {
        "ae_tab": ["Train"],
        "ae_train_view": ["Train an autoencoder"],
        "ae_train_model": ["Greedy layer-wise"],
        "ae_train_code_size": ["8"],
        "ae_train_sparsity_weight": ["0.005"],
        "pretraining_labels": ["50", "200"],
        "ae_projection": ["PCA"],
    }


@pytest.mark.slow
@pytest.mark.parametrize("view", WITH_INPUT)
def test_every_view_works_without_the_data_set_and_says_so(view, without_data):
    assert not datasets.available("fashion_mnist")
    at = visit_with_drawing(view)
    assert "generated by our GAN" in texts(at)
    sample = visit_with_drawing(view, ae_source="Sample")
    assert "this image was generated by our GAN" in texts(sample)
    assert image_urls(sample) and all(url.endswith(".png") for url in image_urls(sample))


def test_without_a_network_the_data_set_cannot_be_downloaded(without_data, monkeypatch):
    def missing(name, split):
        raise datasets.DatasetMissing("no network, and three ways to get it")

    at = visit_with_drawing("Semantic hashing")
    monkeypatch.setattr(datasets, "load", missing)
    at = at.button(key="ae_fetch").click().run()
    assert not at.exception and "three ways" in at.error[0].value
    assert at.get("pills"), "the result is still shown"


@pytest.mark.slow
def test_the_presets_lead_through_the_page():
    at = visitor.visit(PAGE)
    opened = []
    for _ in PRESETS:
        sound(at.button(key="ae_preset_next").click().run())
        opened.append(at.session_state["ae_tab"])
    assert opened == [values["ae_tab"] for _, values in PRESETS] and len(set(opened)) >= 6
    views = {key: at.session_state[key] for _, values in PRESETS for key in values if key.endswith("_view")}
    assert set(views) == {key for _, key in VIEWS.values() for key in key}


# --- Compare all ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_table_has_a_row_with_its_own_numbers_for_every_model():
    image = shirt(28)
    rows = [compare_all._row(title, image) for title in common.MODELS] + [compare_all._vae_row(image)]
    assert [row["name"] for row in rows][-1] == "Variational" and len(rows) == len(MODELS) + 1
    assert {name for name, _ in common.MODELS.values()} == set(MODELS)
    for row in rows[:-1]:
        model = autoencoders.load(common.NAMES[row["name"]])
        assert row["error"] == pytest.approx(autoencoders.squared_error(model, image[None])[0], rel=1e-3)
        assert row["parameters"] == model.parameters and row["code_size"] == model.config.code_size
        assert row["selectable"]
    assert len({row["reconstruction"] for row in rows}) == len(rows), "all reconstructions differ"
    tied, stacked = (next(row for row in rows if row["name"] == name) for name in ("Tied weights", "Stacked"))
    assert 0.49 < tied["parameters"] / stacked["parameters"] < 0.51
    assert all(column[0] in rows[0] for column in comparison_table.COLUMNS)


def test_a_digit_is_framed_as_in_mnist():
    digit = visit_with_drawing("Code size", ae_data="Digits", ae_drawing_mnist=drawing())
    garment = visit_with_drawing("Code size")
    assert not digit.info and image_urls(digit)[0] != image_urls(garment)[0], "20 pixels in the center, or all 28"


def test_without_an_image_a_message_says_what_to_do():
    at = visit("Code size")
    assert at.info
    blank = drawing() | {"pixels": base64.b64encode(bytes(drawing_canvas.IMAGE_SIZE**2)).decode()}
    at = visit("Code size", ae_drawing_fashion_mnist=blank)
    assert "empty" in at.info[0].value


# --- Codes, Denoising, Sparsity ---------------------------------------------------------------------


@pytest.mark.parametrize("title", common.MODELS)
def test_weights_and_codes_of_every_model_are_shown(title):
    at = visit_with_drawing("Weights and codes", ae_model=title)
    name = common.NAMES[title]
    error = weights.model_card(f"autoencoders_{name}")["held_out"]["mean_squared_error"]
    assert f"{error:.4f}" in texts(at)
    assert len(image_urls(at)) >= 4 + 1 + 1 + 3 + 2 + 2
    slider = at.select_slider(key=f"ae_unit_{name}")
    before = image_urls(at)
    sound(slider.set_value(slider.options[-1]).run())
    assert image_urls(at) != before
    assert f"**Latent traversal** of unit {slider.options[-1]}:" in texts(at)


def test_larger_codes_have_smaller_errors():
    errors = [weights.model_card(f"autoencoders_size_{n}")["held_out"]["mean_squared_error"] for n in CODE_SIZES]
    assert errors[:5] == sorted(errors[:5], reverse=True)
    at = visit_with_drawing("Code size")
    before = image_urls(at)
    sound(at.select_slider(key="ae_code_size").set_value(CODE_SIZES[0]).run())
    assert image_urls(at) != before and "2 units" in texts(at)


def test_noise_can_be_resampled_and_reset():
    at = visit_with_drawing("Denoising")
    before = image_urls(at)
    sound(at.button(key="ae_resample_noise").click().run())
    assert image_urls(at)[0] != before[0], "other noise"
    sound(at.slider(key="ae_noise_level_gaussian").set_value(0.6).run())
    sound(at.button(key="ae_noise_reset").click().run())
    assert at.slider(key="ae_noise_level_gaussian").value == pytest.approx(0.2)
    sound(at.segmented_control(key="ae_noise_type").set_value("Dropout").run())
    assert at.slider(key="ae_noise_level_dropout").value == pytest.approx(0.5)


def test_penalties_make_codes_sparse():
    names = ("sparse_off", "sparse_l1", "sparse_kl")
    free, l1, kl = (weights.model_card(f"autoencoders_{name}")["held_out"]["mean_activity"] for name in names)
    assert l1 < free / 2 and kl == pytest.approx(0.1, abs=0.03), "the target activity"
    active = {name: weights.model_card(f"autoencoders_{name}")["held_out"]["fraction_active"] for name in names}
    assert active["sparse_l1"] < active["sparse_kl"] / 2, "few units are active with L1, many weakly with KL"
    at = visit_with_drawing("Sparsity")
    assert texts(at).count("Mean activation") == 3
    sound(at.slider(key="ae_mean_activity").set_value(0.1).run())
    assert "KL divergence **0.000**, squared error **0.000**" in texts(at)


# --- Semantic hashing -------------------------------------------------------------------------------


def test_flipped_bits_retrieve_other_images_and_reset_restores_them():
    at = visit_with_drawing("Semantic hashing")
    before, bits = image_urls(at), list(at.session_state["ae_query_bits"])
    assert 0 < len(bits) <= semantic_hashing.N_BITS
    assert f"The {semantic_hashing.N_RETRIEVED} nearest of" in texts(at)
    sound(at.pills(key="ae_query_bits").set_value([each for each in range(1, 17) if each not in bits]).run())
    assert image_urls(at)[1:] != before[1:]
    sound(at.button(key="ae_query_bits_reset").click().run())
    assert list(at.session_state["ae_query_bits"]) == bits and image_urls(at) == before
    for tab in ("Codes", "Semantic hashing"):  # to another tab and back
        at.session_state["ae_tab"] = tab
        sound(at.run())
    assert list(at.session_state["ae_query_bits"]) == bits and image_urls(at) == before


def test_hashes_retrieve_more_images_of_the_class_than_chance():
    precision = semantic_hashing._retrieval_precision(common.pool().real)
    assert precision["bits"] > 2 * precision["chance"] and precision["pixels"] > 2 * precision["chance"]


# --- scripts ----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("view", "key"),
    [
        ("Compare all", "ae_table_code"),
        ("Weights and codes", "ae_inspect"),
        ("Code size", "ae_size_code"),
        ("Denoising", "ae_denoising_code"),
        ("Sparsity", "ae_sparsity_code"),
        ("Semantic hashing", "ae_hashing_code"),
    ],
)
def test_every_script_runs(view, key, tmp_path):
    at = visit_with_drawing(view, **{f"{key}_code": True})
    sources = [each.value for each in at.code if "from genmodels" in each.value]
    (source,) = [each for each in sources if not each.startswith(("def ", "@"))]
    printed = run_script(source, tmp_path)
    assert printed.strip()
    assert view == "Sparsity" or list(tmp_path.glob("*.png"))
