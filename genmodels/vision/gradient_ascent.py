"""Gradient ascent on the pixels of an image, to maximize an objective of a network's activations.

The network's weights are fixed; backpropagation continues to the input, and the image takes a step along the
gradient. DeepDream starts from a photo, feature visualization from noise; both use the functions of this module: the
gradient, its normalization, octaves and tiles. Mordvintsev, Olah & Tyka 2015, "Inceptionism"; Olah, Mordvintsev &
Schubert 2017, "Feature Visualization", doi:10.23915/distill.00007.

An objective is a function of the image `(1, h, w, 3)` in [0, 1] and of further arrays that returns one number.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

TILE = 512  # pixels: larger images are computed in tiles
MARGIN = 128  # pixels of overlap with the neighboring tiles: above the receptive field of the built-in network
GRID = 32  # pixels: tiles begin at a multiple, so that pooling pools the same pixels as in the whole image


# --- the gradient -----------------------------------------------------------------------------


def gradient(objective: Callable, shapes: Sequence[tuple[int | None, ...]]) -> Callable:
    """A compiled function of (image, *arrays) that returns (value, d value / d image) as NumPy arrays.

    shapes: of the image and of each further argument, None for a dimension that varies. Only this function depends on
    the Keras backend.
    """
    from keras import backend

    if backend.backend() == "tensorflow":
        import tensorflow as tf

        @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32) for shape in shapes], autograph=False)
        def compiled(image, *arrays):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(image)
                value = objective(image, *arrays)
            return value, tape.gradient(value, image)

        def run(*arrays: np.ndarray) -> tuple[float, np.ndarray]:
            value, grad = compiled(*(tf.constant(np.asarray(each, "float32")) for each in arrays))
            return float(value), grad.numpy()

        return run

    import jax

    traced = jax.jit(jax.value_and_grad(objective))

    def run_jax(*arrays: np.ndarray) -> tuple[float, np.ndarray]:
        value, grad = traced(*(np.asarray(each, "float32") for each in arrays))
        return float(value), np.asarray(grad)

    return run_jax


def tiled_gradient(
    objective_fn: Callable, image: np.ndarray, *arrays: np.ndarray, tile: int = TILE
) -> tuple[float, np.ndarray]:
    """Value and gradient for an image of any size, computed tile by tile if it is larger than `tile` pixels.

    objective_fn: made by `gradient`, with the number of pixels of the whole image as its last argument. image:
    (h, w, 3) float32; the gradient has its shape. Tiles overlap by MARGIN pixels, which avoids visible seams.
    """
    h, w, _ = image.shape
    pixels = np.float32(h * w)
    if max(h, w) <= tile:
        value, grad = objective_fn(image[None], *arrays, pixels)
        return value, grad[0]
    total, out = 0.0, np.empty_like(image)
    for (top, bottom), (left, right) in _tiles(h, w, tile):
        y, x = max(0, top - MARGIN), max(0, left - MARGIN)
        part = image[None, y : bottom + MARGIN, x : right + MARGIN]
        value, grad = objective_fn(part, *arrays, pixels)
        out[top:bottom, left:right] = grad[0, top - y : bottom - y, left - x : right - x]
        # The neighboring tiles count the margins too.
        total += value * (bottom - top) * (right - left) / (part.shape[1] * part.shape[2])
    return total, out


def _tiles(h: int, w: int, tile: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    rows, columns = _split(h, tile), _split(w, tile)
    return (((a, b), (c, d)) for a, b in rows for c, d in columns)


def _split(length: int, tile: int) -> list[tuple[int, int]]:
    """Start and end of each tile along one side of `length` pixels."""
    ends = (np.linspace(0, length, -(-length // tile) + 1)[1:-1] / GRID).round().astype(int) * GRID
    return [(int(a), int(b)) for a, b in itertools.pairwise([0, *ends, length]) if a < b]


# --- gradient ascent --------------------------------------------------------------------------


def normalize_gradient(grad: np.ndarray) -> np.ndarray:
    """g / mean|g|: the mean change of a pixel per step no longer depends on the size of the gradient."""
    return grad / max(float(np.abs(grad).mean()), 1e-12)


def laplacian_normalize(grad: np.ndarray, levels: int) -> np.ndarray:
    """Normalizes the gradient at each spatial frequency.

    grad: (h, w, 3) float32 is split into the `levels` frequency bands of a Laplacian pyramid, the highest frequencies
    first, one octave per level. Each band is divided by its root mean square; the low-frequency rest is dropped.
    Without it, low frequencies (large color patches) dominate the gradient. Mordvintsev 2016, "DeepDreaming with
    TensorFlow".
    """
    pyramid: list[np.ndarray] = []
    while len(pyramid) < levels and min(grad.shape[:2]) >= 4:
        low = _downsample(grad)
        pyramid.append(grad - _upsample(low, grad.shape))
        grad = low
    total = np.zeros_like(grad)
    for band in reversed(pyramid):
        rms = max(float(np.sqrt(np.square(band).mean())), 1e-12)
        total = _upsample(total, band.shape) + band / np.float32(rms)
    return total


def _downsample(x: np.ndarray) -> np.ndarray:
    """(h, w, 3) to half the size, rounded up: the mean of 2 x 2 pixels."""
    h, w, _ = x.shape
    if h % 2 or w % 2:
        x = np.pad(x, ((0, h % 2), (0, w % 2), (0, 0)), mode="edge")
    rows = x[::2] + x[1::2]
    return (rows[:, ::2] + rows[:, 1::2]) * np.float32(0.25)


def _upsample(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(h, w, 3) to twice the size, cropped to `shape`, by linear interpolation (weights 3/4 and 1/4)."""
    near = np.concatenate([x[:1], x, x[-1:]]) * np.float32(0.25)
    x = x * np.float32(0.75)
    x = np.stack([x + near[:-2], x + near[2:]], axis=1).reshape(-1, *x.shape[1:])
    near = np.concatenate([x[:, :1], x, x[:, -1:]], axis=1) * np.float32(0.25)
    x = x * np.float32(0.75)
    x = np.stack([x + near[:, :-2], x + near[:, 2:]], axis=2).reshape(len(x), -1, 3)
    return x[: shape[0], : shape[1]]


def apply_step(x: np.ndarray, step: np.ndarray, soft: float = 0.25) -> np.ndarray:
    """x + step, clipped to [0, 1]; steps within `soft` of 0 or 1 are shortened, so that contrast remains."""
    distance = np.abs((step > 0) - x)  # to the limit in the direction of the step
    return np.clip(x + step * np.minimum(1, distance / soft), 0, 1)


def octave_sizes(h: int, w: int, octaves: int, scale: float, smallest: int = 32) -> list[tuple[int, int]]:
    """Image sizes from small to large, each `scale` times the previous one; the last one is (h, w).

    Sizes with a side under `smallest` pixels are left out. Raises `ValueError` on fewer than one octave or a scale of
    1 or less.
    """
    if octaves < 1 or scale <= 1:
        raise ValueError(f"expected one octave or more and an octave scale above 1, got {octaves} and {scale}")
    sizes = [(round(h / scale**k), round(w / scale**k)) for k in range(octaves)]
    return [size for size in sizes[:0:-1] if min(size) >= smallest] + [(h, w)]


def resize(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h, w, 3) float32 to another size, bicubic with antialiasing."""
    from keras import ops

    if image.shape[:2] == tuple(size):
        return image
    return ops.convert_to_numpy(ops.image.resize(image, size, interpolation="bicubic", antialias=True))
