"""The training script of the GANs: weights, cards and histories that it writes, checkpoints, `--resume`."""

import json

import keras
import numpy as np
import pytest

from genmodels import weights
from genmodels.gan import history_recorder, metrics, train_step, training_history
from genmodels.gan import model as gan
from genmodels.gan.history_recorder import HistoryRecorder
from genmodels.vision import image_classifier
from training import gan as script


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """A few images of noise, an untrained classifier, and temporary folders."""
    classifier = image_classifier.build("fashion_mnist")
    noise = np.random.default_rng(0).integers(0, 256, (40, 28, 28), dtype="uint8")
    monkeypatch.setattr(metrics, "load_classifier", lambda data: classifier)
    monkeypatch.setattr(
        gan, "load_data", lambda config, split="train": (noise, np.arange(40) % 10 if config.classes else None)
    )
    monkeypatch.setattr(script, "CHECKPOINTS", tmp_path / "checkpoints")
    monkeypatch.setattr(script, "BATCH_SIZE", 8)
    monkeypatch.setattr(script, "N_SAMPLES", 50)
    monkeypatch.setattr(script, "FIRST_RECORD", 2)
    (tmp_path / "weights").mkdir()
    monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")
    hyperparameters = gan.Hyperparameters(output_activation="sigmoid")
    monkeypatch.setitem(
        gan.CONFIGS, "fashion_dense", gan.Config("fashion_mnist", "dense", classes=10, hyperparameters=hyperparameters)
    )


def run(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["training.gan", *words])
    script.main()


def test_a_model_writes_weights_card_and_training_history(monkeypatch):
    run(monkeypatch, "--model", "fashion_dense", "--steps", "3")
    model, card = gan.load("fashion_dense"), weights.model_card("gan_fashion_dense")
    assert gan.generate(model, gan.sample_latents(model, 2, 0), [0, 9]).shape == (2, 28, 28)
    assert card["command"].startswith("python -m training.gan --model fashion_dense --steps 3")
    assert card["steps"] == 3 and 0 <= card["held_out"]["label_accuracy"] <= 1
    history = training_history.read("fashion_dense")
    assert history.steps.tolist() == [0, 2, 3] and history.columns == 10
    assert history.curve_steps.tolist() == [1, 2, 3]
    assert weights.model_card("gan_fashion_dense_history")["held_out"]["frechet_distance"] > 0


@pytest.mark.slow
def test_resume_continues_from_the_checkpoint(monkeypatch):
    arguments = ("--model", "fashion_dense", "--dry-run")
    run(monkeypatch, *arguments, "--steps", "2")
    folder = script.CHECKPOINTS / "gan_fashion_dense"
    before = dict(np.load(folder / "state.npz"))
    state = train_step.create_train_state(
        gan.build("dense", classes=10, hyperparameters=gan.CONFIGS["fashion_dense"].hyperparameters, seed=9)
    )
    recorder = HistoryRecorder(state.ema_model, metrics.load_classifier(""), np.zeros((10, 28, 28), "uint8"), 0)
    assert history_recorder.restore_checkpoint(state, recorder, folder)["steps"] == state.done == 2
    for k, variable in enumerate(state.variables):
        assert np.array_equal(np.asarray(variable), before[f"variable_{k}"])
    run(monkeypatch, *arguments, "--steps", "4", "--resume")
    progress = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
    assert progress["steps"] == 4 and progress["history"]["rows"]["steps"] == [0, 2, 3, 4]
    assert list(weights.FOLDER.iterdir()) == []  # --dry-run
    run(monkeypatch, *arguments[:2], "--steps", "5", "--resume")
    lengths = "--steps 2 --seed 0, then --steps 4 --resume, then --steps 5 --resume"
    assert (
        weights.model_card("gan_fashion_dense")["command"] == f"python -m training.gan --model fashion_dense {lengths}"
    )


@pytest.mark.slow
def test_bfloat16_training_gives_a_float32_model(monkeypatch):
    hyperparameters = gan.Hyperparameters(
        output_activation="sigmoid", minibatch_layer="discrimination", mismatched_labels=True
    )
    monkeypatch.setitem(
        gan.CONFIGS, "fashion_dense", gan.Config("fashion_mnist", "dense", classes=10, hyperparameters=hyperparameters)
    )
    models = []
    create = script.create_train_state
    monkeypatch.setattr(script, "create_train_state", lambda model: models.append(model) or create(model))
    run(monkeypatch, "--model", "fashion_dense", "--steps", "2", "--dtype", "mixed_bfloat16")
    hidden = next(each for each in models[0].discriminator.layers if each.name.startswith("dense"))
    minibatch = models[0].discriminator.get_layer("minibatch")
    assert (hidden.compute_dtype, minibatch.compute_dtype) == ("bfloat16", "float32")
    assert keras.config.dtype_policy().name == "float32"
    progress = json.loads((script.CHECKPOINTS / "gan_fashion_dense/progress.json").read_text(encoding="utf-8"))
    assert np.isfinite(progress["history"]["rows"]["curve"]).all()
    command = weights.model_card("gan_fashion_dense")["command"]
    assert command == "python -m training.gan --model fashion_dense --steps 2 --dtype mixed_bfloat16 --seed 0"


@pytest.mark.slow
def test_an_ablation_writes_only_its_training_history(monkeypatch):
    monkeypatch.setattr(history_recorder, "generate_samples", lambda model, n, seed: np.zeros((n, 28, 28), "uint8"))
    run(monkeypatch, "--ablation", "sigmoid", "--steps", "2")
    assert {file.name.partition(".")[0] for file in weights.FOLDER.iterdir()} == {"gan_ablation_sigmoid_history"}
    assert len(training_history.read("ablation_sigmoid")) == 2


def test_curves_have_bounded_length_and_are_means(monkeypatch):
    monkeypatch.setattr(history_recorder, "MAX_CURVE_POINTS", 8)
    state = train_step.create_train_state(gan.build("dense"))
    recorder = HistoryRecorder(state.ema_model, metrics.load_classifier(""), np.zeros((10, 28, 28), "uint8"), 0)
    for step in range(1, 101):
        recorder.add_losses(step, {"discriminator": step, "generator": 1.0, "real": 0.5, "fake": 0.5})
    curve = np.array(recorder.rows["curve"])
    assert len(curve) <= 8 and (np.diff(curve[:, 0]) > 0).all() and curve[-1, 0] > 80
    assert curve[-1, 1] == pytest.approx(curve[-1, 0] - (recorder.steps_per_point - 1) / 2)
