"""The layers of the fast style transfer network that Keras does not have; each holds one row of weights per style."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

EPSILON = 1e-3  # added to the variance


class StyleLayers(NamedTuple):
    """The three layer classes of `style_layers`."""

    ConditionalInstanceNorm: type
    UpsampleToPixels: type
    AddPhotoAndTint: type


@cache
def style_layers() -> StyleLayers:
    """The layer classes, defined once, when Keras is imported."""
    from keras import initializers, layers, ops

    class ConditionalInstanceNorm(layers.Layer):
        """gamma_s (x - mean(x)) / sqrt(var(x) + eps) + beta_s, over the positions of each channel of each image.

        gamma and beta have one row for each style; blend weights take the weighted sum of the rows
        (Dumoulin et al. 2017, arXiv:1610.07629).
        """

        def __init__(self, styles: int, **options: Any):
            super().__init__(**options)
            self.styles = styles

        def build(self, shapes: Any) -> None:
            channels = shapes[0][-1]
            self.gamma = self.add_weight(shape=(self.styles, channels), initializer="ones", name="gamma")
            self.beta = self.add_weight(shape=(self.styles, channels), initializer="zeros", name="beta")

        def call(self, inputs: Any, training: bool = False) -> Any:
            x, blend_weights = inputs
            gamma, beta = ops.matmul(blend_weights, self.gamma), ops.matmul(blend_weights, self.beta)  # (n, channels)
            if x.shape[0] == 1 and not training and runs_on_tensorflow():
                return conditional_instance_norm_single(x, gamma[0], beta[0])
            mean, variance = ops.moments(x, (1, 2), keepdims=True)
            scale = gamma[:, None, None] * ops.rsqrt(variance + EPSILON)
            return x * scale + (beta[:, None, None] - mean * scale)

        def compute_output_shape(self, shapes: Any) -> Any:
            return shapes[0]

    class UpsampleToPixels(layers.Layer):
        """Twice the height and width, in three channels: a transposed convolution, then 2 x 2 average pooling.

        The pooling removes the checkerboard of the transposed convolution (arXiv:1806.02658). Both are computed as
        one convolution to the four pixels of each position (Shi et al. 2016): along each side, with w_k the weights
        of the transposed one and u_m = (w_m + w_{m+1}) / 2, out_{2j+a} = sum_d u_{a+1-2d} x_{j+d}, d = -1, 0, 1.
        Twice as fast as one after the other.
        """

        def build(self, shape: Any) -> None:
            self.kernel = self.add_weight(shape=(4, 4, 3, shape[-1]), initializer=bilinear_kernel, name="kernel")

        def call(self, x: Any) -> Any:
            c = self.kernel.shape[-1]
            w = ops.pad(self.kernel, ((1, 2), (1, 2), (0, 0), (0, 0)))
            u = (w[:-1, :-1] + w[1:, :-1] + w[:-1, 1:] + w[1:, 1:]) / 4
            u = ops.flip(ops.reshape(u, (3, 2, 3, 2, 3, c)), (0, 2))  # position, phase, position, phase, out, in
            four = ops.reshape(ops.transpose(u, (0, 2, 5, 1, 3, 4)), (3, 3, c, 12))
            return ops.depth_to_space(ops.conv(x, four, padding="same"), 2)

        def compute_output_shape(self, shape: Any) -> Any:
            n, h, w, _ = shape
            return n, None if h is None else 2 * h, None if w is None else 2 * w, 3

    class AddPhotoAndTint(layers.Layer):
        """x + photo_weight_s * photo + tint_s, both per style and color channel: edges stay sharp."""

        def __init__(self, styles: int, **options: Any):
            super().__init__(**options)
            self.styles = styles

        def build(self, shapes: Any) -> None:
            self.photo_weight = self.add_weight(
                shape=(self.styles, 3), initializer=initializers.Constant(0.3), name="photo_weight"
            )
            self.tint = self.add_weight(shape=(self.styles, 3), initializer=initializers.Constant(0.35), name="tint")

        def call(self, inputs: Any) -> Any:
            x, image, blend_weights = inputs
            n, h, w, c = ops.shape(image)
            rows = (n, h, w * c)  # operations on a last axis of three channels are slow
            photo_weight, tint = (
                ops.tile(ops.matmul(blend_weights, per_style)[:, None], (1, 1, w))
                for per_style in (self.photo_weight, self.tint)
            )
            return x + ops.reshape(ops.reshape(image, rows) * photo_weight + tint, (n, h, w, c))

        def compute_output_shape(self, shapes: Any) -> Any:
            return shapes[1]

    # Keras stores weights under the class's name: these are the names in weights/live_style_builtin.weights.h5.
    ConditionalInstanceNorm.__name__ = "Normalise"
    UpsampleToPixels.__name__ = "Pixels"
    AddPhotoAndTint.__name__ = "Colour"
    return StyleLayers(ConditionalInstanceNorm, UpsampleToPixels, AddPhotoAndTint)


def is_style_layer(layer: Any) -> bool:
    """True for the layers whose every weight has one row for each style."""
    return layer.name.endswith("_norm") or layer.name == "color"


def conditional_instance_norm_single(x: Any, gamma: Any, beta: Any) -> Any:
    """`ConditionalInstanceNorm` for one image, x (1, h, w, channels), gamma and beta (channels,). TensorFlow only.

    Over one image, batch normalization is instance normalization: its fused operation makes the whole network 1.6
    times as fast.
    """
    import tensorflow as tf

    gamma, beta = tf.cast(gamma, tf.float32), tf.cast(beta, tf.float32)  # also where x is bfloat16
    return tf.raw_ops.FusedBatchNormV3(
        x=x, scale=gamma, offset=beta, mean=[], variance=[], epsilon=EPSILON, is_training=True
    ).y


def bilinear_kernel(shape: tuple[int, ...], dtype: Any = None) -> Any:
    """Initial kernels (4, 4, out, in) that upsample bilinearly, so that training does not start with a checkerboard."""
    from keras import initializers, ops

    profile = np.array([0.25, 0.75, 0.75, 0.25], "float32")
    window = (profile[:, None] * profile)[..., None, None]
    return ops.cast(0.2 * window * initializers.GlorotUniform()((1, 1, *shape[2:])), dtype or "float32")


def runs_on_tensorflow() -> bool:
    from keras import backend

    return backend.backend() == "tensorflow"
