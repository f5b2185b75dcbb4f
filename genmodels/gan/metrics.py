"""Metrics of generated images, measured with a small classifier: quality, diversity, checkerboard artifacts.

The Fréchet distance compares two sets of images by the mean and covariance of a network's features (Heusel et al. 2017,
arXiv:1706.08500, equation 6). With Inception as the network it is called FID; here the network is a small classifier of
our own (`vision.image_classifier`). So our numbers are comparable with each other, but not with any FID.
"""

from typing import Any

import numpy as np

# Pages and scripts that measure read these here, too.
from genmodels.vision.image_classifier import CLASSES, Classifier, features, labels, probabilities  # noqa: F401
from genmodels.vision.image_classifier import load as load_classifier  # noqa: F401


def frechet_distance(features_a: np.ndarray, features_b: np.ndarray) -> float:
    """|m_a - m_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)) of two sets of features, (n, d) and (m, d).

    The squared distance between two Gaussians with the means m and covariances C of the two sets; 0 for equal ones. It
    is biased: it is larger for fewer samples, so compare equal sample sizes only. Raises `ValueError` for sets of
    another shape or of fewer than two rows.
    """
    a, b = np.asarray(features_a, "float64"), np.asarray(features_b, "float64")
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise ValueError(f"expected (n, d) and (m, d) with two rows or more, got {a.shape} and {b.shape}")
    c_a, c_b = np.atleast_2d(np.cov(a, rowvar=False)), np.atleast_2d(np.cov(b, rowvar=False))
    # tr (C_a C_b)^(1/2) = tr (R C_b R)^(1/2) with R = C_a^(1/2): symmetric, so its eigenvalues are enough.
    eigenvalues, eigenvectors = np.linalg.eigh(c_a)
    root = (eigenvectors * np.sqrt(np.maximum(eigenvalues, 0))) @ eigenvectors.T
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ c_b @ root), 0)).sum()
    return max(0.0, float(np.square(a.mean(axis=0) - b.mean(axis=0)).sum() + np.trace(c_a + c_b) - 2 * cross))


def effective_classes(histogram: np.ndarray) -> np.ndarray:
    """The effective number of classes, exp(entropy): (..., classes) to (...).

    exp(-sum_c p_c log p_c): 10 if ten labels are equally frequent, 1 if there is only one. The histogram is normalized
    to sum 1 first.
    """
    p = np.asarray(histogram, "float64")
    p = p / np.maximum(p.sum(axis=-1, keepdims=True), 1e-12)
    return np.exp(-(p * np.log(np.maximum(p, 1e-12))).sum(axis=-1))


def mean_pairwise_distance(images: np.ndarray) -> float:
    """Diversity: mean RMS difference of two images in [0, 1], over all pairs of (n, h, w[, 3]) uint8, n from 2.

    It is near 0 if all images are the same. Raises `ValueError` for fewer than two images.
    """
    n = len(images)
    if n < 2:
        raise ValueError(f"expected two images or more, got {n}")
    x = images.reshape(n, -1).astype("float32") / 255
    squares = np.square(x).sum(axis=1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * x @ x.T, 0) / x.shape[1])
    return float((distances.sum() - np.trace(distances)) / (n * (n - 1)))


def diversity_metrics(classifier: Classifier, images: np.ndarray) -> dict[str, Any]:
    """The numbers that show mode collapse, of generated images (n, h, w[, 3]) uint8, two or more.

    "histogram": (CLASSES,) fraction of each predicted label; "effective_classes": from 1 to CLASSES, see
    `effective_classes`; "mean_pairwise_distance": see there. Raises `ValueError` for fewer than two images.
    """
    distance = mean_pairwise_distance(images)
    histogram = np.bincount(labels(classifier, images), minlength=CLASSES) / len(images)
    return {
        "histogram": histogram,
        "effective_classes": float(effective_classes(histogram)),
        "mean_pairwise_distance": distance,
    }


def checkerboard_score(images: np.ndarray) -> float:
    """Fraction of the fine detail that repeats every second pixel: (n, h, w[, 3]) uint8 to [0, 1].

    Fine detail is the image minus its mean over 3 x 3 pixels. It is averaged at each of the four positions of a 2 x 2
    square, over each image; the score is the variance of these means over the variance of all fine detail. A kernel
    size that is not divisible by the stride makes the four differ.
    """
    x = images.reshape(*images.shape[:3], -1).mean(axis=3)
    n, h, w = x.shape
    x = x[:, : h - h % 2, : w - w % 2]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)), mode="edge")
    smooth = sum(padded[:, i : i + x.shape[1], j : j + x.shape[2]] for i in range(3) for j in range(3)) / 9
    fine = x - smooth
    fine -= fine.mean(axis=(1, 2), keepdims=True)
    means = fine.reshape(n, x.shape[1] // 2, 2, x.shape[2] // 2, 2).mean(axis=(1, 3))
    return float((means**2).mean() / max((fine**2).mean(), 1e-12))
