"""Directions, planes, neighbors and vector arithmetic in the latent space of a generator.

A latent space of 100 dimensions has no two axes worth dragging along. So it is rotated: the first principal directions
are those along which the generated images change most (GANSpace, Härkönen et al. 2020, arXiv:2004.02546; in closed form
for one layer: SeFa, Shen & Zhou 2021, arXiv:2007.06600). A rotated standard normal vector is standard normal again, so
every coordinate has mean 0 and standard deviation 1. Vector arithmetic is figure 7 of the DCGAN paper (Radford et al.
2016, arXiv:1511.06434). Latent vectors are arrays (n, d); `model.generate` maps them to images.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from genmodels import latent_space
from genmodels.gan import model as gan
from genmodels.gan.model import GAN


@dataclass(frozen=True, eq=False)
class Directions:
    """A rotation of the latent space, sorted by explained variance."""

    components: np.ndarray  # (d, d) float32: row i is direction i; the rows are orthonormal
    explained_variance: np.ndarray  # (d,) float32 in [0, 1]: fraction for each direction; they add up to 1


def fit_directions(z: np.ndarray, features: np.ndarray) -> Directions:
    """The directions in which latent vectors (n, d) change features (n, f) most.

    The linear regression of the features on z is B = argmin_B |Z B - Y|^2, centered. A step along a unit vector u
    changes the features by |u B|^2, so the directions are the eigenvectors of B B^T, and the explained variance its
    eigenvalues over their sum. The sign is chosen so that the sum of the features grows, and is the same in every run.
    Raises `ValueError` if n is not larger than d, or the features are not (n, f).
    """
    n, d = z.shape
    if n <= d or len(features) != n:
        raise ValueError(f"expected more than {d} latent vectors of {d} dimensions, each with its features, got {n}")
    x = (z - z.mean(axis=0)).astype("float64")
    y = (features - features.mean(axis=0)).reshape(n, -1).astype("float64")
    b = np.linalg.lstsq(x, y, rcond=None)[0]  # (d, f)
    variance, components = np.linalg.eigh(b @ b.T)  # ascending
    variance, components = variance[::-1].clip(0), components[:, ::-1].T
    sign = np.sign(components @ b.sum(axis=1))
    components = components * np.where(sign == 0, 1, sign)[:, None]
    return Directions(components.astype("float32"), (variance / max(variance.sum(), 1e-12)).astype("float32"))


def principal_directions(model: GAN, *, label: int | None = None, n: int = 1500, seed: int = 0) -> Directions:
    """The principal directions of a generator: `fit_directions` on n samples.

    The features are the images at a quarter of their size: they keep brightness, shape and color, without the fine
    detail. label: the class to generate with a conditional model.
    """
    z = gan.sample_latents(model, n, seed)
    labels = None if label is None else np.full(n, label)
    return fit_directions(z, average_pool(gan.generate(model, z, labels)))


def average_pool(images: np.ndarray, factor: int = 4) -> np.ndarray:
    """Means over factor x factor pixels, flattened: (n, h, w[, c]) uint8 to (n, f) float32 in [0, 1]."""
    n, h, w, *channels = images.shape
    squares = images[:, : h - h % factor, : w - w % factor].reshape(
        n, h // factor, factor, w // factor, factor, *channels
    )
    return (squares.mean(axis=(2, 4), dtype="float32") / 255).reshape(n, -1)


def coordinates(z: np.ndarray, directions: Directions) -> np.ndarray:
    """The coordinates of z along the directions: (d,) or (n, d) to the same shape; standard normal as z is."""
    return z @ directions.components.T


def set_coordinates(z: np.ndarray, directions: Directions, values: np.ndarray) -> np.ndarray:
    """z with its first k coordinates set to `values`, the others unchanged: (d,), (..., k) to (..., d) float32."""
    values = np.asarray(values, "float32")
    components = directions.components[: values.shape[-1]]
    return (z + (values - z @ components.T) @ components).astype("float32")


def set_components(z: np.ndarray, values: Mapping[int, float]) -> np.ndarray:
    """z (d,) with single components set: index to value; (d,) float32."""
    changed = np.array(z, "float32")
    for k, value in values.items():
        changed[k] = value
    return changed


def latent_plane(
    z: np.ndarray, directions: Directions, first: int, second: int, *, cells: int, extent: float
) -> np.ndarray:
    """A 2-D slice of the latent space: cells x cells latent vectors, top row first, (cells * cells, d) float32.

    Two coordinates run from -extent to extent, the others are those of z. The position of z in the slice is
    `coordinates(z, directions)[[first, second]]`. Raises `ValueError` if both directions are the same.
    """
    if first == second:
        raise ValueError("a slice needs two different directions")
    components = directions.components[[first, second]]
    positions = latent_space.latent_grid(cells, half_width=extent)
    return (z + (positions - z @ components.T) @ components).astype("float32")


def nearest_neighbors(z: np.ndarray, bank: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The n rows of a bank (m, d) nearest to z (d,): their indices and Euclidean distances, ascending.

    In high dimensions all distances are nearly equal, |a - b| = sqrt(2 d) for two standard normal vectors (curse of
    dimensionality).
    """
    distances = np.linalg.norm(bank - z, axis=1)
    rows = np.argsort(distances, kind="stable")[:n]
    return rows, distances[rows]


def median_distance(z: np.ndarray, bank: np.ndarray) -> float:
    """The median Euclidean distance of z (d,) from the rows of a bank (m, d)."""
    return float(np.median(np.linalg.norm(bank - z, axis=1)))


def vector_arithmetic(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """mean(A) - mean(B) + mean(C) of latent vectors (k, d) each, to (d,) float32.

    With three vectors per group, as in the paper, the result has the norm of a sample: the mean of three standard
    normal vectors is sqrt(3) times too short, and the sum of three such means is sqrt(3) times longer than one.
    """
    return (a.mean(axis=0) - b.mean(axis=0) + c.mean(axis=0)).astype("float32")


def neighborhood(z: np.ndarray, n: int, *, noise: float = 0.25, seed: int = 0) -> np.ndarray:
    """n latent vectors around z, z itself in the middle: uniform noise in [-noise, noise] added, (n, d) float32.

    The paper shows the result of its vector arithmetic with eight such neighbors.
    """
    offsets = np.random.default_rng(seed).uniform(-noise, noise, (n, len(z)))
    offsets[n // 2] = 0
    return (z + offsets).astype("float32")


def most_different(image: np.ndarray, candidates: np.ndarray) -> int:
    """Index of the candidate (k, h, w[, 3]) with the largest mean squared error to an image (h, w[, 3])."""
    difference = candidates.astype("float32") - image.astype("float32")
    return int(np.square(difference).reshape(len(candidates), -1).mean(axis=1).argmax())


def pixel_arithmetic(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """For comparison, mean(A) - mean(B) + mean(C) of images (k, h, w[, 3]) uint8: (h, w[, 3]) uint8, clipped."""
    total = sum(sign * each.mean(axis=0) for sign, each in ((1, a), (-1, b), (1, c)))
    return np.clip(np.round(total), 0, 255).astype("uint8")
