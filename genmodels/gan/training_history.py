"""A GAN's flight recorder: what it drew from the same noise, again and again, while it learnt.

Written once by `training/gan.py` and shipped beside the models, so that every training can be
scrubbed through without repeating it, the broken ones too. A run is two small files and a card:
the pictures as one WebP sheet of walls, the numbers as arrays. All pictures are a network's own.
"""

from dataclasses import dataclass, fields

import numpy as np

from genmodels import weights
from genmodels.media import images

SHEET, NUMBERS = ".samples.webp", ".arrays.npz"
QUALITY = 88  # of the WebP: the checkerboard of a broken run has to survive it
_LARGEST = 16_383  # pixels a side of a WebP


@dataclass(frozen=True, eq=False)
class Record:
    """A training, looked at k times; its curves have m points of their own, so that they can be finer.

    The j-th picture of every wall was drawn from the same code, so that one can follow it.
    """

    walls: np.ndarray  # (k, n, h, w) or (k, n, h, w, 3) uint8, each picture by itself; n is a multiple of `columns`
    steps: np.ndarray  # (k,) int: steps of training before each wall, rising; 0 is the untrained network
    distance: np.ndarray  # (k,) Frechet distance in a classifier's features; nan where none was measured
    histogram: np.ndarray  # (k, classes) share of each label among samples, as the classifier sees them
    spread: np.ndarray  # (k,) mean distance between two samples, see `gan_measures.collapse`; falls in a collapse
    curve_steps: np.ndarray  # (m,) int: where the curves were measured, rising
    losses: np.ndarray  # (m, 2): the discriminator's, the generator's
    accuracy: np.ndarray  # (m, 2): share in [0, 1] that the discriminator got right: of real ones, of fakes
    columns: int = 8  # of a wall

    def __post_init__(self) -> None:
        k, m = len(self.walls), len(self.curve_steps)
        n = self.walls.shape[1] if self.walls.ndim in (4, 5) else 0
        if self.walls.dtype != np.uint8 or k == 0 or n == 0 or n % self.columns:
            raise ValueError(f"walls must be (k, n, h, w[, 3]) uint8, n whole rows, got {self.walls.shape}")
        wanted = {"steps": (k,), "distance": (k,), "spread": (k,), "losses": (m, 2), "accuracy": (m, 2)}
        found = {name: np.shape(getattr(self, name)) for name in wanted}
        if found != wanted or np.ndim(self.histogram) != 2 or len(self.histogram) != k:
            raise ValueError(f"the arrays do not fit {k} walls and {m} points of the curves: {found}")

    def __len__(self) -> int:
        return len(self.walls)


def effective_classes(histogram: np.ndarray) -> np.ndarray:
    """How many equally frequent classes would be as varied: exp of the entropy, (..., classes) to (...).

    exp(-sum_c p_c log p_c): 10 where ten labels are equally frequent, 1 where there is only one.
    """
    p = np.asarray(histogram, "float64")
    p = p / np.maximum(p.sum(axis=-1, keepdims=True), 1e-12)
    return np.exp(-(p * np.log(np.maximum(p, 1e-12))).sum(axis=-1))


# --- two runs beside each other -----------------------------------------------------------------


@dataclass(frozen=True)
class End:
    """How a run ended: what was measured with its last wall."""

    distance: float  # Frechet distance in the classifier's features
    classes: float  # effective classes
    spread: float  # mean difference of two pictures
    checkers: float  # see `checkers`
    right_on_real: float  # share in [0, 1] that the discriminator got right, over the last tenth of the curves
    right_on_fakes: float


def end(record: Record) -> End:
    """The numbers of a run's end."""
    tail = max(1, len(record.curve_steps) // 10)
    right = np.asarray(record.accuracy, "float64")[-tail:].mean(axis=0)
    return End(
        float(record.distance[-1]),
        float(effective_classes(record.histogram[-1])),
        float(record.spread[-1]),
        checkers(record.walls[-1]),
        *map(float, right),
    )


def checkers(pictures: np.ndarray) -> float:
    """How much of the fine detail repeats every second pixel: (n, h, w[, 3]) uint8 to a share in [0, 1].

    Fine detail is what a mean over 3 x 3 pixels takes away. Its mean is taken at each of the four
    places of a 2 x 2 square, over each picture; the share is the variance of those means over the variance
    of all. A kernel that is not divisible by its stride writes some of the four more often than others.
    """
    x = pictures.reshape(*pictures.shape[:3], -1).mean(axis=3)
    n, h, w = x.shape
    x = x[:, : h - h % 2, : w - w % 2]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)), mode="edge")
    smooth = sum(padded[:, i : i + x.shape[1], j : j + x.shape[2]] for i in range(3) for j in range(3)) / 9
    fine = x - smooth
    fine -= fine.mean(axis=(1, 2), keepdims=True)
    places = fine.reshape(n, x.shape[1] // 2, 2, x.shape[2] // 2, 2).mean(axis=(1, 3))
    return float((places**2).mean() / max((fine**2).mean(), 1e-12))


# --- files --------------------------------------------------------------------------------------


def stem(name: str) -> str:
    """The record of `fashion_dcgan` is `gan_fashion_dcgan_history`, that of a broken run `gan_ablation_sigmoid_history`."""
    return f"gan_{name}_history"


def write(name: str, record: Record, facts: dict) -> None:
    """Write a run into `weights/`: sheet, numbers and card.

    facts: for the card, at least `data`, `command`, `seed` and `epochs`; what the last wall
    measured is added as `held_out`.
    """
    k = len(record)
    rows = -(-k // across(k))
    walls = np.stack([wall(record, i) for i in range(k)])
    padded = np.zeros((rows * across(k), *walls.shape[1:]), "uint8")
    padded[:k] = walls
    whole = images.tile(padded.reshape(rows, across(k), *walls.shape[1:]))
    if max(whole.shape[:2]) > _LARGEST:
        raise ValueError(f"{k} walls of {walls.shape[1:3]} pixels are more than one sheet holds: record fewer")
    (weights.FOLDER / f"{stem(name)}{SHEET}").write_bytes(images.webp(whole, quality=QUALITY))
    numbers = {each.name: np.asarray(getattr(record, each.name)) for each in fields(Record) if each.name != "walls"}
    numbers |= {"shape": np.array(record.walls.shape)}
    small = {key: value.astype("float32") if value.dtype.kind == "f" else value for key, value in numbers.items()}
    np.savez_compressed(weights.FOLDER / f"{stem(name)}{NUMBERS}", allow_pickle=False, **small)
    measured = {
        "frechet_distance": float(record.distance[-1]),
        "effective_classes": float(effective_classes(record.histogram[-1])),
        "spread": float(record.spread[-1]),
    }
    held_out = {key: round(value, 4) for key, value in measured.items() if np.isfinite(value)}
    weights.write_model_card(stem(name), (SHEET, NUMBERS), {"name": stem(name)} | facts | {"held_out": held_out})


def recorded(name: str) -> bool:
    """Whether `weights/` has a run of that name."""
    return (weights.FOLDER / f"{stem(name)}.json").is_file()


def read(name: str) -> Record:
    """A recorded run, e.g. of `fashion_dcgan` or `ablation_sigmoid`.

    The walls went through a lossy file: a grey level may be off by a few. Raises
    `weights.WeightsError` where the run is missing or damaged.
    """
    numbers = weights.arrays(stem(name), NUMBERS)
    k, n, h, w, *channels = (int(each) for each in numbers.pop("shape"))
    whole, _ = images.decode(sheet(name), max_side=_LARGEST)
    if not channels:
        whole = whole[..., 0]
    columns, rows = int(numbers.pop("columns")), -(-k // across(k))
    # rows of walls, rows of pictures, h, walls, pictures, w: to one picture after the other
    pictures = whole.reshape(rows, n // columns, h, across(k), columns, w, *channels)
    pictures = pictures.transpose(0, 3, 1, 4, 2, 5, *range(6, 6 + len(channels)))
    return Record(walls=pictures.reshape(rows * across(k), n, h, w, *channels)[:k], columns=columns, **numbers)


def sheet(name: str) -> bytes:
    """The WebP with all walls of a run, `across(k)` in a row; as `read` for what it raises."""
    return weights.path(stem(name), SHEET).read_bytes()


def wall(record: Record, k: int, *, gap: int = 0) -> np.ndarray:
    """The k-th wall as one picture: (H, W) or (H, W, 3) uint8."""
    pictures = record.walls[k]
    return images.tile(pictures.reshape(-1, record.columns, *pictures.shape[1:]), gap=gap)


def across(k: int) -> int:
    """Walls in a row of the sheet: about as many as rows."""
    return max(1, round(k**0.5))
