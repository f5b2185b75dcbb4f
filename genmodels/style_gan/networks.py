"""The networks of the StyleGAN: mapping network, synthesis network, discriminator.

Karras et al. 2019, "A Style-Based Generator Architecture for Generative Adversarial Networks", arXiv:1812.04948, and
2020, "Analyzing and Improving the Image Quality of StyleGAN", arXiv:1912.04958. Where we differ: fewer channels, no
blur filters, and a modulated convolution that scales its input and its output instead of its kernel: TensorFlow has no
grouped convolutions on a CPU. Both normalizations are there: demodulation (2020), and AdaIN (2019, as in Hands-On
Machine Learning, chapter 17).
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import keras
from keras import layers, ops

from genmodels.progressive_gan.layers import (
    EqualizedConv2D,
    EqualizedDense,
    convolve,
    downsample,
    leaky_relu,
    minibatch_std,
    pixel_norm,
    upsample_linear,
)
from genmodels.style_gan.config import W_DIM, Hyperparameters

MAPPING_LR_MULTIPLIER = 0.01


def demodulate(x: Any, kernel: Any, style: Any) -> Any:
    """Scale the output of a modulated convolution to unit variance: x rsqrt(sum_{ij c} (w_ijcd s_c)^2 + 1e-8).

    x: (n, h, w, d). kernel: (k, k, c, d). style: (n, c). Karras et al. 2020, equation 3, on the output instead of the
    kernel; equal, because the factor does not depend on the position.
    """
    squares = ops.matmul(ops.square(style), ops.sum(ops.square(kernel), axis=(0, 1)))  # (n, d)
    return x * ops.rsqrt(squares + 1e-8)[:, None, None]


def adain(x: Any, scale: Any, bias: Any) -> Any:
    """Adaptive instance normalization: scale (x - mean) / std + bias, mean and std of each image and channel.

    x: (n, h, w, c). scale, bias: (n, c). Karras et al. 2019, equation 1.
    """
    mean, variance = ops.moments(x, axes=(1, 2), keepdims=True)
    return (x - mean) * ops.rsqrt(variance + 1e-8) * scale[:, None, None] + bias[:, None, None]


class MappingNetwork(keras.Model):
    """z (n, latent_dim), and one-hot labels (n, classes), to w (n, W_DIM)."""

    def __init__(self, hyperparameters: Hyperparameters, classes: int, seeds: Iterator[int]):
        super().__init__(name="mapping")
        self.embedding = (
            EqualizedDense(hyperparameters.latent_dim, initial_bias=None, seed=next(seeds), name="label_embedding")
            if classes
            else None
        )
        depth, rate = hyperparameters.mapping_layers, MAPPING_LR_MULTIPLIER
        self.stack = [
            EqualizedDense(W_DIM, gain=2**0.5, lr_multiplier=rate, seed=next(seeds), name=f"dense_{k}")
            for k in range(depth)
        ]
        self(ops.zeros((1, hyperparameters.latent_dim)), ops.zeros((1, classes)) if classes else None)

    def call(self, z: Any, labels: Any = None) -> Any:
        x = pixel_norm(z)
        if self.embedding is not None:
            x = ops.concatenate([x, pixel_norm(self.embedding(labels))], axis=-1)  # (n, 2 latent_dim)
        for layer in self.stack:
            x = leaky_relu(layer(x))
        return x


class StyledConv(layers.Layer):
    """A convolution whose channels are scaled by a style computed from w; then noise, bias, leaky ReLU.

    x (n, h, w, c), w (n, W_DIM) and noise (n, h', w', 1) to (n, h', w', channels).
    """

    def __init__(
        self, channels: int, resampling: str, hyperparameters: Hyperparameters, seeds: Iterator[int], **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.channels, self.resampling = channels, resampling
        self.has_adain = hyperparameters.normalization == "adain"
        self.initial_noise_scale = hyperparameters.initial_noise_scale
        self.seed, self.style_seed, self.bias_seed = next(seeds), next(seeds), next(seeds)

    def build(self, x_shape: Any, w_shape: Any = None, noise_shape: Any = None) -> None:
        c = x_shape[-1]
        init = keras.initializers.RandomNormal(0.0, 1.0, seed=self.seed)
        self.kernel = self.add_weight(name="kernel", shape=(3, 3, c, self.channels), initializer=init)
        self.bias = self.add_weight(name="bias", shape=(self.channels,), initializer="zeros")
        start = keras.initializers.Constant(self.initial_noise_scale)
        self.noise_scale = self.add_weight(name="noise_scale", shape=(self.channels,), initializer=start)
        n_style = self.channels if self.has_adain else c
        self.style = EqualizedDense(n_style, initial_bias=1.0, seed=self.style_seed, name="style")
        self.style.build((None, W_DIM))
        self.style_bias: Any = None
        if self.has_adain:
            self.style_bias = EqualizedDense(n_style, seed=self.bias_seed, name="style_bias")
            self.style_bias.build((None, W_DIM))

    def call(self, x: Any, w: Any, noise: Any) -> Any:
        kernel = self.kernel * (1 / (9 * x.shape[-1]) ** 0.5)
        if self.has_adain:
            x = convolve(x, kernel * 2**0.5, self.resampling) + noise * self.noise_scale
            return adain(leaky_relu(x + self.bias), self.style(w), self.style_bias(w))
        style = self.style(w)
        x = convolve(x * style[:, None, None], kernel, self.resampling)
        x = demodulate(x, kernel, style) + noise * self.noise_scale
        return leaky_relu(x + self.bias) * 2**0.5


class ToRGB(layers.Layer):
    """Feature maps (n, h, w, c) to an image (n, h, w, channels); scaled by a style, except with AdaIN."""

    def __init__(self, channels: int, hyperparameters: Hyperparameters, seeds: Iterator[int], **kwargs: Any):
        super().__init__(**kwargs)
        self.conv = EqualizedConv2D(channels, 1, gain=1.0, seed=next(seeds), name="conv")
        self.is_styled = hyperparameters.normalization != "adain"
        self.seed = next(seeds)

    def build(self, x_shape: Any, w_shape: Any = None) -> None:
        self.conv.build(x_shape)
        self.style: Any = None
        if self.is_styled:
            self.style = EqualizedDense(x_shape[-1], initial_bias=1.0, seed=self.seed, name="style")
            self.style.build((None, W_DIM))

    def call(self, x: Any, w: Any) -> Any:
        return self.conv(x if self.style is None else x * self.style(w)[:, None, None])


class SynthesisNetwork(keras.Model):
    """w of each layer (n, layers, W_DIM) and noise (n, noise_size) to images (n, r, r, c), about in [-1, 1].

    One convolution at 4 pixels, two at each higher resolution. The image is the sum of the outputs of all resolutions,
    upsampled by linear interpolation (Karras et al. 2020, figure 7).
    """

    def __init__(self, hyperparameters: Hyperparameters, image_channels: int, seeds: Iterator[int]):
        super().__init__(name="synthesis")
        self.sizes = [4 * 2**k for k in range(len(hyperparameters.channels))]
        self.layer_sizes = [4, *(size for size in self.sizes[1:] for _ in range(2))]  # pixels per side of each layer
        self.is_noise_shared = hyperparameters.is_noise_shared
        init = keras.initializers.RandomNormal(0.0, 1.0, seed=next(seeds))
        shape = (4, 4, hyperparameters.channels[0])
        self.constant = self.add_weight(
            name="constant", shape=shape, initializer=init, trainable=hyperparameters.is_constant_learned
        )
        self.convs, self.to_rgb = [], []
        for size, channels in zip(self.sizes, hyperparameters.channels, strict=True):
            for k, resampling in enumerate(["none"] if size == 4 else ["up", "none"]):
                name = f"conv_{size}_{k}"
                self.convs.append(StyledConv(channels, resampling, hyperparameters, seeds, name=name))
            self.to_rgb.append(ToRGB(image_channels, hyperparameters, seeds, name=f"to_rgb_{size}"))
        self(ops.zeros((1, len(self.layer_sizes), W_DIM)), ops.zeros((1, self.noise_size)))

    @property
    def noise_size(self) -> int:
        """Number of noise values per image: one per pixel of each layer."""
        return sum(size**2 for size in self.layer_sizes)

    def call(self, w: Any, noise: Any) -> Any:
        x = ops.tile(self.constant[None], (ops.shape(w)[0], 1, 1, 1))
        image, start, layer_noise = None, 0, None
        for k, (size, conv) in enumerate(zip(self.layer_sizes, self.convs, strict=True)):
            is_first_of_size = k % 2 == 1 or k == 0
            if is_first_of_size or not self.is_noise_shared:
                layer_noise = ops.reshape(noise[:, start : start + size**2], (-1, size, size, 1))
            start += size**2
            x = conv(x, w[:, k], layer_noise)
            if k % 2 == 0:  # the last layer of this resolution
                rgb = self.to_rgb[k // 2](x, w[:, k])
                image = rgb if image is None else upsample_linear(image) + rgb
        return image


class Generator(keras.Model):
    """Mapping and synthesis network; z and labels to images through one w per image, or two with style mixing."""

    def __init__(self, hyperparameters: Hyperparameters, image_channels: int, classes: int, *, seed: int = 0):
        super().__init__(name="generator")
        seeds = iter(range(1000 * seed, 1000 * seed + 500))
        self.mapping = MappingNetwork(hyperparameters, classes, seeds)
        self.synthesis = SynthesisNetwork(hyperparameters, image_channels, seeds)
        self.built = True

    def call(self, z: Any, noise: Any, labels: Any = None, second_z: Any = None, cutoff: Any = None) -> Any:
        """cutoff: (n,) int32, the number of layers whose w comes from z; those after it take it from second_z."""
        n_layers = len(self.synthesis.layer_sizes)
        w = ops.repeat(self.mapping(z, labels)[:, None], n_layers, axis=1)
        if second_z is not None:
            is_first = ops.arange(n_layers)[None] < ops.cast(cutoff, "int32")[:, None]  # (n, layers)
            w = ops.where(is_first[..., None], w, self.mapping(second_z, labels)[:, None])
        return self.synthesis(w, noise)


class Discriminator(keras.Model):
    """Images (n, r, r, c), and one-hot labels, to logits (n, 1): positive means real.

    Residual blocks (Karras et al. 2020), minibatch standard deviation, and for labels the projection of Miyato &
    Koyama 2018, arXiv:1802.05637.
    """

    def __init__(self, hyperparameters: Hyperparameters, image_channels: int, classes: int, *, seed: int = 0):
        super().__init__(name="discriminator")
        seeds = iter(range(1000 * seed + 500, 1000 * seed + 1000))
        widths, size = hyperparameters.channels[::-1], hyperparameters.resolution
        self.from_rgb = EqualizedConv2D(widths[0], 1, seed=next(seeds), name="from_rgb")
        self.blocks: list[list[Any]] = []
        for k, (before, after) in enumerate(pairwise(widths)):
            name = f"{size // 2**k}"
            self.blocks.append(
                [
                    EqualizedConv2D(before, 3, seed=next(seeds), name=f"conv_{name}_0"),
                    EqualizedConv2D(after, 3, resampling="down", seed=next(seeds), name=f"conv_{name}_1"),
                    EqualizedConv2D(after, 1, gain=1.0, use_bias=False, seed=next(seeds), name=f"skip_{name}"),
                ]
            )
        self.last_conv = EqualizedConv2D(widths[-1], 3, seed=next(seeds), name="conv_4")
        self.dense = EqualizedDense(widths[-1], gain=2**0.5, seed=next(seeds), name="dense")
        self.logit = EqualizedDense(1, seed=next(seeds), name="logit")
        self.embedding = (
            EqualizedDense(widths[-1], initial_bias=None, seed=next(seeds), name="label_embedding") if classes else None
        )
        self(ops.zeros((4, size, size, image_channels)), ops.zeros((4, classes)) if classes else None)

    def call(self, images: Any, labels: Any = None) -> Any:
        x = leaky_relu(self.from_rgb(images))
        for same, down, skip in self.blocks:
            y = leaky_relu(down(leaky_relu(same(x))))
            x = (y + skip(downsample(x))) * 0.5**0.5
        x = leaky_relu(self.last_conv(minibatch_std(x)))
        x = leaky_relu(self.dense(ops.reshape(x, (-1, 16 * x.shape[-1]))))
        logit = self.logit(x)
        if self.embedding is not None:
            logit = logit + ops.sum(x * self.embedding(labels), axis=1, keepdims=True) / x.shape[-1] ** 0.5
        return logit
