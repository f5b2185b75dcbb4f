"""The training script of the ProGAN: weights of every stage, card, training history, `--resume`."""

import numpy as np
import pytest

from genmodels import weights
from genmodels.data import datasets
from genmodels.gan import metrics
from genmodels.media import images
from genmodels.progressive_gan import checkpoints, config
from genmodels.progressive_gan import model as progressive_gan
from genmodels.vision import image_classifier
from training import progressive_gan as script

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """A few images of noise, an untrained classifier, and temporary folders."""
    noise = np.random.default_rng(0).integers(0, 256, (40, 28, 28), dtype="uint8")
    classifier = image_classifier.build("fashion_mnist")
    monkeypatch.setattr(metrics, "load_classifier", lambda data: classifier)
    monkeypatch.setattr(datasets, "load", lambda data, split="train": (noise, np.arange(40) % 10))
    monkeypatch.setattr(script, "CHECKPOINTS", tmp_path / "checkpoints")
    monkeypatch.setattr(script, "BATCH_SIZE", 8)
    (tmp_path / "weights").mkdir()
    monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")


def run(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["training.progressive_gan", *words])
    script.main()


def test_a_training_writes_every_stage_card_and_history(monkeypatch):
    run(monkeypatch, "--images", "160")
    model, card = progressive_gan.load(), weights.model_card("progressive_gan_fashion")
    z = progressive_gan.sample_latents(3, 0)
    for stage in progressive_gan.STAGES:
        r = progressive_gan.resolution_of(stage)
        assert progressive_gan.generate(model, z, stage).shape == (3, r, r)
    assert card["command"] == "python -m training.progressive_gan --model fashion --images 160 --seed 0"
    assert [row["resolution"] for row in card["history"]] == [4, 8, 8, 16, 16, 32, 32, 32]
    assert [row["alpha"] for row in card["history"]] == [1, 0, 1, 0, 1, 0, 1, 1]
    sheet, _ = images.decode(weights.path("progressive_gan_fashion", ".history.webp").read_bytes(), max_side=4000)
    assert sheet.shape[:2] == (8 * 32, script.N_GRID * 32)


def test_resume_continues_in_the_stage_of_the_checkpoint(monkeypatch):
    steps = []
    train = script.training.train_on_batch

    def stop_after_12(state, resolution, *args, **kwargs):
        if len(steps) == 12:
            raise KeyboardInterrupt
        steps.append(resolution)
        return train(state, resolution, *args, **kwargs)

    monkeypatch.setattr(script.training, "train_on_batch", stop_after_12)
    monkeypatch.setattr(script, "CHECKPOINT_MINUTES", 0.0)
    with pytest.raises(KeyboardInterrupt):
        run(monkeypatch, "--images", "160", "--dry-run")
    progress = checkpoints.read_progress(script.CHECKPOINTS / "progressive_gan_fashion")
    assert progress["steps"] == 12 and steps[-1] == 32
    monkeypatch.setattr(script.training, "train_on_batch", train)
    run(monkeypatch, "--images", "160", "--resume")
    total = sum(-(-stage.images // 8) for stage in config.schedule(160))
    assert checkpoints.read_progress(script.CHECKPOINTS / "progressive_gan_fashion")["steps"] == total
    assert weights.model_card("progressive_gan_fashion")["images"] == 8 * total
