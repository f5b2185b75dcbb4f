"""The tabs "2-D GAN" and "Train" without a browser: from the button Train to the downloads."""

import base64
import json
import threading
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genmodels.data import datasets
from genmodels.gan import model as gan
from genmodels.gan import training
from genmodels.gan.model import Hyperparameters
from pages.gan import gan_2d_controls, train_controls, train_view
from tests import visitor
from tests.visitor import job, labels, run_script, sound, stop_all, until
from ui import job_panel
from ui.code_panel import dedent_script

TINY_TRAINING = {
    "gan_train_data": "digits",
    "gan_train_architecture": "dense",
    "gan_train_batch_size": 256,
    "gan_train_epochs": 1,
}
TINY_2D = {"gan2d_hidden_units": 8, "gan2d_steps": 100}


def visit(tab: str, **state) -> AppTest:
    return visitor.visit("pages/gan/page.py", **{"gan_tab": tab} | state)


@pytest.fixture(autouse=True)
def empty_queue():
    """End all jobs after each test."""
    yield
    stop_all()


@pytest.fixture
def fake_training(monkeypatch):
    """A training that reports at once without computing, for tests of the page around it."""
    arguments = {}

    def train(data, labels=None, *, architecture, hyperparameters, epochs, batch_size, seed, controls, classifier):
        arguments.update(controls=controls, labels=labels, data=data, hyperparameters=hyperparameters)
        model = gan.GAN(None, None, (28, 28, 1), 30, 0, hyperparameters)
        for done in range(1, 401):
            losses, accuracy = {"discriminator": 1 / done, "generator": 2.0}, {"real": 0.75, "fake": 0.5}
            grid = np.full((224, 224), done % 256, "uint8")
            yield training.Step(done, 400, losses, accuracy, grid, model, 100.0, done / 10, None, None)
            threading.Event().wait(0.03)

    monkeypatch.setattr(training, "train", train)
    return arguments


GAN_2D = {
    "gan2d_data_distribution": "Torus", "gan2d_networks_to_update": "neither", "gan2d_r1_penalty_weight": "-3",
    "gan2d_discriminator_learning_rate": "1e99", "gan2d_hidden_units": "0", "gan2d_steps": "99999999",
    "gan2d_seed": "-1", "gan2d_layers": "Everything", "gan2d_slow_motion": "perhaps",
}  # fmt: skip
TRAINING = {
    "gan_train_data": "imagenet", "gan_train_classes": "Unicorn", "gan_train_architecture": "transformer",
    "gan_train_kernel_size": "0", "gan_train_epochs": "1e9", "gan_train_seed": "x", "gan_train_dropout": "7",
    "gan_train_objective": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("tab", "query"), [("2-D GAN", GAN_2D), ("Train", TRAINING), ("How it works", {"gan_model": "Cats"})]
)
def test_invalid_links_open_the_page(tab, query, monkeypatch):
    monkeypatch.setattr(datasets, "available", lambda name: name == "digits")
    at = visitor.at_the_door("pages/gan/page.py")
    at.query_params.update({"gan_tab": tab} | query)
    assert not at.run().exception


# --- 2-D GAN ---------------------------------------------------------------------------


def test_2d_training_ends_and_continues():
    at = visit("2-D GAN", **TINY_2D)
    assert at.session_state["gan2d_run"]["history"][-1].done == 0
    at.button(key="gan2d_train").click().run()
    until(lambda: not job(at, "gan2d").active)
    sound(at.run())
    assert job(at, "gan2d").state == "done"
    run = at.session_state["gan2d_run"]
    assert [run["history"][0].done, run["history"][-1].done] == [0, 100]
    assert {"Precision (fidelity)", "Recall (coverage)"} == {each.label for each in at.metric}
    assert at.button(key="gan2d_train").label == "Continue training"
    at.button(key="gan2d_train").click().run()
    until(lambda: not job(at, "gan2d").active)
    assert at.session_state["gan2d_run"] is run and run["history"][-1].done == 200


def test_2d_training_does_not_wait_for_tensorflow(monkeypatch):
    at = visit("2-D GAN", **TINY_2D)
    monkeypatch.setattr(job_panel.model_loading, "start_tensorflow_import", Future)  # an import that never ends
    at.button(key="gan2d_train").click().run()
    until(lambda: not job(at, "gan2d").active)
    assert job(at, "gan2d").state == "done"


def test_controls_reach_the_running_2d_training_and_new_data_starts_a_new_run():
    at = visit("2-D GAN", **TINY_2D | {"gan2d_steps": 5000, "gan2d_slow_motion": True})
    at.button(key="gan2d_train").click().run()
    until(lambda: job(at, "gan2d").step is not None)
    run, first_job = at.session_state["gan2d_run"], job(at, "gan2d")
    at.select_slider(key="gan2d_r1_penalty_weight").set_value(3.0).run()
    at.selectbox(key="gan2d_networks_to_update").set_value("Generator only").run()
    assert at.session_state["gan2d_run"] is run and first_job.active
    assert (run["controls"].r1_penalty_weight, run["controls"].networks_to_update) == (3.0, "generator")
    at.selectbox(key="gan2d_data_distribution").set_value("Spiral").run()
    until(lambda: not first_job.active)
    assert at.session_state["gan2d_run"]["history"][-1].done == 0
    sound(at)


def test_training_steps_by_hand_update_one_network_only():
    at = visit("2-D GAN", **TINY_2D)
    state = at.session_state["gan2d_run"]["state"]
    before = [p.copy() for p in state.generator.parameters], [p.copy() for p in state.discriminator.parameters]
    sound(at.button(key="gan2d_train_discriminator").click().run())
    assert state.done == 10
    assert all((a == b).all() for a, b in zip(before[0], state.generator.parameters, strict=True))
    assert any((a != b).any() for a, b in zip(before[1], state.discriminator.parameters, strict=True))


def test_a_drawing_can_be_trained_on_once_it_has_enough_points():
    at = visit("2-D GAN", **TINY_2D, gan2d_data_distribution="Draw your own")
    assert at.button(key="gan2d_train").disabled and "at least 20 points" in at.info[0].value
    points = np.random.default_rng(0).uniform(-0.5, 0.5, (60, 2)).astype("<f4")
    at.session_state["gan2d_drawing"] = base64.b64encode(points[:19].tobytes()).decode()
    sound(at.run())
    assert at.button(key="gan2d_train").disabled
    assert at.button(key="gan2d_train").help == "Training needs at least 20 points; 19 are drawn."
    assert "19 of 20 points" in [each.value for each in at.caption]
    at.session_state["gan2d_drawing"] = base64.b64encode(points.tobytes()).decode()
    sound(at.run())
    assert not at.button(key="gan2d_train").disabled
    assert np.abs(at.session_state["gan2d_run"]["points"]).max() <= 0.5
    sound(at.button(key="gan2d_clear_drawing").click().run())
    assert at.session_state["gan2d_drawing"] == "" and at.button(key="gan2d_train").disabled
    assert "gan2d_clear_drawing" not in {each.key for each in at.button}
    at.session_state["gan2d_drawing"] = "not base64!"
    sound(at.run())
    assert at.button(key="gan2d_train").disabled


@pytest.mark.parametrize("title", [title for title, _, _ in gan_2d_controls.SUGGESTED_RUNS])
def test_each_suggested_2d_run_starts_with_its_settings(title):
    at = visit("2-D GAN", **TINY_2D, gan2d_seed=3)
    at.button(key=f"gan2d_try_{title}").click().run()
    until(lambda: job(at, "gan2d").step is not None)
    sound(at.run())
    assert at.session_state["gan2d_seed"] == 0 and visitor.job(at, "gan2d").run is at.session_state["gan2d_run"]


def test_the_2d_script_trains_with_the_same_settings(tmp_path):
    at = visit("2-D GAN", **TINY_2D | {"gan2d_r1_penalty_weight": 1.0}, gan2d_code=True)
    (source,) = [each.value for each in at.code if "np.savetxt" in each.value]
    assert "r1_penalty_weight=1.0" in source and "100 {" in run_script(source, tmp_path)


# --- Train -----------------------------------------------------------------------------------


def test_a_tiny_training_ends_and_can_be_downloaded(tmp_path):
    at = visit("Train", **TINY_TRAINING)
    at.button(key="gan_train_train").click().run()
    until(lambda: not job(at, "gan_train").active)
    sound(at.run())
    assert job(at, "gan_train").state == "done" and job(at, "gan_train").step.done == 1500 // 256
    assert at.get("imgs") or at.image, "no samples"
    assert {"Weights", "Samples", "MP4", "GIF", "Settings"} <= set(labels(at, "download_button"))
    run = visitor.job(at, "gan_train").run
    json.dumps(train_view.as_json(run["settings"]))
    model = job(at, "gan_train").step.model
    (tmp_path / "kept.weights.h5").write_bytes(train_view._weights(model))
    again = gan.build("dense", seed=5, hyperparameters=model.hyperparameters)
    gan.as_keras_model(again).load_weights(tmp_path / "kept.weights.h5")
    z = gan.sample_latents(model, 4, 0)
    assert (gan.generate(again, z) == gan.generate(model, z)).all()
    assert train_view._video(run, "gif")[:3] == b"GIF"


def test_learning_rates_and_label_noise_reach_the_running_training(fake_training):
    at = visit("Train", **TINY_TRAINING)
    at.button(key="gan_train_train").click().run()
    until(lambda: job(at, "gan_train").step is not None)
    at.run().select_slider(key="gan_train_generator_learning_rate").set_value(0.001).run()
    at.slider(key="gan_train_label_noise").set_value(0.2).run()
    at.selectbox(key="gan_train_networks_to_update").set_value("Discriminator only").run()
    sound(at)
    controls = fake_training["controls"]
    assert (controls.generator_learning_rate, controls.label_noise, controls.networks_to_update) == (
        0.001,
        0.2,
        "discriminator",
    )
    assert at.button(key="gan_train_train").disabled and job(at, "gan_train").active


def test_pause_resume_and_stop_keep_the_run(fake_training):
    at = visit("Train", **TINY_TRAINING)
    at.button(key="gan_train_train").click().run()
    until(lambda: job(at, "gan_train").step is not None)
    at.run().button(key="gan_train_pause").click().run()
    until(lambda: job(at, "gan_train").state == "paused")
    paused_at = job(at, "gan_train").step.done
    at.run().button(key="gan_train_resume").click().run()
    until(lambda: job(at, "gan_train").step.done > paused_at)
    at.run().button(key="gan_train_stop").click().run()
    until(lambda: not job(at, "gan_train").active)
    sound(at.run())
    assert "Samples" in labels(at, "download_button")
    at.session_state["gan_tab"] = "How it works"
    at.run()
    at.session_state["gan_tab"] = "Train"
    assert "Samples" in labels(sound(at.run()), "download_button")


def test_one_class_and_conditional_training(fake_training):
    at = visit("Train", **TINY_TRAINING | {"gan_train_classes": "3"})
    at.button(key="gan_train_train").click().run()
    until(lambda: job(at, "gan_train").step is not None)
    assert fake_training["labels"] is None and 100 < len(fake_training["data"]) < 200
    assert fake_training["data"].shape[1:] == (28, 28)
    at.run().button(key="gan_train_stop").click().run()
    until(lambda: not job(at, "gan_train").active)
    at.run().selectbox(key="gan_train_classes").set_value(train_controls.CONDITIONAL).run()
    at.button(key="gan_train_train").click().run()
    until(lambda: fake_training["labels"] is not None)
    assert len(fake_training["labels"]) == len(fake_training["data"]) == 1500


def test_the_controls_are_hyperparameters(fake_training):
    at = visit(
        "Train",
        **TINY_TRAINING,
        gan_train_output_activation="sigmoid",
        gan_train_activation="ReLU, max pooling",
        gan_train_kernel_size=5,
    )
    at.button(key="gan_train_train").click().run()
    until(lambda: job(at, "gan_train").step is not None)
    assert fake_training["hyperparameters"] == Hyperparameters(
        output_activation="sigmoid", activation="relu_and_pooling", kernel_size=5
    )
    assert "off" in sound(at.run()).info[0].value, "there is no classifier for the 8 x 8 digits"


def test_other_data_selects_one_of_its_classes(monkeypatch):
    monkeypatch.setattr(datasets, "available", lambda name: name == "digits")  # reading 10,000 photos takes a while
    at = visit("Train", **TINY_TRAINING | {"gan_train_classes": "3"})
    sound(at.selectbox(key="gan_train_data").set_value("cifar10").run())
    assert at.session_state["gan_train_classes"] == "frog"
    sound(at.selectbox(key="gan_train_data").set_value("mnist").run())
    assert at.session_state["gan_train_classes"] == train_controls.ALL


def settings(**changes):
    hyperparameters = replace(Hyperparameters(), dropout=0.1)
    train = {"architecture": "dense", "hyperparameters": hyperparameters, "epochs": 1, "batch_size": 256, "seed": 7}
    return {"data": "digits", "only_class": None, "conditional": False, "train": train} | changes


@pytest.mark.slow
def test_the_script_trains_with_the_same_settings(tmp_path):
    assert "5 of 5" in run_script(dedent_script(train_view.script(settings())), tmp_path)
    assert {file.name for file in tmp_path.iterdir()} >= {"gan_samples.png", "gan_trained.weights.h5"}


@pytest.mark.parametrize("data", ["fashion_mnist", "cifar10"])
def test_the_script_contains_the_settings(data):
    source = dedent_script(train_view.script(settings(data=data, only_class=6, conditional=True)))
    compile(source, "script", "exec")
    assert "dropout=0.1" in source and "labels == 6" in source and f"load('{data}')" in source
