"""A linear autoencoder finds what principal component analysis finds: points in space, and the plane they lie near.

Without activations, an autoencoder with two codings learns the plane on which the squared error of the
reconstruction is least, and that is the plane of the first two principal components (Baldi & Hornik 1989,
doi:10.1016/0893-6080(89)90014-2). It does not find the components themselves: any two directions that
span the plane are as good, so its codes are PCA's, turned and stretched.

After Hands-On Machine Learning, chapter 17, "Performing PCA with an undercomplete linear autoencoder".
Plain NumPy, and gradients written out: one can watch every step of it. PCA is scikit-learn's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

SPACE, PLANE = 3, 2  # numbers of a point, and of its code
_CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])  # of a sheet, one after the other
HOPELESS = 1000  # times the error it began with: no training comes back from there


class Diverged(ArithmeticError):
    """The error grows without end; the message is a sentence for the visitor."""


@dataclass(frozen=True, eq=False)
class Step:
    """One report of a training."""

    done: int
    total: int
    losses: dict[str, float]  # "autoencoder" and "PCA": mean squared error, in squared units of the points
    angle: float  # degrees between the two planes, the larger of the principal angles: 0 to 90
    codes: np.ndarray  # (n, 2) the points as the encoder sees them: x E + b
    encoder: np.ndarray  # (3, 2) E
    bias: np.ndarray  # (2,) b
    plane: np.ndarray  # (2, 3) the decoder's: where the code's two axes point to in space
    middle: np.ndarray  # (3,) where the code (0, 0) is decoded to


def cloud(n: int = 300, *, noise: float = 0.1, seed: int = 0) -> np.ndarray:
    """Points near a bent strip of a tilted plane: (n, 3) float32, about 1 to each side. noise: standard deviation.

    They come in the order in which they lie along the strip.
    """
    rng = np.random.default_rng(seed)
    angle = 1.5 * np.pi * np.sort(rng.random(n)) - 0.5
    across = np.cos(angle) + np.sin(angle) / 2
    along = 0.7 * np.sin(angle)
    x = np.stack([across, along, 0.1 * across + 0.3 * along], axis=1)
    return (x + noise * rng.standard_normal((n, SPACE))).astype("float32")


def principal_plane(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """PCA's answer: where the middle is, (3,), and the first two principal components, (2, 3), of length one."""
    from sklearn.decomposition import PCA

    found = PCA(PLANE).fit(points)
    return found.mean_, found.components_


def angle_between(a: np.ndarray, b: np.ndarray) -> float:
    """The larger principal angle of two planes, (2, 3) each, in degrees: 0 where they are one, at most 90."""
    from scipy.linalg import subspace_angles

    return float(np.degrees(subspace_angles(a.T, b.T).max()))


def corners(centre: np.ndarray, axes: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Of a sheet, one after the other, (4, 3): around centre (3,), along axes (2, 3), sides (2,) to each side."""
    return centre + _CORNERS * sides @ axes


def sheet(look: Step, mean: np.ndarray, components: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """What is drawn of the decoder's plane, its corners (4, 3): about where PCA's mean is, turned as little as can be.

    mean (3,) and components (2, 3): as `principal_plane` gives them. Of all pairs of directions on the plane, the
    nearest to the components: the orthogonal Procrustes problem (Schoenemann 1966, doi:10.1007/BF02289451).
    """
    from scipy.linalg import orthogonal_procrustes

    basis = np.linalg.qr(look.plane.T.astype("float64"))[0]  # (3, 2) of length one, at right angles
    turn, _ = orthogonal_procrustes(np.eye(PLANE), components @ basis)
    centre = look.middle + (mean - look.middle) @ basis @ basis.T
    return corners(centre, turn @ basis.T, sides)


def reader(look: Step, mean: np.ndarray, components: np.ndarray) -> np.ndarray:
    """(3, 2), from a code and a one to the scores that PCA gives to what is decoded from it: a turn and a stretch."""
    return np.vstack([look.plane @ components.T, (look.middle - mean) @ components.T])


def train(
    points: np.ndarray, *, steps: int = 300, learning_rate: float = 0.1, seed: int = 0, report_every: int = 5
) -> Iterator[Step]:
    """Gradient descent from small random weights on L = mean |e|^2, e = z D + d - x, z = x E + b; no activation.

    dL/dD = 2 z^T e / n, dL/dd = 2 mean e, dL/dE = 2 x^T (e D^T) / n, dL/db = 2 mean e D^T, with E (3, 2), D (2, 3).
    points: (n, 3). A Step comes before the first step, every `report_every`, and at the end. Raises
    `ValueError` on points of another shape or fewer than three, and `Diverged`, in place of a next Step, where the
    learning rate is so large that the error only grows.
    """
    x = np.asarray(points, "float64")
    if x.ndim != 2 or x.shape[1] != SPACE or len(x) <= PLANE or not np.isfinite(x).all():
        raise ValueError(f"expected at least three points (n, {SPACE}), got an array of {x.shape}")
    rng = np.random.default_rng(seed)
    encoder, decoder = rng.normal(0, 0.3, (SPACE, PLANE)), rng.normal(0, 0.3, (PLANE, SPACE))
    bias, middle = np.zeros(PLANE), np.zeros(SPACE)
    mean, components = principal_plane(x)
    best = float(np.square((x - mean) - (x - mean) @ components.T @ components).sum(axis=1).mean())
    first = None
    for done in range(steps + 1):
        codes = x @ encoder + bias
        error = codes @ decoder + middle - x  # (n, 3)
        loss = float(np.square(error).sum(axis=1).mean())
        first = loss if first is None else first
        if not loss <= HOPELESS * first:  # or it is not a number
            raise Diverged(
                f"After {done} steps the error is more than {HOPELESS:,} times what it was: a learning rate of "
                f"{learning_rate:g} is too large for these points, each step overshoots further than the one before."
            )
        if done % report_every == 0 or done == steps:
            seen = (array.astype("float32") for array in (codes, encoder, bias, decoder, middle))
            yield Step(done, steps, {"autoencoder": loss, "PCA": best}, angle_between(decoder, components), *seen)
        back = error @ decoder.T  # (n, 2)
        share = learning_rate * 2 / len(x)
        encoder, bias = encoder - share * x.T @ back, bias - share * back.sum(axis=0)
        decoder, middle = decoder - share * codes.T @ error, middle - share * error.sum(axis=0)
