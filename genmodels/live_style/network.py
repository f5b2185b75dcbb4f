"""Styles at video rate: a network that paints a photo in one go, in any of its styles or between them.

Style transfer by optimisation asks, for every picture anew, which pixels have the photo's content and
the painting's texture. Johnson, Alahi & Fei-Fei 2016 (arXiv:1603.08155) train a network to answer at
once: minutes per style, then milliseconds per picture. Dumoulin, Shlens & Kudlur 2017
(arXiv:1610.07629) found that one network can hold many styles that share every convolution and differ
only in how each channel is scaled and shifted after normalisation; what lies between two such pairs
of numbers is a style between two styles. Where we differ:

- The work is done at a quarter of the photo's resolution, with a short way at half of it beside, and
  pixels come out by rearranging channels (Shi et al. 2016, arXiv:1609.05158): eight times the speed.
- A share of the photo itself, another one for every style, is added at the end: edges stay sharp.
- One more style is the photo as it is: how strongly a style is laid on is how far from that one it lies.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from genmodels import weights

NAME = "live_style_builtin"
WIDTHS = (16, 48)  # channels at half and at a quarter of the resolution
BLOCKS = 4  # residual blocks, at a quarter
GRID = 4  # pixels: the network works on sides that are a multiple
MARGIN = 16  # pixels of mirrored photo around it, while it is painted
SIDES = (160, 240, 320, 400, 480, 560, 640)  # pixels of a camera's frame, the longer side
EPSILON = 1e-3


@dataclass(frozen=True, eq=False)
class LiveStyle:
    """A network ready to paint, and the names of its styles. Made by `load`; shared, so nobody trains or changes it."""

    network: Any
    names: tuple[str, ...]
    compiled: dict[Any, Callable] = field(default_factory=dict, repr=False)  # by what they compute: compiled once


# --- to have and to ask -----------------------------------------------------------------------


def load() -> LiveStyle:
    """The network that comes with this program. Raises `WeightsError` where its file is missing or damaged."""
    card = weights.model_card(NAME)
    network = build(1 + len(card["styles"]), widths=tuple(card["widths"]), blocks=card["blocks"])
    network.load_weights(weights.path(NAME))
    return LiveStyle(network, tuple(card["styles"]))


def untrained(names: Sequence[str]) -> LiveStyle:
    """A network that has learnt nothing yet, with styles of these names: what training begins with."""
    return LiveStyle(build(1 + len(names)), tuple(names))


def stylise(
    model: LiveStyle, image: np.ndarray, mix: Sequence[float] | np.ndarray, *, strength: float = 1.0,
    keep_color: bool = False,
) -> np.ndarray:  # fmt: skip
    """A photo in a style, or between some: (h, w, 3) uint8 to the same.

    mix: (styles,) how much of each of `model.names`; it is made to add up to 1. strength: 0 for the
    photo as it is to 1 for the style as it is, and a little beyond; in between, the network's own
    scales and shifts lie between the two, so that strokes get finer and not only paler. keep_color:
    take only the brightness of what was painted. Raises `ValueError` on another image, a mix of
    another length, with a share below zero or with nothing in it, or a strength outside 0 to 2.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"expected an image (h, w, 3) uint8, got {image.shape} {image.dtype}")
    if not 0 <= strength <= 2:
        raise ValueError(f"expected a strength from 0 to 2, got {strength}")
    shares = _shares(model, mix)
    h, w, _ = image.shape
    # A margin of mirrored pixels: what the network sees beyond the edge is more photo, not nothing.
    tall, wide = -(h + 2 * MARGIN) % GRID, -(w + 2 * MARGIN) % GRID
    room = np.pad(image, ((MARGIN, MARGIN + tall), (MARGIN, MARGIN + wide), (0, 0)), "symmetric")
    row = np.concatenate([[1 - strength], strength * shares]).astype("float32")
    painted = _compiled(model, keep_color)(room[None], row[None])
    return painted[0, MARGIN : MARGIN + h, MARGIN : MARGIN + w]


def corners(model: LiveStyle, names: Sequence[str], x: float, y: float) -> np.ndarray:
    """The mix at a place between four styles: (styles,) that add up to 1.

    names: the styles at top left, top right, bottom left, bottom right, of `model.names`. x, y: the
    place, from 0 at the left and the top to 1. Raises `ValueError` on another number of styles or an
    unknown one.
    """
    if len(names) != 4 or set(names) - set(model.names):
        raise ValueError(f"expected four styles of {', '.join(model.names)}, got {', '.join(names)}")
    x, y = min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
    mix = np.zeros(len(model.names), "float32")
    for name, share in zip(names, ((1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y), strict=True):
        mix[model.names.index(name)] += share
    return mix


def _shares(model: LiveStyle, mix: Sequence[float] | np.ndarray) -> np.ndarray:
    shares = np.asarray(mix, "float64")
    if shares.shape != (len(model.names),) or not np.isfinite(shares).all() or shares.min() < 0 or shares.sum() <= 0:
        raise ValueError(f"expected {len(model.names)} shares of 0 or more and one above, got {mix}")
    return shares / shares.sum()


def _compiled(model: LiveStyle, keep_color: bool) -> Callable:
    """f(image (1, h, w, 3) uint8, row (1, 1 + styles) float32) to (1, h, w, 3) uint8, compiled once."""
    if keep_color not in model.compiled:
        from keras import ops

        def paint(image: Any, row: Any) -> Any:
            photo = ops.cast(image, "float32") / 255
            x = model.network([photo, row], training=False)
            if keep_color:
                light = ops.convert_to_tensor([[0.299], [0.587], [0.114]])
                x = photo + ops.matmul(x - photo, light)
            return ops.cast(ops.round(255 * ops.clip(x, 0.0, 1.0)), "uint8")

        if _on_tensorflow():
            import tensorflow as tf

            sizes = tf.TensorSpec((1, None, None, 3), tf.uint8), tf.TensorSpec((1, 1 + len(model.names)), tf.float32)
            paint = tf.function(paint, input_signature=sizes, autograph=False)
        model.compiled[keep_color] = lambda image, row: ops.convert_to_numpy(paint(image, row))
    return model.compiled[keep_color]


# --- films ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One frame of a film, painted."""

    done: int
    total: int
    image: np.ndarray  # (h, w, 3) uint8


def steady(previous: np.ndarray, frame: np.ndarray, *, hold: float = 0.7, tolerance: float = 12.0) -> np.ndarray:
    """A frame in which what hardly changed stays nearly as it was: (h, w, 3) uint8, and the same back.

    x_t + hold exp(-(d / tolerance)^2) (x_{t-1} - x_t), with d the mean difference of a pixel's colours:
    a camera's noise and a brush's flicker go, what moves is left alone. tolerance: on the scale of 0 to
    255. hold: 0 to 1. Raises `ValueError` on frames of two shapes.
    """
    if previous.shape != frame.shape:
        raise ValueError(f"frames must have one shape, got {previous.shape} and {frame.shape}")
    away = previous.astype("float32") - frame
    d = np.abs(away).mean(axis=-1, keepdims=True)
    return np.round(frame + hold * np.exp(-np.square(d / tolerance)) * away).astype("uint8")


def film(
    model: LiveStyle, frames: Sequence[np.ndarray], mix: Sequence[float] | np.ndarray, *, strength: float = 1.0,
    keep_color: bool = False, hold: float = 0.7,
) -> Iterator[Step]:  # fmt: skip
    """Paint a film frame by frame: frames (h, w, 3) uint8 of one shape, a `Step` with each one painted out.

    hold: 0 to 1, how much a place that hardly changes keeps of the frame before, once before it is
    painted and once after: the network answers small noise with other strokes. Raises as `stylise` does.
    """
    seen, painted = None, None
    for done, frame in enumerate(frames, 1):
        seen = frame if seen is None else steady(seen, frame, hold=hold)
        fresh = stylise(model, seen, mix, strength=strength, keep_color=keep_color)
        painted = fresh if painted is None else steady(painted, fresh, hold=hold, tolerance=24.0)
        yield Step(done, len(frames), painted)


def paced(side: int, milliseconds: float, *, fps: float = 15) -> int:
    """The longer side of a camera's next frames, one of `SIDES`, after frames of `side` that took so long each.

    Smaller where `fps` is not held; larger only where that leaves a fifth of the time to spare.
    """
    at, room = SIDES.index(side), 1000 / fps
    if milliseconds > room and at > 0:
        return SIDES[at - 1]
    if at + 1 < len(SIDES) and milliseconds * (SIDES[at + 1] / side) ** 2 < 0.8 * room:
        return SIDES[at + 1]
    return side


# --- the network ------------------------------------------------------------------------------


def build(styles: int, *, widths: tuple[int, int] = WIDTHS, blocks: int = BLOCKS, seed: int = 0) -> Any:
    """A fresh Keras model: image (n, h, w, 3) float32 in [0, 1] and mix (n, styles) to (n, h, w, 3).

    h and w: multiples of 4. mix: how much of each style; a row adds up to 1. What comes out may leave
    [0, 1] a little.
    """
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    half, quarter = widths
    Normalise, Pixels, Colour = _layers()
    image = keras.Input((None, None, 3), name="image")
    mix = keras.Input((styles,), name="mix")

    def conv(x, channels: int, name: str, *, stride: int = 1):
        return layers.Conv2D(channels, 3, stride, padding="same", use_bias=False, name=name)(x)

    def norm(x, name: str):
        return Normalise(styles, name=name)([x, mix])

    x = layers.Rescaling(2.0, -1.0, name="scale")(image)
    x = fine = layers.Conv2D(half, 3, 2, padding="same", activation="relu", name="half")(x)  # (n, h/2, w/2, half)
    x = conv(x, quarter, "quarter", stride=2)  # (n, h/4, w/4, quarter)
    x = layers.ReLU()(norm(x, "quarter_norm"))
    for k in range(1, blocks + 1):
        y = layers.ReLU()(norm(conv(x, quarter, f"block{k}_a"), f"block{k}_a_norm"))
        y = norm(conv(y, quarter, f"block{k}_b"), f"block{k}_b_norm")
        x = layers.Add()([x, y])
    # No bias: `mend_norm` would take it away again.
    up = layers.Conv2DTranspose(half, 4, 2, "same", use_bias=False, kernel_initializer=_smooth, name="to_half")
    x = layers.AveragePooling2D(2, 1, padding="same")(up(x))  # see `Pixels`
    x = layers.Concatenate()([x, fine])  # (n, h/2, w/2, 2 half)
    x = layers.ReLU()(norm(conv(x, half, "mend"), "mend_norm"))
    x = Pixels(name="to_pixels")(x)  # (n, h, w, 3)
    x = Colour(styles, name="colour")([x, image, mix])
    return keras.Model([image, mix], x, name="live_style")


def plan(network: Any) -> dict[str, Any]:
    """What `build` was told about a network of its kind, the styles left out."""
    names = [layer.name for layer in network.layers]
    widths = tuple(network.get_layer(name).filters for name in ("half", "quarter"))
    return {"widths": widths, "blocks": sum(name.endswith("_a") for name in names)}


def holds_styles(layer: Any) -> bool:
    """True for the layers of a network whose every weight has a row for each style."""
    return layer.name.endswith("_norm") or layer.name == "colour"


def _smooth(shape: tuple[int, ...], dtype: Any = None) -> Any:
    """Kernels (4, 4, out, in) that at first enlarge by blending neighbours: no checkerboard to be unlearnt."""
    from keras import initializers, ops

    across = np.array([0.25, 0.75, 0.75, 0.25], "float32")
    window = (across[:, None] * across)[..., None, None]  # the tent, two pixels wide
    return ops.cast(0.2 * window * initializers.GlorotUniform()((1, 1, *shape[2:])), dtype or "float32")


@cache
def _layers() -> tuple[type, type, type]:
    """Two layers that know of styles, and one that makes pixels; defined when Keras is there."""
    from keras import initializers, layers, ops

    class Normalise(layers.Layer):
        """gamma_s (x - mean(x)) / sqrt(var(x) + eps) + beta_s, over the places of each channel of each image.

        gamma and beta have a row for each style; a mix takes the mixture of the rows.
        """

        def __init__(self, styles: int, **rest: Any):
            super().__init__(**rest)
            self.styles = styles

        def build(self, shapes: Any) -> None:
            channels = shapes[0][-1]
            self.gamma = self.add_weight(shape=(self.styles, channels), initializer="ones", name="gamma")
            self.beta = self.add_weight(shape=(self.styles, channels), initializer="zeros", name="beta")

        def call(self, inputs: Any, training: bool = False) -> Any:
            x, mix = inputs
            gamma, beta = ops.matmul(mix, self.gamma), ops.matmul(mix, self.beta)  # (n, channels)
            if x.shape[0] == 1 and not training and _on_tensorflow():
                return normalised_once(x, gamma[0], beta[0])
            mean, variance = ops.moments(x, (1, 2), keepdims=True)
            scale = gamma[:, None, None] * ops.rsqrt(variance + EPSILON)
            return x * scale + (beta[:, None, None] - mean * scale)

        def compute_output_shape(self, shapes: Any) -> Any:
            return shapes[0]

    class Pixels(layers.Layer):
        """Twice the height and width, in three channels: a transposed convolution, and means of 2 x 2 of its pixels.

        The means take away the grid that the other leaves (arXiv:1806.02658). Both at once, as a convolution to
        the four pixels that each place becomes (Shi et al. 2016): along each side, with w_k the weights of the
        transposed one and u_m = (w_m + w_{m+1}) / 2, out_{2j+a} = sum_d u_{a+1-2d} x_{j+d}, d = -1, 0, 1.
        Twice as fast as the two one after the other.
        """

        def build(self, shape: Any) -> None:
            self.kernel = self.add_weight(shape=(4, 4, 3, shape[-1]), initializer=_smooth, name="kernel")

        def call(self, x: Any) -> Any:
            c = self.kernel.shape[-1]
            w = ops.pad(self.kernel, ((1, 2), (1, 2), (0, 0), (0, 0)))
            u = (w[:-1, :-1] + w[1:, :-1] + w[:-1, 1:] + w[1:, 1:]) / 4
            u = ops.flip(ops.reshape(u, (3, 2, 3, 2, 3, c)), (0, 2))  # place and phase, place and phase, out, in
            four = ops.reshape(ops.transpose(u, (0, 2, 5, 1, 3, 4)), (3, 3, c, 12))
            return ops.depth_to_space(ops.conv(x, four, padding="same"), 2)

        def compute_output_shape(self, shape: Any) -> Any:
            n, h, w, _ = shape
            return n, None if h is None else 2 * h, None if w is None else 2 * w, 3

    class Colour(layers.Layer):
        """What was painted, plus a share of the photo and a tint, both of the style."""

        def __init__(self, styles: int, **rest: Any):
            super().__init__(**rest)
            self.styles = styles

        def build(self, shapes: Any) -> None:
            self.share = self.add_weight(shape=(self.styles, 3), initializer=initializers.Constant(0.3), name="share")
            self.tint = self.add_weight(shape=(self.styles, 3), initializer=initializers.Constant(0.35), name="tint")

        def call(self, inputs: Any) -> Any:
            x, image, mix = inputs
            n, h, w, c = ops.shape(image)
            rows = (n, h, w * c)  # three numbers at a time is what processors are slowest at
            share, tint = (ops.tile(ops.matmul(mix, own)[:, None], (1, 1, w)) for own in (self.share, self.tint))
            return x + ops.reshape(ops.reshape(image, rows) * share + tint, (n, h, w, c))

        def compute_output_shape(self, shapes: Any) -> Any:
            return shapes[1]

    return Normalise, Pixels, Colour


def normalised_once(x: Any, gamma: Any, beta: Any) -> Any:
    """The same as `Normalise` for one image, x (1, h, w, channels): 1.6 times the speed of the whole network.

    Over one image, a layer for whole batches computes just what is needed. TensorFlow only.
    """
    import tensorflow as tf

    gamma, beta = tf.cast(gamma, tf.float32), tf.cast(beta, tf.float32)  # also where x has half the bits
    return tf.raw_ops.FusedBatchNormV3(
        x=x, scale=gamma, offset=beta, mean=[], variance=[], epsilon=EPSILON, is_training=True
    ).y


def _on_tensorflow() -> bool:
    from keras import backend

    return backend.backend() == "tensorflow"
