"""Generative adversarial networks: build, load, sample latent vectors, generate images, score them.

A generator maps random latent vectors to images; a discriminator estimates the probability that an image is real.
Each is trained against the other; at the equilibrium the generated images have the distribution of the data. The
training is in `training`, the evaluation in `metrics`.

Goodfellow et al. 2014, "Generative Adversarial Networks", arXiv:1406.2661; the convolutional ones Radford et al. 2015
(DCGAN), arXiv:1511.06434; conditional ones Mirza & Osindero 2014, arXiv:1411.1784. The architectures are those of
Hands-On Machine Learning, chapter 17 (`dense`, `dcgan`) and Deep Learning with Python, section 8.5 (`color`, with fewer
channels, so that it trains on a CPU). Where we differ:

- The kernel size is divisible by the stride (4 by 2, not 5 by 2), so that every pixel receives equally many
  contributions: no checkerboard artifacts (Odena et al. 2016). `Hyperparameters(kernel_size=5)` brings them back.
- `color` has batch normalization in its generator, as in the DCGAN paper, and tanh with data in [-1, 1]. The book has
  neither: its generator ends in tanh, its data lies in [0, 1].
- A conditional discriminator is a projection discriminator: it adds the inner product of features and label embedding
  to its logit (Miyato & Koyama 2018, arXiv:1802.05637) instead of concatenating an image of the label to its input.
- Its fakes include real images with a wrong label (Reed et al. 2016, arXiv:1605.05396), so that it soon compares image
  and label. `Hyperparameters(mismatched_labels=True)`.
- The weights of the generator oscillate during training, so we use their exponential moving average (EMA) for
  inference (Karras et al. 2017, arXiv:1710.10196).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from genmodels import weights
from genmodels.data import datasets
from genmodels.gan import networks
from genmodels.gan.config import (  # noqa: F401  scripts and tests read the options here, too
    ABLATIONS,
    ABLATIONS_ADDED,
    ABLATIONS_REMOVED,
    ARCHITECTURES,
    CONFIGS,
    DEFAULT_HYPERPARAMETERS,
    IMAGE_SHAPES,
    LATENT_DIMS,
    LATENT_DISTRIBUTIONS,
    MINIBATCH_LAYERS,
    OUTPUT_ACTIVATIONS,
    WGAN_GP,
    Config,
    Hyperparameters,
)

REFERENCE_BATCH_SIZE = 63  # with the scored image a batch of 64, as in training


@dataclass(frozen=True, eq=False)
class GAN:
    """Generator and discriminator; made by `build`. The one that `load` returns is shared: read-only.

    generator: z (n, latent_dim), and one-hot labels (n, classes) if it is conditional, to images (n, h, w, c) in the
    range of its output activation. discriminator: images (and labels) to logits (n, 1).
    """

    generator: Any  # keras.Model
    discriminator: Any  # keras.Model
    shape: tuple[int, int, int]
    latent_dim: int
    classes: int  # 0: unconditional
    hyperparameters: Hyperparameters
    reference_batch: np.ndarray | None = None  # see `reference_activations`; None without a minibatch layer

    @property
    def is_critic(self) -> bool:
        """True if the discriminator is the critic of a WGAN, whose score is no probability."""
        return self.hyperparameters.objective == "wgan_gp"

    @cached_property
    def generate_uint8(self) -> Callable:
        """z, and labels, to (n, h, w, c) uint8; compiled once."""
        from keras import ops

        def generate(*inputs):
            x = self.generator(list(inputs), training=False)
            _, black = OUTPUT_ACTIVATIONS[self.hyperparameters.output_activation]
            gray_levels = 255 * (x - black) / (1 - black)
            return ops.cast(ops.round(ops.clip(gray_levels, 0.0, 255.0)), "uint8")

        return _compiled(generate, self.generator)

    @cached_property
    def discriminate_logits(self) -> Callable:
        """Images (n, h, w, c) in the range of the data, and labels, to (n, 1) logits; compiled once."""
        if self.reference_batch is None:
            return _compiled(lambda *inputs: self.discriminator(list(inputs), training=False), self.discriminator)
        logits = networks.score_with_reference_batch(self.discriminator, self.reference_batch)
        return _compiled(logits, self.discriminator)


def _compiled(f: Callable, network: Any) -> Callable:
    """One graph for all batch sizes. Depends on the backend: only TensorFlow compiles here."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return f
    import tensorflow as tf

    signature = [tf.TensorSpec(each.shape, tf.float32) for each in network.inputs]
    return tf.function(f, input_signature=signature, autograph=False)


# --- building and loading ---------------------------------------------------------------------


def build(
    architecture: str,
    *,
    classes: int = 0,
    hyperparameters: Hyperparameters = DEFAULT_HYPERPARAMETERS,
    seed: int = 0,
) -> GAN:
    """A new, untrained generator and discriminator.

    architecture: one of `ARCHITECTURES`. classes: number of classes of a conditional GAN, 0: unconditional. seed:
    fixes the initial weights and the dropout. Raises `ValueError` for an unknown architecture or negative classes.
    """
    if architecture not in ARCHITECTURES:
        raise ValueError(f"unknown architecture {architecture!r}: expected one of {', '.join(ARCHITECTURES)}")
    if classes < 0:
        raise ValueError(f"classes must not be negative, got {classes}")
    shape, latent_dim = IMAGE_SHAPES[architecture], LATENT_DIMS[architecture]
    generator = networks.generator(architecture, shape, latent_dim, classes, hyperparameters, seed)
    discriminator = networks.discriminator(architecture, shape, classes, hyperparameters, seed)
    return GAN(generator, discriminator, shape, latent_dim, classes, hyperparameters)


def load(name: str) -> GAN:
    """A pretrained model: one of `CONFIGS`. Shared instance: read-only.

    Raises `ValueError` for an unknown name and `weights.WeightsError` for missing or damaged weights.
    """
    if name not in CONFIGS:
        raise ValueError(f"unknown model {name!r}: expected one of {', '.join(CONFIGS)}")
    config = CONFIGS[name]
    model = build(config.architecture, classes=config.classes, hyperparameters=config.hyperparameters)
    as_keras_model(model).load_weights(weights.path(f"gan_{name}"))
    if config.hyperparameters.minibatch_layer != "none":
        with np.load(weights.path(f"gan_{name}", ".arrays.npz")) as archive:
            model = replace(model, reference_batch=archive["company"])  # the name of the array in the file
    generate(model, sample_latents(model, 1, 0), [0] if model.classes else None)  # compile before the first use
    return model


def load_data(config: Config, split: str = "train") -> tuple[np.ndarray, np.ndarray | None]:
    """The images of a configuration, uint8, and their labels (n,) if it is conditional, else None.

    Raises `datasets.DatasetMissing` if the data set is not downloaded.
    """
    images, labels = datasets.load(config.data, split)
    if config.only_class is not None:
        images = images[labels == config.only_class]
    return images, labels if config.classes else None


def as_keras_model(model: GAN) -> Any:
    """Generator and discriminator as one Keras model, so that one file holds the weights of both."""
    import keras

    class Pair(keras.Model):
        """Holds both networks so that they can be saved in one file; `call` is never used."""

    both = Pair(name="gan")
    both.generator, both.discriminator = model.generator, model.discriminator
    both.built = True
    return both


def reference_activations(model: GAN, real: np.ndarray) -> np.ndarray:
    """The reference batch: what the minibatch layer receives for `REFERENCE_BATCH_SIZE` images, float16.

    With a minibatch layer the score of an image depends on the other images in the batch. To get a score per image, we
    compare each one with the same fixed reference batch, half real and half generated (from seed 0). real: uint8, at
    least half of `REFERENCE_BATCH_SIZE`.
    """
    n_real = REFERENCE_BATCH_SIZE - REFERENCE_BATCH_SIZE // 2
    n_fake = REFERENCE_BATCH_SIZE - n_real
    labels = np.arange(n_fake) % model.classes if model.classes else None
    fake = generate(model, sample_latents(model, n_fake, 0), labels)
    images = scale_images(np.concatenate([real[:n_real], fake]), model.hyperparameters)
    return np.asarray(networks.minibatch_features(model.discriminator, images)).astype("float16")


# --- inference --------------------------------------------------------------------------------


def sample_latents(model: GAN, n: int, seed: int) -> np.ndarray:
    """z (n, latent_dim) float32 from the latent distribution; the same seed gives the same z."""
    return sample_prior(model.hyperparameters, (n, model.latent_dim), np.random.default_rng(seed))


def sample_prior(hyperparameters: Hyperparameters, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """float32 of any shape: standard normal, or uniform in [-1, 1]."""
    if hyperparameters.latent_distribution == "uniform":
        return rng.uniform(-1, 1, shape).astype("float32")
    return rng.standard_normal(shape, dtype="float32")


def generate(model: GAN, z: np.ndarray, labels: Any = None) -> np.ndarray:
    """G(z): (n, latent_dim) to uint8 (n, h, w), or (n, h, w, 3) in color.

    labels: for a conditional model (n,) integers, or (n, classes) weights of the classes, which interpolates between
    them. Raises `ValueError` for z or labels of another shape.
    """
    z = np.asarray(z, "float32")
    if z.ndim != 2 or z.shape[1] != model.latent_dim:
        raise ValueError(f"z must have shape (n, {model.latent_dim}), got {z.shape}")
    images = np.asarray(model.generate_uint8(z, *one_hot(model, labels, len(z))))
    return images[..., 0] if model.shape[2] == 1 else images


def discriminate(model: GAN, images: np.ndarray, labels: Any = None) -> np.ndarray:
    """D(x), the probability that each image is real: uint8 (n, h, w) or (n, h, w, 3) to (n,) float32 in [0, 1].

    The critic of a WGAN-GP gives an unbounded score, higher for more realistic images. With a minibatch layer the
    images are scored as one batch or, if the model has a `reference_batch`, each of them within that. labels as for
    `generate`. Raises `ValueError` for images or labels of another shape.
    """
    x = scale_images(images, model.hyperparameters)
    if x.shape[1:] != model.shape:
        raise ValueError(f"images must be (n, {', '.join(map(str, model.shape))}) uint8, got {np.shape(images)}")
    logits = np.asarray(model.discriminate_logits(x, *one_hot(model, labels, len(x))))[:, 0]
    return logits if model.is_critic else 1 / (1 + np.exp(-np.clip(logits, -60, 60)))


def scale_images(images: np.ndarray, hyperparameters: Hyperparameters) -> np.ndarray:
    """uint8 (n, h, w[, 3]) to float32 (n, h, w, c) in the range of the output activation."""
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise ValueError(f"images must be (n, h, w) or (n, h, w, 3) uint8, got {images.shape} {images.dtype}")
    x = images[..., None] if images.ndim == 3 else images
    _, black = OUTPUT_ACTIVATIONS[hyperparameters.output_activation]
    return x.astype("float32") * np.float32((1 - black) / 255) + np.float32(black)


def one_hot(model: GAN, labels: Any, n: int) -> tuple[np.ndarray, ...]:
    """The second input of a conditional model, ((n, classes) float32,), or () for an unconditional one."""
    if not model.classes:
        if labels is not None:
            raise ValueError("this model takes no labels")
        return ()
    rows = np.asarray(labels if labels is not None else -1)
    if rows.ndim == 1 and len(rows) == n and rows.size and rows.min() >= 0 and rows.max() < model.classes:
        return (np.eye(model.classes, dtype="float32")[rows.astype("int64")],)
    if rows.shape == (n, model.classes):
        return (rows.astype("float32"),)
    raise ValueError(f"labels must be ({n},) from 0 to {model.classes - 1} or ({n}, {model.classes}), got {labels!r}")
