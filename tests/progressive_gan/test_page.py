"""The page of the ProGAN, with an untrained model in place of the pretrained one."""

import base64

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from genmodels import weights
from genmodels.progressive_gan import model as progressive_gan
from pages.progressive_gan import common, fade_in, resolutions, samples
from pages.progressive_gan.components import fade_in as component
from pages.progressive_gan.components import growth_player
from tests import visitor
from tests.progressive_gan import test_training_history
from tests.visitor import at_the_door, run_script, sound
from ui import model_loading

PAGE = "pages/progressive_gan/page.py"
TABS = visitor.tabs_of("progressive_gan")[1]


@pytest.fixture(scope="module")
def model():
    return progressive_gan.build(seed=5)


@pytest.fixture(scope="module", autouse=True)
def pretrained(tmp_path_factory, model):
    """An untrained model with a synthetic training history; TensorFlow is loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weights, "FOLDER", tmp_path_factory.mktemp("weights"))
        patch.setattr(progressive_gan, "load", lambda name="fashion": model)
        test_training_history.write()
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
def test_every_tab_opens(tab):
    at = visit(progan_tab=tab)
    assert [each.label for each in at.tabs if len(each.children)] == [tab]


INVALID = {
    "progan_resolution": "64",
    "progan_seed": "1e99",
    "progan_alpha": "nan",
    "progan_sample": "-7; drop",
    "progan_start_seed": "x",
    "progan_end_seed": "-1",
    "progan_t": "2",
    "progan_samples_seed": "",
    "progan_selected_sample": "999",
    "progan_fade_in_video_format": "EXE",
    "progan_resolutions_video_format": "EXE",
    "progan_history_video_format": "EXE",
}


@pytest.mark.parametrize("tab", TABS)
def test_an_invalid_link_is_survived(tab):
    at = at_the_door(PAGE)
    at.query_params.update(INVALID | {"progan_tab": tab})
    sound(at.run())


def test_without_weights_there_is_a_sentence_and_the_explanation(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    at = visit()
    assert [tab.label for tab in at.tabs] == ["How it works"]
    assert "python -m training.progressive_gan" in at.info[0].value


def test_damaged_weights_are_reported_in_their_tab(monkeypatch):
    def damaged(name="fashion"):
        raise weights.WeightsError("weights/progressive_gan_fashion.fade_8.weights.h5 is damaged")

    monkeypatch.setattr(progressive_gan, "load", damaged)
    common.load.clear()
    fade_in.generate_paths.clear()
    at = at_the_door(PAGE).run()
    assert not at.exception and "is damaged" in at.error[0].value
    at = at_the_door(PAGE, progan_tab="How it works").run()
    assert not at.exception and "is damaged" in at.error[0].value
    assert [each.value for each in at.subheader] == ["Pretrained model", "Papers", "Source code"]
    common.load.clear()


@pytest.mark.slow
def test_every_preset_opens():
    from pages.progressive_gan.page import PRESETS

    for name, state in PRESETS:
        assert state["progan_tab"] in TABS, name
        at = visit(**state)
        assert all(at.session_state[key] == value for key, value in state.items()), name


# --- Fade-in ----------------------------------------------------------------------------------


def test_the_paths_are_those_of_the_fade(model):
    old, new = fade_in.generate_paths("fade_16", 4)
    z = progressive_gan.sample_latents(fade_in.N_SAMPLES, 4)
    expected = progressive_gan.generate_paths(model, z, "fade_16", 0.5)
    for values, images in zip((old, new, (old + new) / 2), expected, strict=True):
        assert np.abs(np.clip(values, 0, 255) - images).max() <= 0.51


def test_the_browser_receives_levels_outside_of_the_range():
    levels = np.array([[[-300.0, 0.0625], [255.4, 1e6]]])
    integers = np.frombuffer(base64.b64decode(component._packed(levels)), "<i2")
    assert integers.tolist() == [-4800, 1, 4086, 32767]


def test_a_link_names_alpha_and_the_sample():
    at = at_the_door(PAGE)
    at.query_params.update({"progan_alpha": "0.3", "progan_sample": "9", "progan_resolution": "32"})
    sound(at.run())
    assert at.session_state["progan_alpha"] == 0.3 and at.session_state["progan_sample"] == 9
    assert at.query_params["progan_alpha"] in ("0.3", ["0.3"])


def test_reset_and_presets_move_the_component():
    at = visit(progan_alpha=0.9, progan_seed=7)
    before = at.session_state["progan_alpha_token"]
    sound(at.run())
    assert at.session_state["progan_alpha_token"] == before, "a rerun leaves the component where it is"
    sound(at.button(key="progan_fade_in_reset").click().run())
    assert at.session_state["progan_alpha"] == fade_in.DEFAULTS["progan_alpha"]
    assert at.session_state["progan_alpha_token"] == before + 1
    assert at.number_input(key="progan_seed").value == common.DEFAULT_SEED


def test_what_the_browser_sends_is_kept_and_does_not_come_back():
    def run() -> None:
        import streamlit as st

        from pages.progressive_gan import common

        for value in (0.25, float("nan"), "0.7", None):
            common.set_from_browser("progan_x", value)
        st.text(common.browser_value("progan_x", 0.5, 0.0, 1.0))
        st.text(common.token("progan_x"))
        common.set_from_browser("progan_x", 7)
        st.text(common.browser_value("progan_x", 0.5, 0.0, 1.0))
        st.text(common.token("progan_x"))

    at = sound(AppTest.from_function(run).run())
    assert [each.value for each in at.text] == ["0.25", "0", "1.0", "1"], "only a corrected value moves the component"


# --- Resolutions, Training history, Samples ----------------------------------------------------


def test_the_interpolation_starts_and_ends_at_the_seeds(model):
    grids = resolutions.generate_interpolation(3, 4)
    assert tuple(grids) == (4, 8, 16, 32)
    for k, seed in ((0, 3), (-1, 4)):
        expected = progressive_gan.generate_resolutions(model, progressive_gan.sample_latents(resolutions.ROWS, seed))
        for r, each in grids.items():
            assert each.shape == (resolutions.ROWS, resolutions.STEPS, r, r)
            assert np.abs(each[:, k].astype(int) - expected[r]).max() <= 1


def test_the_history_is_packed_with_its_stages():
    packed = growth_player.packed("fashion")
    assert packed["rows"] == 5 and packed["columns"] == 8 and packed["side"] == 32
    assert len(packed["points"]) == 22 and packed["points"][0] == {"images": 0, "resolution": 4, "alpha": 1.0}
    assert [each["isFading"] for each in packed["segments"]] == [False, True, False, True, False, True, False]
    assert sum(each["length"] for each in packed["segments"]) == 22


def test_samples_are_generated_from_their_seed(model):
    z = progressive_gan.sample_latents(samples.N_SAMPLES, 6)
    assert np.array_equal(samples.generate(6), progressive_gan.generate(model, z))
    at = visit(progan_tab="Samples", progan_samples_seed=6)
    assert "1.25" in " ".join(each.value for each in at.caption)


# --- downloads and scripts --------------------------------------------------------------------

SCRIPTS = {
    "fade_in": {"progan_tab": "Fade-in", "progan_resolution": "8"},
    "resolutions": {"progan_tab": "Resolutions", "progan_t": 0.5},
    "history": {"progan_tab": "Training history"},
    "samples": {"progan_tab": "Samples"},
}


@pytest.mark.parametrize("key", SCRIPTS)
def test_the_scripts_run(key, tmp_path):
    at = visit(**SCRIPTS[key], **{f"progan_{key}_code": True})
    run_script(source_of(at), tmp_path)
    assert list(tmp_path.glob("progan*")), "it writes an image"
