"""Differentiable augmentation (DiffAugment): the same kinds of random changes for real and generated images.

Zhao et al. 2020, "Differentiable Augmentation for Data-Efficient GAN Training", arXiv:2006.10738: brightness,
saturation, contrast and translation. The discriminator cannot memorize the training images, and the generator learns no
changed colors, because both kinds of images are changed, and the gradient passes through the change.
"""

from typing import Any

import numpy as np

N_PARAMETERS = 5  # brightness, saturation, contrast, rows, columns
MAX_SHIFT = 1 / 8  # of the image size


def sample_parameters(n: int, size: int, probability: float, rng: np.random.Generator) -> np.ndarray:
    """Parameters (n, 5) float32 of `augment`, each transform with this probability, else its identity.

    Brightness is added, from -0.5 to 0.5 in the range [-1, 1] of the images; saturation from 0 to 2 and contrast from
    0.5 to 1.5 are factors; rows and columns are whole pixels up to an eighth of `size`.
    """
    shift = int(size * MAX_SHIFT)
    drawn = np.stack(
        [
            rng.uniform(-0.5, 0.5, n),
            rng.uniform(0.0, 2.0, n),
            rng.uniform(0.5, 1.5, n),
            rng.integers(-shift, shift + 1, n),
            rng.integers(-shift, shift + 1, n),
        ],
        axis=1,
    )
    is_on = rng.random((n, 3)) < probability
    return np.where(is_on[:, [0, 0, 0, 1, 1]], drawn, [0.0, 1.0, 1.0, 0.0, 0.0]).astype("float32")


def augment(images: Any, parameters: Any) -> Any:
    """Images (n, h, w, c) in [-1, 1], changed by `parameters` (n, 5) of `sample_parameters`; new pixels are 0."""
    from keras import ops

    brightness, saturation, contrast = (parameters[:, k, None, None, None] for k in range(3))
    x = images + brightness
    gray = ops.mean(x, axis=3, keepdims=True)
    x = (x - gray) * saturation + gray
    mean = ops.mean(x, axis=(1, 2, 3), keepdims=True)
    x = (x - mean) * contrast + mean
    h, w, c = x.shape[1:]
    # A translation is a product with a matrix of zeros and ones on each side: it needs no gather, and has a gradient.
    rows = ops.one_hot(ops.arange(h)[None] + ops.cast(parameters[:, 3:4], "int32"), h, dtype=x.dtype)  # (n, h, h)
    columns = ops.one_hot(ops.arange(w)[None] + ops.cast(parameters[:, 4:5], "int32"), w, dtype=x.dtype)
    x = ops.reshape(ops.matmul(rows, ops.reshape(x, (-1, h, w * c))), (-1, h, w, c))
    x = ops.reshape(ops.transpose(x, (0, 2, 1, 3)), (-1, w, h * c))
    x = ops.reshape(ops.matmul(columns, x), (-1, w, h, c))
    return ops.transpose(x, (0, 2, 1, 3))
