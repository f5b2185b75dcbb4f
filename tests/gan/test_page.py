"""The GAN page's tabs of pretrained models, with small untrained ones in their place."""

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.gan import ablation_study, latent_directions, training_history
from genmodels.gan import metrics as gan_metrics
from genmodels.gan import model as gan
from genmodels.gan.ablation_study import AblationResult
from pages.gan import ablations, latent_sliders, samples, saved_latents, selected_sample
from pages.gan.ablation_texts import ABLATIONS, OUTCOMES
from pages.gan.common import MODELS
from pages.gan.components import history_player, sample_grid
from tests import visitor
from tests.gan.test_training_history import FACTS, history
from tests.visitor import at_the_door, run_script, sound
from ui import model_loading
from ui.components import latent_slice

PAGE = "pages/gan/page.py"
TABS = ("Explore", "Latent arithmetic", "Training history", "Ablations")
DCGAN, CONDITIONAL, COLOR = "Fashion-MNIST, DCGAN", "MNIST, conditional", "CIFAR-10 frogs"
CRITIC = "Fashion-MNIST, WGAN-GP"


def small(name: str) -> gan.GAN:
    """A small untrained model with the classes, hyperparameters and channels of a configuration."""
    config = gan.CONFIGS[name]
    color = config.architecture == "color"
    return gan.build(
        "color" if color else "dense", classes=config.classes, hyperparameters=config.hyperparameters, seed=5
    )


def probabilities(_, images: np.ndarray) -> np.ndarray:
    """In place of a classifier: (n, 10) random probabilities, the same for the same images."""
    rng = np.random.default_rng(int(images.sum()) % 1000)
    return rng.dirichlet(np.ones(10), len(images))


@pytest.fixture(scope="module", autouse=True)
def pretrained(tmp_path_factory):
    """Small models, a random classifier, short training histories; TensorFlow is loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weights, "FOLDER", tmp_path_factory.mktemp("weights"))
        patch.setattr(gan, "load", small)
        patch.setattr(gan_metrics, "load_classifier", lambda data: data)
        patch.setattr(gan_metrics, "probabilities", probabilities)
        for name in MODELS.values():
            training_history.write(name, history(side=32 if name in ("frogs", "cifar10") else 28, columns=4), FACTS)
        for name in gan.ABLATIONS:
            worse = np.linspace(90, 30 if name in ("baseline", "no_dropout") else 60, 5)
            training_history.write(f"ablation_{name}", history(side=28, columns=4, frechet_distance=worse), FACTS)
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
@pytest.mark.parametrize("model", [DCGAN, CONDITIONAL, pytest.param(COLOR, marks=pytest.mark.slow), CRITIC])
def test_every_tab_shows_every_type_of_model(tab, model):
    at = visit(gan_tab=tab, gan_model=model)
    assert [each.label for each in at.tabs if len(each.children)] == [tab]


INVALID = {
    "gan_sample": "-7; drop",
    "gan_seed": "1e99",
    "gan_truncation": "nan",
    "gan_class": "Nine",
    "gan_view": "Nothing",
    "gan_x_direction": "Direction 99",
    "gan_operation": "A * B",
    "gan_active_slot": "Z",
    "gan_interpolation_steps": "-3",
    "gan_example": "x",
    "gan_ablation": "everything",
    "gan_video_format": "EXE",
    "gan_sliders": "-1",
    "gan_first_component": "7",
    "gan_interpolation_video_format": "EXE",
}


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("model", [DCGAN, CONDITIONAL])
def test_an_invalid_link_is_survived(tab, model):
    at = at_the_door(PAGE)
    at.query_params.update(INVALID | {"gan_tab": tab, "gan_model": model})
    sound(at.run())


# --- Explore ----------------------------------------------------------------------------------


def test_the_grid_is_generated_from_its_seed_with_scores():
    grid = samples.generate_grid("fashion_dcgan", 7, None)
    model = small("fashion_dcgan")
    z = gan.sample_latents(model, 64, 7)
    assert np.array_equal(grid.z, z) and np.array_equal(grid.images, gan.generate(model, z))
    assert np.allclose(grid.scores, gan.discriminate(model, grid.images), atol=1e-5)
    scaled = samples.generate_grid("fashion_dcgan", 7, None, 0.5)
    assert np.allclose(scaled.z, z / 2) and not np.array_equal(scaled.images, grid.images)


def test_a_conditional_grid_has_all_classes_or_one():
    assert set(samples.generate_grid("mnist_conditional", 1, None).labels) == set(range(10))
    assert set(samples.generate_grid("mnist_conditional", 1, 3).labels) == {3}
    at = visit(gan_model=CONDITIONAL, gan_class="3")
    assert at.selectbox(key="gan_class").value == "3"
    at.session_state["gan_model"] = DCGAN
    assert not [each for each in sound(at.run()).selectbox if each.key == "gan_class"]


def test_a_link_names_the_selected_sample():
    at = at_the_door(PAGE)
    at.query_params["gan_sample"] = "9"
    sound(at.run())
    assert at.session_state["gan_sample"] == 9
    assert at.session_state["gan_selection"][2].startswith("1/9/")


def test_direction_sliders_start_at_the_coordinates_of_z_and_change_them():
    at = visit(gan_sample=5)
    directions = latent_directions.principal_directions(small("fashion_dcgan"))
    z = samples.generate_grid("fashion_dcgan", 1, None).z[5]
    expected = latent_directions.coordinates(z, directions)[: selected_sample.N_DIRECTIONS]
    values = [at.slider(key=f"gan_direction_{i}").value for i in range(selected_sample.N_DIRECTIONS)]
    assert np.allclose(values, expected.clip(-latent_slice.EXTENT, latent_slice.EXTENT), atol=latent_sliders.STEP)
    start = at.session_state["gan_coordinates"]
    assert np.allclose(start, expected)
    label = at.slider(key="gan_direction_0").label
    assert label == f"Direction 1 ({100 * directions.explained_variance[0]:.0f} %)"
    assert at.button(key="gan_sample_reset").disabled, "nothing is edited yet"
    sound(at.slider(key="gan_direction_2").set_value(2.5).run())
    assert at.session_state["gan_coordinates"][2] == 2.5 and not at.button(key="gan_sample_reset").disabled
    sound(at.button(key="gan_sample_reset").click().run())
    assert at.slider(key="gan_direction_2").value == values[2] and at.session_state["gan_coordinates"] == start
    at.session_state["gan_sample"] = 6
    sound(at.run())
    assert at.session_state["gan_coordinates"] != start, "another sample, other coordinates"


def added(at: AppTest, slot: str) -> saved_latents.SavedLatent:
    """The latent vector that a click adds to a slot of Latent arithmetic."""
    sound(at.button(key=f"gan_add_{slot}").click().run())
    return at.session_state["gan_saved_latents"]["fashion_dcgan"][slot][-1]


def reproduced(latent: saved_latents.SavedLatent) -> np.ndarray:
    """The value of the expression that the page gives for a latent vector."""
    names = {"gan": gan, "latent_directions": latent_directions, "model": small("fashion_dcgan")}
    return eval(latent.source, names)


def test_component_sliders_show_z_and_change_one_component():
    at = visit(gan_sample=5, gan_sliders="Components of z")
    z = samples.generate_grid("fashion_dcgan", 1, None).z[5]
    sliders = [each for each in at.slider if each.key.startswith("gan_z_")]
    assert [each.label for each in sliders] == ["z₁", "z₂", "z₃", "z₄", "z₅", "z₆"]
    assert np.allclose([each.value for each in sliders], z[:6].clip(-3, 3), atol=0.01)
    assert "percentile" in sliders[0].help and (sliders[0].min, sliders[0].max) == (-3, 3)
    sound(at.slider(key="gan_z_1").set_value(1.5).run())
    changed = z.copy()
    changed[1] = 1.5
    latent = added(at, "A")
    assert np.allclose(latent.z, changed, atol=1e-4), "all other components stay"
    assert np.allclose(reproduced(latent), changed, atol=1e-4)
    at.session_state["gan_sliders"] = "Principal directions"
    sound(at.run())
    sound(at.slider(key="gan_direction_0").set_value(-2.0).run())
    at.session_state["gan_sliders"] = "Components of z"
    sound(at.run())
    sound(at.slider(key="gan_z_1").set_value(0.0).run())
    latent = added(at, "A")
    assert abs(latent.z[1]) < 1e-4, "after an edit along a direction, too"
    assert np.allclose(reproduced(latent), latent.z, atol=1e-3)


def test_all_components_have_a_slider():
    at = visit(gan_sliders="Components of z", gan_model=COLOR)
    assert at.selectbox(key="gan_first_component").options[-1] == "z₃₁ to z₃₂"
    at.selectbox(key="gan_first_component").select_index(5)
    keys = [each.key for each in sound(at.run()).slider if each.key.startswith("gan_z_")]
    assert keys == ["gan_z_30", "gan_z_31"]
    at.session_state["gan_model"] = CONDITIONAL  # 30 dimensions: starts at the first again
    assert "gan_z_0" in [each.key for each in sound(at.run()).slider]


@pytest.mark.parametrize("view", ["Latent sliders", "2-D slice", "Nearest neighbors", "All classes"])
def test_every_view_of_the_selected_sample(view):
    at = visit(gan_model=CONDITIONAL, gan_view=view)
    assert at.session_state["gan_view"] == view
    at.session_state["gan_model"] = COLOR
    assert sound(at.run()).session_state["gan_view"] == ("Latent sliders" if view == "All classes" else view)


def test_a_slice_needs_two_directions():
    at = visit(gan_view="2-D slice", gan_x_direction="Direction 2", gan_y_direction="Direction 2")
    assert "two different directions" in at.info[0].value


def test_an_edited_sample_is_added_to_latent_arithmetic():
    at = visit(gan_sample=3)
    sound(at.slider(key="gan_direction_0").set_value(-2.0).run())
    latent = added(at, "B")
    assert np.allclose(reproduced(latent), latent.z, atol=1e-4)


def test_a_full_slot_drops_its_oldest_latent():
    def fill() -> None:
        import numpy as np
        import streamlit as st

        from pages.gan import saved_latents

        for k in range(4):
            saved_latents.add("x", "A", saved_latents.SavedLatent(np.full(2, k), None, str(k)))
        saved_latents.add("x", "End", saved_latents.SavedLatent(np.zeros(2), None, "z"))
        st.text([each.source for each in saved_latents.slots("x")["A"]])
        st.text([saved_latents.is_full("x", "A", "End"), saved_latents.is_full("x", "A", "B")])

    at = AppTest.from_function(fill).run()
    assert [each.value for each in at.text] == ["['1', '2', '3']", "[True, False]"]


def test_the_summary_counts_the_samples_that_fool_the_discriminator():
    grid = samples.generate_grid("fashion_dcgan", 1, None)
    fooling = int((grid.scores > 0.5).sum())
    assert f"**{fooling} of 64** samples fool" in samples.score_summary(grid)
    critic = samples.generate_grid("fashion_wgan_gp", 1, None)
    assert critic.critic and "unbounded" in samples.score_summary(critic)
    bars = sample_grid.bar_lengths(critic.scores, critic=True)
    assert bars.min() == 0 and bars.max() == 1 and (np.argsort(bars) == np.argsort(critic.scores)).all()
    assert (sample_grid.bar_lengths(np.full(3, 7.0), critic=True) == 0.5).all()


# --- Latent arithmetic ------------------------------------------------------------------------


@pytest.mark.parametrize("model", [DCGAN, CONDITIONAL, COLOR])
def test_vector_arithmetic_opens_with_three_latents_per_group(model):
    at = visit(gan_tab="Latent arithmetic", gan_model=model)
    slots = at.session_state["gan_saved_latents"][MODELS[model]]
    assert [len(slots[slot]) for slot in "ABC"] == [3, 3, 3]
    classes = [{each.class_name for each in slots[slot]} for slot in "ABC"]
    assert classes == ([{"Dress"}, {"T-shirt"}, {"Pullover"}] if model == DCGAN else [{""}] * 3)


def test_another_example_replaces_the_groups():
    at = visit(gan_tab="Latent arithmetic", gan_model=DCGAN)
    at.selectbox(key="gan_example").set_value("Ankle boot − sneaker + sandal")
    slots = sound(at.run()).session_state["gan_saved_latents"]["fashion_dcgan"]
    assert [slots[slot][0].class_name for slot in "ABC"] == ["Ankle boot", "Sneaker", "Sandal"]


@pytest.mark.parametrize("model", [DCGAN, CONDITIONAL])
def test_interpolation_starts_and_ends_can_be_swapped(model):
    at = visit(gan_tab="Latent arithmetic", gan_operation="Interpolation", gan_model=model)
    name = MODELS[model]
    slots = at.session_state["gan_saved_latents"][name]
    before = slots["Start"][0].source, slots["End"][0].source
    sound(at.button(key="gan_swap").click().run())
    assert (slots["End"][0].source, slots["Start"][0].source) == before
    saved = at.session_state["gan_saved_latents"][name]
    assert saved_latents.SLOTS["Start"] == len(saved["Start"]) == 1


# --- Training history and Ablations --------------------------------------------------------------


def test_a_run_is_packed_with_all_its_metrics():
    packed = history_player._packed("mnist_conditional", tuple("0123456789"), False)
    assert packed["columns"] == 4 and packed["rows"] == 2 and packed["imageSize"] == 28
    assert packed["epochs"][0] == 0 and packed["epochs"][-1] == FACTS["epochs"]
    assert [each["title"] for each in packed["curves"]] == [
        "Loss",
        "Discriminator accuracy",
        "Fréchet distance (log scale)",
    ]
    assert any("an MNIST classifier's features, not FID" in each["name"] for each in packed["metrics"])
    assert len(history_player.curves(history(), critic=True)) == 2, "a critic does not classify"
    empty = history(losses=np.full((20, 2), np.nan), frechet_distance=np.full(5, np.nan))
    assert [each["title"] for each in history_player.curves(empty, critic=True)] == ["Loss"]
    assert history_player.curves(empty, critic=True)[0]["lines"][0]["values"] == [None] * 20


@pytest.mark.parametrize("ablation", ABLATIONS, ids=lambda ablation: ablation.name)
def test_the_effect_of_every_ablation_can_be_predicted(ablation):
    assert (ablation.name in ablations.ADDED) == (ablation.name in gan.ABLATIONS_ADDED)
    assert ablation.name in gan.ABLATIONS and len(ablation.choices) == 3
    assert set(ablation.choices) | set(ablation.claimed) <= set(OUTCOMES), "each outcome has its words"
    assert ablation.choices[-1] in ("same", "unharmed"), "the last one always holds"
    at = visit(gan_tab="Ablations", gan_ablation=ablation.title)
    assert "Our recorded run" not in " ".join(each.value for each in at.markdown)
    sound(at.button(key="gan_predict_worse").click().run())
    text = " ".join(each.value for each in at.markdown)
    assert "Literature" in text and "Our recorded run" in text and "not FID" in text
    actual = ablation_study.outcome(ablation.choices, ablations.read(ablation.name))
    assert actual == ("unharmed" if ablation.name == "no_dropout" else "worse")
    assert bool(at.success) == (actual == "worse")
    assert ("not** confirm the literature" in text) == (actual not in ablation.claimed)
    sound(at.button(key="gan_hide_result").click().run())
    assert "Our recorded run" not in " ".join(each.value for each in at.markdown)


def test_the_result_sentences_contain_the_metrics():
    good, bad = (
        training_history.FinalMetrics(40, 9, 0.3, 0.01, 0.6, 0.55),
        training_history.FinalMetrics(60, 6.5, 0.2, 0.03, 0.9, 0.97),
    )
    result = AblationResult((good,), bad, (0.02, 0.4), 26)
    by_name = {each.name: ablations.result_sentences(each, result) for each in ABLATIONS}
    assert "60.0" in by_name["sigmoid"] and "50 % higher" in by_name["sigmoid"] and "6.5" in by_name["sigmoid"]
    assert "two pixels: 3.0 %, baseline 1.0 %" in by_name["checkerboard"]
    assert "at most 40.0 % at step 26, baseline 2.0 %" in by_name["checkerboard"]
    assert "0.200, baseline 0.300" in by_name["replay"]
    assert "accuracy on fakes is 97 %" in by_name["strong_discriminator"]
    lower = ablations.result_sentences(ABLATIONS[0], AblationResult((bad,), good))
    assert "33 % lower" in lower
    assert "baseline runs" not in lower
    two_baselines = ablations.result_sentences(ABLATIONS[0], AblationResult((good, bad), good))
    assert "2 baseline runs with different seeds end between 40.00 and 60.00" in two_baselines
    assert "about equal" in ablations.result_sentences(ABLATIONS[0], AblationResult((good,), good))


def test_correct_predictions_are_counted():
    at = visit(gan_tab="Ablations", gan_predictions={"sigmoid": "worse", "no_dropout": "worse"})
    assert any("1 of 2." in each.value for each in at.caption)


def test_a_missing_run_shows_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    training_history.write("ablation_baseline", history(side=28, columns=4), FACTS)
    st.cache_data.clear()
    at = visit(gan_tab="Ablations")
    next(each for each in at.button if each.key.startswith("gan_predict_")).click().run()
    assert not at.exception and "python -m training.gan" in at.error[0].value


def test_tabs_without_weights_are_left_out(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    at = visit()
    titles = [tab.label for tab in at.tabs]
    assert not set(TABS) & set(titles) and titles[0] == "2-D GAN"
    assert not any(box.key == "gan_model" for box in at.selectbox)


# --- the scripts ------------------------------------------------------------------------------

SCRIPTS = {
    "explore": {"gan_model": CONDITIONAL, "gan_class": "4"},
    "latent_sliders": {"gan_model": CONDITIONAL, "edited": True},
    "neighbors": {"gan_view": "Nearest neighbors"},
    "vector_arithmetic": {"gan_tab": "Latent arithmetic", "gan_model": CONDITIONAL},
    "interpolation": {"gan_tab": "Latent arithmetic", "gan_operation": "Interpolation", "gan_model": CONDITIONAL},
    "training_history": {"gan_tab": "Training history"},
}


@pytest.mark.parametrize("key", SCRIPTS)
def test_the_scripts_run(key, tmp_path):
    state = dict(SCRIPTS[key])
    edited = state.pop("edited", False)
    at = visit(**state, **{f"{key}_code": key != "latent_sliders"})
    if edited:
        at.slider(key="gan_direction_1").set_value(1.0)
        at.session_state["latent_sliders_code"] = True
        sound(at.run())
    run_script(source_of(at), tmp_path)
    assert list(tmp_path.glob("gan*")), "it writes an image"


def test_the_script_compares_an_ablation_with_the_baseline(tmp_path):
    state = {"gan_ablation": "Sigmoid, not tanh", "gan_predictions": {"sigmoid": "same"}}
    at = visit(gan_tab="Ablations", gan_ablation_code=True, **state)
    source = source_of(at)
    assert "gan.ABLATIONS['sigmoid']" in source
    output = run_script(source.partition("# The first 20 steps")[0], tmp_path)
    assert output.count("FinalMetrics(frechet_distance=") == 2
