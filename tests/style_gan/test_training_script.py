"""The training script of the StyleGAN: weights, card, sheet, checkpoints, `--resume`."""

from dataclasses import replace

import h5py
import numpy as np
import pytest

from genmodels import weights
from genmodels.data import datasets
from genmodels.gan import metrics as gan_metrics
from genmodels.progressive_gan import checkpoints
from genmodels.style_gan import metrics
from genmodels.style_gan import model as style_gan
from genmodels.style_gan.config import CONFIGS
from genmodels.vision import image_classifier
from training import style_gan as script

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """A few images of noise, an untrained classifier, a narrow network, and temporary folders."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 28, 28), dtype="uint8")
    classifier = image_classifier.build("fashion_mnist")
    monkeypatch.setattr(gan_metrics, "load_classifier", lambda data: classifier)
    monkeypatch.setattr(datasets, "load", lambda data, split="train": (noise, np.arange(64) % 10))
    monkeypatch.setattr(
        metrics, "sample_images", lambda model, n, seed, f=metrics.sample_images: f(model, min(n, 80), seed)
    )
    monkeypatch.setattr(metrics, "perceptual_path_length", lambda *args, space: 1.0)
    monkeypatch.setattr(metrics, "latent_variance_fraction", lambda model: 0.5)
    monkeypatch.setattr(script, "CHECKPOINTS", tmp_path / "checkpoints")
    (tmp_path / "weights").mkdir()
    monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")
    narrow = replace(CONFIGS["fashion"].hyperparameters, channels=(8, 8, 8, 8), batch_size=8)
    monkeypatch.setitem(CONFIGS, "fashion", replace(CONFIGS["fashion"], hyperparameters=narrow))


def run(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["training.style_gan", *words])
    script.main()


def test_a_model_writes_weights_card_and_sheet(monkeypatch):
    run(monkeypatch, "--model", "fashion", "--images", "16")
    model, card = style_gan.load("fashion"), weights.model_card("style_gan_fashion")
    assert style_gan.generate(model, style_gan.sample_latents(model, 2, 0), [0, 9]).shape == (2, 32, 32)
    assert card["command"] == "python -m training.style_gan --model fashion --images 16 --seed 0"
    assert card["images"] == 16 and card["held_out"]["frechet_distance"] > 0
    assert sorted(card["sha256"]) == ["style_gan_fashion.samples.webp", "style_gan_fashion.weights.h5"]
    with h5py.File(weights.path("style_gan_fashion")) as file:
        assert {"generator", "discriminator"} <= set(file)


def test_resume_continues_from_the_checkpoint_or_from_the_stored_weights(monkeypatch):
    run(monkeypatch, "--model", "fashion", "--images", "16")
    run(monkeypatch, "--model", "fashion", "--images", "24", "--resume")
    folder = script.CHECKPOINTS / "style_gan_fashion"
    assert checkpoints.read_progress(folder)["images"] == 24
    for file in folder.iterdir():
        file.unlink()
    run(monkeypatch, "--model", "fashion", "--images", "32", "--resume")
    card = weights.model_card("style_gan_fashion")
    assert card["images"] == 32
    assert card["command"].endswith("--images 16 --seed 0, then --images 24 --resume, then --images 32 --resume")
    assert [point[0] for point in card["curve"]] == [16, 24, 32]


def test_an_ablation_stores_no_discriminator_and_a_dry_run_nothing(monkeypatch):
    run(monkeypatch, "--ablation", "no_ema", "--images", "8", "--dry-run")
    assert list(weights.FOLDER.iterdir()) == []
    run(monkeypatch, "--ablation", "no_ema", "--images", "16", "--resume")
    card = weights.model_card("style_gan_ablation_no_ema")
    assert card["command"].startswith("python -m training.style_gan --ablation no_ema --images 8")
    with h5py.File(weights.path("style_gan_ablation_no_ema")) as file:
        assert "generator" in file and "discriminator" not in file


def test_the_learning_rate_falls_to_a_tenth_at_the_end():
    assert script.learning_rate_factor(0) == script.learning_rate_factor(0.8) == 1
    assert script.learning_rate_factor(0.9) == pytest.approx(0.55)
    assert script.learning_rate_factor(1) == pytest.approx(0.1)
