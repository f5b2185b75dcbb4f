"""The view Train an autoencoder without a browser."""

import json
import threading

import numpy as np
import pytest

from genmodels.autoencoders import config, training
from genmodels.autoencoders import model as autoencoders
from genmodels.jobs.job_queue import Job
from pages.autoencoders import common, train_autoencoder, train_controls, train_result, train_view
from tests import visitor
from tests.visitor import labels, run_script, sound, stop_all, until
from ui import training_data
from ui.code_panel import dedent_script

SHORT = {"ae_train_data": "digits", "ae_train_batch_size": 256, "ae_train_epochs": 2}
LONG = SHORT | {"ae_train_epochs": 100}


def visit(**state):
    return visitor.visit("pages/autoencoders/page.py", ae_tab="Train", **state)


def job(at) -> Job:
    return visitor.job(at, "ae_train")


def train(at):
    at.button(key="ae_train_train").click().run()
    until(lambda: job(at).step is not None)
    return at.run()


@pytest.fixture(autouse=True)
def stop_trainings():
    """No training outlives its test."""
    yield
    stop_all()


@pytest.fixture
def mock_training(monkeypatch):
    """Trainings that report at once, without compiling, for tests of the page. Gives the reported test error."""
    report = {"error": 0.01}

    def train(model, images, *, test_images, epochs, batch_size, **options):
        total = epochs * (len(images) // batch_size)
        for done in range(1, total + 1):
            phase = list(train_view.PHASES)[min(2, 3 * done // total)] if model.config.greedy else "all layers"
            losses = {"training error": 0.02, "test error": report["error"]}
            yield training.Step(done, total, losses, np.zeros((56, 280), "uint8"), phase, 100.0)
            threading.Event().wait(0.02)

    monkeypatch.setattr(training, "train", train)
    return report


@pytest.mark.slow
def test_a_short_training_can_be_downloaded_and_its_script_repeats_it(tmp_path):
    at = visit(**SHORT, ae_train_model="Denoising, dropout", ae_train_code_size=8)
    at.button(key="ae_train_train").click().run()
    until(lambda: not job(at).active)
    sound(at.run())
    assert job(at).state == "done" and job(at).step.done == job(at).step.total == 2 * (1500 // 256)
    assert {"Weights", "Image", "Settings"} <= set(labels(at, "download_button"))
    run = visitor.job(at, "ae_train").run
    assert run["settings"]["model"] == "denoising_dropout"
    assert run["settings"]["changes"] == {"code_size": 8, "noise_level": 0.5}
    json.dumps(run["settings"])
    row = at.table[0].value.iloc[0]
    assert row["Parameters"] == f"{run['model'].parameters:,}"
    assert float(row["Test MSE"]) == pytest.approx(job(at).step.losses["test error"], abs=1e-4)

    loaded = autoencoders.build(train_view.config(run["settings"]), seed=5)
    images = training_data.load_images("digits", "test")[0][:5]
    expected = autoencoders.reconstruct(run["model"], images)
    (tmp_path / "downloaded.weights.h5").write_bytes(train_result._weights(run["model"]))
    loaded.full_model.load_weights(tmp_path / "downloaded.weights.h5")
    np.testing.assert_allclose(autoencoders.reconstruct(loaded, images), expected, atol=1e-6)
    run_script(dedent_script(train_view.script(run["settings"])), tmp_path)
    loaded.full_model.load_weights(tmp_path / "autoencoder.weights.h5")
    np.testing.assert_allclose(autoencoders.reconstruct(loaded, images), expected, atol=1e-3)
    assert (tmp_path / "autoencoder_reconstructions.png").is_file()


def test_a_stopped_training_keeps_its_model(mock_training):
    at = train(visit(**LONG))
    at.button(key="ae_train_stop").click().run()
    until(lambda: not job(at).active)
    assert job(at).state == "stopped" and job(at).step.done < job(at).step.total
    sound(at.run())
    assert "Weights" in labels(at, "download_button")
    assert float(at.table[0].value.iloc[0]["Epochs"]) < 100, "the epochs until the stop"


def test_pause_another_tab_and_changed_controls_do_not_affect_the_training(mock_training):
    at = train(visit(**LONG))
    current = job(at)
    at.button(key="ae_train_pause").click().run()
    until(lambda: current.state == "paused")
    paused_at = current.step.done
    at.session_state["ae_tab"] = "How it works"
    sound(at.run())
    at.session_state["ae_tab"] = "Train"
    sound(at.run()).select_slider(key="ae_train_code_size").set_value(4).run()
    assert at.button(key="ae_train_train").disabled
    at.button(key="ae_train_resume").click().run()
    until(lambda: job(at).step.done > paused_at)
    assert job(at) is current
    assert visitor.job(at, "ae_train").run["settings"]["changes"]["code_size"] == config.CODE_SIZE


@pytest.mark.slow
def test_a_greedy_training_shows_its_phases(mock_training, monkeypatch):
    monkeypatch.setitem(train_controls.SMALL_EPOCHS, "greedy", 3)
    at = visit(ae_train_data="digits")
    at.button(key="ae_train_try_Greedy layer-wise training").click().run()
    badges = set()
    while job(at).active or not badges:
        at.run()
        current = [each.value for each in at.markdown if "badge[" in each.value]
        if current and job(at).step:
            badges.add(current[0])
    sound(at.run())
    assert len(badges) == 3 and all(each.count(":orange-badge") == 1 for each in badges), "one phase is highlighted"
    phases = visitor.job(at, "ae_train").run["phases"]
    assert [phase for _, phase in phases] == list(train_view.PHASES)
    assert [done for done, _ in phases] == sorted({done for done, _ in phases})


def test_other_trainings_show_no_phases(mock_training):
    at = train(visit(**SHORT))
    assert not any("badge[" in each.value for each in at.markdown)


@pytest.mark.parametrize("error", [float("nan"), 0.3])
def test_a_learning_rate_that_is_too_high_gives_a_message(mock_training, error):
    mock_training["error"] = error
    at = visit(**SHORT, ae_train_learning_rate=0.05)
    at.button(key="ae_train_train").click().run()
    until(lambda: not job(at).active)
    at.run()
    assert not at.exception
    assert "Lower it and train again" in at.error[0].value


def test_the_default_learning_rate_gives_no_message(mock_training):
    mock_training["error"] = 0.3
    at = visit(**SHORT)
    at.button(key="ae_train_train").click().run()
    until(lambda: not job(at).active)
    sound(at.run())


@pytest.mark.parametrize("data", ["digits", pytest.param("fashion_mnist", marks=pytest.mark.data)])
def test_the_baseline_is_the_error_of_the_mean_image(data):
    images = training_data.load_images(data, "test")[0][: train_view.N_TEST] / 255
    assert images.var(axis=0).mean() == pytest.approx(train_view.BASELINE[data], abs=1e-3)


def test_a_model_has_its_controls_and_defaults():
    at = visit(ae_train_data="digits")
    keys = {each.key for each in at.slider} | {each.key for each in at.select_slider}
    assert not keys & {"ae_train_noise_level", "ae_train_sparsity_weight"}
    sound(at.selectbox(key="ae_train_model").set_value("Denoising, Gaussian").run())
    assert at.slider(key="ae_train_noise_level").value == config.MODELS["denoising_gaussian"].noise_level
    sound(at.selectbox(key="ae_train_model").set_value("Sparse, KL").run())
    assert at.select_slider(key="ae_train_sparsity_weight").value == "0.005"
    assert at.select_slider(key="ae_train_sparsity_weight").label == "Sparsity weight λ"
    assert at.select_slider(key="ae_train_code_size").value == 300
    at.select_slider(key="ae_train_sparsity_weight").set_value("0.05").run()
    at.button(key="ae_train_reset").click().run()
    assert at.select_slider(key="ae_train_sparsity_weight").value == "0.005"
    sound(at.selectbox(key="ae_train_data").set_value("mnist").run())
    assert at.session_state["ae_train_epochs"] == train_controls.LARGE_EPOCHS["others"]


def test_every_default_is_an_option_of_its_slider():
    """Otherwise the control would show another value than the training uses."""
    for each in config.MODELS.values():
        assert each.sparsity_penalty == "none" or each.sparsity_weight in map(float, train_controls.SPARSITY_WEIGHTS)
    rates = {train_controls.DEFAULT_LEARNING_RATE, *train_controls.DEFAULT_LEARNING_RATES.values()}
    assert rates <= set(train_controls.LEARNING_RATES)


@pytest.mark.slow
def test_suggested_runs_start_with_their_settings(mock_training):
    at = visit(ae_train_data="digits")
    for title, changes, _ in train_autoencoder.SUGGESTED_RUNS:
        (model_key, model), *values = changes.items()
        at.button(key=f"ae_train_try_{title}").click().run()
        settings = visitor.job(at, "ae_train").run["settings"]
        assert model_key == "ae_train_model" and settings["model"] == common.NAMES[model]
        arguments = settings["changes"] | settings["train"]
        for key, value in values:
            assert arguments[key.removeprefix("ae_train_")] == float(value)
        stop_all()
        at.run()
    assert not at.exception


def test_missing_data_gives_three_remedies_before_and_after_the_run(monkeypatch, tmp_path):
    import keras

    def unreachable():
        raise Exception("URL fetch failure")  # as keras.utils.get_file does

    monkeypatch.delenv("GENMODELS_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.datasets.mnist, "load_data", unreachable)
    at = visit(ae_train_data="mnist")
    assert all(remedy in at.warning[0].value for remedy in ("internet", "GENMODELS_DATA_DIR", "mnist.npz"))
    at.button(key="ae_train_train").click().run()
    until(lambda: not job(at).active)
    at.run()
    assert not at.exception
    assert "Three ways" in at.error[0].value


@pytest.mark.parametrize("data", ["digits", "mnist"])
def test_the_script_is_python_with_the_settings(data):
    train = {"epochs": 1, "batch_size": 256, "learning_rate": 0.001, "report_every": 4, "seed": 7}
    changes = {"code_size": 64, "sparsity_weight": 0.001}
    settings = {"data": data, "model": "sparse_l1", "changes": changes, "train": train}
    source = dedent_script(train_view.script(settings))
    compile(source, "script", "exec")
    assert "sparsity_weight=0.001" in source and "seed=7)" in source and ("resize" in source) == (data == "digits")
