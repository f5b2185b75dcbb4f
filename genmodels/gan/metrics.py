"""How good drawn pictures are, and whether they are all the same: measured by a small classifier.

The Frechet distance compares two sets of pictures by the mean and covariance of a network's features
(Heusel et al. 2017, arXiv:1706.08500, equation 6). There the network is Inception, and the number is
called FID; here it is a small classifier of our own (`picture_classifier`), so our numbers compare with
each other and with no FID: "Frechet distance in a Fashion-MNIST classifier's features".
"""

from typing import Any

import numpy as np

# Pages and scripts that measure find the classifier here as well.
from genmodels.vision.image_classifier import CLASSES, Classifier, features, labels, probabilities  # noqa: F401
from genmodels.vision.image_classifier import load as classifier  # noqa: F401


def frechet_distance(features_a: np.ndarray, features_b: np.ndarray) -> float:
    """|m_a - m_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)) of two sets of features, (n, d) and (m, d).

    The squared distance between two Gaussians with the means m and covariances C of the two sets; 0 for
    equal ones. It is biased: few samples look farther away, so compare equal numbers only. Raises
    `ValueError` on sets of another shape or of fewer than two rows.
    """
    a, b = np.asarray(features_a, "float64"), np.asarray(features_b, "float64")
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise ValueError(f"expected (n, d) and (m, d) with two rows or more, got {a.shape} and {b.shape}")
    c_a, c_b = np.atleast_2d(np.cov(a, rowvar=False)), np.atleast_2d(np.cov(b, rowvar=False))
    # tr (C_a C_b)^(1/2) = tr (R C_b R)^(1/2) with R = C_a^(1/2): symmetric, so its eigenvalues are enough.
    values, vectors = np.linalg.eigh(c_a)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ c_b @ root), 0)).sum()
    return max(0.0, float(np.square(a.mean(axis=0) - b.mean(axis=0)).sum() + np.trace(c_a + c_b) - 2 * cross))


def collapse(eye: Classifier, images: np.ndarray) -> dict[str, Any]:
    """Whether a generator draws all kinds of things: images (n, h, w[, 3]) uint8, two or more.

    "histogram": (CLASSES,) shares of the labels; "classes": effective number of them, exp(entropy), from
    1 (one thing only) to CLASSES; "spread": mean Euclidean distance between two pictures, pixels in
    [0, 1], each one's divided by the square root of their number: near 0 where all are the same.
    """
    if len(images) < 2:
        raise ValueError(f"expected two pictures or more, got {len(images)}")
    shares = np.bincount(labels(eye, images), minlength=CLASSES) / len(images)
    entropy = -sum(share * np.log(share) for share in shares if share)
    x = images.reshape(len(images), -1).astype("float32") / 255
    squares = np.square(x).sum(axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * x @ x.T, 0) / x.shape[1])
    n = len(images)
    spread = (apart.sum() - np.trace(apart)) / (n * (n - 1))
    return {"histogram": shares, "classes": float(np.exp(entropy)), "spread": float(spread)}
