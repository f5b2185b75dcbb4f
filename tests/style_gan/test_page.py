"""The StyleGAN page, with small untrained models in place of the pretrained ones."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.style_gan import model as style_gan
from genmodels.style_gan.config import ABLATIONS
from pages.style_gan import ablations, common, direction_sliders, explore, shared_controls, style_mixing
from pages.style_gan.components import mapping_planes
from tests import visitor
from tests.visitor import at_the_door, run_script, sound
from ui import model_loading

PAGE = "pages/style_gan/page.py"
CIFAR, FASHION = "CIFAR-10", "Fashion-MNIST"
TABS = ("Explore", "Style mixing", "Truncation", "Noise", "Latent space", "Ablations", "How it works")
VIEWS = {
    "Explore": ("style_gan_view", ("Samples", "All classes", "Principal directions", "AdaIN")),
    "Truncation": ("style_gan_truncation_rows", ("All classes", "One class")),
    "Latent space": ("style_gan_latent_view", ("Path in Z and in W", "2-D slice of W", "Mapping network")),
}
FIGURES = {key: 0.5 for key, _ in ablations.FIGURES.values()} | {"samples": 5000}
CARD = {
    "images": 100_000,
    "training_minutes": 3.2,
    "parameters": {"mapping": 1, "synthesis": 2, "discriminator": 3},
    "held_out": FIGURES,
    "sha256": {},
}


def small(name: str) -> style_gan.StyleGAN:
    """A small untrained model with the classes and channels of a configuration; its noise has an effect."""
    config = style_gan.config_of(name)
    hyperparameters = replace(config.hyperparameters, channels=(8, 8, 4, 4), initial_noise_scale=0.3)
    return style_gan.build(replace(config, hyperparameters=hyperparameters), seed=5)


@pytest.fixture(scope="module", autouse=True)
def pretrained(tmp_path_factory):
    """Small models of all names, with model cards; TensorFlow is loaded."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("weights")
        patch.setattr(weights, "FOLDER", folder)
        patch.setattr(style_gan, "load", cache(small))
        for name in ("cifar10", "fashion", "fashion_adain", *(f"ablation_{each}" for each in ABLATIONS)):
            (folder / f"style_gan_{name}.json").write_text(json.dumps(CARD | {"name": f"style_gan_{name}"}))
        st.cache_data.clear()
        st.cache_resource.clear()
        model_loading.start_tensorflow_import().result()
        yield
    st.cache_data.clear()
    st.cache_resource.clear()


def visit(**state) -> AppTest:
    return visitor.visit(PAGE, **state)


def source_of(at: AppTest) -> str:
    """The script on the screen; above it, the real functions."""
    shown = [each.value for each in at.code]
    assert len(shown) >= 2 and all("def " in each or "class " in each for each in shown[:-1])
    return shown[-1]


# --- every tab --------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("model", [CIFAR, FASHION])
def test_every_tab_shows_every_model(tab, model):
    at = visit(style_gan_tab=tab, style_gan_model=model)
    assert [each.label for each in at.tabs if len(each.children)] == [tab]


@pytest.mark.parametrize(("tab", "view"), [(tab, view) for tab, (_, views) in VIEWS.items() for view in views])
def test_every_view(tab, view):
    at = visit(style_gan_tab=tab, style_gan_model=FASHION, **{VIEWS[tab][0]: view})
    assert at.session_state[VIEWS[tab][0]] == view


INVALID = {
    "style_gan_model": "Lions",
    "style_gan_view": "Nothing",
    "style_gan_class": "Nine",
    "style_gan_seed": "1e99",
    "style_gan_truncation_psi": "nan",
    "style_gan_cutoff": "-4",
    "style_gan_noise": "perhaps",
    "style_gan_noise_seed": "x",
    "style_gan_second_class": "7",
    "style_gan_mixing_weight": "many",
    "style_gan_direction_1": "99",
    "style_gan_direction_layers": "Every",
    "style_gan_styles": "Rough",
    "style_gan_row_seeds": "drop, table",
    "style_gan_column_seeds": "1-99999",
    "style_gan_row_class": "x",
    "style_gan_truncation_rows": "x",
    "style_gan_latent_view": "x",
    "style_gan_end_seed": "-1",
    "style_gan_x_direction": "Direction 99",
    "style_gan_ablation": "everything",
}


@pytest.mark.parametrize("tab", TABS)
def test_an_invalid_link_is_survived(tab):
    at = at_the_door(PAGE)
    at.query_params.update(INVALID | {"style_gan_tab": tab})
    sound(at.run())


@pytest.mark.parametrize("tab", TABS[:6])
def test_a_cleared_choice_is_survived(tab):
    at = at_the_door(PAGE)
    for key in ("style_gan_view", "style_gan_truncation_rows", "style_gan_latent_view", "style_gan_direction_layers"):
        at.session_state[key] = None
    at.session_state["style_gan_styles"] = []
    at.session_state["style_gan_tab"] = tab
    sound(at.run())


@pytest.mark.slow
def test_every_preset_opens_its_tab():
    at = visit(style_gan_model=FASHION)
    presets = at.selectbox(key="style_gan_presets").options
    assert len(presets) >= 10
    for name in presets:
        sound(at.selectbox(key="style_gan_presets").set_value(name).run())
        assert at.session_state["style_gan_tab"] in TABS
    assert at.session_state["style_gan_tab"] == "Ablations"


@pytest.mark.parametrize(
    ("tab", "reset", "changes"),
    [
        ("Explore", "style_gan_explore_reset", {"style_gan_truncation_psi": 0.2, "style_gan_cutoff": 3}),
        ("Style mixing", "style_gan_mixing_reset", {"style_gan_styles": ["Fine"], "style_gan_row_seeds": "1"}),
        ("Truncation", "style_gan_truncation_reset", {"style_gan_truncation_rows": "One class"}),
        ("Noise", "style_gan_noise_reset", {"style_gan_noise_seed": 5}),
        ("Latent space", "style_gan_paths_reset", {"style_gan_end_seed": 9}),
    ],
)
def test_reset_restores_the_defaults(tab, reset, changes):
    defaults = {key: sound(visit(style_gan_tab=tab)).session_state[key] for key in changes}
    at = visit(style_gan_tab=tab, **changes)
    assert {key: at.session_state[key] for key in changes} == changes
    sound(at.button(key=reset).click().run())
    assert {key: at.session_state[key] for key in changes} == defaults


SCRIPTS = [
    ("style_gan_explore", {"style_gan_tab": "Explore", "style_gan_direction_2": 1.5, "style_gan_second_class": "dog"}),
    ("style_gan_mixing", {"style_gan_tab": "Style mixing"}),
    ("style_gan_truncation_code", {"style_gan_tab": "Truncation", "style_gan_truncation_rows": "One class"}),
    ("style_gan_noise_code", {"style_gan_tab": "Noise"}),
    ("style_gan_paths_code", {"style_gan_tab": "Latent space"}),
    ("style_gan_slice_code", {"style_gan_tab": "Latent space", "style_gan_latent_view": "2-D slice of W"}),
    ("style_gan_mapping_code", {"style_gan_tab": "Latent space", "style_gan_latent_view": "Mapping network"}),
    ("style_gan_ablation_code", {"style_gan_tab": "Ablations"}),
]


@pytest.mark.parametrize(("key", "state"), SCRIPTS, ids=[key for key, _ in SCRIPTS])
def test_the_script_of_a_tab_runs(key, state, tmp_path):
    at = visit(**state, **{f"{key}_code": True})
    run_script(source_of(at), tmp_path)
    assert list(tmp_path.glob("*.png")) or "Mapping network" in state.values()


# --- Explore ----------------------------------------------------------------------------------


def inputs(**changes) -> explore.Inputs:
    return replace(explore.Inputs("cifar10", 3, 0, None, 0.5, 0.7, 7, None), **changes)


def test_the_seed_sets_the_image():
    first, second = (
        explore._generate(inputs(), common.seed_latents("cifar10", [seed]), inputs().labels(1)) for seed in (3, 4)
    )
    model = small("cifar10")
    z = style_gan.sample_latents(model, 1, 3)
    np.testing.assert_array_equal(first, style_gan.generate(model, z, [0], psi=0.7))
    assert not np.array_equal(first, second)


def test_two_classes_are_mixed_by_weight():
    labels = inputs(second_label=2, mixing_weight=0.25).labels(2)
    np.testing.assert_allclose(labels, [[0.75, 0, 0.25, *[0] * 7]] * 2)


def test_a_slider_moves_the_layers_of_its_range():
    at = visit(style_gan_view="Principal directions", style_gan_direction_layers="Fine")
    sound(at.slider(key="style_gan_direction_3").set_value(2.0).run())
    assert at.session_state["style_gan_direction_3"] == 2.0
    label = at.slider(key="style_gan_direction_1").label
    assert label.startswith("1 (") and label.endswith("%)")
    assert len([each for each in at.slider if each.key in direction_sliders.DEFAULTS]) == 10


def test_anim_makes_frames_for_each_seed(monkeypatch):
    shown = []
    monkeypatch.setattr(explore.seed_walk, "show", lambda frames, seeds, **_: shown.append((frames, seeds)))
    visit(style_gan_anim=True, style_gan_seed=99_998)
    frames, seeds = shown[-1]
    assert seeds == [99_998, 99_999, 0, 1]
    assert frames.shape == (explore.N_WALK * explore.FRAMES_PER_SEED, 32, 32, 3)


def test_fashion_images_have_the_size_of_the_data():
    model = common.load("fashion")
    assert common.synthesize(model, model.mean_w[:2]).shape == (2, 28, 28)


# --- the other tabs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("85, 100", (85, 100)),
        ("3-5; 9", (3, 4, 5, 9)),
        ("1 2 3 4 5 6 7 8", (1, 2, 3, 4, 5, 6)),
        ("5-2", (7,)),
        ("", (7,)),
        (None, (7,)),
        ("-", (7,)),
    ],
)
def test_seeds_are_read_from_a_text(text, seeds):
    assert shared_controls.parse_seeds(text, (7,)) == seeds


def test_the_mixing_grid_is_mixed_from_its_sources():
    arguments = ("cifar10", (1, 2), (0, 1), (3, 4, 5), (2, 2, 2))
    table, rows, columns = style_mixing._generate(*arguments, (), 0.7)
    assert table.shape == (2, 3, 32, 32, 3)
    np.testing.assert_array_equal(table[:, 0], rows)  # no layer is taken from the column
    table, rows, columns = style_mixing._generate(*arguments, tuple(range(7)), 0.7)
    np.testing.assert_array_equal(table[0], columns)


def test_a_click_on_a_source_replaces_its_seed(monkeypatch):
    picks = []
    monkeypatch.setattr(style_mixing.image_table, "show", lambda *_, on_pick, **__: picks.append(on_pick))
    at = visit(style_gan_tab="Style mixing")
    written = {}
    monkeypatch.setattr(style_mixing.presets_and_reset, "set_widgets", written.update)
    picks[-1](1, -1)
    before = at.session_state["style_gan_row_seeds"].split(", ")
    after = written["style_gan_row_seeds"].split(", ")
    assert len(written) == 1 and [a == b for a, b in zip(before, after, strict=True)].count(False) <= 1
    picks[-1](2, 3)  # a mixed image: nothing
    assert len(written) == 1


def test_a_slice_needs_two_directions():
    state = {"style_gan_x_direction": "Direction 2", "style_gan_y_direction": "Direction 2"}
    at = visit(style_gan_tab="Latent space", style_gan_latent_view="2-D slice of W", **state)
    assert "two different directions" in at.info[0].value


def test_the_nodes_of_the_polar_grid_lie_on_rings_and_spokes():
    grid = mapping_planes.polar_grid()
    radius = np.linalg.norm(grid.positions[grid.nodes], axis=1)
    rings = np.arange(1, mapping_planes.RINGS + 1) / mapping_planes.RINGS * np.pi / 2
    np.testing.assert_allclose(radius, [0, *np.repeat(rings, mapping_planes.SPOKES)], atol=1e-5)
    assert grid.lines[-1][1] == len(grid.positions)


def test_every_ablation_has_a_text():
    assert {"baseline", *ablations.TEXTS} == set(ABLATIONS)


TITLES = [each.title for each in ablations.TEXTS.values()]


@pytest.mark.parametrize("title", [TITLES[0], *(pytest.param(each, marks=pytest.mark.slow) for each in TITLES[1:])])
def test_an_ablation_stands_beside_the_baseline(title):
    at = visit(style_gan_tab="Ablations", style_gan_ablation=title)
    headings = [each.value for each in at.markdown if "Fréchet distance" in each.value]
    assert [each.split("**")[1] for each in headings] == ["Baseline", title]


# --- without models ---------------------------------------------------------------------------


@pytest.fixture
def no_weights(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("tab", TABS)
def test_without_a_model_the_page_says_what_to_do(tab, no_weights):
    at = visit(style_gan_tab=tab)
    assert [each.label for each in at.tabs][-1] == "How it works"
    assert "python -m training.style_gan" in at.info[0].value


def test_tabs_appear_with_their_models(no_weights):
    (no_weights / "style_gan_fashion.json").write_text(json.dumps(CARD))
    at = visit()
    assert "Ablations" not in [each.label for each in at.tabs]
    assert "AdaIN" not in at.segmented_control(key="style_gan_view").options
    assert not [each for each in at.selectbox if each.key == "style_gan_model"]


def test_a_damaged_card_is_one_message(no_weights, monkeypatch):
    (no_weights / "style_gan_cifar10.json").write_text("{")
    monkeypatch.setattr(style_gan, "load", lambda name: weights.model_card(f"style_gan_{name}"))
    st.cache_resource.clear()
    at = at_the_door(PAGE).run()
    assert not at.exception and len(at.error) == 1 and "not readable JSON" in at.error[0].value
    st.cache_resource.clear()
