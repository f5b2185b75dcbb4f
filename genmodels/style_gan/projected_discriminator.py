"""A discriminator that sees an image through the features of the built-in network.

Sauer et al. 2021, "Projected GANs Converge Faster", arXiv:2111.01007: the activations of several layers of a frozen
network are mixed by fixed random convolutions, and a small discriminator with spectral normalization classifies each
level. The network was trained on photos, so their edges, textures and parts need not be learned again. Here it is the
adversarially trained network of this repository (`vision.backbone`), never the one that measures the result.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from genmodels.progressive_gan.layers import leaky_relu, minibatch_std
from genmodels.vision import backbone

LAYERS = ("block2_conv2", "block3_conv2", "block4_conv2")  # 1/2, 1/4 and 1/8 of the image size
LAST_LAYER = "block5_conv2"  # only for classifier guidance
PROJECTED_CHANNELS = 64
HEAD_CHANNELS = 128
EMBEDDING_STD = 0.5  # of the initial label embedding; 1.0 gave one image per class, Glorot's ignored the labels


def _resize(x: Any, size: int) -> Any:
    return ops.image.resize(x, (size, size), interpolation="bilinear")


class Head(keras.Model):
    """A discriminator of one level: features (n, s, s, 64) to unconditional and conditional logits, (n, 1) each.

    Convolutions with stride 2 to 4 x 4, minibatch standard deviation, one more convolution, then one logit and, with
    labels, the projection of Miyato & Koyama 2018, arXiv:1802.05637, averaged over the 16 positions.
    """

    def __init__(self, size: int, classes: int, seeds: Any, name: str):
        super().__init__(name=name)

        def conv(channels: int, kernel_size: int, stride: int, padding: str, label: str) -> Any:
            init = keras.initializers.GlorotUniform(seed=next(seeds))
            layer = layers.Conv2D(channels, kernel_size, stride, padding, kernel_initializer=init)
            return layers.SpectralNormalization(layer, name=label)

        self.down = []
        channels, s = PROJECTED_CHANNELS, size
        while s > 4:
            channels, s = min(HEAD_CHANNELS, 2 * channels), s // 2
            self.down.append(conv(channels, 4, 2, "same", f"down_{s}"))
        self.conv = conv(HEAD_CHANNELS, 3, 1, "same", "conv")
        self.logit = conv(1, s, 1, "valid", "logit")
        init = keras.initializers.RandomNormal(0.0, EMBEDDING_STD, seed=next(seeds))
        self.embedding = (
            layers.Dense(HEAD_CHANNELS, use_bias=False, kernel_initializer=init, name="label_embedding")
            if classes
            else None
        )
        self(ops.zeros((4, size, size, PROJECTED_CHANNELS)), ops.zeros((4, classes)) if classes else None)

    def call(self, x: Any, labels: Any = None, training: bool = False) -> list[Any]:
        for layer in self.down:
            x = leaky_relu(layer(x, training=training))
        x = leaky_relu(self.conv(minibatch_std(x), training=training))
        logit = ops.reshape(self.logit(x, training=training), (-1, 1))
        if self.embedding is None:
            return [logit]
        product = ops.einsum("nhwc,nc->nhw", x, self.embedding(labels)) / HEAD_CHANNELS**0.5
        return [logit, logit + ops.mean(product, axis=(1, 2))[:, None]]


class ProjectedDiscriminator(keras.Model):
    """Images (n, size, size, 3) in [-1, 1], and one-hot labels, to logits (n, 2 levels): positive means real."""

    def __init__(self, size: int, classes: int, real: np.ndarray, *, seed: int = 0):
        """real: (k, size, size, 3) uint8, a few hundred training images; features are divided by their std on them."""
        super().__init__(name="discriminator")
        network = backbone.load("builtin")
        self.extract: Callable = backbone.frozen_function(backbone.feature_extractor(network, (*LAYERS, LAST_LAYER)))
        rng, seeds = np.random.default_rng(seed), iter(range(1000 * seed + 500, 1000 * seed + 1000))
        activations = [np.asarray(x) for x in self.extract(ops.convert_to_tensor(real.astype("float32") / 255))][:-1]

        def fixed(shape: tuple[int, ...], scale: float, name: str) -> Any:
            values = rng.standard_normal(shape).astype("float32") * scale
            weight = self.add_weight(name=name, shape=shape, trainable=False)
            weight.assign(values)
            return weight

        self.across: list[Any] = []  # 1 x 1: mixes the channels of a level
        self.between: list[Any] = []  # 3 x 3: mixes a level with the coarser ones
        p = PROJECTED_CHANNELS
        for k, each in enumerate(activations):
            channels = each.shape[-1]
            self.across.append(fixed((1, 1, channels, p), channels**-0.5 / float(each.std()), f"across_{k}"))
            self.between.append(fixed((3, 3, p, p), (9 * p) ** -0.5, f"between_{k}"))
        self.sizes = [each.shape[1] for each in activations]
        self.heads = [Head(s, classes, seeds, f"head_{s}") for s in self.sizes]
        self.built = True

    def features(self, images: Any) -> list[Any]:
        """Feature maps of the frozen network, fine to coarse; the last one is for classifier guidance only."""
        return self.extract((images + 1) / 2)

    def project(self, levels: list[Any]) -> list[Any]:
        """Feature maps, mixed across channels and from coarse to fine: (n, s, s, 64) for each of `LAYERS`."""
        mixed, coarser = [], None
        for x, across, between in reversed(list(zip(levels, self.across, self.between, strict=True))):
            x = ops.conv(x, across, padding="same")
            x = ops.conv(x if coarser is None else x + _resize(coarser, x.shape[1]), between, padding="same")
            mixed.append(x)
            coarser = x
        return mixed[::-1]

    def classify(self, levels: list[Any], labels: Any = None, training: bool = False) -> Any:
        """Logits (n, 2 levels) of the feature maps of `features`."""
        pairs = zip(self.heads, self.project(levels[:-1]), strict=True)
        logits = [each for head, x in pairs for each in head(x, labels, training=training)]
        return ops.concatenate(logits, axis=1)

    def call(self, images: Any, labels: Any = None, training: bool = False) -> Any:
        return self.classify(self.features(images), labels, training=training)
