"""Where to go in a latent space of a hundred numbers: telling directions, planes, neighbours, sums.

Two numbers can be dragged, a hundred cannot. So the space is turned: its first directions become
those along which the generator's features answer most, found from what the generator does and from
nothing else (GANSpace, Harkonen et al. 2020, arXiv:2004.02546; in closed form for one layer: SeFa,
Shen & Zhou 2021, arXiv:2007.06600). A turned Gaussian is the same Gaussian, so every coordinate
stays a plain standard normal number. Arithmetic is figure 7 of the DCGAN paper (Radford et al.
2016, arXiv:1511.06434). Plain arrays of codes, (n, d), everywhere; `genmodels.gan` draws them.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from genmodels import latent_space

if TYPE_CHECKING:
    from genmodels.gan.model import GAN


@dataclass(frozen=True, eq=False)
class Directions:
    """A turned latent space, the direction that the features answer to most first."""

    ways: np.ndarray  # (d, d) float32: row i is direction i, of length 1, at right angles to all others
    shares: np.ndarray  # (d,) float32: of the features' answer to the whole code, in [0, 1]; they add up to 1


def directions(z: np.ndarray, features: np.ndarray) -> Directions:
    """The directions in which codes (n, d) move features (n, f) most.

    The features' linear answer to the code is B = argmin_B |Z B - Y|^2, centred. A step along a unit
    vector u moves the features by |u B|^2, so the directions are the eigenvectors of B B^T and their
    shares its eigenvalues over their sum. Each points to where the features' sum grows, so that it
    does not flip from run to run. Raises `ValueError` with fewer codes than numbers in a code.
    """
    n, d = z.shape
    if n <= d or len(features) != n:
        raise ValueError(f"more codes than the {d} numbers in one are needed, each with its features, got {n}")
    x = (z - z.mean(axis=0)).astype("float64")
    y = (features - features.mean(axis=0)).reshape(n, -1).astype("float64")
    answer = np.linalg.lstsq(x, y, rcond=None)[0]  # (d, f)
    strength, ways = np.linalg.eigh(answer @ answer.T)  # rising
    strength, ways = strength[::-1].clip(0), ways[:, ::-1].T
    towards = np.sign(ways @ answer.sum(axis=1))
    ways = ways * np.where(towards == 0, 1, towards)[:, None]
    return Directions(ways.astype("float32"), (strength / max(strength.sum(), 1e-12)).astype("float32"))


def telling(model: "GAN", *, label: int | None = None, n: int = 1500, seed: int = 0) -> Directions:
    """The directions of a generator, by what it draws: see `directions`.

    The features are its pictures at a quarter of the sides' length: what is left is light, shape and
    colour at their places, and no grain. label: the class to draw, where the model wants one.
    """
    from genmodels.gan import model as gan  # here, not above: it brings TensorFlow

    z = gan.draw_codes(model, n, seed)
    labels = None if label is None else np.full(n, label)
    return directions(z, coarse(gan.generate(model, z, labels)))


def coarse(pictures: np.ndarray, factor: int = 4) -> np.ndarray:
    """Means over squares of factor x factor pixels: (n, h, w[, c]) uint8 to (n, f) float32 in [0, 1]."""
    n, h, w, *channels = pictures.shape
    squares = pictures[:, : h - h % factor, : w - w % factor].reshape(
        n, h // factor, factor, w // factor, factor, *channels
    )
    return (squares.mean(axis=(2, 4), dtype="float32") / 255).reshape(n, -1)


def coordinates(z: np.ndarray, turned: Directions) -> np.ndarray:
    """Where a code lies along each direction: (d,) or (n, d) to the same shape; standard normal as z is."""
    return z @ turned.ways.T


def moved(z: np.ndarray, turned: Directions, places: np.ndarray) -> np.ndarray:
    """z with its first k coordinates set to `places`, the rest held: (d,), (..., k) to (..., d) float32."""
    places = np.asarray(places, "float32")
    ways = turned.ways[: places.shape[-1]]
    return (z + (places - z @ ways.T) @ ways).astype("float32")


def plane(z: np.ndarray, turned: Directions, first: int, second: int, *, cells: int, extent: float) -> np.ndarray:
    """Codes on a slice through the space: cells x cells of them, top row first, (cells * cells, d) float32.

    The slice runs along two directions from -extent to extent, and everything else of z is held. Where
    z itself lies on it: `coordinates(z, turned)[[first, second]]`. Raises `ValueError` for one direction
    taken twice.
    """
    if first == second:
        raise ValueError("a slice needs two different directions")
    ways = turned.ways[[first, second]]
    places = latent_space.grid_codes(cells, extent=extent)
    return (z + (places - z @ ways.T) @ ways).astype("float32")


def nearest(z: np.ndarray, bank: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The n codes of a bank (m, d) closest to z (d,): their rows and distances, the closest first.

    In many dimensions all are about equally far, |a - b| = sqrt(2 d) for two Gaussian codes, and the
    nearest of thousands is hardly nearer than any other.
    """
    away = np.linalg.norm(bank - z, axis=1)
    rows = np.argsort(away, kind="stable")[:n]
    return rows, away[rows]


def arithmetic(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """mean(A) - mean(B) + mean(C) of codes (k, d) each, to (d,) float32.

    Three codes of each are the paper's choice, and a lucky one: a mean of three Gaussian codes is
    sqrt(3) times too short, and the sum of three such means has a usual code's length again.
    """
    return (a.mean(axis=0) - b.mean(axis=0) + c.mean(axis=0)).astype("float32")


def around(z: np.ndarray, n: int, *, reach: float = 0.25, seed: int = 0) -> np.ndarray:
    """n codes around z, itself in the middle: each coordinate off by up to `reach`, evenly drawn, (n, d) float32.

    The paper draws its answer so, nine times, to show that it is a place and not a stroke of luck.
    """
    off = np.random.default_rng(seed).uniform(-reach, reach, (n, len(z)))
    off[n // 2] = 0
    return (z + off).astype("float32")


def pixel_arithmetic(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """For contrast, the same sum of pictures (k, h, w[, 3]) uint8 each: (h, w[, 3]) uint8, ghosts and all."""
    total = sum(sign * each.mean(axis=0) for sign, each in ((1, a), (-1, b), (1, c)))
    return np.clip(np.round(total), 0, 255).astype("uint8")
