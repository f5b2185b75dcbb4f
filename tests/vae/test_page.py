"""Every page and tab as a visitor meets them, without a browser; and every script a page shows, run."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.media import images
from genmodels.vae import latent_map
from tests import visitor
from tests.visitor import at_the_door, run_script, sound

TABS = (
    "Latent pad",
    "Latent grid",
    "Ten sliders",
    "Your own picture",
    "Between two",
    "AE, VAE, β",
    "Train it",
    "How it works",
)
NAMES = {"Digits": "mnist", "Clothes": "fashion_mnist"}


def visit(page: str = "pages/vae/page.py", **state) -> AppTest:
    """A new visitor on a page, with widgets set by key."""
    return visitor.visit(page, **state)


@pytest.fixture(scope="module", autouse=True)
def awake():
    """TensorFlow is imported before the first test: some sections show less until then."""
    visit(vae_tab="Latent grid")


# --- every page -------------------------------------------------------------------------------


def test_home_shows_its_gallery():
    at = visit("pages/home/page.py")
    assert at.title[0].value == "GenModels"
    assert len(at.get("page_link")) >= 3
    assert len(at.image) >= 1


@pytest.mark.parametrize("data", NAMES)
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_shows_something(tab, data):
    at = visit(vae_tab=tab, vae_data=data)
    assert at.session_state["vae_tab"] == tab and at.session_state["vae_data"] == data
    assert [each.label for each in at.tabs if len(each.children)] == [tab]


@pytest.mark.parametrize("tab", TABS)
def test_pictures_arrive_as_they_are(tab):
    """As PNG: Streamlit makes a JPEG of a picture without alpha unless it is told the format."""
    shown = [visit("pages/home/page.py"), visit(vae_tab=tab, picture_source="Sample")]
    urls = [image.url for at in shown for element in at.image for image in element.proto.imgs]
    assert urls and [url for url in urls if not url.endswith(".png")] == []


def test_the_story_leads_through_the_page():
    at = visit()
    presets = at.selectbox(key="vae_story").options
    told = []
    for _ in presets:
        sound(at.button(key="vae_story_next").click().run())
        told.append((at.selectbox(key="vae_story").value, at.session_state["vae_tab"], at.session_state["vae_data"]))
    assert [preset for preset, *_ in told] == presets
    assert len({tab for _, tab, _ in told}) >= 5 and {data for *_, data in told} == set(NAMES)
    at.button(key="vae_story_back").click().run()
    assert (at.selectbox(key="vae_story").value, at.session_state["vae_tab"]) == told[-2][:2]
    sound(at.selectbox(key="vae_story").set_value(presets[0]).run())
    assert at.session_state["vae_tab"] == told[0][1]
    at.button(key="vae_story_back").click().run()  # around the corner
    assert at.selectbox(key="vae_story").value == presets[-1]


def test_the_presenter_sees_fewer_words():
    assert len(visit(presenter=True).markdown) < len(visit().markdown)


ABSURD = {
    "Latent pad": {"x": "nan", "y": "1e999", "pad_show": "", "pad_rings": "maybe", "vae_data": "\x00"},
    "Latent grid": {"grid_n": "-5", "grid_extent": "-inf", "grid_spread": "diagonal", "grid_width": "1e9"},
    "Ten sliders": {
        "vae_data": "",
        "ten_fashion_mnist_0": "1000",
        "ten_fashion_mnist_1": "",
        "ten_fashion_mnist_2": "x",
    },
    "Your own picture": {"picture_source": "Satellite", "picture_row": "-7"},
    "Between two": {"between_n": "4.5", "between_what": "<b>", "between_size": "11-D", "concept_k": "99999"},
    "AE, VAE, β": {"family_seed": "-1", "family_show": "All"},
    "Train it": {"live_data": "imagenet", "live_latent": "-2", "live_beta": "1e9", "live_epochs": "1e7"},
    "nope": {"vae_data": "Cats", "presenter": "perhaps", "x": "9" * 400, "y": "-0"},
}


@pytest.mark.parametrize("tab", ABSURD)
def test_absurd_addresses_show_the_page(tab):
    at = at_the_door("pages/vae/page.py")
    at.query_params.update({"vae_tab": tab} | ABSURD[tab])
    sound(at.run())
    assert at.session_state["vae_tab"] in TABS and at.session_state["vae_data"] in (*NAMES, None)


# --- Reset ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reset", "where", "changes"),
    [
        (
            "pad_reset",
            {"vae_tab": "Latent pad"},
            {"pad_show": "Both", "pad_smooth": True, "pad_rings": False, "pad_at_fashion_mnist": [0.25, 0.25]},
        ),
        (
            "grid_reset",
            {"vae_tab": "Latent grid"},
            {"grid_n": 4, "grid_spread": "Quantiles", "grid_extent": 1.0, "grid_width": 400, "grid_colour": True},
        ),
        ("ten_reset", {"vae_tab": "Ten sliders"}, {f"ten_fashion_mnist_{d}": 5 + d for d in range(10)}),
        ("semantic_reset", {"vae_tab": "Between two", "between_what": "Semantic 5 x 7"}, {"semantic_k": 9}),
        (
            "concept_reset",
            {"vae_tab": "Between two", "between_what": "Concepts"},
            {"concept_amount": -3.0, "concept_k": 7},
        ),
        (
            "between_reset",
            {"vae_tab": "Between two"},
            {"between_fashion_mnist_a": 0, "between_fashion_mnist_b_k": 40, "between_n": 5},
        ),
        ("family_reset", {"vae_tab": "AE, VAE, β"}, {"family_show": "Both", "family_seed": 77}),
        ("live_reset", {"vae_tab": "Train it"}, {"live_latent": 5, "live_beta": "4", "live_epochs": 3}),
    ],
)
def test_reset_puts_values_back(reset, where, changes):
    at = visit(**where)
    before = {key: at.session_state[key] for key in changes}
    for key, value in changes.items():
        at.session_state[key] = value
    sound(at.run())
    assert {key: at.session_state[key] for key in changes} == changes
    sound(at.button(key=reset).click().run())
    assert {key: at.session_state[key] for key in changes} == before


def test_a_cell_of_the_grid_leads_to_the_pad():
    at = visit(vae_tab="Latent grid", vae_data="Digits", grid_n=5, grid_cell=(1, 3))
    sound(at.button(key="grid_go").click().run())
    assert at.session_state["vae_tab"] == "Latent pad"
    assert at.session_state["pad_at_mnist"] == [1.5, 1.5]
    assert float(at.query_params["x"]) == float(at.query_params["y"]) == 1.5


# --- the scripts ------------------------------------------------------------------------------

SCRIPTS = {  # what is on the screen: the key of its panel, the visitor's settings, the picture and its size
    "pad": ("pad", {"vae_tab": "Latent pad", "pad_at_fashion_mnist": [0.5, -1.25]}, "vae.png", (280, 280)),
    "grid": (
        "grid",
        {"vae_tab": "Latent grid", "vae_data": "Digits", "grid_n": 5, "grid_spread": "Quantiles"},
        "vae_grid.png",
        (140, 140),
    ),
    "wide grid": ("grid", {"vae_tab": "Latent grid", "grid_n": 4, "grid_extent": 2.5}, "vae_grid.png", (112, 112)),
    "sliders": (
        "ten",
        {"vae_tab": "Ten sliders"} | {f"ten_fashion_mnist_{d}": {0: 90, 7: 12}.get(d, 50) for d in range(10)},
        "vae.png",
        (280, 280),
    ),
    "picture": (
        "picture",
        {"vae_tab": "Your own picture", "vae_data": "Digits", "picture_source": "Sample"},
        "vae_picture.png",
        None,
    ),
    "between": ("between", {"vae_tab": "Between two", "between_n": 7}, "vae_strip.png", (112, 784)),
    "between in 2-D": (
        "between",
        {"vae_tab": "Between two", "vae_data": "Digits", "between_size": "2-D"},
        "vae_strip.png",
        (112, 1232),
    ),
    "semantic": (
        "semantic",
        {"vae_tab": "Between two", "between_what": "Semantic 5 x 7", "semantic_k": 3},
        "vae_semantic.png",
        (560, 784),
    ),
    "classes": ("concept", {"vae_tab": "Between two", "between_what": "Concepts"}, "vae_concept.png", (112, 1008)),
    "measure": (
        "concept",
        {"vae_tab": "Between two", "vae_data": "Digits", "between_what": "Concepts", "concept_mnist": "Slant"},
        "vae_concept.png",
        (112, 1008),
    ),
    "family": ("family", {"vae_tab": "AE, VAE, β", "family_seed": 5}, "vae_family.png", (336, 1176)),
    "live": ("live", {"vae_tab": "Train it", "live_epochs": 1, "live_batch": 256}, "vae_grid.png", (840, 840)),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> dict[str, Path]:
    """Every script, copied from the page and run as a file, one folder each."""
    folders = {}
    for title, (key, state, *_) in SCRIPTS.items():
        at = visit(**state, **{f"{key}_code": True})
        assert len(at.code) >= 2, "the module's source, then the script"
        assert all("def " in shown.value or "class " in shown.value for shown in at.code[:-1])
        folders[title] = tmp_path_factory.mktemp(title.replace(" ", "_"))
        run_script(at.code[-1].value, folders[title])
    return folders


def opened(file: Path) -> np.ndarray:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("L")).astype("float32")


@pytest.mark.parametrize("title", SCRIPTS)
def test_every_script_writes_its_picture(written, title):
    *_, name, size = SCRIPTS[title]
    picture = opened(written[title] / name)
    if size:
        assert picture.shape == size
    assert np.ptp(picture) > 10


def test_the_scripts_repeat_what_is_on_the_screen(written):
    from genmodels.vae import model as vae

    clothes, digits, ten = (vae.load(name) for name in ("fashion_mnist", "mnist", "fashion_mnist_10d"))
    z = np.zeros((1, 10), "float32")
    z[0, [0, 7]] = vae.prior_quantile(0.9), vae.prior_quantile(0.12)
    walk = vae.interpolate(
        latent_map.class_example("fashion_mnist_10d", 7, 1),
        latent_map.class_example("fashion_mnist_10d", 9, 2),
        7,
        spherical=True,
    )
    noise = np.random.default_rng(5).standard_normal((14, 2), dtype="float32")
    expected = {
        "pad": np.kron(vae.decode(clothes, [[0.5, -1.25]])[0], np.ones((10, 10))),
        "grid": images.tile(vae.grid(digits, 5, spread="quantiles")) / 255,
        "wide grid": images.tile(vae.grid(clothes, 4, extent=2.5)) / 255,
        "sliders": np.kron(vae.decode(ten, z)[0], np.ones((10, 10))),
        "between": np.kron(np.hstack(list(vae.decode(ten, walk))), np.ones((4, 4))),
    }
    for title, picture in expected.items():
        np.testing.assert_allclose(opened(written[title] / SCRIPTS[title][2]), 255 * picture, atol=1.5, err_msg=title)
    rows = opened(written["family"] / "vae_family.png")[2 * 84 : 3 * 84 : 3, ::3]
    np.testing.assert_allclose(rows, 255 * np.hstack(list(vae.decode(digits, noise))), atol=1.5)


# --- damage -----------------------------------------------------------------------------------


@pytest.fixture
def damaged(tmp_path, monkeypatch):
    """`damaged(file)` makes the app read a copy of the weights in which one bit of that file is flipped."""
    from pages.vae import common

    def forget():
        st.cache_data.clear()
        common.load.clear()
        latent_map.load.cache_clear()
        latent_map.sheet.cache_clear()

    def damage(file):
        shutil.copytree(weights.FOLDER, tmp_path / "weights")
        data = bytearray((tmp_path / "weights" / file).read_bytes())
        data[len(data) // 2] ^= 1
        (tmp_path / "weights" / file).write_bytes(data)
        monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")
        forget()

    yield damage
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize(
    ("file", "tab"),
    [
        ("vae_fashion_mnist.weights.h5", "Latent pad"),
        ("vae_fashion_mnist.weights.h5", "Latent grid"),
        ("vae_fashion_mnist.arrays.npz", "Latent pad"),
        ("vae_fashion_mnist_10d.arrays.npz", "Ten sliders"),
        ("vae_fashion_mnist_10d.weights.h5", "Between two"),
        ("vae_mnist_ae.weights.h5", "AE, VAE, β"),
        ("vae_mnist_ae.arrays.npz", "AE, VAE, β"),
    ],
)
def test_a_damaged_file_is_told_with_its_remedy(damaged, file, tab):
    damaged(file)
    at = at_the_door("pages/vae/page.py")
    at.session_state["vae_tab"] = tab
    at.run()
    assert not at.exception, at.exception[0].message
    assert len(at.error) == 1
    assert file in at.error[0].value and "damaged" in at.error[0].value
    assert "git checkout weights/" in at.error[0].value and "python -m training.vae" in at.error[0].value


def test_home_opens_with_a_damaged_map(damaged):
    damaged("vae_fashion_mnist.arrays.npz")
    at = at_the_door("pages/home/page.py").run()
    assert not at.exception, at.exception[0].message
    assert at.title[0].value == "GenModels"
    assert any("git checkout weights/" in error.value for error in at.error)
