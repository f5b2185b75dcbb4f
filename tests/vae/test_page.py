"""The VAE page without a browser: every tab, Reset, invalid links, and the scripts that it shows."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from genmodels import latent_space
from genmodels.media import images
from genmodels.vae import latent_map
from tests import visitor
from tests.visitor import at_the_door, run_script, sound
from ui import links

TABS = visitor.tabs_of("vae")[1]
DATA = {"MNIST": "mnist", "Fashion-MNIST": "fashion_mnist"}
GRID = {"vae_tab": "2-D latent space", "latent_view": "Decoded grid"}
VIEWS = {tab: {"vae_tab": tab} for tab in TABS} | {"Decoded grid": GRID}


def visit(page: str = "pages/vae/page.py", **state) -> AppTest:
    """A new visitor on a page, with widgets set by key."""
    return visitor.visit(page, **state)


@pytest.fixture(scope="module", autouse=True)
def tensorflow():
    """TensorFlow is imported before the first test: without it some tabs show less."""
    visit(**GRID)


# --- every tab --------------------------------------------------------------------------------


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("view", VIEWS)
def test_every_tab_has_content(view, data):
    at = visit(**VIEWS[view], vae_data=data)
    tab = VIEWS[view]["vae_tab"]
    assert at.session_state["vae_tab"] == tab and at.session_state["vae_data"] == data
    assert [each.label for each in at.tabs if len(each.children)] == [tab]


@pytest.mark.parametrize("view", VIEWS)
def test_images_are_png(view):
    """Streamlit converts an image without alpha to JPEG unless the format is given."""
    at = visit(**VIEWS[view], own_image_source="Sample")
    urls = [image.url for element in at.image for image in element.proto.imgs]
    assert [url for url in urls if not url.endswith(".png")] == []
    assert urls or view in ("Decoded grid", "How it works")


def test_the_presets_lead_through_the_page():
    at = visit()
    presets = at.selectbox(key="vae_preset").options
    states = []
    for _ in presets:
        sound(at.button(key="vae_preset_next").click().run())
        states.append((at.selectbox(key="vae_preset").value, at.session_state["vae_tab"], at.session_state["vae_data"]))
    assert [preset for preset, *_ in states] == presets
    assert len({tab for _, tab, _ in states}) >= 5 and {data for *_, data in states} == set(DATA)
    at.button(key="vae_preset_back").click().run()
    assert (at.selectbox(key="vae_preset").value, at.session_state["vae_tab"]) == states[-2][:2]
    sound(at.selectbox(key="vae_preset").set_value(presets[0]).run())
    assert at.session_state["vae_tab"] == states[0][1]
    at.button(key="vae_preset_back").click().run()  # from the first to the last
    assert at.selectbox(key="vae_preset").value == presets[-1]


def test_presentation_mode_shows_less_text():
    texts = [visit(vae_tab="Train", presenter=presenter) for presenter in (True, False)]
    assert len(texts[0].markdown) < len(texts[1].markdown)


# --- links ------------------------------------------------------------------------------------

INVALID = {
    "2-D latent space": {"x": "nan", "y": "1e999", "pad_layer": "", "pad_prior": "maybe", "vae_data": "\x00"},
    "Latent grid": {"grid_n": "-5", "grid_extent": "-inf", "grid_spread": "diagonal", "grid_width": "1e9"},
    "2-D latent space ": {"latent_view": "3-D", "grid_half_width": "nan"},
    "Latent sliders": {
        "vae_data": "",
        "z_fashion_mnist_1": "1000",
        "z_fashion_mnist_2": "",
        "z_fashion_mnist_3": "x",
        "ten_fashion_mnist_3": "nan",
    },
    "Encode your image": {"own_image_source": "Satellite", "own_image_row": "-7"},
    "Interpolation": {
        "interpolation_images": "4.5",
        "interpolation_mode": "<b>",
        "interpolation_latent_dim": "11-D",
        "concept_example": "99999",
    },
    "AE vs. VAE vs. β-VAE": {"beta_seed": "-1", "beta_view": "All"},
    "Train": {
        "vae_train_data": "imagenet",
        "vae_train_latent_dim": "-2",
        "vae_train_beta": "1e9",
        "vae_train_epochs": "1e7",
    },
    "nope": {"vae_data": "Cats", "presenter": "perhaps", "x": "9" * 400, "y": "-0"},
}


@pytest.mark.parametrize("tab", INVALID)
def test_invalid_links_show_the_page(tab):
    at = at_the_door("pages/vae/page.py")
    at.query_params.update({"vae_tab": tab} | INVALID[tab])
    sound(at.run())
    assert at.session_state["vae_tab"] in TABS and at.session_state["vae_data"] in (*DATA, None)


def test_a_former_link_to_the_sliders_keeps_its_latent_vector():
    """Its values were percentiles of the prior, 1 to 99; now they are z in steps of 0.05."""
    at = at_the_door("pages/vae/page.py")
    former = {"vae_tab": "Ten sliders", "vae_data": "Digits", "ten_mnist_0": "84", "ten_mnist_9": "1"}
    at.query_params.update(former)
    sound(at.run())
    state = at.session_state
    assert (state["vae_tab"], state["vae_data"]) == ("Latent sliders", "MNIST")
    assert state["z_mnist_1"] == pytest.approx(latent_space.prior_quantile(0.84), abs=0.025)
    assert state["z_mnist_10"] == pytest.approx(latent_space.prior_quantile(0.01), abs=0.025)


@pytest.mark.parametrize("percentile", ["", "x", "0", "100", "-3", "1000", "nan"])
def test_an_invalid_percentile_of_a_former_link_is_left_to_the_slider(percentile):
    assert links.updated({"ten_mnist_0": [percentile]}) == {"z_mnist_1": [percentile]}


# --- Reset ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reset", "view", "changes"),
    [
        (
            "pad_reset",
            {"vae_tab": "2-D latent space"},
            {"pad_layer": "Both", "pad_smooth": True, "pad_prior": False, "pad_z_fashion_mnist": [0.25, 0.25]},
        ),
        (
            "grid_reset",
            GRID,
            {
                "grid_images_per_side": 4,
                "grid_spacing": "Normal quantiles",
                "grid_half_width": 1.0,
                "grid_width": 400,
                "grid_color_by_class": True,
            },
        ),
        (
            "sliders_reset",
            {"vae_tab": "Latent sliders"},
            {f"z_fashion_mnist_{d}": round(-1.5 + 0.05 * d, 2) for d in range(1, 11)},
        ),
        (
            "semantic_reset",
            {"vae_tab": "Interpolation", "interpolation_mode": "Semantic interpolation"},
            {"semantic_example": 9},
        ),
        (
            "concept_reset",
            {"vae_tab": "Interpolation", "interpolation_mode": "Concept vectors"},
            {"concept_strength": -3.0, "concept_example": 7},
        ),
        (
            "interpolation_reset",
            {"vae_tab": "Interpolation"},
            {
                "interpolation_fashion_mnist_from": 0,
                "interpolation_fashion_mnist_to_example": 40,
                "interpolation_images": 5,
            },
        ),
        ("beta_reset", {"vae_tab": "AE vs. VAE vs. β-VAE"}, {"beta_view": "Both", "beta_seed": 77}),
        (
            "vae_train_reset",
            {"vae_tab": "Train"},
            {"vae_train_latent_dim": 5, "vae_train_beta": "4", "vae_train_epochs": 3},
        ),
    ],
)
def test_reset_restores_the_defaults(reset, view, changes):
    at = visit(**view)
    before = {key: at.session_state[key] for key in changes}
    for key, value in changes.items():
        at.session_state[key] = value
    sound(at.run())
    assert {key: at.session_state[key] for key in changes} == changes
    sound(at.button(key=reset).click().run())
    assert {key: at.session_state[key] for key in changes} == before


# --- the latent plane and the sliders -----------------------------------------------------------


def test_a_cell_of_the_grid_is_shown_in_the_latent_plane():
    at = visit(**GRID, vae_data="MNIST", grid_images_per_side=5, grid_cell=(1, 3))
    sound(at.button(key="grid_show").click().run())
    assert at.session_state["vae_tab"] == "2-D latent space" and at.session_state["latent_view"] == "Latent plane"
    assert at.session_state["pad_z_mnist"] == [1.5, 1.5]
    assert float(at.query_params["x"]) == float(at.query_params["y"]) == 1.5


def test_the_sliders_show_z_and_name_kl_and_percentile():
    at = visit(vae_tab="Latent sliders", vae_data="MNIST", z_mnist_1=1.0)
    sliders = {slider.key: slider for slider in at.slider}
    kl = latent_map.load("mnist_10d")["kl"]
    active = {int(d) for d in latent_map.active_units("mnist_10d")}
    assert len(sliders) == 10
    for d in range(10):
        slider = sliders[f"z_mnist_{d + 1}"]
        assert (slider.min, slider.max, slider.step) == (-3, 3, 0.05)
        expected = f"(KL {kl[d]:.1f} nats)" if d in active else f"(inactive, KL {kl[d]:.2f})"
        assert slider.label.startswith("z") and slider.label.endswith(expected)
    assert "Percentile of the prior N(0, 1): 84 %." in sliders["z_mnist_1"].help


def test_start_from_class_sets_all_sliders():
    at = visit(vae_tab="Latent sliders", vae_data="MNIST")
    sound(at.selectbox(key="sliders_class").set_value(7).run())
    z = [at.session_state[f"z_mnist_{d + 1}"] for d in range(10)]
    medoid = latent_map.class_medoid("mnist_10d", 7)
    np.testing.assert_allclose(z, np.clip(medoid, -3, 3), atol=0.026)


# --- the scripts ------------------------------------------------------------------------------

SCRIPTS = {  # title: the key of its code panel, the state of the page, the image and its size
    "pad": ("pad", {"vae_tab": "2-D latent space", "pad_z_fashion_mnist": [0.5, -1.25]}, "vae.png", (280, 280)),
    "grid": (
        "grid",
        GRID | {"vae_data": "MNIST", "grid_images_per_side": 5, "grid_spacing": "Normal quantiles"},
        "vae_grid.png",
        (140, 140),
    ),
    "wide grid": ("grid", GRID | {"grid_images_per_side": 4, "grid_half_width": 2.5}, "vae_grid.png", (112, 112)),
    "sliders": (
        "latent_sliders",
        {"vae_tab": "Latent sliders"} | {f"z_fashion_mnist_{d}": {1: 1.3, 8: -1.15}.get(d, 0.0) for d in range(1, 11)},
        "vae.png",
        (280, 280),
    ),
    "own image": (
        "own_image",
        {"vae_tab": "Encode your image", "vae_data": "MNIST", "own_image_source": "Sample"},
        "vae_own_image.png",
        None,
    ),
    "interpolation": (
        "interpolation",
        {"vae_tab": "Interpolation", "interpolation_images": 7},
        "vae_interpolation.png",
        (112, 784),
    ),
    "interpolation in 2-D": (
        "interpolation",
        {"vae_tab": "Interpolation", "vae_data": "MNIST", "interpolation_latent_dim": "2-D"},
        "vae_interpolation.png",
        (112, 1232),
    ),
    "semantic interpolation": (
        "semantic",
        {"vae_tab": "Interpolation", "interpolation_mode": "Semantic interpolation", "semantic_example": 3},
        "vae_semantic_interpolation.png",
        (560, 784),
    ),
    "class concept": (
        "concept",
        {"vae_tab": "Interpolation", "interpolation_mode": "Concept vectors"},
        "vae_concept_vector.png",
        (112, 1008),
    ),
    "measured concept": (
        "concept",
        {
            "vae_tab": "Interpolation",
            "vae_data": "MNIST",
            "interpolation_mode": "Concept vectors",
            "concept_mnist": "Slant",
        },
        "vae_concept_vector.png",
        (112, 1008),
    ),
    "beta comparison": (
        "beta",
        {"vae_tab": "AE vs. VAE vs. β-VAE", "beta_seed": 5},
        "vae_beta_comparison.png",
        (336, 1176),
    ),
    "training": (
        "vae_train",
        {"vae_tab": "Train", "vae_train_epochs": 1, "vae_train_batch_size": 256},
        "vae_grid.png",
        (840, 840),
    ),
}


@pytest.fixture(scope="module")
def output(tmp_path_factory) -> Callable[[str], np.ndarray]:
    """`output(title)` copies a script from the page, runs it as a file, and gives the image that it writes."""

    @cache
    def run(title: str) -> np.ndarray:
        key, state, name, _ = SCRIPTS[title]
        at = visit(**state, **{f"{key}_code": True})
        assert len(at.code) >= 2, "the module's source, then the script"
        assert all("def " in block.value or "class " in block.value for block in at.code[:-1])
        folder = tmp_path_factory.mktemp(title.replace(" ", "_"))
        run_script(at.code[-1].value, folder)
        with Image.open(folder / name) as image:
            return np.asarray(image.convert("L")).astype("float32")

    return run


@pytest.mark.parametrize(
    "title", [title if title == "pad" else pytest.param(title, marks=pytest.mark.slow) for title in SCRIPTS]
)
def test_every_script_writes_its_image(output, title):
    *_, size = SCRIPTS[title]
    image = output(title)
    if size:
        assert image.shape == size
    assert np.ptp(image) > 10


@pytest.mark.slow
def test_the_scripts_repeat_the_results_of_the_page(output):
    from genmodels.vae import model as vae

    fashion, mnist, fashion_10d = (vae.load(name) for name in ("fashion_mnist", "mnist", "fashion_mnist_10d"))
    z = np.zeros((1, 10), "float32")
    z[0, [0, 7]] = 1.3, -1.15
    path = latent_space.interpolate(
        latent_map.class_example("fashion_mnist_10d", 7, 1),
        latent_map.class_example("fashion_mnist_10d", 9, 2),
        7,
        spherical=True,
    )
    samples = np.random.default_rng(5).standard_normal((14, 2), dtype="float32")
    expected = {
        "pad": np.kron(vae.decode(fashion, [[0.5, -1.25]])[0], np.ones((10, 10))),
        "grid": images.tile(vae.decode_grid(mnist, 5, spacing="normal_quantiles")) / 255,
        "wide grid": images.tile(vae.decode_grid(fashion, 4, half_width=2.5)) / 255,
        "sliders": np.kron(vae.decode(fashion_10d, z)[0], np.ones((10, 10))),
        "interpolation": np.kron(np.hstack(list(vae.decode(fashion_10d, path))), np.ones((4, 4))),
    }
    for title, image in expected.items():
        np.testing.assert_allclose(output(title), 255 * image, atol=1.5, err_msg=title)
    row = output("beta comparison")[2 * 84 : 3 * 84 : 3, ::3]
    np.testing.assert_allclose(row, 255 * np.hstack(list(vae.decode(mnist, samples))), atol=1.5)


# --- damaged weights --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "view"),
    [
        ("vae_fashion_mnist.weights.h5", "2-D latent space"),
        pytest.param("vae_fashion_mnist.weights.h5", "Decoded grid", marks=pytest.mark.slow),
        ("vae_fashion_mnist.arrays.npz", "2-D latent space"),
        pytest.param("vae_fashion_mnist_10d.arrays.npz", "Latent sliders", marks=pytest.mark.slow),
        pytest.param("vae_fashion_mnist_10d.weights.h5", "Interpolation", marks=pytest.mark.slow),
        pytest.param("vae_mnist_ae.weights.h5", "AE vs. VAE vs. β-VAE", marks=pytest.mark.slow),
        pytest.param("vae_mnist_ae.arrays.npz", "AE vs. VAE vs. β-VAE", marks=pytest.mark.slow),
    ],
)
def test_a_damaged_file_is_reported_with_its_remedy(damage, file, view):
    damage(file)
    at = at_the_door("pages/vae/page.py", **VIEWS[view]).run()
    assert not at.exception, at.exception[0].message
    assert len(at.error) == 1
    assert file in at.error[0].value and "damaged" in at.error[0].value
    assert "git checkout weights/" in at.error[0].value and "python -m training.vae" in at.error[0].value
