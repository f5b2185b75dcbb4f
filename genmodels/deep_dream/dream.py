"""DeepDream: gradient ascent on a photo so that the activations of chosen layers of a trained convnet grow.

Patterns that the network detects only faintly are amplified step by step until everybody sees them. Mordvintsev, Olah
& Tyka 2015, "Inceptionism"; Chollet, Deep Learning with Python, section 8.2. Where we differ from the book's code:

- Jitter: the photo is shifted by a few random pixels before every step, and large photos are computed in overlapping
  tiles. This avoids visible seams and any limit on the size.
- Three more objectives besides whole layers: one channel, a class logit, and a guide image (as in Google's notebook).
- Before the gradient is divided by its mean absolute value, it is normalized at each spatial frequency
  (`gradient_ascent.laplacian_normalize`; `laplacian_levels=0` turns it off) and its colors are projected towards those
  of the photo (`color_preservation=0` turns it off). Steps near black and white are shortened.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from genmodels.deep_dream.objectives import objective
from genmodels.vision import backbone, gradient_ascent
from genmodels.vision.backbone import Backbone


@dataclass(frozen=True)
class Step:
    """One step of gradient ascent."""

    done: int
    total: int
    losses: dict[str, float]  # "objective": its value before the step
    image: np.ndarray  # (h, w, 3) uint8, at the size of the octave
    octave: int  # from 0, the smallest
    ends_octave: bool  # True at the last step of an octave
    progress: float  # fraction of the work done, 0 to 1: a step of a small octave costs less


def dream(
    image: np.ndarray,
    *,
    model: Backbone | None = None,
    layers: Mapping[str, float] | None = None,
    channel: tuple[str, int] | None = None,
    target: int | None = None,
    guide: np.ndarray | None = None,
    octaves: int = 3,
    octave_scale: float = 1.4,
    steps: int = 20,
    step_size: float = 0.01,
    max_loss: float | None = None,
    jitter: int = 32,
    border_crop: int = 2,
    reinject_detail: bool = True,
    laplacian_levels: int = 5,
    color_preservation: float = 0.5,
    tile: int = gradient_ascent.TILE,
    seed: int = 0,
) -> Iterator[Step]:
    """DeepDream on a photo (h, w, 3) uint8: yields a `Step` with the current image after each step.

    The objective is the first of these that is given: `target`, index of a class in `model.class_names`; `channel`,
    (layer, index); `guide`, an image (h, w, 3) uint8 whose features in the layer of `layers` with the largest weight
    are matched; or `layers`, name: weight.

    octaves: number of image scales, from small to large. octave_scale: size ratio of successive octaves. steps: per
    octave. step_size: mean pixel change per step, in units of the [0, 1] range. max_loss: an octave ends when the
    objective is above it. jitter: maximum random shift in pixels. border_crop: rows and columns of activations
    ignored at each edge, because zero padding affects them. reinject_detail: add back, at each octave, the detail lost
    by downscaling. laplacian_levels: frequency bands that are normalized, 0 for the plain gradient.
    color_preservation: 0 to 1, see `color_projection`. tile: larger images are computed in tiles of this many pixels.
    The same seed gives the same images.

    Raises `ValueError` on an unknown layer, channel or class, on layer weights that are all 0, fewer than one step or
    octave, an octave scale of 1 or less, or an image or guide that is not (h, w, 3) uint8 with 32 pixels per side or
    more.
    """
    for photo in (image,) if guide is None else (image, guide):
        if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3 or min(photo.shape[:2]) < 32:
            raise ValueError(f"expected an image (h, w, 3) uint8 of 32 pixels per side or more, got {photo.shape}")
    if steps < 1:
        raise ValueError(f"expected one step or more, got {steps}")
    if model is None:
        model = backbone.load()
    objective_fn, arrays = objective(model, layers, channel, target, guide, border_crop)
    rng = np.random.default_rng(seed)
    photo = image.astype("float32") / 255
    projection = color_projection(photo, color_preservation)
    h, w, _ = image.shape
    sizes = gradient_ascent.octave_sizes(h, w, octaves, octave_scale)
    pixels = np.prod(sizes, axis=1)  # the cost of a step
    x = gradient_ascent.resize(photo, sizes[0])
    for k, size in enumerate(sizes):
        if k:
            x = gradient_ascent.resize(x, size)
            if reinject_detail:
                x = x + lost_detail(photo, size, sizes[k - 1])
        for step in range(1, steps + 1):
            i, j = rng.integers(-jitter, jitter + 1, size=2) if jitter else (0, 0)
            value, grad = gradient_ascent.tiled_gradient(objective_fn, np.roll(x, (i, j), (0, 1)), *arrays, tile=tile)
            above_max_loss = max_loss is not None and value > max_loss
            if not above_max_loss:
                direction = ascent_direction(np.roll(grad, (-i, -j), (0, 1)), laplacian_levels, projection)
                x = gradient_ascent.apply_step(x, step_size * direction)
            yield Step(
                done=k * steps + step,
                total=len(sizes) * steps,
                losses={"objective": value},
                image=np.round(np.clip(x, 0, 1) * 255).astype("uint8"),
                octave=k,
                ends_octave=above_max_loss or step == steps,
                progress=float((pixels[:k].sum() + pixels[k] * step / steps) / pixels.sum()),
            )
            if above_max_loss:
                break


def lost_detail(photo: np.ndarray, size: tuple[int, int], previous: tuple[int, int]) -> np.ndarray:
    """p - up(down(p)): what the photo has at `size` and loses at the `previous`, smaller size, (h, w, 3) float32."""
    original = gradient_ascent.resize(photo, size)
    return original - gradient_ascent.resize(gradient_ascent.resize(photo, previous), size)


def ascent_direction(grad: np.ndarray, laplacian_levels: int, projection: np.ndarray) -> np.ndarray:
    """The direction of a step, (h, w, 3) float32 of mean absolute value 1, from the raw gradient."""
    if laplacian_levels:
        grad = gradient_ascent.laplacian_normalize(grad, laplacian_levels)
    return gradient_ascent.normalize_gradient(grad @ projection)


def color_projection(photo: np.ndarray, color_preservation: float) -> np.ndarray:
    """(1 - p) I + p C: the (3, 3) float32 matrix that projects color changes onto colors of the photo.

    photo: (h, w, 3) float32. C: covariance of its red, green and blue, scaled to trace 3: it keeps color directions
    that vary in the photo and dampens the others.
    """
    covariance = np.cov(photo.reshape(-1, 3).T) + 1e-6 * np.eye(3)
    covariance *= 3 / np.trace(covariance)
    return ((1 - color_preservation) * np.eye(3) + color_preservation * covariance).astype("float32")
