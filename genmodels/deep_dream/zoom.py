"""Endless zoom: a video in which each frame is the enlarged center of the previous one, after some DeepDream steps."""

from collections.abc import Iterator

import numpy as np

from genmodels.deep_dream.dream import Step, dream


def zoom(
    image: np.ndarray, *, frames: int = 60, factor: float = 1.04, steps: int = 2, seed: int = 0, **settings
) -> Iterator[Step]:
    """Yields a `Step` per frame; the first frame is `image`, (h, w, 3) uint8, after `steps` steps.

    factor: enlargement per frame. steps: of gradient ascent per frame. settings: of `dream`; one octave by default.
    Raises what `dream` raises, and `ValueError` on a factor below 1.
    """
    if factor < 1:
        raise ValueError(f"expected a factor of 1 or more, got {factor}")
    settings = {"octaves": 1} | settings
    for k in range(frames):
        *_, step = dream(image, steps=steps, seed=seed + k, **settings)
        image = step.image
        yield Step(k + 1, frames, step.losses, image, 0, False, (k + 1) / frames)
        image = zoom_in(image, factor)


def zoom_in(image: np.ndarray, factor: float) -> np.ndarray:
    """The center of an image (h, w, 3) uint8, enlarged `factor` times to the same size."""
    h, w, _ = image.shape
    y = (np.arange(h) + 0.5 - h / 2) / factor + h / 2 - 0.5  # source coordinate of each row
    x = (np.arange(w) + 0.5 - w / 2) / factor + w / 2 - 0.5
    rows = _interpolate(image.astype("float32"), y)
    enlarged = _interpolate(rows.swapaxes(0, 1), x).swapaxes(0, 1)
    return np.round(enlarged).astype("uint8")


def _interpolate(x: np.ndarray, coordinates: np.ndarray) -> np.ndarray:
    """Rows of x (n, ...) at fractional coordinates, linearly."""
    low = np.clip(np.floor(coordinates).astype(int), 0, len(x) - 2)
    weight = np.clip(coordinates - low, 0, 1)[:, None, None].astype("float32")
    return (1 - weight) * x[low] + weight * x[low + 1]
