"""Training of a StyleGAN: the state, one step on a batch, and a generator of reports.

The step is that of the ProGAN (`progressive_gan.train_step`); here are its inputs: latent vectors and noise, a second
latent vector for style mixing regularization (Karras et al. 2019, section 3.1), and the parameters of DiffAugment.
"""

from typing import Any

import numpy as np

from genmodels.progressive_gan import train_step
from genmodels.progressive_gan.layers import GROUP_SIZE
from genmodels.progressive_gan.train_step import TrainState
from genmodels.style_gan import augmentation, classifier_guidance
from genmodels.style_gan.config import Config

REFERENCE_IMAGES = 256  # real images that fix the scale of the features of a projected discriminator
GUIDE_IMAGES = 20_000  # real images that the classifier of the guidance is fitted on


def create_state(config: Config, real: np.ndarray, labels: np.ndarray, *, seed: int = 0) -> TrainState:
    """Untrained networks. real: (k, r, r, c) uint8 training images, at least `REFERENCE_IMAGES`; labels: (k,).

    The images fix the scale of a projected discriminator and fit the classifier of its guidance.
    """
    from genmodels.style_gan import networks

    hyperparameters, classes, channels = config.hyperparameters, len(config.class_names), config.image_channels
    generator, average = (networks.Generator(hyperparameters, channels, classes, seed=seed) for _ in range(2))
    discriminator: Any
    if hyperparameters.discriminator == "projected":
        from genmodels.style_gan.projected_discriminator import ProjectedDiscriminator

        size = hyperparameters.resolution
        discriminator = ProjectedDiscriminator(size, classes, real[:REFERENCE_IMAGES], seed=seed)
        if hyperparameters.guidance:
            discriminator.guide = classifier_guidance.fit(
                discriminator.extract, real[:GUIDE_IMAGES], labels[:GUIDE_IMAGES]
            )
    else:
        discriminator = networks.Discriminator(hyperparameters, channels, classes, seed=seed)
    state = train_step.create_train_state(generator, average, discriminator)
    train_step.reset_optimizers(state, generator.trainable_variables, discriminator.trainable_variables)
    return state


def batch_rows(labels: np.ndarray, batch_size: int, rng: np.random.Generator) -> np.ndarray:
    """The rows of each batch of an epoch, (batches, batch_size), every row at most once, in random order.

    The images of a group of the minibatch standard deviation (`progressive_gan.layers.minibatch_std`) have one label.
    In a group of several classes the difference between the classes hides it when each class has collapsed to one
    image. labels: (n,). Raises `ValueError` if the batch size is not a multiple of the group size.
    """
    if batch_size % GROUP_SIZE:
        raise ValueError(f"batch_size must be a multiple of {GROUP_SIZE}, got {batch_size}")
    groups = []
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        groups.append(rows[: len(rows) // GROUP_SIZE * GROUP_SIZE].reshape(-1, GROUP_SIZE))
    shuffled, per_batch = rng.permutation(np.concatenate(groups)), batch_size // GROUP_SIZE
    batches = shuffled[: len(shuffled) // per_batch * per_batch].reshape(-1, per_batch, GROUP_SIZE)
    return batches.swapaxes(1, 2).reshape(-1, batch_size)  # rows k, k + per_batch, ... form a group


def train_on_batch(
    state: TrainState,
    config: Config,
    images: np.ndarray,
    labels: np.ndarray,
    rng: np.random.Generator,
    *,
    learning_rate: float,
) -> dict[str, float]:
    """One step. images: (n, r, r, c) uint8; labels: (n,). Returns the numbers of `train_step.train_step`."""
    hyperparameters = config.hyperparameters
    n, size = images.shape[:2]
    real = images.astype("float32") / 127.5 - 1
    if hyperparameters.has_flips:
        is_flipped = rng.random(n) < 0.5
        real[is_flipped] = real[is_flipped, :, ::-1]
    n_layers = len(state.generator.synthesis.layer_sizes)
    z = rng.standard_normal((2, n, hyperparameters.latent_dim), dtype="float32")
    noise = rng.standard_normal((n, state.generator.synthesis.noise_size), dtype="float32")
    cutoff = np.where(rng.random(n) < hyperparameters.style_mixing, rng.integers(1, n_layers, n), n_layers)
    one_hot = np.eye(len(config.class_names), dtype="float32")[labels]
    is_projected = hyperparameters.discriminator == "projected"
    probability = hyperparameters.augmentation
    changes = np.stack([augmentation.sample_parameters(n, size, probability, rng) for _ in range(3)])
    return train_step.train_step(
        state,
        _generate,
        _discriminate_projected(state, hyperparameters.guidance) if is_projected else _discriminate(state),
        real,
        (z, noise, one_hot, cutoff.astype("int32"), changes),
        learning_rates=(learning_rate, learning_rate * hyperparameters.discriminator_rate_factor),
        half_life=hyperparameters.ema_half_life,
        loss="hinge" if is_projected else "non_saturating",
        r1_gamma=hyperparameters.r1_gamma,
    )


def _generate(generator: Any, z: Any, noise: Any, labels: Any, cutoff: Any, changes: Any) -> Any:
    return generator(z[0], noise, labels, z[1], cutoff)


def _discriminate(state: TrainState) -> Any:
    def discriminate(images: Any, number: int, z: Any, noise: Any, labels: Any, cutoff: Any, changes: Any) -> Any:
        return state.discriminator(images, labels)

    return discriminate


def _discriminate_projected(state: TrainState, guidance: float) -> Any:
    def discriminate(images: Any, number: int, z: Any, noise: Any, labels: Any, cutoff: Any, changes: Any) -> Any:
        # Spectral normalization updates its estimate in the discriminator's passes only.
        levels = state.discriminator.features(augmentation.augment(images, changes[number]))
        logits = state.discriminator.classify(levels, labels, training=number < 2)
        if number == 2 and guidance:
            return logits, guidance * state.discriminator.guide.loss(levels, labels)
        return logits

    return discriminate
