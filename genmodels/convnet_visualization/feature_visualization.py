"""Feature visualization: the image that maximizes the activation of a filter or of a class.

Gradient ascent from noise (Erhan et al. 2009; Olah, Mordvintsev & Schubert 2017, doi:10.23915/distill.00007). Where
we differ from Deep Learning with Python, section 5.4.2, which optimizes pixels and gets high-frequency noise:

- The image is parameterized by its Fourier spectrum with weights 1/f, as in natural images, in decorrelated colors.
- Transformation robustness: the image is randomly shifted, rotated and scaled before every step.
- One compiled step optimizes a batch of filters, each with an image of its own.
- The objective is the activation before the ReLU with a tenth of its negative part, so that a filter with zero
  activation has a gradient too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from genmodels.convnet_visualization.inputs import one_hot
from genmodels.vision import backbone, gradient_ascent
from genmodels.vision.backbone import Backbone

# Decorrelated colors. Columns: light-dark, orange-blue, green-magenta, scaled by their deviation in photos.
COLORS = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]], "float32")
COLORS /= np.linalg.norm(COLORS, axis=0).max()


@dataclass(frozen=True)
class Step:
    """One step of gradient ascent for every image of the batch."""

    done: int
    total: int
    losses: dict[str, float]  # "objective": its mean over the images, before the step
    images: np.ndarray  # (n, image_size, image_size, 3) uint8

    @property
    def image(self) -> np.ndarray:
        """The first image."""
        return self.images[0]


def visualize_filters(
    model: Backbone,
    layer: str,
    channels: Sequence[int],
    *,
    image_size: int = 96,
    steps: int = 60,
    step_size: float = 0.05,
    jitter: float = 0.1,
    rotation: float = 10.0,
    scaling: float = 0.1,
    decay_power: float = 1.0,
    seed: int = 0,
) -> Iterator[Step]:
    """Images that maximize the mean activation of channels of a layer: a `Step` with one image per channel.

    image_size: height and width in pixels. step_size: learning rate of Adam, in the spectrum. jitter, rotation,
    scaling: maximum random shift (fraction of the image size), rotation (degrees) and change of scale (fraction)
    before every step. decay_power: frequencies are weighted by 1/f^decay_power; 1 is the spectrum of natural images, 0
    the plain pixel parameterization. The same seed gives the same images.

    Raises `ValueError` on an unknown layer or channel, no channel, or an image size under 16 pixels.
    """
    count = backbone.channel_count(model, layer)
    selected = one_hot(channels, count, f"{layer} has no channel")
    key = ("visualize_filters", layer)
    if key not in model.compiled:
        model.compiled[key] = gradient_ascent.gradient(_transformed(_mean_activations(model, layer)), _shapes(count))
    transform = _RandomTransform(jitter, rotation, scaling, np.random.default_rng(seed))
    yield from _gradient_ascent(model.compiled[key], selected, image_size, steps, step_size, transform, decay_power)


def visualize_classes(
    model: Backbone,
    targets: Sequence[int],
    *,
    image_size: int = 64,
    steps: int = 80,
    step_size: float = 0.05,
    jitter: float = 0.1,
    rotation: float = 6.0,
    scaling: float = 0.15,
    decay_power: float = 1.0,
    seed: int = 0,
) -> Iterator[Step]:
    """Images that maximize class logits: a `Step` with one image per class in `targets`, indices in `class_names`.

    Settings as of `visualize_filters`; an image size far above the network's input size gives many small objects. With
    a network trained on adversarial examples the objects are recognizable (Santurkar et al. 2019, arXiv:1906.09453).

    Raises `ValueError` on an unknown class, no class, or an image size under 16 pixels.
    """
    count = len(model.class_names)
    selected = one_hot(targets, count, f"{model.name} has no class")
    key = "visualize_classes"
    if key not in model.compiled:
        model.compiled[key] = gradient_ascent.gradient(_transformed(_logits(model)), _shapes(count))
    transform = _RandomTransform(jitter, rotation, scaling, np.random.default_rng(seed))
    yield from _gradient_ascent(model.compiled[key], selected, image_size, steps, step_size, transform, decay_power)


def _gradient_ascent(
    objective_fn: Callable,
    selected: np.ndarray,
    image_size: int,
    steps: int,
    step_size: float,
    transform: "_RandomTransform",
    decay_power: float,
) -> Iterator[Step]:
    """Adam on the spectrum, with a learning rate per frequency and color (Kingma & Ba 2014, arXiv:1412.6980)."""
    if image_size < 16:
        raise ValueError(f"expected an image size of 16 pixels or more, got {image_size}")
    n, margin = len(selected), image_size // 8  # random shifts hide the margin too often: it is cut off
    size = image_size + 2 * margin
    weight, z = _frequency_weights(size, decay_power), _noise(n, size, transform.rng)
    m, v = np.zeros_like(z), np.zeros(z.shape, "float32")  # Adam's moments
    for step in range(1, steps + 1):
        x = _to_image(z * weight)
        value, grad = objective_fn(x, transform.sample(n, size), selected)
        g = weight * _backprop_to_spectrum(grad, x)
        m = 0.9 * m + 0.1 * g
        v = 0.99 * v + 0.01 * np.abs(g) ** 2
        z = z + step_size * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.99**step)) + 1e-12)
        center = _to_image(z * weight)[:, margin : margin + image_size, margin : margin + image_size]
        yield Step(step, steps, {"objective": value / n}, np.round(255 * center).astype("uint8"))


# --- the parameterization: a spectrum in decorrelated colors ------------------------------------


def _frequency_weights(size: int, decay_power: float) -> np.ndarray:
    """1/f^decay_power for each frequency: (1, size, size // 2 + 1, 1)."""
    f = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None])
    return (size / np.maximum(f, 1 / size) ** decay_power)[None, :, :, None].astype("float32")


def _noise(n: int, size: int, rng: np.random.Generator) -> np.ndarray:
    shape = (n, size, size // 2 + 1, 3)
    return 0.01 * (rng.standard_normal(shape, "float32") + 1j * rng.standard_normal(shape, "float32"))


def _to_image(spectrum: np.ndarray) -> np.ndarray:
    """(n, size, size // 2 + 1, 3) complex64 to an image (n, size, size, 3) float32 in [0, 1]."""
    size = spectrum.shape[1]
    t = np.fft.irfft2(spectrum, (size, size), axes=(1, 2)) @ COLORS.T
    return (1 / (1 + np.exp(-t))).astype("float32")


def _backprop_to_spectrum(grad: np.ndarray, x: np.ndarray) -> np.ndarray:
    """dL/dx to dL/dspectrum, up to a constant: back through the sigmoid, the colors and the Fourier transform."""
    return np.fft.rfft2((grad * x * (1 - x)) @ COLORS, axes=(1, 2))


# --- transformation robustness ------------------------------------------------------------------


@dataclass(frozen=True)
class _RandomTransform:
    """Random small shifts, rotations and scalings about the center."""

    jitter: float  # fraction of the image size
    rotation: float  # degrees
    scaling: float  # fraction
    rng: np.random.Generator

    def sample(self, n: int, size: int) -> np.ndarray:
        """(n, 8) float32: for each image the projective transform from target to source coordinates."""
        angle = np.deg2rad(self.rng.uniform(-self.rotation, self.rotation, n))
        scale = 1 + self.rng.uniform(-self.scaling, self.scaling, n)
        c, s = np.cos(angle) / scale, np.sin(angle) / scale
        dx, dy = self.rng.uniform(-self.jitter, self.jitter, (2, n)) * size
        center, zero = (size - 1) / 2, np.zeros(n)
        x = center - c * (center + dx) + s * (center + dy)
        y = center - s * (center + dx) - c * (center + dy)
        return np.stack([c, -s, x, s, c, y, zero, zero], axis=1).astype("float32")


def _transformed(outputs: Callable) -> Callable:
    """sum_n w_n . outputs(transformed image_n): f(images (n, h, w, 3), transforms (n, 8), w (n, outputs))."""
    from keras import ops

    def objective(x, transforms, w):
        # A spectrum is periodic: what leaves at one edge enters at the opposite one.
        x = ops.image.affine_transform(x, transforms, interpolation="bilinear", fill_mode="wrap")
        return ops.sum(outputs(x) * w)

    return objective


def _shapes(outputs: int) -> list[tuple[int | None, ...]]:
    return [(None, None, None, 3), (None, 8), (None, outputs)]


def _mean_activations(model: Backbone, layer: str) -> Callable:
    """(n, h, w, 3) to (n, channels): mean activation before the ReLU, with a tenth of its negative part."""
    import keras
    from keras import ops

    trained = model.network.get_layer(layer)
    output = trained.output
    if isinstance(trained, keras.layers.Conv2D):
        linear = keras.layers.Conv2D.from_config(trained.get_config() | {"activation": None, "name": "before_relu"})
        output = linear(trained.input)
        linear.set_weights(trained.get_weights())
    network = keras.Model(model.network.input, output)

    def outputs(x):
        a = network(x, training=False)
        return ops.mean(ops.maximum(a, 0.1 * a), axis=(1, 2))

    return outputs


def _logits(model: Backbone) -> Callable:
    """(n, h, w, 3) to (n, classes): logits."""
    from keras import ops

    def outputs(x):
        if not model.any_size:
            x = ops.image.resize(x, (model.input_size, model.input_size), antialias=True)
        return model.classifier(x, training=False)

    return outputs
