"""What a filter looks for: gradient ascent from noise, with the image kept as its spectrum.

The second of the three views of `convnet_views.py`, which says where it differs from the book:
Erhan et al. 2009; Olah, Mordvintsev & Schubert 2017, doi:10.23915/distill.00007.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.vision import backbone, gradient_ascent
from genmodels.vision.backbone import Backbone

# Columns: bright or dark, orange or blue, green or magenta, by how much each varies over photos.
COLOURS = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]], "float32")
COLOURS /= np.linalg.norm(COLOURS, axis=0).max()


@dataclass(frozen=True)
class Step:
    """One step up, for every image of the batch."""

    done: int
    total: int
    losses: dict[str, float]  # "objective": its mean over the images, before the step
    images: np.ndarray  # (n, side, side, 3) uint8

    @property
    def image(self) -> np.ndarray:
        """The first of them."""
        return self.images[0]


def look_for(
    model: Backbone,
    layer: str,
    channels: Sequence[int],
    *,
    side: int = 96,
    steps: int = 60,
    step_size: float = 0.05,
    jitter: float = 0.1,
    turn: float = 10.0,
    zoom: float = 0.1,
    decay: float = 1.0,
    seed: int = 0,
) -> Iterator[Step]:
    """Images that channels of a layer answer strongly, by gradient ascent from noise: a `Step` at every step.

    channels: one image each, (n, side, side, 3). step_size: of Adam, in the spectrum. jitter, turn,
    zoom: the image is moved (share of its side), turned (degrees) and scaled (share) by up to so
    much, at random, before every look. decay: frequencies weigh 1/f^decay; 1 as in photos, 0 all the
    same, which is to climb on pixels. The same seed gives the same images.

    Raises `ValueError` on an unknown layer or channel, no channel, or a side under 16 pixels.
    """
    count = backbone.feature_extractor(model, [layer]).outputs[0].shape[-1]
    wanted = one_hot(channels, count, f"{layer} has no channel")
    key = ("look_for", layer)
    if key not in model.compiled:
        model.compiled[key] = gradient_ascent.gradient(_shaken(_filters(model, layer)), _shapes(count))
    shake = _Shake(jitter, turn, zoom, np.random.default_rng(seed))
    yield from _climb(model.compiled[key], wanted, side, steps, step_size, shake, decay)


def synthesise(
    model: Backbone,
    targets: Sequence[int],
    *,
    side: int = 64,
    steps: int = 80,
    step_size: float = 0.05,
    jitter: float = 0.1,
    turn: float = 6.0,
    zoom: float = 0.15,
    decay: float = 1.0,
    seed: int = 0,
) -> Iterator[Step]:
    """What classes look like to the network, from noise: a `Step` with an image for each target at every step.

    targets: numbers in `model.class_names`. Settings as for `look_for`; a side far above the size of the
    images that the network was trained on gives a crowd of small things. For a network trained on attacked
    images these are things that people can name (Santurkar et al. 2019, arXiv:1906.09453).

    Raises `ValueError` on an unknown class, no class, or a side under 16 pixels.
    """
    count = len(model.class_names)
    wanted = one_hot(targets, count, f"{model.name} has no class")
    key = "synthesise"
    if key not in model.compiled:
        model.compiled[key] = gradient_ascent.gradient(_shaken(_classes(model)), _shapes(count))
    shake = _Shake(jitter, turn, zoom, np.random.default_rng(seed))
    yield from _climb(model.compiled[key], wanted, side, steps, step_size, shake, decay)


def _climb(
    climb: Callable, wanted: np.ndarray, side: int, steps: int, step_size: float, shake: "_Shake", decay: float
) -> Iterator[Step]:
    """Adam on the spectrum: each frequency and colour at its own pace (Kingma & Ba 2014, arXiv:1412.6980)."""
    if side < 16:
        raise ValueError(f"expected a side of 16 pixels or more, got {side}")
    n, edge = len(wanted), side // 8  # what is at the edge is moved out of sight too often: it is not shown
    whole = side + 2 * edge
    weight, z = _frequencies(whole, decay), _noise(n, whole, shake.rng)
    momentum, energy = np.zeros_like(z), np.zeros(z.shape, "float32")
    for step in range(1, steps + 1):
        x = _picture(z * weight)
        value, grad = climb(x, shake.draw(n, whole), wanted)
        g = weight * _pulled_back(grad, x)
        momentum = 0.9 * momentum + 0.1 * g
        energy = 0.99 * energy + 0.01 * np.abs(g) ** 2
        z = z + step_size * (momentum / (1 - 0.9**step)) / (np.sqrt(energy / (1 - 0.99**step)) + 1e-12)
        seen = _picture(z * weight)[:, edge : edge + side, edge : edge + side]
        yield Step(step, steps, {"objective": value / n}, np.round(255 * seen).astype("uint8"))


# How the image is kept: the spectrum of three independent colours.


def _frequencies(side: int, decay: float) -> np.ndarray:
    """1/f^decay, the weight of each frequency: (1, side, side // 2 + 1, 1)."""
    f = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    return (side / np.maximum(f, 1 / side) ** decay)[None, :, :, None].astype("float32")


def _noise(n: int, side: int, rng: np.random.Generator) -> np.ndarray:
    shape = (n, side, side // 2 + 1, 3)
    return 0.01 * (rng.standard_normal(shape, "float32") + 1j * rng.standard_normal(shape, "float32"))


def _picture(spectrum: np.ndarray) -> np.ndarray:
    """(n, side, side // 2 + 1, 3) complex64 to an image (n, side, side, 3) float32 in [0, 1]."""
    side = spectrum.shape[1]
    t = np.fft.irfft2(spectrum, (side, side), axes=(1, 2)) @ COLOURS.T
    return (1 / (1 + np.exp(-t))).astype("float32")


def _pulled_back(grad: np.ndarray, x: np.ndarray) -> np.ndarray:
    """dL/dx to dL/dspectrum, but for a constant: back through the sigmoid, the colours and the transform."""
    return np.fft.rfft2((grad * x * (1 - x)) @ COLOURS, axes=(1, 2))


# What the image must survive.


@dataclass(frozen=True)
class _Shake:
    """Random small moves, turns and scales about the middle."""

    jitter: float  # share of the side
    turn: float  # degrees
    zoom: float  # share
    rng: np.random.Generator

    def draw(self, n: int, side: int) -> np.ndarray:
        """(n, 8) float32: for each image where its pixels come from, as a projective transform."""
        angle = np.deg2rad(self.rng.uniform(-self.turn, self.turn, n))
        scale = 1 + self.rng.uniform(-self.zoom, self.zoom, n)
        c, s = np.cos(angle) / scale, np.sin(angle) / scale
        dx, dy = self.rng.uniform(-self.jitter, self.jitter, (2, n)) * side
        middle, zero = (side - 1) / 2, np.zeros(n)
        x = middle - c * (middle + dx) + s * (middle + dy)
        y = middle - s * (middle + dx) - c * (middle + dy)
        return np.stack([c, -s, x, s, c, y, zero, zero], axis=1).astype("float32")


def _shaken(answer: Callable) -> Callable:
    """sum_n w_n . answer(shaken image_n): f(images (n, h, w, 3), shakes (n, 8), w (n, outputs))."""
    from keras import ops

    def objective(x, shakes, w):
        # A spectrum goes on beyond its edges: what leaves on one side comes in on the other.
        x = ops.image.affine_transform(x, shakes, interpolation="bilinear", fill_mode="wrap")
        return ops.sum(answer(x) * w)

    return objective


def _shapes(outputs: int) -> list[tuple[int | None, ...]]:
    return [(None, None, None, 3), (None, 8), (None, outputs)]


def _filters(model: Backbone, layer: str) -> Callable:
    """(n, h, w, 3) to (n, channels): each channel's mean answer, its negative part at a tenth."""
    import keras
    from keras import ops

    found = model.network.get_layer(layer)
    before = found.output
    if isinstance(found, keras.layers.Conv2D):
        bare = keras.layers.Conv2D.from_config(found.get_config() | {"activation": None, "name": "before_relu"})
        before = bare(found.input)
        bare.set_weights(found.get_weights())
    network = keras.Model(model.network.input, before)

    def answer(x):
        a = network(x, training=False)
        return ops.mean(ops.maximum(a, 0.1 * a), axis=(1, 2))

    return answer


def _classes(model: Backbone) -> Callable:
    """(n, h, w, 3) to (n, classes): logits."""
    from keras import ops

    def answer(x):
        if not model.any_size:
            x = ops.image.resize(x, (model.side, model.side), antialias=True)
        return model.classifier(x, training=False)

    return answer


def one_hot(numbers: Sequence[int], count: int, complaint: str) -> np.ndarray:
    """(len(numbers), count) float32, a one in each row. Raises `ValueError` on none, or one outside 0 ... count - 1."""
    if not len(numbers):
        raise ValueError("expected one or more to look for, got none")
    if wrong := [k for k in numbers if not 0 <= k < count]:
        raise ValueError(f"{complaint} {wrong[0]}: there are {count}")
    return np.eye(count, dtype="float32")[list(numbers)]
