"""Training history of a ProGAN: reading, stages, errors."""

import numpy as np
import pytest

from genmodels import weights
from genmodels.media import images
from genmodels.progressive_gan import training_history
from genmodels.progressive_gan.config import schedule
from genmodels.progressive_gan.training_history import Segment

IMAGES = 20_000  # of the whole training
CARD = {
    "name": "progressive_gan_fashion",
    "data": "fashion_mnist: training set",
    "command": "python -m training.progressive_gan --model fashion --images 20000 --seed 0",
    "seed": 0,
    "images": IMAGES,
    "epochs": 1,
    "training_minutes": 1.5,
    "held_out": {
        "frechet_distance": 1.25,
        "samples": 5000,
        "effective_classes": 9.5,
        "mean_pairwise_distance": 0.3,
    },
}


def points() -> list[dict]:
    """The history of a training with three points in each stage, and the last one."""
    found, shown = [], 0
    for stage in schedule(IMAGES):
        for part in range(3):
            alpha = part / 3 if stage.is_fading else 1.0
            row = {"images": shown + part * stage.images // 3, "resolution": stage.resolution, "alpha": round(alpha, 4)}
            found.append(row)
        shown += stage.images
    return [*found, {"images": shown, "resolution": 32, "alpha": 1.0}]


def write(n: int = 40, suffixes: tuple[str, ...] = (), **changed) -> np.ndarray:
    """A history in `weights.FOLDER`; returns the grids, images of one gray level each, which a lossy file keeps."""
    rows = points()
    levels = np.random.default_rng(0).integers(0, 256, (len(rows), n, 1, 1))
    grids = np.broadcast_to(levels, (len(rows), n, 32, 32)).astype("uint8")
    name = training_history.stem("fashion")
    (weights.FOLDER / f"{name}.history.webp").write_bytes(images.webp(images.tile(grids), quality=85))
    weights.write_model_card(name, (*suffixes, ".history.webp"), CARD | {"history": rows} | changed)
    return grids


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)


def test_a_history_is_read_as_written(folder):
    assert not training_history.is_trained("fashion")
    written = write()
    assert training_history.is_trained("fashion")
    history = training_history.read("fashion")
    assert history.sample_grids.shape == written.shape == (22, 40, 32, 32) and len(history) == 22
    margin = slice(8, 24)  # levels bleed a little over borders
    assert np.abs(history.sample_grids.astype(int) - written)[:, :, margin, margin].mean() < 3
    assert history.images.tolist() == [row["images"] for row in points()]
    assert history.resolution.tolist() == [row["resolution"] for row in points()]
    assert history.alpha.tolist() == [row["alpha"] for row in points()]
    assert training_history.sample_grid(history, 3).shape == (160, 256)
    assert np.array_equal(training_history.sample_grid(history, 3)[32:64, :32], history.sample_grids[3, 8])


def test_the_segments_are_the_stages_of_the_schedule(folder):
    write()
    segments = training_history.segments(training_history.read("fashion"))
    assert segments[:3] == [Segment(4, False, 0, 3), Segment(8, True, 3, 3), Segment(8, False, 6, 3)]
    assert [(each.resolution, each.is_fading) for each in segments] == [
        (stage.resolution, stage.is_fading) for stage in schedule(IMAGES)
    ]
    assert segments[-1] == Segment(32, False, 18, 4)


@pytest.mark.parametrize("changed", [{"history": points()[:-1]}, {"history": []}, {"history": None}])
def test_a_card_of_another_history_is_an_error(folder, changed):
    write(**changed)
    with pytest.raises(weights.WeightsError, match="does not fit the history on its model card"):
        training_history.read("fashion")


def test_a_missing_or_damaged_history_is_an_error(folder, tmp_path):
    with pytest.raises(weights.WeightsError, match="is missing"):
        training_history.read("fashion")
    write()
    file = tmp_path / "progressive_gan_fashion.history.webp"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(weights.WeightsError, match="damaged"):
        training_history.read("fashion")
