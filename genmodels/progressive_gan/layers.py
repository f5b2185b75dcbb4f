"""Layers of the ProGAN, which the StyleGAN uses too: equalized learning rate, pixelwise normalization, resampling.

Karras et al. 2018, "Progressive Growing of GANs for Improved Quality, Stability, and Variation", arXiv:1710.10196.
"""

from typing import Any

import keras
from keras import layers, ops

LEAKY_RELU_SLOPE = 0.2
RESAMPLING = ("none", "up", "down")
GROUP_SIZE = 4  # images per group of the minibatch standard deviation


def leaky_relu(x: Any) -> Any:
    """max(x, 0.2 x)."""
    return ops.leaky_relu(x, LEAKY_RELU_SLOPE)


def pixel_norm(x: Any) -> Any:
    """Pixelwise normalization: b = a / sqrt(mean_c a_c^2 + 1e-8), over the last axis of any array.

    Karras et al. 2018, section 4.2. It keeps the signals of the generator from growing; on a latent vector it projects
    to a sphere.
    """
    return x * ops.rsqrt(ops.mean(ops.square(x), axis=-1, keepdims=True) + 1e-8)


def minibatch_std(x: Any) -> Any:
    """Minibatch standard deviation: (n, h, w, c) to (n, h, w, c + 1); n is a multiple of `GROUP_SIZE`, or below it.

    The last channel is the standard deviation of each feature at each position over a group of images, averaged over
    features and positions; it is small when the generator collapses (Karras et al. 2018, section 3).
    """
    h, w, c = x.shape[1:]
    n = x.shape[0] if x.shape[0] is not None else ops.shape(x)[0]
    group = min(GROUP_SIZE, n) if isinstance(n, int) else GROUP_SIZE
    groups = ops.reshape(x, (group, -1, h, w, c))  # rows k, k + n/group, ... form a group
    std = ops.mean(ops.sqrt(ops.var(groups, axis=0) + 1e-8), axis=(1, 2, 3))  # (n / group,)
    std = ops.reshape(ops.tile(std, (group,)), (-1, 1, 1, 1))
    return ops.concatenate([x, std * ops.ones_like(x[..., :1])], axis=-1)


# --- resampling -------------------------------------------------------------------------------


def upsample(x: Any) -> Any:
    """Nearest neighbor: (n, h, w, c) to (n, 2h, 2w, c)."""
    return ops.repeat(ops.repeat(x, 2, axis=1), 2, axis=2)


def upsample_linear(x: Any) -> Any:
    """Linear interpolation: (n, h, w, c) to (n, 2h, 2w, c), 3/4 of the nearest and 1/4 of the next pixel per axis.

    For images that are added up: nearest neighbors would leave visible blocks (Karras et al. 2020, figure 7).
    """
    h, w, c = x.shape[1:]
    before, after = ops.concatenate([x[:, :1], x[:, :-1]], axis=1), ops.concatenate([x[:, 1:], x[:, -1:]], axis=1)
    x = ops.reshape(ops.stack([3 * x + before, 3 * x + after], axis=2) / 4, (-1, 2 * h, w, c))
    before = ops.concatenate([x[:, :, :1], x[:, :, :-1]], axis=2)
    after = ops.concatenate([x[:, :, 1:], x[:, :, -1:]], axis=2)
    return ops.reshape(ops.stack([3 * x + before, 3 * x + after], axis=3) / 4, (-1, 2 * h, 2 * w, c))


def downsample(x: Any) -> Any:
    """Mean of each 2 x 2 square: (n, 2h, 2w, c) to (n, h, w, c)."""
    return ops.average_pool(x, 2, 2)


def fade_in(old: Any, new: Any, alpha: Any) -> Any:
    """(1 - alpha) old + alpha new: the paths of two resolutions while a block is faded in (Karras et al., figure 2)."""
    return old + alpha * (new - old)


def fade_real_images(images: Any, alpha: Any) -> Any:
    """Real images (n, h, w, c), blended with their own half resolution with the same alpha as the networks.

    Otherwise the discriminator would recognize the generated images by their missing details.
    """
    return fade_in(upsample(downsample(images)), images, alpha)


def _four_shifted_copies(kernel: Any) -> Any:
    """(3, 3, c, d) to (4, 4, c, d): the sum of the kernel at the four corners."""
    pad = ops.pad(kernel, ((1, 1), (1, 1), (0, 0), (0, 0)))
    return pad[1:, 1:] + pad[:-1, 1:] + pad[1:, :-1] + pad[:-1, :-1]


def upsample_conv(x: Any, kernel: Any) -> Any:
    """conv(upsample(x), kernel) as one transposed convolution: (n, h, w, c) and (3, 3, c, d) to (n, 2h, 2w, d).

    The pixels of a 2 x 2 square are equal after upsampling, so the weights that meet them are added first. The 4 x 4
    kernel with stride 2 needs 4/9 of the multiplications.
    """
    flipped = ops.flip(kernel, axis=(0, 1))
    fused = ops.transpose(_four_shifted_copies(flipped), (0, 1, 3, 2))  # a transposed convolution takes (h, w, out, in)
    return ops.conv_transpose(x, fused, strides=2, padding="same")


def conv_downsample(x: Any, kernel: Any) -> Any:
    """downsample(conv(x, kernel)) as one convolution with stride 2: (n, 2h, 2w, c) and (3, 3, c, d) to (n, h, w, d)."""
    return ops.conv(x, _four_shifted_copies(kernel) / 4, strides=2, padding="same")


def convolve(x: Any, kernel: Any, resampling: str = "none") -> Any:
    """A convolution with zero padding, after `upsample` or before `downsample`."""
    if resampling == "up":
        return upsample_conv(x, kernel)
    if resampling == "down":
        return conv_downsample(x, kernel)
    return ops.conv(x, kernel, padding="same")


# --- equalized learning rate ------------------------------------------------------------------


class EqualizedDense(layers.Layer):
    """x W c + b with c = gain / sqrt(fan_in): (n, d) to (n, units).

    Equalized learning rate (Karras et al. 2018, section 4.1): the weights start as standard normal numbers and are
    scaled at every call, not once at the start. Adam's steps have the same size for all weights, so all layers learn
    equally fast. lr_multiplier scales that speed.
    """

    def __init__(
        self,
        units: int,
        *,
        gain: float = 1.0,
        lr_multiplier: float = 1.0,
        initial_bias: float | None = 0.0,  # None: no bias
        seed: int = 0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.units, self.gain, self.lr_multiplier = units, gain, lr_multiplier
        self.initial_bias, self.seed = initial_bias, seed

    def build(self, shape: Any) -> None:
        init = keras.initializers.RandomNormal(0.0, 1 / self.lr_multiplier, seed=self.seed)
        self.kernel = self.add_weight(name="kernel", shape=(shape[-1], self.units), initializer=init)
        self.scale = self.gain * self.lr_multiplier / shape[-1] ** 0.5
        if self.initial_bias is not None:
            start = keras.initializers.Constant(self.initial_bias / self.lr_multiplier)
            self.bias = self.add_weight(name="bias", shape=(self.units,), initializer=start)

    def call(self, x: Any) -> Any:
        x = ops.matmul(x, self.kernel * self.scale)
        return x if self.initial_bias is None else x + self.bias * self.lr_multiplier


class EqualizedConv2D(layers.Layer):
    """A convolution with equalized learning rate, optionally after upsampling or before downsampling.

    Kernel (kernel_size, kernel_size, c, channels), scaled by gain / sqrt(fan_in); one bias per channel.
    """

    def __init__(
        self,
        channels: int,
        kernel_size: int,
        *,
        gain: float = 2**0.5,
        resampling: str = "none",
        use_bias: bool = True,
        seed: int = 0,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        if resampling not in RESAMPLING:
            raise ValueError(f"resampling must be one of {', '.join(RESAMPLING)}, got {resampling!r}")
        self.channels, self.kernel_size, self.gain = channels, kernel_size, gain
        self.resampling, self.use_bias, self.seed = resampling, use_bias, seed

    def build(self, shape: Any) -> None:
        size, fan_in = self.kernel_size, self.kernel_size**2 * shape[-1]
        init = keras.initializers.RandomNormal(0.0, 1.0, seed=self.seed)
        self.kernel = self.add_weight(name="kernel", shape=(size, size, shape[-1], self.channels), initializer=init)
        self.scale = self.gain / fan_in**0.5
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.channels,), initializer="zeros")

    def call(self, x: Any) -> Any:
        x = convolve(x, self.kernel * self.scale, self.resampling)
        return x + self.bias if self.use_bias else x
