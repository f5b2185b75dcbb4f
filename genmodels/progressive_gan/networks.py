"""Generator and discriminator of the ProGAN, which grow from 4 to 32 pixels by one block per resolution.

Karras et al. 2018, arXiv:1710.10196, table 2 and figure 2, with fewer channels, so that they train on a CPU.
"""

from itertools import pairwise
from typing import Any

import keras
from keras import ops

from genmodels.progressive_gan.config import CHANNELS, LATENT_DIM, RESOLUTIONS
from genmodels.progressive_gan.layers import (
    EqualizedConv2D,
    EqualizedDense,
    downsample,
    fade_in,
    leaky_relu,
    minibatch_std,
    pixel_norm,
    upsample,
)


class Generator(keras.Model):
    """z (n, latent_dim) to images (n, r, r, c), about in [-1, 1], at one of `RESOLUTIONS` up to the largest."""

    def __init__(self, image_channels: int, resolution: int = RESOLUTIONS[-1], *, seed: int = 0):
        super().__init__(name="generator")
        seeds = iter(range(1000 * seed, 1000 * seed + 1000))
        self.resolutions = [each for each in RESOLUTIONS if each <= resolution]
        first = CHANNELS[RESOLUTIONS[0]]
        self.project = EqualizedDense(16 * first, gain=2**0.5 / 4, seed=next(seeds), name="project")
        self.blocks: list[list[Any]] = []  # the convolutions of each resolution
        self.to_rgb: list[Any] = []
        for r in self.resolutions:
            kinds = ["none"] if r == RESOLUTIONS[0] else ["up", "none"]
            self.blocks.append(
                [
                    EqualizedConv2D(CHANNELS[r], 3, resampling=kind, seed=next(seeds), name=f"conv_{r}_{k}")
                    for k, kind in enumerate(kinds)
                ]
            )
            self.to_rgb.append(EqualizedConv2D(image_channels, 1, gain=1.0, seed=next(seeds), name=f"to_rgb_{r}"))
        self.built = True
        for r in self.resolutions:
            self(ops.zeros((1, LATENT_DIM)), resolution=r)  # creates the weights of the layers

    def paths(self, z: Any, resolution: int) -> tuple[Any, Any]:
        """The old path, the image of the previous resolution upsampled, and the new path: both (n, r, r, c).

        They are the same at the lowest resolution.
        """
        k = self.resolutions.index(resolution)
        x = leaky_relu(self.project(pixel_norm(z)))
        x = pixel_norm(ops.reshape(x, (-1, 4, 4, CHANNELS[RESOLUTIONS[0]])))
        before = x
        for block in self.blocks[: k + 1]:
            before = x
            for conv in block:
                x = pixel_norm(leaky_relu(conv(x)))
        new = self.to_rgb[k](x)
        return (upsample(self.to_rgb[k - 1](before)) if k else new), new

    def call(self, z: Any, resolution: int = RESOLUTIONS[-1], alpha: Any = 1.0) -> Any:
        return fade_in(*self.paths(z, resolution), alpha)

    def used_variables(self, resolution: int) -> list[Any]:
        """The trainable variables that an image of this resolution depends on."""
        k = self.resolutions.index(resolution)
        used = [self.project, *(conv for block in self.blocks[: k + 1] for conv in block)]
        used += self.to_rgb[max(0, k - 1) : k + 1]
        return [v for layer in used for v in layer.trainable_variables]


class Discriminator(keras.Model):
    """Images (n, r, r, c) at one of `RESOLUTIONS` to logits (n, 1): positive means real. The generator's mirror."""

    def __init__(self, image_channels: int, resolution: int = RESOLUTIONS[-1], *, seed: int = 0):
        super().__init__(name="discriminator")
        seeds = iter(range(1000 * seed + 500, 1000 * seed + 1000))
        self.resolutions = [each for each in RESOLUTIONS if each <= resolution]
        self.from_rgb = [
            EqualizedConv2D(CHANNELS[r], 1, seed=next(seeds), name=f"from_rgb_{r}") for r in self.resolutions
        ]
        self.blocks: list[list[Any]] = []  # of the resolutions above the lowest
        for below, r in pairwise(self.resolutions):
            same = EqualizedConv2D(CHANNELS[r], 3, seed=next(seeds), name=f"conv_{r}_0")
            down = EqualizedConv2D(CHANNELS[below], 3, resampling="down", seed=next(seeds), name=f"conv_{r}_1")
            self.blocks.append([same, down])
        first = CHANNELS[RESOLUTIONS[0]]
        self.last_conv = EqualizedConv2D(first, 3, seed=next(seeds), name="conv_4")
        self.dense = EqualizedDense(first, gain=2**0.5, seed=next(seeds), name="dense")
        self.logit = EqualizedDense(1, seed=next(seeds), name="logit")
        self.built = True
        for r in self.resolutions:
            self(ops.zeros((4, r, r, image_channels)), resolution=r)  # creates the weights of the layers

    def call(self, images: Any, resolution: int = RESOLUTIONS[-1], alpha: Any = 1.0) -> Any:
        k = self.resolutions.index(resolution)
        x = leaky_relu(self.from_rgb[k](images))
        for i in range(k, 0, -1):
            same, down = self.blocks[i - 1]
            x = leaky_relu(down(leaky_relu(same(x))))
            if i == k:
                old = leaky_relu(self.from_rgb[k - 1](downsample(images)))
                x = fade_in(old, x, alpha)
        x = leaky_relu(self.last_conv(minibatch_std(x)))
        x = leaky_relu(self.dense(ops.reshape(x, (-1, 16 * x.shape[-1]))))
        return self.logit(x)

    def used_variables(self, resolution: int) -> list[Any]:
        """The trainable variables that the logit of an image of this resolution depends on."""
        k = self.resolutions.index(resolution)
        used = [*self.from_rgb[max(0, k - 1) : k + 1], *(conv for block in self.blocks[:k] for conv in block)]
        used += [self.last_conv, self.dense, self.logit]
        return [v for layer in used for v in layer.trainable_variables]
