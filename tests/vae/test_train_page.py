"""The tab "Train" without a browser: a small training from the button to the downloaded file."""

import json
import threading

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genmodels.jobs.job_queue import Job
from genmodels.vae import model as vae
from pages.vae import train, train_view
from tests import visitor
from tests.visitor import labels, run_script, sound, stop_all, until
from ui import job_panel, training_panel
from ui.code_panel import dedent_script

TINY = {"vae_train_data": "digits", "vae_train_batch_size": 256, "vae_train_epochs": 2}


def visit(**state) -> AppTest:
    return visitor.visit("pages/vae/page.py", **{"vae_tab": "Train"} | state)


def job(at: AppTest) -> Job:
    return visitor.job(at, "vae_train")


@pytest.fixture(autouse=True)
def empty_queue():
    """No training outlives its test."""
    yield
    stop_all()


@pytest.fixture
def fake_training(monkeypatch):
    """Trainings report at once and change no weights, for tests of the page, which need no compiling."""

    def fake_train(model, images, *, held_out, epochs, batch_size, **rest):
        total = epochs * (len(images) // batch_size)
        for done in range(1, total + 1):
            losses = {
                f"{split} {term}": 1.0 / done for split in ("training", "held-out") for term in ("reconstruction", "kl")
            }
            yield vae.Step(done, total, losses, np.zeros((280, 280), "uint8"), 100.0)
            threading.Event().wait(0.05)

    monkeypatch.setattr(vae, "train", fake_train)


@pytest.mark.slow
def test_a_training_can_be_downloaded_and_its_script_repeats_it(tmp_path):
    at = visit(**TINY | {"vae_train_epochs": 1})
    at.button(key="vae_train_train").click().run()
    until(lambda: not job(at).active)
    sound(at.run())
    assert job(at).state == "done" and job(at).step.done == job(at).step.total == 1500 // 256
    assert len(at.image) >= 2, "no grid"
    assert {"Weights", "Grid", "Settings"} <= set(labels(at, "download_button"))
    assert "Result" in [each.value for each in at.subheader]
    run = visitor.job(at, "vae_train").run
    assert run["settings"]["build"] == {"latent_dim": 2, "beta": 1.0, "variational": True, "seed": 0}
    json.dumps(run["settings"])
    run_script(dedent_script(train_view.script(run["settings"])), tmp_path)
    again = vae.build(2)
    again.load_weights(tmp_path / "vae_trained.weights.h5")
    z = np.zeros((1, 2), "float32")
    np.testing.assert_allclose(vae.decode(again, z), vae.decode(run["model"], z), atol=1e-3)


def test_stop_keeps_the_weights(tmp_path):
    at = visit(**TINY | {"vae_train_epochs": 100})
    at.button(key="vae_train_train").click().run()
    until(lambda: job(at).step is not None)
    at.run().button(key="vae_train_stop").click().run()
    until(lambda: not job(at).active)
    assert job(at).state == "stopped" and job(at).step.done < job(at).step.total
    sound(at.run())
    assert "Weights" in labels(at, "download_button")
    run = visitor.job(at, "vae_train").run
    (tmp_path / "stopped.weights.h5").write_bytes(training_panel.weights_file(run["model"]))
    again = vae.build(2, seed=5)
    again.load_weights(tmp_path / "stopped.weights.h5")
    z = np.array([[0.5, -0.5]], "float32")
    np.testing.assert_allclose(vae.decode(again, z), vae.decode(run["model"], z), atol=1e-6)


def test_changing_a_control_keeps_the_training(fake_training):
    at = visit(**TINY | {"vae_train_epochs": 100})
    at.button(key="vae_train_train").click().run()
    until(lambda: job(at).step is not None)
    before = job(at)
    at.run().select_slider(key="vae_train_beta").set_value("4").run()
    assert at.button(key="vae_train_train").disabled
    assert job(at) is before and before.active
    assert visitor.job(at, "vae_train").run["settings"]["build"]["beta"] == 1.0


def test_pause_and_resume(fake_training):
    at = visit(**TINY | {"vae_train_epochs": 100})
    at.button(key="vae_train_train").click().run()
    until(lambda: job(at).step is not None)
    at.run().button(key="vae_train_pause").click().run()
    until(lambda: job(at).state == "paused")
    paused = job(at).step.done
    at.run().button(key="vae_train_resume").click().run()
    until(lambda: job(at).step.done > paused)


def test_the_training_continues_while_another_tab_is_open(fake_training):
    at = visit(**TINY | {"vae_train_epochs": 100})
    at.button(key="vae_train_train").click().run()
    until(lambda: job(at).step is not None)
    at.session_state["vae_tab"] = "Latent sliders"
    sound(at.run())
    assert job(at).active
    at.session_state["vae_tab"] = "Train"
    assert "Stop" in labels(sound(at.run()), "button")


def test_the_second_visitor_sees_a_position_in_the_queue(fake_training):
    first, second = (visit(**TINY | {"vae_train_epochs": 100}) for _ in range(2))
    first.button(key="vae_train_train").click().run()
    until(lambda: job(first).step is not None)
    second.button(key="vae_train_train").click().run()
    assert job(second).state == "queued"
    assert "position 1" in job_panel._state(job(second))
    second.button(key="vae_train_stop").click().run()
    assert job(second).state == "stopped"


def test_an_experiment_starts_with_its_settings(fake_training):
    at = visit(**TINY)
    at.button(key="vae_train_try_Plain autoencoder").click().run()
    assert visitor.job(at, "vae_train").run["settings"]["build"]["variational"] is False
    until(lambda: job(at).step is not None)
    sound(at.run())


@pytest.mark.slow
def test_more_than_two_latent_dimensions_show_their_kl(fake_training):
    at = visit(**TINY | {"vae_train_latent_dim": 5, "vae_train_epochs": 1})
    at.button(key="vae_train_train").click().run()
    until(lambda: not job(at).active)
    sound(at.run())
    assert any("those near 0 are inactive" in each.value for each in at.caption)


def test_a_data_set_sets_its_defaults_and_reset_restores_them():
    at = visit(vae_train_data="digits")
    at.selectbox(key="vae_train_data").set_value("fashion_mnist").run()
    assert at.session_state["vae_train_epochs"] == train.LARGE_DATA_DEFAULTS["vae_train_epochs"]
    at.select_slider(key="vae_train_beta").set_value("8").run()
    at.button(key="vae_train_reset").click().run()
    assert at.session_state["vae_train_beta"] == "1"


def test_missing_data_names_three_ways_to_get_it(monkeypatch, tmp_path):
    import keras

    def unreachable():
        raise Exception("URL fetch failure")  # as keras.utils.get_file does

    monkeypatch.delenv("GENMODELS_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(keras.datasets.fashion_mnist, "load_data", unreachable)
    at = visit(vae_train_data="fashion_mnist")
    text = at.warning[0].value
    assert all(way in text for way in ("internet", "GENMODELS_DATA_DIR", "fashion_mnist.npz", "datasets"))
    at.button(key="vae_train_train").click().run()
    until(lambda: not job(at).active)
    at.run()
    assert not at.exception
    assert "Three ways" in at.error[0].value


@pytest.mark.parametrize("data", ["digits", "fashion_mnist"])
def test_the_script_is_python_with_the_settings(data):
    settings = {
        "data": data,
        "build": {"latent_dim": 3, "beta": 4.0, "variational": True, "seed": 7},
        "train": {"epochs": 1, "batch_size": 256, "learning_rate": 0.001, "report_every": 4, "seed": 7},
    }
    source = dedent_script(train_view.script(settings))
    compile(source, "script", "exec")
    assert "latent_dim=3" in source and "learning_rate=0.001" in source and ("resize" in source) == (data == "digits")
