"""Denoising autoencoders: the input is corrupted, the target is the clean image.

Vincent et al. 2008, "Extracting and composing robust features with denoising autoencoders",
doi:10.1145/1390156.1390294. In training Keras layers corrupt each batch (`networks`); here the same is done to images
that are to be shown or measured.
"""

import numpy as np

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.config import NOISE_TYPES
from genmodels.autoencoders.model import Autoencoder


def corrupt(images: np.ndarray, noise_type: str, noise_level: float, seed: int) -> np.ndarray:
    """Corrupted images: (n, 28, 28) uint8, or float32 in [0, 1], to float32 of the same shape.

    gaussian: noise of standard deviation `noise_level` is added; values may leave [0, 1], as in training. dropout: a
    fraction `noise_level` of the pixels is set to 0 and the rest is divided by 1 - noise_level, as Keras does. Raises
    `ValueError` for another noise type.
    """
    x, rng = autoencoders.scale_pixels(images), np.random.default_rng(seed)
    if noise_type == "gaussian":
        return x + np.float32(noise_level) * rng.standard_normal(x.shape, dtype="float32")
    if noise_type == "dropout":
        return np.where(rng.random(x.shape) < noise_level, 0, x / max(1 - noise_level, 1e-6)).astype("float32")
    if noise_type != "none":
        raise ValueError(f"noise_type must be one of {', '.join(NOISE_TYPES)}, got {noise_type!r}")
    return x


def denoising_error(
    model: Autoencoder, images: np.ndarray, noise_type: str, noise_levels: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Mean squared error between clean images and reconstructions of corrupted ones: (k,) noise levels to (k,) errors.

    images: (n, 28, 28) uint8, the clean ones.
    """
    corrupted = (corrupt(images, noise_type, float(level), seed) for level in noise_levels)
    return np.array([autoencoders.squared_error(model, x, images).mean() for x in corrupted])
