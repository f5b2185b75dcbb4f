"""Training history of a ProGAN: samples from the same fixed latent vectors, from 4 pixels to 32.

`training/progressive_gan.py` writes it beside the weights: one WebP with a row of samples for each point of the
history, and the resolution and alpha of each point on the model card.
"""

from dataclasses import dataclass

import numpy as np

from genmodels import weights
from genmodels.media import images
from genmodels.progressive_gan.config import RESOLUTIONS

SAMPLES = ".history.webp"
MAX_WEBP_SIZE = 16_383  # pixels per side
COLUMNS = 8  # of a grid of samples


@dataclass(frozen=True, eq=False)
class TrainingHistory:
    """A training, sampled at k points. The j-th image of every grid comes from the same latent vector."""

    sample_grids: np.ndarray  # (k, n, 32, 32) uint8; images of a lower resolution are upsampled
    images: np.ndarray  # (k,) int: real images shown before each grid, rising
    resolution: np.ndarray  # (k,) int: pixels per side, one of `RESOLUTIONS`
    alpha: np.ndarray  # (k,) in [0, 1]: fade-in factor; 1 after the fade

    def __len__(self) -> int:
        return len(self.images)


@dataclass(frozen=True)
class Segment:
    """Successive points of the history in the same stage of the training."""

    resolution: int
    is_fading: bool
    first: int  # index of its first point
    length: int  # number of its points


def stem(name: str) -> str:
    """`progressive_gan_fashion` for `fashion`."""
    return f"progressive_gan_{name}"


def is_trained(name: str) -> bool:
    """True if `weights/` has the model and its history."""
    return (weights.FOLDER / f"{stem(name)}.json").is_file()


def samples_webp(name: str) -> bytes:
    """The WebP with all samples, one row for each point of the history; raises the errors of `read`."""
    return weights.path(stem(name), SAMPLES).read_bytes()


def read(name: str) -> TrainingHistory:
    """The history of a model of `model.NAMES`.

    WebP is lossy: a gray level may differ by a few. Raises `weights.WeightsError` if it is missing or damaged.
    """
    rows = weights.model_card(stem(name)).get("history")
    sheet, _ = images.decode(samples_webp(name), max_side=MAX_WEBP_SIZE)
    side = RESOLUTIONS[-1]
    if not rows or sheet.shape[0] != side * len(rows) or sheet.shape[1] % (side * COLUMNS):
        raise weights.WeightsError(
            f"weights/{stem(name)}{SAMPLES} does not fit the history on its model card: git checkout weights/, or "
            "train it again with python -m training.progressive_gan (weights/README.md)"
        )
    grids = sheet[..., 0].reshape(len(rows), side, -1, side).swapaxes(1, 2)
    return TrainingHistory(
        grids,
        np.array([row["images"] for row in rows]),
        np.array([row["resolution"] for row in rows]),
        np.array([row["alpha"] for row in rows], "float64"),
    )


def sample_grid(history: TrainingHistory, k: int, *, gap: int = 0) -> np.ndarray:
    """The k-th grid as one image: (H, W) uint8."""
    grid = history.sample_grids[k]
    return images.tile(grid.reshape(-1, COLUMNS, *grid.shape[1:]), gap=gap)


def segments(history: TrainingHistory) -> list[Segment]:
    """The stages of the training in order; a point with alpha below 1 belongs to a fade."""
    found: list[Segment] = []
    for k, (resolution, alpha) in enumerate(zip(history.resolution, history.alpha, strict=True)):
        key = (int(resolution), bool(alpha < 1))
        if found and (found[-1].resolution, found[-1].is_fading) == key:
            found[-1] = Segment(*key, found[-1].first, found[-1].length + 1)
        else:
            found.append(Segment(*key, k, 1))
    return found
