"""For plots of a VAE: the posterior of an image in the latent plane, the reconstruction error."""

from dataclasses import dataclass

import numpy as np

MISSING, ADDED = (1.0, 0.55, 0.1), (0.25, 0.6, 1.0)  # RGB of the residual image: orange, blue


@dataclass(frozen=True)
class Posterior:
    """The posterior q(z|x) of one image in a 2-D latent space, a Gaussian with diagonal covariance."""

    mean: np.ndarray  # (2,)
    sigma: np.ndarray  # (2,) standard deviations
    samples: np.ndarray  # (n, 2)

    @property
    def half_width(self) -> float:
        """Half the width of a square around the mean that shows four standard deviations."""
        return 4 * float(self.sigma.max())


def plane_half_width(half_width: float, posterior: Posterior | None) -> float:
    """The half-width of a plot around the origin that shows [-half_width, half_width] and the 2 sigma ellipse."""
    if posterior is None:
        return half_width
    return max(half_width, 1.1 * float(np.abs(posterior.mean).max() + 2 * posterior.sigma.max()))


def plot_coordinates(z: np.ndarray, center: np.ndarray, half_width: float) -> np.ndarray:
    """z (..., 2) in a square plot around `center`, whose coordinates run from 0 to 100, the second one downwards."""
    return 50 + (np.asarray(z) - center) * (1, -1) * 50 / half_width


def residual_image(image: np.ndarray, reconstruction: np.ndarray) -> np.ndarray:
    """The reconstruction error: missing brightness in orange, added brightness in blue, (28, 28, 3) float in [0, 1].

    image: (28, 28) uint8; reconstruction: (28, 28) float in [0, 1].
    """
    residual = (image / 255 - reconstruction)[..., None]
    return np.clip(residual, 0, 1) * MISSING + np.clip(-residual, 0, 1) * ADDED


def mean_squared_error(image: np.ndarray, reconstruction: np.ndarray) -> float:
    """Of the pixels in [0, 1]; image: (28, 28) uint8; reconstruction: (28, 28) float in [0, 1]."""
    return float(np.square(image / 255 - reconstruction).mean())


def pad_to_square(image: np.ndarray) -> np.ndarray:
    """(h, w) uint8 centered in a transparent square, (s, s, 4) uint8 with s = max(h, w)."""
    h, w = image.shape
    size = max(h, w)
    top, left = (size - h) // 2, (size - w) // 2
    square = np.zeros((size, size, 4), "uint8")
    square[top : top + h, left : left + w] = np.dstack([image, image, image, np.full_like(image, 255)])
    return square
