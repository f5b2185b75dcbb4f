"""The fast style transfer network: it stylizes a photo in one pass, in any of its styles or between them.

Optimization-based style transfer solves a new problem for every photo. Johnson, Alahi & Fei-Fei 2016
(arXiv:1603.08155) train a feed-forward network with the same losses: training takes minutes per style, an image
milliseconds. Dumoulin, Shlens & Kudlur 2017 (arXiv:1610.07629) put many styles into one network: all styles share
the convolutions, and each has its own scale and shift in the instance normalization layers. A weighted sum of these
parameters is a style between styles. Where we differ:

- Most layers run at a quarter of the photo's resolution, with a skip connection at half of it, and pixels come from
  rearranged channels (Shi et al. 2016, arXiv:1609.05158): eight times as fast.
- A fraction of the photo, another one for every style, is added at the end: edges stay sharp.
- One more style is the identity, the unchanged photo: the style strength interpolates between it and a style.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genmodels import weights
from genmodels.live_style.layers import bilinear_kernel, runs_on_tensorflow, style_layers

NAME = "live_style_builtin"
WIDTHS = (16, 48)  # channels at half and at a quarter of the resolution
BLOCKS = 4  # residual blocks, at a quarter
SIZE_MULTIPLE = 4  # pixels: height and width of the network's input are multiples of it
PADDING = 16  # pixels of mirrored photo on each side of the network's input
MAX_STRENGTH = 2.0


@dataclass(frozen=True, eq=False)
class LiveStyle:
    """A trained network and the names of its styles. Made by `load`; shared instance: read-only."""

    network: Any
    names: tuple[str, ...]
    compiled: dict[Any, Callable] = field(default_factory=dict, repr=False)  # by preserve_color: compiled once


# --- loading and inference --------------------------------------------------------------------------


def load() -> LiveStyle:
    """The pretrained network. Raises `WeightsError` if its file is missing or damaged."""
    card = weights.model_card(NAME)
    network = build(1 + len(card["styles"]), widths=tuple(card["widths"]), blocks=card["blocks"])
    network.load_weights(weights.path(NAME))
    return LiveStyle(network, tuple(card["styles"]))


def build_untrained(names: Sequence[str]) -> LiveStyle:
    """A network with random weights and styles of these names."""
    return LiveStyle(build(1 + len(names)), tuple(names))


def stylize(
    model: LiveStyle,
    image: np.ndarray,
    style_blend_weights: Sequence[float] | np.ndarray,
    *,
    strength: float = 1.0,
    preserve_color: bool = False,
) -> np.ndarray:
    """A photo in one style or a blend of several: (h, w, 3) uint8 to the same.

    style_blend_weights: (styles,), one weight for each of `model.names`, normalized to sum to 1. strength: 0 is the
    unchanged photo, 1 the trained style, above 1 an extrapolation; the normalization parameters are interpolated, not
    the pixels. preserve_color: stylize the luminance only, and keep the photo's colors. Raises `ValueError` on
    another image, weights of another length, a negative weight or none above 0, or a strength outside 0 to 2.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"expected an image (h, w, 3) uint8, got {image.shape} {image.dtype}")
    if not 0 <= strength <= MAX_STRENGTH:
        raise ValueError(f"expected a strength from 0 to {MAX_STRENGTH:g}, got {strength}")
    blend_weights = _normalized(model, style_blend_weights)
    h, w, _ = image.shape
    bottom, right = -(h + 2 * PADDING) % SIZE_MULTIPLE, -(w + 2 * PADDING) % SIZE_MULTIPLE
    margins = ((PADDING, PADDING + bottom), (PADDING, PADDING + right), (0, 0))
    padded = np.pad(image, margins, "symmetric")  # zeros would leave a visible border
    row = np.concatenate([[1 - strength], strength * blend_weights]).astype("float32")
    stylized = _compiled(model, preserve_color)(padded[None], row[None])
    return stylized[0, PADDING : PADDING + h, PADDING : PADDING + w]


def interpolate_2d(model: LiveStyle, names: Sequence[str], x: float, y: float) -> np.ndarray:
    """Bilinear blend weights of four styles: (styles,) that sum to 1.

    names: the styles at top left, top right, bottom left and bottom right, of `model.names`. x, y: position from
    0 (left, top) to 1. Raises `ValueError` on another number of styles or an unknown one.
    """
    if len(names) != 4 or set(names) - set(model.names):
        raise ValueError(f"expected four styles of {', '.join(model.names)}, got {', '.join(names)}")
    x, y = min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
    blend_weights = np.zeros(len(model.names), "float32")
    for name, weight in zip(names, ((1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y), strict=True):
        blend_weights[model.names.index(name)] += weight
    return blend_weights


def one_hot(model: LiveStyle, name: str) -> np.ndarray:
    """The blend weights of a single style: (styles,)."""
    return np.eye(len(model.names))[model.names.index(name)]


def _normalized(model: LiveStyle, style_blend_weights: Sequence[float] | np.ndarray) -> np.ndarray:
    blend = np.asarray(style_blend_weights, "float64")
    if blend.shape != (len(model.names),) or not np.isfinite(blend).all() or blend.min() < 0 or blend.sum() <= 0:
        raise ValueError(
            f"expected {len(model.names)} blend weights of 0 or more, one of them above 0, got {style_blend_weights}"
        )
    return blend / blend.sum()


def _compiled(model: LiveStyle, preserve_color: bool) -> Callable:
    """f(image (1, h, w, 3) uint8, row (1, 1 + styles) float32) to (1, h, w, 3) uint8, compiled once."""
    if preserve_color not in model.compiled:
        from keras import ops

        def forward(image: Any, row: Any) -> Any:
            photo = ops.cast(image, "float32") / 255
            x = model.network([photo, row], training=False)
            if preserve_color:
                luminance = ops.convert_to_tensor([[0.299], [0.587], [0.114]])
                x = photo + ops.matmul(x - photo, luminance)
            return ops.cast(ops.round(255 * ops.clip(x, 0.0, 1.0)), "uint8")

        if runs_on_tensorflow():
            import tensorflow as tf

            shapes = tf.TensorSpec((1, None, None, 3), tf.uint8), tf.TensorSpec((1, 1 + len(model.names)), tf.float32)
            forward = tf.function(forward, input_signature=shapes, autograph=False)
        model.compiled[preserve_color] = lambda image, row: ops.convert_to_numpy(forward(image, row))
    return model.compiled[preserve_color]


# --- the network ------------------------------------------------------------------------------------


def build(styles: int, *, widths: tuple[int, int] = WIDTHS, blocks: int = BLOCKS, seed: int = 0) -> Any:
    """A new Keras model: image (n, h, w, 3) float32 in [0, 1] and blend weights (n, styles) to (n, h, w, 3).

    h and w: multiples of 4. styles: the first row is the identity. Each row of blend weights sums to 1. The output
    may leave [0, 1] slightly.
    """
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    half, quarter = widths
    custom = style_layers()
    image = keras.Input((None, None, 3), name="image")
    blend_weights = keras.Input((styles,), name="blend_weights")

    def conv(x, channels: int, name: str, *, stride: int = 1):
        return layers.Conv2D(channels, 3, stride, padding="same", use_bias=False, name=name)(x)

    def norm(x, name: str):
        return custom.ConditionalInstanceNorm(styles, name=name)([x, blend_weights])

    x = layers.Rescaling(2.0, -1.0, name="scale")(image)
    x = skip = layers.Conv2D(half, 3, 2, padding="same", activation="relu", name="half")(x)  # (n, h/2, w/2, half)
    x = conv(x, quarter, "quarter", stride=2)  # (n, h/4, w/4, quarter)
    x = layers.ReLU()(norm(x, "quarter_norm"))
    for k in range(1, blocks + 1):
        y = layers.ReLU()(norm(conv(x, quarter, f"block{k}_a"), f"block{k}_a_norm"))
        y = norm(conv(y, quarter, f"block{k}_b"), f"block{k}_b_norm")
        x = layers.Add()([x, y])
    # No bias: "merge_norm" would remove it.
    up = layers.Conv2DTranspose(half, 4, 2, "same", use_bias=False, kernel_initializer=bilinear_kernel, name="to_half")
    x = layers.AveragePooling2D(2, 1, padding="same")(up(x))  # against checkerboards, see `UpsampleToPixels`
    x = layers.Concatenate()([x, skip])  # (n, h/2, w/2, 2 half)
    x = layers.ReLU()(norm(conv(x, half, "merge"), "merge_norm"))
    x = custom.UpsampleToPixels(name="to_pixels")(x)  # (n, h, w, 3)
    x = custom.AddPhotoAndTint(styles, name="color")([x, image, blend_weights])
    return keras.Model([image, blend_weights], x, name="live_style")


def build_arguments(network: Any) -> dict[str, Any]:
    """The arguments of `build` that made a network, without the number of styles."""
    names = [layer.name for layer in network.layers]
    widths = tuple(network.get_layer(name).filters for name in ("half", "quarter"))
    return {"widths": widths, "blocks": sum(name.endswith("_a") for name in names)}
