"""The autoencoder page's sections without a browser, on real and on drawn clothes; every script they show, run."""

import base64

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.autoencoders import model as autoencoders
from genmodels.data import datasets
from pages.autoencoders import code_size, common, comparison, semantic_hashing
from pages.autoencoders.page import STORY, TABS
from tests import visitor
from tests.visitor import run_script, sound
from ui import drawing_canvas

PAGE = "pages/autoencoders/page.py"
INPUT = ("All at once", "Look inside", "Size", "Noise", "Sparse", "Search")  # sections with a picture of one's own


def shirt(side: int = drawing_canvas.IMAGE_SIZE) -> np.ndarray:
    image, unit = np.zeros((side, side), "uint8"), side // 14
    image[2 * unit : 12 * unit, 5 * unit : 9 * unit] = 230
    image[2 * unit : 5 * unit, 2 * unit : 12 * unit] = 230
    return image


def drawing() -> dict:
    grey = base64.b64encode(shirt().tobytes()).decode()
    stroke = {"size": 85, "points": [200, 200, 700, 200]}
    return {"pixels": grey, "strokes": [stroke], "brush": 85, "example": False}


def opened(tab: str, **state) -> AppTest:
    """A visitor who has drawn a shirt."""
    return visitor.visit(PAGE, **{"ae_tab": tab, "ae_drawing_fashion_mnist": drawing()} | state)


@pytest.fixture
def without_data(monkeypatch, tmp_path):
    monkeypatch.delenv("GENMODELS_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for kept in (st.cache_data, common._held_out):
        kept.clear()
    yield
    for kept in (st.cache_data, common._held_out):
        kept.clear()


def said(at: AppTest) -> str:
    captions = [image.caption for element in at.image for image in element.proto.imgs]
    return " ".join([*(each.value for each in [*at.caption, *at.markdown, *at.info]), *captions])


def pictures(at: AppTest) -> list[str]:
    return [image.url for element in at.image for image in element.proto.imgs]


# --- every section ----------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", TABS)
def test_every_section_opens(tab):
    at = visitor.visit(PAGE, ae_tab=tab)
    assert next(each.label for each in at.tabs if len(each.children)) == tab


@pytest.mark.parametrize("tab", INPUT)
def test_every_section_works_without_the_data_set_and_says_so(tab, without_data):
    assert not datasets.available("fashion_mnist")
    at = opened(tab)
    assert "drawn by our own GAN" in said(at)
    sample = opened(tab, ae_source="Sample")
    assert "our GAN drew this one" in said(sample)
    assert pictures(sample) and all(url.endswith(".png") for url in pictures(sample))


def test_the_real_ones_cannot_be_fetched_without_a_network(without_data, monkeypatch):
    def nothing(name, split):
        raise datasets.DatasetMissing("no network, and three ways to get it")

    at = opened("Search")
    monkeypatch.setattr(datasets, "load", nothing)
    at = at.button(key="ae_fetch").click().run()
    assert not at.exception and "three ways" in at.error[0].value
    assert at.get("pills"), "what was there is still there"


def test_the_story_leads_through_the_page():
    at = visitor.visit(PAGE)
    told = []
    for _ in STORY:
        sound(at.button(key="ae_story_next").click().run())
        told.append(at.session_state["ae_tab"])
    assert told == [values["ae_tab"] for _, values in STORY] and len(set(told)) >= 9


# --- all at once ------------------------------------------------------------------------------------


def test_the_table_has_every_member_with_its_own_numbers():
    picture = shirt(28)
    rows = [comparison._row(title, picture) for title in common.MEMBERS] + [comparison._variational(picture)]
    assert [row["name"] for row in rows][-1] == "Variational" and len(rows) == len(autoencoders.FAMILY) + 1
    assert {name for name, _ in common.MEMBERS.values()} == set(autoencoders.FAMILY)
    for row in rows[:-1]:
        model = autoencoders.load(common.NAMES[row["name"]])
        assert row["error"] == pytest.approx(autoencoders.squared_error(model, picture[None])[0], rel=1e-3)
        assert row["parameters"] == model.parameters and row["codings"] == model.recipe.codings
        assert row["opens"]
    assert len({row["back"] for row in rows}) == len(rows), "no two give the same back"
    tied, stacked = (next(row for row in rows if row["name"] == name) for name in ("Tied weights", "Stacked"))
    assert 0.49 < tied["parameters"] / stacked["parameters"] < 0.51
    assert all(column[0] in rows[0] for column in comparison.COLUMNS)


def test_a_digit_is_framed_as_digits_are():
    digit, garment = opened("Size", ae_data="Digits", ae_drawing_mnist=drawing()), opened("Size")
    assert not digit.info and pictures(digit)[0] != pictures(garment)[0], "20 pixels in the middle, or all 28"


def test_before_anything_is_drawn_the_section_says_what_will_be_here():
    at = visitor.visit(PAGE, ae_tab="Size")
    assert "The reconstruction appears here" in at.info[0].value
    blank = drawing() | {"pixels": base64.b64encode(bytes(drawing_canvas.IMAGE_SIZE**2)).decode()}
    at = visitor.visit(PAGE, ae_tab="Size", ae_drawing_fashion_mnist=blank)
    assert "empty" in at.info[0].value


# --- look inside, size, noise, sparse ---------------------------------------------------------------


@pytest.mark.parametrize("title", common.MEMBERS)
def test_every_member_can_be_looked_into(title):
    at = opened("Look inside", ae_member=title)
    name = common.NAMES[title]
    error = weights.model_card(f"autoencoders_{name}")["held_out"]["mean_squared_error"]
    assert f"{error:.4f}" in said(at)
    assert len(pictures(at)) >= 4 + 1 + 3 + 3 + 2
    slider = at.select_slider(key=f"ae_number_{name}")
    before = pictures(at)
    sound(slider.set_value(slider.options[-1]).run())
    assert pictures(at) != before


def test_more_numbers_lose_less():
    errors = [
        weights.model_card(f"autoencoders_size_{n}")["held_out"]["mean_squared_error"] for n in autoencoders.SIZES
    ]
    assert errors[:5] == sorted(errors[:5], reverse=True)
    at = opened("Size")
    before = pictures(at)
    sound(at.select_slider(key="ae_size").set_value(code_size.sizes()[0]).run())
    assert pictures(at) != before and "2 numbers" in said(at)


def test_noise_is_thrown_anew_and_put_back():
    at = opened("Noise")
    before = pictures(at)
    sound(at.button(key="ae_noise_again").click().run())
    assert pictures(at)[0] != before[0], "other noise"
    sound(at.slider(key="ae_noise_gaussian").set_value(0.6).run())
    sound(at.button(key="ae_noise_reset").click().run())
    assert at.slider(key="ae_noise_gaussian").value == pytest.approx(0.2)
    sound(at.segmented_control(key="ae_noise_kind").set_value("Dropped pixels").run())
    assert at.slider(key="ae_noise_dropout").value == pytest.approx(0.5)


def test_penalties_keep_codes_quiet():
    names = ("sparse_off", "sparse_l1", "sparse_kl")
    free, l1, kl = (weights.model_card(f"autoencoders_{name}")["held_out"]["mean_activity"] for name in names)
    assert l1 < free / 2 and kl == pytest.approx(0.1, abs=0.03), "what it was asked for"
    loud = {name: weights.model_card(f"autoencoders_{name}")["held_out"]["share_active"] for name in names}
    assert loud["sparse_l1"] < loud["sparse_kl"] / 2, "few speak, many whisper: as the page says"
    at = opened("Sparse")
    assert [each.label for each in at.metric].count("Mean activity") == 3
    sound(at.slider(key="ae_active").set_value(0.1).run())
    assert "KL divergence **0.000**, square **0.000**" in said(at)


# --- search -----------------------------------------------------------------------------------------


def test_bits_turned_round_find_something_else_and_go_back():
    at = opened("Search")
    before, own = pictures(at), list(at.session_state["ae_bits"])
    assert 0 < len(own) <= semantic_hashing.BITS
    found = [line for line in said(at).split("The ") if line.startswith(f"{semantic_hashing.FOUND} nearest")]
    assert found
    sound(at.pills(key="ae_bits").set_value([each for each in range(1, 17) if each not in own]).run())
    assert pictures(at)[1:] != before[1:]
    sound(at.button(key="ae_bits_reset").click().run())
    assert list(at.session_state["ae_bits"]) == own and pictures(at) == before
    for tab in ("Size", "Search"):  # away, and back again
        at.session_state["ae_tab"] = tab
        sound(at.run())
    assert list(at.session_state["ae_bits"]) == own and pictures(at) == before


def test_bits_are_worth_more_than_chance():
    shares = semantic_hashing._shares(common.pool().real)
    assert shares["bits"] > 2 * shares["chance"] and shares["pixels"] > 2 * shares["chance"]


# --- scripts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tab", "key"),
    [
        ("All at once", "ae_table_code"),
        ("Look inside", "ae_inside"),
        ("Size", "ae_size_code"),
        ("Noise", "ae_noise_code"),
        ("Sparse", "ae_sparse_code"),
        ("Search", "ae_search_code"),
    ],
)
def test_every_script_runs(tab, key, tmp_path):
    at = opened(tab, **{f"{key}_code": True})
    sources = [each.value for each in at.code if "from genmodels" in each.value]
    (source,) = [each for each in sources if not each.startswith(("def ", "@"))]
    printed = run_script(source, tmp_path)
    assert printed.strip()
    assert tab == "Sparse" or list(tmp_path.glob("*.png"))
