"""The GAN page's tabs of trained models as a visitor meets them, with small untrained ones in their place."""

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.gan import latent_directions, training_history
from genmodels.gan import metrics as gan_metrics
from genmodels.gan import model as gan
from pages.gan import ablations, explore, saved_latents, selected_sample
from pages.gan.ablation_texts import CHOICES, TRICKS
from pages.gan.common import MODELS
from pages.gan.components import history_player, latent_slice, sample_grid
from tests import visitor
from tests.gan.test_training_history import FACTS, record
from tests.visitor import at_the_door, run_script, sound
from ui import model_loading

PAGE = "pages/gan/page.py"
TABS = ("Explore", "Arithmetic", "Flight recorder", "Ablations")
CLOTHES, DIGITS, FROGS, CRITIC = "Clothes, DCGAN", "Digits, by number", "Frogs", "Clothes, WGAN-GP"


def small(name: str) -> gan.GAN:
    """An untrained network with a recipe's classes, tricks and colours, and few numbers."""
    config = gan.CONFIGS[name]
    color = config.architecture == "color"
    return gan.build(
        "color" if color else "dense", classes=config.classes, hyperparameters=config.hyperparameters, seed=5
    )


def sure(_, images: np.ndarray) -> np.ndarray:
    """A classifier's answer, made up from the pictures: (n, 10) shares."""
    rng = np.random.default_rng(int(images.sum()) % 1000)
    return rng.dirichlet(np.ones(10), len(images))


@pytest.fixture(scope="module", autouse=True)
def shipped(tmp_path_factory):
    """What the page finds: small models, a made-up classifier, short records; and TensorFlow awake."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weights, "FOLDER", tmp_path_factory.mktemp("weights"))
        patch.setattr(gan, "load", small)
        patch.setattr(gan_metrics, "load_classifier", lambda data: data)
        patch.setattr(gan_metrics, "probabilities", sure)
        for name in MODELS.values():
            training_history.write(name, record(side=32 if name in ("frogs", "cifar10") else 28, columns=4), FACTS)
        for name in gan.ABLATIONS:
            worse = np.linspace(90, 30 if name in ("baseline", "no_dropout") else 60, 5)
            training_history.write(f"ablation_{name}", record(side=28, columns=4, frechet_distance=worse), FACTS)
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
@pytest.mark.parametrize("model", [CLOTHES, DIGITS, FROGS, CRITIC])
def test_every_tab_shows_every_kind_of_model(tab, model):
    at = visit(gan_tab=tab, gan_model=model)
    assert [each.label for each in at.tabs if len(each.children)] == [tab]


ABSURD = {
    "picture": "-7; drop",
    "gan_seed": "1e99",
    "gan_spread": "nan",
    "gan_kind": "Nine",
    "gan_view": "Nothing",
    "gan_across": "Direction 99",
    "gan_sum": "A * B",
    "gan_fill": "Z",
    "gan_way_n": "-3",
    "gan_begin": "x",
    "gan_ablation": "everything",
    "gan_film": "EXE",
}


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("model", [CLOTHES, DIGITS])
def test_an_absurd_address_is_survived(tab, model):
    at = at_the_door(PAGE)
    at.query_params.update(ABSURD | {"gan_tab": tab, "gan_model": model})
    sound(at.run())


# --- Explore ----------------------------------------------------------------------------------


def test_the_wall_is_what_the_seed_draws_with_its_scores():
    drawn = explore.draw("fashion_dcgan", 7, None)
    model = small("fashion_dcgan")
    z = gan.sample_latents(model, 64, 7)
    assert np.array_equal(drawn.z, z) and np.array_equal(drawn.pictures, gan.generate(model, z))
    assert np.allclose(drawn.scores, gan.discriminate(model, drawn.pictures), atol=1e-5)
    closer = explore.draw("fashion_dcgan", 7, None, 0.5)
    assert np.allclose(closer.z, z / 2) and not np.array_equal(closer.pictures, drawn.pictures)


def test_a_conditional_wall_holds_all_kinds_or_one():
    assert set(explore.draw("mnist_conditional", 1, None).labels) == set(range(10))
    assert set(explore.draw("mnist_conditional", 1, 3).labels) == {3}
    at = visit(gan_model=DIGITS, gan_kind="3")
    assert at.selectbox(key="gan_kind").value == "3"
    at.session_state["gan_model"] = CLOTHES
    assert not [each for each in sound(at.run()).selectbox if each.key == "gan_kind"]


def test_an_address_names_the_picture_in_hand():
    at = at_the_door(PAGE)
    at.query_params["picture"] = "9"
    sound(at.run())
    assert at.session_state["gan_number"] == 9
    assert at.session_state["gan_home"][2].startswith("1/9/")


def test_the_sliders_begin_where_the_code_lies_and_move_it():
    at = visit(gan_number=5)
    turned = latent_directions.principal_directions(small("fashion_dcgan"))
    lies = latent_directions.coordinates(explore.draw("fashion_dcgan", 1, None).z[5], turned)
    values = [at.slider(key=f"gan_direction_{i}").value for i in range(selected_sample.SLIDERS)]
    assert np.allclose(
        values,
        lies[: selected_sample.SLIDERS].clip(-latent_slice.EXTENT, latent_slice.EXTENT),
        atol=selected_sample.STEP,
    )
    assert at.button(key="gan_hand_reset").disabled, "nothing was moved yet"
    sound(at.slider(key="gan_direction_2").set_value(2.5).run())
    assert at.session_state["gan_places"][2] == 2.5 and not at.button(key="gan_hand_reset").disabled
    sound(at.button(key="gan_hand_reset").click().run())
    assert at.slider(key="gan_direction_2").value == values[2]
    at.session_state["gan_number"] = 6
    assert at.session_state["gan_places"] == values
    sound(at.run())
    assert at.session_state["gan_places"] != values, "another picture, other places"


@pytest.mark.parametrize("view", ["Sliders", "Slice", "Neighbours", "Every kind"])
def test_every_view_of_the_picture_in_hand(view):
    at = visit(gan_model=DIGITS, gan_view=view)
    assert at.session_state["gan_view"] == view
    at.session_state["gan_model"] = FROGS
    assert sound(at.run()).session_state["gan_view"] == ("Sliders" if view == "Every kind" else view)


def test_a_slice_needs_two_directions():
    at = visit(gan_view="Slice", gan_across="Direction 2", gan_up="Direction 2")
    assert "two different directions" in at.info[0].value


def test_a_code_is_taken_along():
    at = visit(gan_number=3)
    sound(at.slider(key="gan_direction_0").set_value(-2.0).run())
    sound(at.button(key="gan_take_B").click().run())
    (taken,) = at.session_state["gan_picks"]["fashion_dcgan"]["B"]
    model = small("fashion_dcgan")
    found = eval(
        taken.source, {"gan": gan, "latent_directions": latent_directions, "model": model}
    )  # the page's own text
    assert np.allclose(found, taken.z, atol=1e-4)


def test_a_full_slot_lets_the_oldest_go():
    def fill() -> None:
        import numpy as np
        import streamlit as st

        from pages.gan import saved_latents

        for k in range(4):
            saved_latents.take("x", "A", saved_latents.Pick(np.full(2, k), None, str(k)))
        saved_latents.take("x", "To", saved_latents.Pick(np.zeros(2), None, "z"))
        st.text([each.source for each in saved_latents.of("x")["A"]])
        st.text([saved_latents.full("x", "A", "To"), saved_latents.full("x", "A", "B")])

    at = AppTest.from_function(fill).run()
    assert [each.value for each in at.text] == ["['1', '2', '3']", "[True, False]"]


def test_the_opinion_is_told_as_it_is():
    drawn = explore.draw("fashion_dcgan", 1, None)
    fooled = int((drawn.scores > 0.5).sum())
    assert f"**{fooled} of 64** for real" in explore.opinion(drawn)
    critic = explore.draw("fashion_wgan_gp", 1, None)
    assert critic.critic and "no bounds" in explore.opinion(critic)
    bars = sample_grid.bars(critic.scores, critic=True)
    assert bars.min() == 0 and bars.max() == 1 and (np.argsort(bars) == np.argsort(critic.scores)).all()
    assert (sample_grid.bars(np.full(3, 7.0), critic=True) == 0.5).all()


# --- Arithmetic -------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [CLOTHES, DIGITS, FROGS])
def test_a_sum_begins_with_three_of_each(model):
    at = visit(gan_tab="Arithmetic", gan_model=model)
    held = at.session_state["gan_picks"][MODELS[model]]
    assert [len(held[slot]) for slot in "ABC"] == [3, 3, 3]
    kinds = [{each.kind for each in held[slot]} for slot in "ABC"]
    assert kinds == ([{"Dress"}, {"T-shirt"}, {"Pullover"}] if model == CLOTHES else [{""}] * 3)


def test_another_sum_begins_anew():
    at = visit(gan_tab="Arithmetic", gan_model=CLOTHES)
    at.selectbox(key="gan_begin").set_value("Ankle boot − sneaker + sandal")
    held = sound(at.run()).session_state["gan_picks"]["fashion_dcgan"]
    assert [held[slot][0].kind for slot in "ABC"] == ["Ankle boot", "Sneaker", "Sandal"]


@pytest.mark.parametrize("model", [CLOTHES, DIGITS])
def test_two_ways_between_two_codes(model):
    at = visit(gan_tab="Arithmetic", gan_sum="Between two", gan_model=model)
    name = MODELS[model]
    held = at.session_state["gan_picks"][name]
    before = held["From"][0].source, held["To"][0].source
    sound(at.button(key="gan_swap").click().run())
    assert (held["To"][0].source, held["From"][0].source) == before
    picks_made = at.session_state["gan_picks"][name]
    assert saved_latents.SLOTS["From"] == len(picks_made["From"]) == 1


# --- Flight recorder and Break it --------------------------------------------------------------


def test_a_run_is_packed_with_all_that_was_measured():
    packed = history_player._packed("mnist_conditional", tuple("0123456789"), False)
    assert packed["columns"] == 4 and packed["rows"] == 2 and packed["side"] == 28
    assert packed["epochs"][0] == 0 and packed["epochs"][-1] == FACTS["epochs"]
    assert [each["title"].split(",")[0] for each in packed["curves"]] == [
        "Losses",
        "Discriminator right",
        "Fréchet distance",
    ]
    assert any("an MNIST classifier's features, not FID" in each["name"] for each in packed["facts"])
    assert len(history_player.curves(record(), critic=True)) == 2, "a critic does not say what is real"
    empty = record(losses=np.full((20, 2), np.nan), frechet_distance=np.full(5, np.nan))
    assert [each["title"] for each in history_player.curves(empty, critic=True)] == ["Losses"]
    assert history_player.curves(empty, critic=True)[0]["lines"][0]["values"] == [None] * 20


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
def test_every_trick_can_be_guessed(trick):
    assert (trick.name in ablations.ADDED) == (trick.name in gan.ABLATIONS_ADDED)
    assert trick.name in gan.ABLATIONS and len(trick.choices) == 3
    assert set(trick.choices) | set(trick.claimed) <= set(CHOICES), "each outcome has its words"
    assert trick.choices[-1] in ("same", "unharmed"), "asked last: it is always true"
    at = visit(gan_tab="Ablations", gan_ablation=trick.title)
    assert "What our run shows" not in " ".join(each.value for each in at.markdown)
    sound(at.button(key="gan_guess_worse").click().run())
    told = " ".join(each.value for each in at.markdown)
    assert "What the sources say" in told and "What our run shows" in told and "not FID" in told
    came = ablations.outcome(trick, ablations.read(trick))
    assert came == ("unharmed" if trick.name == "no_dropout" else "worse")
    assert ("You were right" in told) == (came == "worse")
    assert ("not** bear the sources out" in told) == (came not in trick.claimed)
    sound(at.button(key="gan_guess_reset").click().run())
    assert "What our run shows" not in " ".join(each.value for each in at.markdown)


def test_the_outcome_follows_the_numbers():
    sound_end = training_history.FinalMetrics(40, 9, 0.3, 0.01, 0.6, 0.6)

    def came(name: str, others=(), worst=(0.02, 0.02, 26), **changed) -> str:
        trick = next(each for each in TRICKS if each.name == name)
        broken = training_history.FinalMetrics(**vars(sound_end) | changed)
        return ablations.outcome(trick, ablations.Pair((sound_end, *others), broken, worst))

    assert came("sigmoid") == "unharmed" and came("replay") == "same"
    assert came("sigmoid", frechet_distance=60) == "worse"
    assert came("sigmoid", frechet_distance=60, effective_classes=4) == "fewer"
    assert came("checkerboard", worst=(0.02, 0.1, 26)) == "pattern" and came("checkerboard") == "unharmed"
    assert came("strong_discriminator", frechet_distance=20) == "better"
    luck = (
        training_history.FinalMetrics(70, 3, 0.3, 0.09, 0.6, 0.6),
        training_history.FinalMetrics(15, 9, 0.3, 0.01, 0.6, 0.6),
    )
    assert came("sigmoid", luck, frechet_distance=60, effective_classes=4) == "unharmed", "a sound run went as far"
    assert came("sigmoid", luck, frechet_distance=80) == "worse"
    assert came("strong_discriminator", luck, frechet_distance=20) == "same"


def test_the_sentence_is_made_of_the_numbers():
    good, bad = (
        training_history.FinalMetrics(40, 9, 0.3, 0.01, 0.6, 0.55),
        training_history.FinalMetrics(60, 6.5, 0.2, 0.03, 0.9, 0.97),
    )
    pair = ablations.Pair((good,), bad, (0.02, 0.4, 26))
    by_name = {trick.name: ablations.measured(trick, pair) for trick in TRICKS}
    assert "60.0" in by_name["sigmoid"] and "50 % farther than" in by_name["sigmoid"] and "6.5" in by_name["sigmoid"]
    assert "3.0 % repeats every second pixel, against 1.0 %" in by_name["checkerboard"]
    assert "as much as 40.0 %, after 26 steps, in the sound run 2.0 %" in by_name["checkerboard"]
    assert "differ by 0.200 on average, against 0.300" in by_name["replay"]
    assert "97 % of the fakes" in by_name["strong_discriminator"]
    nearer = ablations.measured(TRICKS[0], ablations.Pair((bad,), good))
    assert "33 % nearer than" in nearer
    assert "luck" not in nearer
    lucky = ablations.measured(TRICKS[0], ablations.Pair((good, bad), good))
    assert "2 sound runs that differ in nothing but the seed end between 40.00 and 60.00" in lucky
    assert "about as far as" in ablations.measured(TRICKS[0], ablations.Pair((good,), good))


def test_guesses_are_counted():
    at = visit(gan_tab="Ablations", gan_guesses={"sigmoid": "worse", "no_dropout": "worse"})
    assert any("1 of 2 right" in each.value for each in at.caption)


def test_a_missing_run_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    training_history.write("ablation_baseline", record(side=28, columns=4), FACTS)
    st.cache_data.clear()
    at = visit(gan_tab="Ablations")
    next(each for each in at.button if each.key.startswith("gan_guess_")).click().run()
    assert not at.exception and "python -m training.gan" in at.error[0].value


def test_what_is_not_trained_yet_is_not_offered(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    at = visit()
    offered = [tab.label for tab in at.tabs]
    assert not set(TABS) & set(offered) and offered[0] == "2-D GAN"
    assert not any(box.key == "gan_model" for box in at.selectbox)


# --- the scripts ------------------------------------------------------------------------------

SCRIPTS = {
    "explore": {"gan_model": DIGITS, "gan_kind": "4"},
    "in_hand": {"gan_model": DIGITS, "gan_places_moved": True},
    "near": {"gan_view": "Neighbours"},
    "sums": {"gan_tab": "Arithmetic", "gan_model": DIGITS},
    "way": {"gan_tab": "Arithmetic", "gan_sum": "Between two", "gan_model": DIGITS},
    "records": {"gan_tab": "Flight recorder"},
}


@pytest.mark.parametrize("key", SCRIPTS)
def test_the_scripts_run(key, tmp_path):
    wanted = dict(SCRIPTS[key])
    moved = wanted.pop("gan_places_moved", False)
    at = visit(**wanted, **{f"{key}_code": key != "in_hand"})
    if moved:
        at.slider(key="gan_direction_1").set_value(1.0)
        at.session_state["in_hand_code"] = True
        sound(at.run())
    run_script(source_of(at), tmp_path)
    assert list(tmp_path.glob("gan*")), "it leaves a picture behind"


def test_a_broken_run_is_compared_in_a_script(monkeypatch, tmp_path):
    trick = {"gan_ablation": "Sigmoid, not tanh", "gan_guesses": {"sigmoid": "same"}}
    at = visit(gan_tab="Ablations", broken_code=True, **trick)
    source = source_of(at)
    assert "gan.ABLATIONS['sigmoid']" in source
    told = run_script(source.partition("# The same again")[0], tmp_path)
    assert told.count("FinalMetrics(frechet_distance=") == 2
