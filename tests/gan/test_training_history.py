"""Recorded trainings: they come back as they were written, and tell how they ended."""

import json

import numpy as np
import pytest

from genmodels import weights
from genmodels.gan import training_history
from genmodels.gan.training_history import Record

FACTS = {"data": "none", "command": "python -m training.gan --model x", "seed": 0, "epochs": 4}


def record(k: int = 5, *, side: int = 8, channels: tuple[int, ...] = (), columns: int = 3, **changed) -> Record:
    """A run of soft pictures: lossy files keep those."""
    rng = np.random.default_rng(0)
    grey = rng.integers(0, 256, (k, 2 * columns, *([1] * 2), *channels))
    arrays = {
        "walls": np.broadcast_to(grey, (k, 2 * columns, side, side, *channels)).astype("uint8"),
        "steps": np.arange(k) * 10,
        "distance": np.linspace(90, 30, k),
        "histogram": np.full((k, 10), 0.1),
        "spread": np.full(k, 0.3),
        "curve_steps": np.arange(20),
        "losses": rng.random((20, 2)),
        "accuracy": rng.random((20, 2)),
    }
    return Record(**arrays | changed, columns=columns)


@pytest.mark.parametrize("channels", [(), (3,)], ids=["grey", "colour"])
@pytest.mark.parametrize("k", [1, 5, 12])
def test_what_was_written_is_read(tmp_path, monkeypatch, k, channels):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    written = record(k, side=32, channels=channels)
    training_history.write("x", written, FACTS)
    found = training_history.read("x")
    assert found.walls.shape == written.walls.shape and found.columns == 3 and len(found) == k
    off = np.abs(found.walls.astype(int) - written.walls)[:, :, 8:24, 8:24]  # colours bleed a little over borders
    assert off.mean() < (2 if not channels else 8), "every picture in its place"
    for name in ("steps", "distance", "histogram", "spread", "curve_steps", "losses", "accuracy"):
        assert np.allclose(getattr(found, name), getattr(written, name), atol=1e-5), name


def test_the_card_tells_where_it_came_from_and_what_was_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    training_history.write("x", record(distance=np.full(5, np.nan)), FACTS)
    card = json.loads((tmp_path / "gan_x_history.json").read_text())
    assert card["name"] == "gan_x_history" and card["command"] == FACTS["command"]
    assert card["held_out"] == {"effective_classes": 10.0, "spread": 0.3}, "what was not measured is not there"
    assert set(card["sha256"]) == {"gan_x_history.samples.webp", "gan_x_history.arrays.npz"}


def test_a_missing_or_damaged_run_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    with pytest.raises(weights.WeightsError, match=r"python -m training\.gan"):
        training_history.read("x")
    training_history.write("x", record(), FACTS)
    sheet = tmp_path / "gan_x_history.samples.webp"
    sheet.write_bytes(sheet.read_bytes()[:-1] + b"!")
    with pytest.raises(weights.WeightsError, match="damaged"):
        training_history.sheet("x")


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"walls": np.zeros((5, 6, 8, 8), "float32")}, "uint8"),
        ({"walls": np.zeros((5, 7, 8, 8), "uint8")}, "whole rows"),
        ({"steps": np.arange(4)}, "do not fit 5 walls"),
        ({"losses": np.zeros((19, 2))}, "20 points"),
        ({"histogram": np.zeros(5)}, "do not fit"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changed, complaint):
    with pytest.raises(ValueError, match=complaint):
        record(**changed)


def test_effective_classes_count_the_equally_frequent():
    assert np.allclose(training_history.effective_classes(np.eye(10)), 1)
    assert np.isclose(training_history.effective_classes(np.full(10, 7.0)), 10)
    assert np.isclose(training_history.effective_classes(np.array([1, 1, 0, 0])), 2)


def test_the_end_of_a_run_is_its_last_wall():
    distance, accuracy = np.array([90.0, 80, 30, 40, 50]), np.zeros((20, 2))
    accuracy[-2:] = [[0.5, 1.0], [0.7, 0.8]]
    end = training_history.end(record(distance=distance, accuracy=accuracy))
    assert end.distance == 50 and np.isclose(end.classes, 10) and np.isclose(end.spread, 0.3)
    assert np.allclose([end.right_on_real, end.right_on_fakes], [0.6, 0.9])


def test_checkers_are_told_from_other_detail():
    rng = np.random.default_rng(0)
    rough = rng.normal(128, 20, (30, 28, 28))
    checked = rough + 25 * (np.indices((28, 28)).sum(axis=0) % 2)
    striped = rough + 25 * (np.arange(28) % 2)
    found = [training_history.checkers(each.clip(0, 255).astype("uint8")) for each in (rough, checked, striped)]
    assert found[0] < 0.02 and found[1] > 10 * found[0] and found[2] > 10 * found[0]
    flat = np.full((2, 8, 8, 3), 50, "uint8")
    assert training_history.checkers(flat) == 0
