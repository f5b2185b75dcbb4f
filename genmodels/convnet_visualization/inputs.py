"""What the visualization methods accept: images, and indices of channels or classes."""

from collections.abc import Sequence

import numpy as np

CLASSES = "classes"  # the network's outputs, listed after the names of its layers


def check_image(image: np.ndarray) -> None:
    """Raises `ValueError` unless the image is (h, w, 3) uint8 and not empty."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"expected an image (h, w, 3) uint8, got {image.shape} {image.dtype}")


def one_hot(indices: Sequence[int], count: int, message: str) -> np.ndarray:
    """(len(indices), count) float32, a one in each row.

    Raises `ValueError` on no index, or with `message` on one outside 0 ... count - 1.
    """
    if not len(indices):
        raise ValueError("expected one channel or class or more, got none")
    if unknown := [k for k in indices if not 0 <= k < count]:
        raise ValueError(f"{message} {unknown[0]}: there are {count}")
    return np.eye(count, dtype="float32")[list(indices)]
