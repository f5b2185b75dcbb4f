"""A linear autoencoder learns the subspace of principal component analysis (PCA).

Without activation functions, an autoencoder with a code of two units that minimizes the squared error learns the plane
of the first two principal components (Baldi & Hornik 1989, doi:10.1016/0893-6080(89)90014-2). It does not learn the
components themselves: any two directions that span the plane have the same error, so its codes equal the PCA scores
up to a linear transformation.

After Hands-On Machine Learning, chapter 17, "Performing PCA with an undercomplete linear autoencoder". Plain NumPy
with explicit gradients, so that every step can be shown. PCA is scikit-learn's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

INPUT_SIZE, CODE_SIZE = 3, 2
DIVERGENCE_FACTOR = 1000  # times the initial error: a training with a larger error has diverged
MARGIN = 1.15  # of a drawn plane, relative to the outermost points
_CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])  # of a rectangle, counterclockwise


class Diverged(ArithmeticError):
    """The error grows without bound; the message is written for the visitor."""


@dataclass(frozen=True, eq=False)
class Step:
    """One report of a training."""

    done: int
    total: int
    losses: dict[str, float]  # "autoencoder" and "PCA": mean squared error, in squared units of the points
    angle: float  # degrees between the two planes, the larger of the principal angles: 0 to 90
    codes: np.ndarray  # (n, 2) x E + b
    encoder: np.ndarray  # (3, 2) E
    encoder_bias: np.ndarray  # (2,) b
    decoder: np.ndarray  # (2, 3) D, its rows span the decoder's plane
    decoder_bias: np.ndarray  # (3,) d, the reconstruction of the code (0, 0)


def sample_points(n: int = 300, *, noise: float = 0.1, seed: int = 0) -> np.ndarray:
    """Points near a curved strip on a tilted plane: (n, 3) float32, about -1 to 1, ordered along the strip.

    noise: standard deviation.
    """
    rng = np.random.default_rng(seed)
    angle = 1.5 * np.pi * np.sort(rng.random(n)) - 0.5
    x1 = np.cos(angle) + np.sin(angle) / 2
    x2 = 0.7 * np.sin(angle)
    x = np.stack([x1, x2, 0.1 * x1 + 0.3 * x2], axis=1)
    return (x + noise * rng.standard_normal((n, INPUT_SIZE))).astype("float32")


# --- planes -------------------------------------------------------------------------------------


def principal_plane(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The plane of PCA: the mean (3,) and the first two principal components (2, 3), of length one."""
    from sklearn.decomposition import PCA

    pca = PCA(CODE_SIZE).fit(points)
    return pca.mean_, pca.components_


def pca_scores(points: np.ndarray, mean: np.ndarray, components: np.ndarray) -> np.ndarray:
    """The coordinates of points (n, 3) on the plane of `principal_plane`: (n, 2)."""
    return (points - mean) @ components.T


def angle_between(a: np.ndarray, b: np.ndarray) -> float:
    """The larger principal angle between two planes, (2, 3) each, in degrees: 0 to 90."""
    from scipy.linalg import subspace_angles

    return float(np.degrees(subspace_angles(a.T, b.T).max()))


def plane_half_sizes(scores: np.ndarray) -> np.ndarray:
    """Half the width and height (2,) of a rectangle that contains all PCA scores (n, 2), with a margin."""
    return MARGIN * np.abs(scores).max(axis=0)


def rectangle(center: np.ndarray, axes: np.ndarray, half_sizes: np.ndarray) -> np.ndarray:
    """The corners (4, 3), in order, of a rectangle: center (3,), axes (2, 3), half_sizes (2,) along the axes."""
    return center + _CORNERS * half_sizes @ axes


def plane_corners(step: Step, mean: np.ndarray, components: np.ndarray, half_sizes: np.ndarray) -> np.ndarray:
    """The corners (4, 3) of a rectangle on the decoder's plane that is as close as possible to the one of PCA.

    mean (3,) and components (2, 3) as of `principal_plane`. The axes are the orthonormal basis of the plane nearest to
    the components: the orthogonal Procrustes problem (Schoenemann 1966, doi:10.1007/BF02289451).
    """
    from scipy.linalg import orthogonal_procrustes

    basis = np.linalg.qr(step.decoder.T.astype("float64"))[0]  # (3, 2) orthonormal
    rotation, _ = orthogonal_procrustes(np.eye(CODE_SIZE), components @ basis)
    center = step.decoder_bias + (mean - step.decoder_bias) @ basis @ basis.T
    return rectangle(center, rotation @ basis.T, half_sizes)


def alignment_to_pca(step: Step, mean: np.ndarray, components: np.ndarray) -> np.ndarray:
    """The matrix (3, 2) from a code and a one to the PCA scores of its reconstruction."""
    return np.vstack([step.decoder @ components.T, (step.decoder_bias - mean) @ components.T])


# --- training -----------------------------------------------------------------------------------


def train(
    points: np.ndarray, *, steps: int = 300, learning_rate: float = 0.1, seed: int = 0, report_every: int = 5
) -> Iterator[Step]:
    """Gradient descent from small random weights on L = mean |e|^2, e = z D + d - x, z = x E + b.

    dL/dD = 2 z^T e / n, dL/dd = 2 mean e, dL/dE = 2 x^T (e D^T) / n, dL/db = 2 mean e D^T, with E (3, 2), D (2, 3).
    points: (n, 3). A Step is yielded before the first step, every `report_every` steps, and at the end. Raises
    `ValueError` for points of another shape or fewer than three, and `Diverged` in place of the next Step if the
    learning rate is so large that the error only grows.
    """
    x = np.asarray(points, "float64")
    if x.ndim != 2 or x.shape[1] != INPUT_SIZE or len(x) <= CODE_SIZE or not np.isfinite(x).all():
        raise ValueError(f"expected at least three points (n, {INPUT_SIZE}), got an array of {x.shape}")
    rng = np.random.default_rng(seed)
    encoder, decoder = rng.normal(0, 0.3, (INPUT_SIZE, CODE_SIZE)), rng.normal(0, 0.3, (CODE_SIZE, INPUT_SIZE))
    encoder_bias, decoder_bias = np.zeros(CODE_SIZE), np.zeros(INPUT_SIZE)
    mean, components = principal_plane(x)
    pca_loss = float(np.square((x - mean) - pca_scores(x, mean, components) @ components).sum(axis=1).mean())
    initial_loss = None
    for done in range(steps + 1):
        codes = x @ encoder + encoder_bias
        error = codes @ decoder + decoder_bias - x  # (n, 3)
        loss = float(np.square(error).sum(axis=1).mean())
        initial_loss = loss if initial_loss is None else initial_loss
        if not loss <= DIVERGENCE_FACTOR * initial_loss:  # also if it is NaN
            raise Diverged(
                f"The training diverged after {done} steps: the error is more than {DIVERGENCE_FACTOR:,} times the "
                f"initial one. A learning rate of {learning_rate:g} is too large for these points."
            )
        if done % report_every == 0 or done == steps:
            arrays = (a.astype("float32") for a in (codes, encoder, encoder_bias, decoder, decoder_bias))
            losses = {"autoencoder": loss, "PCA": pca_loss}
            yield Step(done, steps, losses, angle_between(decoder, components), *arrays)
        code_error = error @ decoder.T  # (n, 2)
        rate = learning_rate * 2 / len(x)
        encoder, encoder_bias = encoder - rate * x.T @ code_error, encoder_bias - rate * code_error.sum(axis=0)
        decoder, decoder_bias = decoder - rate * codes.T @ error, decoder_bias - rate * error.sum(axis=0)


def convergence(losses: Sequence[float], pca_loss: float) -> str:
    """How a training ended: "converged" (the loss is that of PCA), "oscillating" or "not converged"."""
    if losses[-1] <= 1.05 * pca_loss + 1e-3:
        return "converged"
    return "oscillating" if losses[-1] > 1.5 * min(losses) + 1e-3 else "not converged"
