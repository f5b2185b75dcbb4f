"""Recorded trainings: they come back as they were written, and tell how they ended."""

import json

import numpy as np
import pytest

from genmodels import weights
from genmodels.gan import metrics, training_history
from genmodels.gan.training_history import TrainingHistory

FACTS = {"data": "none", "command": "python -m training.gan --model x", "seed": 0, "epochs": 4}


def record(
    k: int = 5, *, side: int = 8, channels: tuple[int, ...] = (), columns: int = 3, **changed
) -> TrainingHistory:
    """A run of soft pictures: lossy files keep those."""
    rng = np.random.default_rng(0)
    grey = rng.integers(0, 256, (k, 2 * columns, *([1] * 2), *channels))
    arrays = {
        "sample_grids": np.broadcast_to(grey, (k, 2 * columns, side, side, *channels)).astype("uint8"),
        "steps": np.arange(k) * 10,
        "frechet_distance": np.linspace(90, 30, k),
        "histogram": np.full((k, 10), 0.1),
        "mean_pairwise_distance": np.full(k, 0.3),
        "curve_steps": np.arange(20),
        "losses": rng.random((20, 2)),
        "accuracy": rng.random((20, 2)),
    }
    return TrainingHistory(**arrays | changed, columns=columns)


@pytest.mark.parametrize("channels", [(), (3,)], ids=["grey", "colour"])
@pytest.mark.parametrize("k", [1, 5, 12])
def test_what_was_written_is_read(tmp_path, monkeypatch, k, channels):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    written = record(k, side=32, channels=channels)
    training_history.write("x", written, FACTS)
    found = training_history.read("x")
    assert found.sample_grids.shape == written.sample_grids.shape and found.columns == 3 and len(found) == k
    off = np.abs(found.sample_grids.astype(int) - written.sample_grids)[
        :, :, 8:24, 8:24
    ]  # colours bleed a little over borders
    assert off.mean() < (2 if not channels else 8), "every picture in its place"
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


def test_the_card_tells_where_it_came_from_and_what_was_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    training_history.write("x", record(frechet_distance=np.full(5, np.nan)), FACTS)
    card = json.loads((tmp_path / "gan_x_history.json").read_text())
    assert card["name"] == "gan_x_history" and card["command"] == FACTS["command"]
    assert card["held_out"] == {"effective_classes": 10.0, "mean_pairwise_distance": 0.3}, (
        "what was not measured is not there"
    )
    assert set(card["sha256"]) == {"gan_x_history.samples.webp", "gan_x_history.arrays.npz"}


def test_a_missing_or_damaged_run_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    with pytest.raises(weights.WeightsError, match=r"python -m training\.gan"):
        training_history.read("x")
    training_history.write("x", record(), FACTS)
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
def test_arrays_that_do_not_fit_are_refused(changed, complaint):
    with pytest.raises(ValueError, match=complaint):
        record(**changed)


def test_effective_classes_count_the_equally_frequent():
    assert np.allclose(metrics.effective_classes(np.eye(10)), 1)
    assert np.isclose(metrics.effective_classes(np.full(10, 7.0)), 10)
    assert np.isclose(metrics.effective_classes(np.array([1, 1, 0, 0])), 2)


def test_the_end_of_a_run_is_its_last_wall():
    distance, accuracy = np.array([90.0, 80, 30, 40, 50]), np.zeros((20, 2))
    accuracy[-2:] = [[0.5, 1.0], [0.7, 0.8]]
    end = training_history.final_metrics(record(frechet_distance=distance, accuracy=accuracy))
    assert (
        end.frechet_distance == 50
        and np.isclose(end.effective_classes, 10)
        and np.isclose(end.mean_pairwise_distance, 0.3)
    )
    assert np.allclose([end.accuracy_real, end.accuracy_fake], [0.6, 0.9])


def test_checkers_are_told_from_other_detail():
    rng = np.random.default_rng(0)
    rough = rng.normal(128, 20, (30, 28, 28))
    checked = rough + 25 * (np.indices((28, 28)).sum(axis=0) % 2)
    striped = rough + 25 * (np.arange(28) % 2)
    found = [metrics.checkerboard_score(each.clip(0, 255).astype("uint8")) for each in (rough, checked, striped)]
    assert found[0] < 0.02 and found[1] > 10 * found[0] and found[2] > 10 * found[0]
    flat = np.full((2, 8, 8, 3), 50, "uint8")
    assert metrics.checkerboard_score(flat) == 0
