"""Training histories: reading what was written, final metrics, errors."""

import json

import numpy as np
import pytest

from genmodels import weights
from genmodels.gan import training_history
from genmodels.gan.training_history import TrainingHistory

FACTS = {"data": "none", "command": "python -m training.gan --model x", "seed": 0, "epochs": 4}


def history(
    k: int = 5, *, side: int = 8, channels: tuple[int, ...] = (), columns: int = 3, **changed
) -> TrainingHistory:
    """A history of images of one gray level each, which a lossy file keeps."""
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 256, (k, 2 * columns, *([1] * 2), *channels))
    arrays = {
        "sample_grids": np.broadcast_to(levels, (k, 2 * columns, side, side, *channels)).astype("uint8"),
        "steps": np.arange(k) * 10,
        "frechet_distance": np.linspace(90, 30, k),
        "histogram": np.full((k, 10), 0.1),
        "mean_pairwise_distance": np.full(k, 0.3),
        "curve_steps": np.arange(20),
        "losses": rng.random((20, 2)),
        "accuracy": rng.random((20, 2)),
    }
    return TrainingHistory(**arrays | changed, columns=columns)


@pytest.mark.parametrize("channels", [(), (3,)], ids=["gray", "color"])
@pytest.mark.parametrize("k", [1, 5, 12])
def test_a_history_is_read_as_written(tmp_path, monkeypatch, k, channels):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    written = history(k, side=32, channels=channels)
    training_history.write("x", written, FACTS)
    found = training_history.read("x")
    assert found.sample_grids.shape == written.sample_grids.shape and found.columns == 3 and len(found) == k
    margin = slice(8, 24)  # colors bleed a little over borders
    off = np.abs(found.sample_grids.astype(int) - written.sample_grids)[:, :, margin, margin]
    assert off.mean() < (2 if not channels else 8), "every image at its position"
    for name in (
        "steps",
        "frechet_distance",
        "histogram",
        "mean_pairwise_distance",
        "curve_steps",
        "losses",
        "accuracy",
    ):
        assert np.allclose(getattr(found, name), getattr(written, name), atol=1e-5), name


def test_the_card_has_the_facts_and_the_final_metrics(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    training_history.write("x", history(frechet_distance=np.full(5, np.nan)), FACTS)
    card = json.loads((tmp_path / "gan_x_history.json").read_text())
    assert card["name"] == "gan_x_history" and card["command"] == FACTS["command"]
    assert card["held_out"] == {"effective_classes": 10.0, "mean_pairwise_distance": 0.3}, "without those that are nan"
    assert set(card["sha256"]) == {"gan_x_history.samples.webp", "gan_x_history.arrays.npz"}


def test_a_missing_or_damaged_run_raises_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    with pytest.raises(weights.WeightsError, match=r"python -m training\.gan"):
        training_history.read("x")
    training_history.write("x", history(), FACTS)
    sheet = tmp_path / "gan_x_history.samples.webp"
    sheet.write_bytes(sheet.read_bytes()[:-1] + b"!")
    with pytest.raises(weights.WeightsError, match="damaged"):
        training_history.samples_webp("x")


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"sample_grids": np.zeros((5, 6, 8, 8), "float32")}, "uint8"),
        ({"sample_grids": np.zeros((5, 7, 8, 8), "uint8")}, "whole rows"),
        ({"steps": np.arange(4)}, "do not fit 5 grids"),
        ({"losses": np.zeros((19, 2))}, "20 points"),
        ({"histogram": np.zeros(5)}, "do not fit"),
    ],
)
def test_arrays_of_another_shape_raise(changed, complaint):
    with pytest.raises(ValueError, match=complaint):
        history(**changed)


def test_final_metrics_are_those_of_the_last_grid():
    distance, accuracy = np.array([90.0, 80, 30, 40, 50]), np.zeros((20, 2))
    accuracy[-2:] = [[0.5, 1.0], [0.7, 0.8]]
    end = training_history.final_metrics(history(frechet_distance=distance, accuracy=accuracy))
    assert (
        end.frechet_distance == 50
        and np.isclose(end.effective_classes, 10)
        and np.isclose(end.mean_pairwise_distance, 0.3)
    )
    assert np.allclose([end.accuracy_real, end.accuracy_fake], [0.6, 0.9])
