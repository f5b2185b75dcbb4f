"""The script that trains the GANs: what it leaves behind, and that it goes on where it stopped."""

import json

import keras
import numpy as np
import pytest

from genmodels import weights
from genmodels.gan import metrics as gan_metrics
from genmodels.gan import model as gan
from genmodels.gan import training as gan_training
from genmodels.gan import training_history
from genmodels.vision import image_classifier
from training import gan as script


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """Few pictures of noise, an untrained classifier, and folders of our own."""
    eye = image_classifier.build("fashion_mnist")
    noise = np.random.default_rng(0).integers(0, 256, (40, 28, 28), dtype="uint8")
    monkeypatch.setattr(gan_metrics, "load_classifier", lambda data: eye)
    monkeypatch.setattr(
        gan, "load_data", lambda config, split="train": (noise, np.arange(40) % 10 if config.classes else None)
    )
    monkeypatch.setattr(script, "CHECKPOINTS", tmp_path / "checkpoints")
    monkeypatch.setattr(script, "BATCH_SIZE", 8)
    monkeypatch.setattr(script, "SAMPLES", 50)
    monkeypatch.setattr(script, "FIRST", 2)
    (tmp_path / "weights").mkdir()
    monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")
    hyperparameters = gan.Hyperparameters(output_activation="sigmoid")
    monkeypatch.setitem(
        gan.CONFIGS, "fashion_dense", gan.Config("fashion_mnist", "dense", classes=10, hyperparameters=hyperparameters)
    )


def run(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["training.gan", *words])
    script.main()


def test_a_model_leaves_weights_a_card_and_its_flight_record(monkeypatch):
    run(monkeypatch, "--model", "fashion_dense", "--steps", "3")
    model, card = gan.load("fashion_dense"), weights.model_card("gan_fashion_dense")
    assert gan.generate(model, gan.sample_latents(model, 2, 0), [0, 9]).shape == (2, 28, 28)
    assert card["command"].startswith("python -m training.gan --model fashion_dense --steps 3")
    assert card["steps"] == 3 and 0 <= card["held_out"]["label_accuracy"] <= 1
    record = training_history.read("fashion_dense")
    assert record.steps.tolist() == [0, 2, 3] and record.columns == 10
    assert record.curve_steps.tolist() == [1, 2, 3]
    assert weights.model_card("gan_fashion_dense_history")["held_out"]["frechet_distance"] > 0


def test_it_goes_on_where_it_stopped(monkeypatch):
    asked = ("--model", "fashion_dense", "--dry")
    run(monkeypatch, *asked, "--steps", "2")
    folder = script.CHECKPOINTS / "gan_fashion_dense"
    before = dict(np.load(folder / "state.npz"))
    learning = gan_training.learner(
        gan.build("dense", classes=10, hyperparameters=gan.CONFIGS["fashion_dense"].hyperparameters, seed=9)
    )
    recorder = script.Recorder(learning.shown, gan_metrics.load_classifier(""), np.zeros((10, 28, 28), "uint8"), 0)
    assert script.restore(learning, recorder, folder)["steps"] == learning.done == 2
    for k, variable in enumerate(learning.variables):
        assert np.array_equal(np.asarray(variable), before[f"variable_{k}"])
    run(monkeypatch, *asked, "--steps", "4", "--resume")
    kept = json.loads((folder / "progress.json").read_text(encoding="utf-8"))
    assert kept["steps"] == 4 and kept["record"]["steps"] == [0, 2, 3, 4]
    assert list(weights.FOLDER.iterdir()) == []  # --dry
    run(monkeypatch, *asked[:2], "--steps", "5", "--resume")
    lengths = "--steps 2 --seed 0, then --steps 4 --resume, then --steps 5 --resume"
    assert (
        weights.model_card("gan_fashion_dense")["command"] == f"python -m training.gan --model fashion_dense {lengths}"
    )


def test_in_bfloat16_it_learns_and_what_it_leaves_is_float32(monkeypatch):
    hyperparameters = gan.Hyperparameters(
        output_activation="sigmoid", minibatch_layer="discrimination", mismatched_labels=True
    )
    monkeypatch.setitem(
        gan.CONFIGS, "fashion_dense", gan.Config("fashion_mnist", "dense", classes=10, hyperparameters=hyperparameters)
    )
    seen = []
    learner = gan_training.learner
    monkeypatch.setattr(gan_training, "learner", lambda model: seen.append(model) or learner(model))
    run(monkeypatch, "--model", "fashion_dense", "--steps", "2", "--dtype", "mixed_bfloat16")
    hidden = next(each for each in seen[0].discriminator.layers if each.name.startswith("dense"))
    told = seen[0].discriminator.get_layer("minibatch")
    assert (hidden.compute_dtype, told.compute_dtype) == ("bfloat16", "float32")
    assert keras.config.dtype_policy().name == "float32"
    kept = json.loads((script.CHECKPOINTS / "gan_fashion_dense/progress.json").read_text(encoding="utf-8"))
    assert np.isfinite(kept["record"]["curve"]).all()
    command = weights.model_card("gan_fashion_dense")["command"]
    assert command == "python -m training.gan --model fashion_dense --steps 2 --dtype mixed_bfloat16 --seed 0"


def test_a_broken_run_is_only_recorded(monkeypatch):
    monkeypatch.setitem(script.BROKEN, "sigmoid", gan.ABLATIONS_REMOVED["sigmoid"])
    monkeypatch.setattr(script, "drawn", lambda model, n, seed: np.zeros((n, 28, 28), "uint8"))
    run(monkeypatch, "--ablation", "sigmoid", "--steps", "2")
    assert {file.name.partition(".")[0] for file in weights.FOLDER.iterdir()} == {"gan_ablation_sigmoid_history"}
    assert len(training_history.read("ablation_sigmoid")) == 2


def test_curves_stay_short_and_are_means(monkeypatch):
    monkeypatch.setattr(script, "POINTS", 8)
    learning = gan_training.learner(gan.build("dense"))
    recorder = script.Recorder(learning.shown, gan_metrics.load_classifier(""), np.zeros((10, 28, 28), "uint8"), 0)
    for step in range(1, 101):
        recorder.point(step, {"discriminator": step, "generator": 1.0, "real": 0.5, "fake": 0.5})
    curve = np.array(recorder.kept["curve"])
    assert len(curve) <= 8 and (np.diff(curve[:, 0]) > 0).all() and curve[-1, 0] > 80
    assert curve[-1, 1] == pytest.approx(curve[-1, 0] - (recorder.every - 1) / 2)
