"""Gradient ascent on pixels: change an image so that a network says more of something.

A network's weights stay as they are; the gradient goes on through it to the image, and the image
takes a step along it. DeepDream starts from a photo, the picture of "what a filter looks for" from
noise, and both stand on the few functions here: the gradient of an objective, its normalisation,
octaves, jitter and tiles. Mordvintsev, Olah & Tyka 2015, "Inceptionism"; Olah, Mordvintsev &
Schubert 2017, "Feature Visualization", doi:10.23915/distill.00007.

An objective is a function of the image `(1, h, w, 3)` in [0, 1] and of further arrays, and gives one
number; objectives add up.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from genmodels.vision.backbone import Backbone, feature_extractor, outputs

TILE = 512  # pixels: larger images are looked at in parts
MARGIN = 128  # pixels that a part sees of its neighbours: more than any answer of the built-in network depends on
GRID = 32  # pixels: parts begin at a multiple, so that pooling pools the same pixels as in the whole image


# --- objectives -------------------------------------------------------------------------------


def layers_objective(model: Backbone, layers: Sequence[str], border: int = 2) -> Callable:
    """sum_l w_l mean(a_l^2): f(image, w (len(layers),), pixels ()) for whole layers, their `border` left out.

    pixels: of the whole image, where `image` is a part of it.
    """
    from keras import ops

    network = feature_extractor(model, layers)

    def objective(image, w, pixels):
        total = 0.0
        for k, a in enumerate(outputs(network, image)):
            share = _normalizer(image, a, pixels)
            total = total + w[k] * ops.sum(ops.square(_crop_border(a, border))) / share
        return total

    return objective


def channel_objective(model: Backbone, layer: str, border: int = 2) -> Callable:
    """sum_c w_c mean(a_c): f(image, w (channels,), pixels ()) for channels of one layer."""
    from keras import ops

    network = feature_extractor(model, [layer])

    def objective(image, w, pixels):
        (a,) = outputs(network, image)
        return ops.sum(_crop_border(a, border) * w) / _normalizer(image, a, pixels) * a.shape[-1]

    return objective


def class_objective(model: Backbone) -> Callable:
    """sum_k w_k logit_k: f(image, w (classes,), pixels ()) for what is on the image."""
    from keras import ops

    def objective(image, w, pixels):
        if not model.any_size:
            image = ops.image.resize(image, (model.side, model.side), antialias=True)
        return ops.sum(outputs(model.classifier, image)[0] * w)

    return objective


def guide_objective(model: Backbone, layer: str, border: int = 2) -> Callable:
    """mean over places of max_g <a, g>: f(image, guide (n, channels), pixels ()): each place is to
    become more like the part of the guide that it is most like already.
    """
    from keras import ops

    network = feature_extractor(model, [layer])

    def objective(image, guide, pixels):
        (a,) = outputs(network, image)
        found = ops.reshape(_crop_border(a, border), (-1, a.shape[-1]))
        alike = ops.matmul(found, ops.transpose(guide))  # (places, n)
        best = ops.take(guide, ops.argmax(alike, axis=1), axis=0)
        return ops.sum(found * ops.stop_gradient(best)) / _normalizer(image, a, pixels)

    return objective


def _crop_border(a: Any, border: int) -> Any:
    """Without `border` rows and columns at each edge; small maps keep a middle."""
    from keras import ops

    h, w = ops.shape(a)[1], ops.shape(a)[2]
    if isinstance(h, int) and isinstance(w, int):
        i, j = min(border, (h - 1) // 2), min(border, (w - 1) // 2)
    else:
        i, j = ops.minimum(border, (h - 1) // 2), ops.minimum(border, (w - 1) // 2)
    return a[:, i : h - i, j : w - j]


def _normalizer(image: Any, a: Any, pixels: Any) -> Any:
    """How many numbers the layer has for the whole image, of which this may be a part."""
    from keras import ops

    shape, seen = ops.shape(image), ops.shape(a)
    per_pixel = ops.cast(seen[1] * seen[2], "float32") / ops.cast(shape[1] * shape[2], "float32")
    return pixels * per_pixel * a.shape[-1]


# --- the gradient -----------------------------------------------------------------------------


def gradient(objective: Callable, shapes: Sequence[tuple[int | None, ...]]) -> Callable:
    """f(image, *arrays) to (value, d value / d image) as NumPy arrays, compiled once.

    shapes: of the image and of each further argument, None where a side may vary. The one place of
    this module where a backend has to be named.
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
    climb: Callable, image: np.ndarray, *arrays: np.ndarray, tile: int = TILE
) -> tuple[float, np.ndarray]:
    """The value and gradient for an image of any size, part by part where it is larger than `tile`.

    image: (h, w, 3) float32; the gradient has its shape. Every part sees MARGIN pixels of its
    neighbours, so that nothing tells where one ends.
    """
    h, w, _ = image.shape
    pixels = np.float32(h * w)
    if max(h, w) <= tile:
        value, grad = climb(image[None], *arrays, pixels)
        return value, grad[0]
    total, out = 0.0, np.empty_like(image)
    for (top, bottom), (left, right) in _cores(h, w, tile):
        y, x = max(0, top - MARGIN), max(0, left - MARGIN)
        seen = image[None, y : bottom + MARGIN, x : right + MARGIN]
        value, grad = climb(seen, *arrays, pixels)
        out[top:bottom, left:right] = grad[0, top - y : bottom - y, left - x : right - x]
        # The margins are counted by their neighbours too.
        total += value * (bottom - top) * (right - left) / (seen.shape[1] * seen.shape[2])
    return total, out


def _cores(h: int, w: int, tile: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    rows, columns = _cuts(h, tile), _cuts(w, tile)
    return (((a, b), (c, d)) for a, b in rows for c, d in columns)


def _cuts(side: int, tile: int) -> list[tuple[int, int]]:
    ends = (np.linspace(0, side, -(-side // tile) + 1)[1:-1] / GRID).round().astype(int) * GRID
    return [(int(a), int(b)) for a, b in itertools.pairwise([0, *ends, side]) if a < b]


# --- the climb --------------------------------------------------------------------------------


def normalize_gradient(grad: np.ndarray) -> np.ndarray:
    """g / mean|g|: every step then changes the image by about the same, however steep the objective."""
    return grad / max(float(np.abs(grad).mean()), 1e-12)


def laplacian_normalize(grad: np.ndarray, bands: int) -> np.ndarray:
    """A gradient in which details of every size have the same say, and broad patches of colour none.

    grad: (h, w, 3) is taken apart into `bands` sizes of detail (a Laplacian pyramid: the first holds
    edges of a pixel, each next one is twice as wide); each is divided by its own root mean square, and
    what is left, broader than all of them, is dropped. Mordvintsev 2016, "DeepDreaming with
    TensorFlow". Without it the way up is mostly one of colour, for that is the cheapest.
    """
    pyramid: list[np.ndarray] = []
    while len(pyramid) < bands and min(grad.shape[:2]) >= 4:
        coarser = _downsample(grad)
        pyramid.append(grad - _upsample(coarser, grad.shape))
        grad = coarser
    total = np.zeros_like(grad)
    for band in reversed(pyramid):
        rms = max(float(np.sqrt(np.square(band).mean())), 1e-12)
        total = _upsample(total, band.shape) + band / np.float32(rms)
    return total


def _downsample(x: np.ndarray) -> np.ndarray:
    """(h, w, 3) to half of it, rounded up: the mean of 2 x 2 pixels."""
    h, w, _ = x.shape
    if h % 2 or w % 2:
        x = np.pad(x, ((0, h % 2), (0, w % 2), (0, 0)), mode="edge")
    rows = x[::2] + x[1::2]
    return (rows[:, ::2] + rows[:, 1::2]) * np.float32(0.25)


def _upsample(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(h, w, 3) to twice that, cut to `shape`, each new pixel three parts its own and one part its neighbour's."""
    near = np.concatenate([x[:1], x, x[-1:]]) * np.float32(0.25)
    x = x * np.float32(0.75)
    x = np.stack([x + near[:-2], x + near[2:]], axis=1).reshape(-1, *x.shape[1:])
    near = np.concatenate([x[:, :1], x, x[:, -1:]], axis=1) * np.float32(0.25)
    x = x * np.float32(0.75)
    x = np.stack([x + near[:, :-2], x + near[:, 2:]], axis=2).reshape(len(x), -1, 3)
    return x[: shape[0], : shape[1]]


def apply_step(x: np.ndarray, step: np.ndarray, soft: float = 0.25) -> np.ndarray:
    """x + step, never out of [0, 1]: within `soft` of an end a step gets shorter, and bright colours keep shades."""
    room = np.abs((step > 0) - x)  # to 1 upwards, to 0 downwards
    return np.clip(x + step * np.minimum(1, room / soft), 0, 1)


def octave_sizes(h: int, w: int, octaves: int, scale: float, smallest: int = 32) -> list[tuple[int, int]]:
    """The sizes from small to large at which an image is worked on, each `scale` times the one before.

    The last is (h, w) itself; sizes with a side under `smallest` pixels are left out. Raises
    `ValueError` on fewer than one octave or a scale of 1 or less.
    """
    if octaves < 1 or scale <= 1:
        raise ValueError(f"expected one octave or more and a scale above 1, got {octaves} and {scale}")
    sizes = [(round(h / scale**k), round(w / scale**k)) for k in range(octaves)]
    return [size for size in sizes[:0:-1] if min(size) >= smallest] + [(h, w)]


def resize(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h, w, 3) float32 to another size, smoothly, without aliasing."""
    from keras import ops

    if image.shape[:2] == tuple(size):
        return image
    return ops.convert_to_numpy(ops.image.resize(image, size, interpolation="bicubic", antialias=True))
