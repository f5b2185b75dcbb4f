"""One training step of a GAN, both networks in one compiled function.

First the discriminator is updated to separate real from generated images, then the generator, through the fixed
discriminator, to have its images classified as real (Goodfellow et al. 2014, arXiv:1406.2661, algorithm 1). Both
updates use the same generated images; the books call `train_on_batch` twice and generate twice.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genmodels.gan import compiled_train_step
from genmodels.gan import model as gan
from genmodels.gan.losses import (
    GRADIENT_PENALTY_WEIGHT,
    critic_loss,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    mismatch_loss,
)
from genmodels.gan.model import GAN, Hyperparameters

NETWORKS_TO_UPDATE = ("both", "discriminator", "generator")
REPLAY_BUFFER_SIZE = 2560  # images


@dataclass
class Controls:
    """Settings that may change during training: they are read before every step."""

    discriminator_learning_rate: float = Hyperparameters.discriminator_learning_rate
    generator_learning_rate: float = Hyperparameters.generator_learning_rate
    label_noise: float = Hyperparameters.label_noise
    networks_to_update: str = "both"  # one of `NETWORKS_TO_UPDATE`; the other network stays fixed
    pause_seconds: float = 0.0  # after each step; above 0 every step is reported (slow motion)


def default_controls(hyperparameters: Hyperparameters) -> Controls:
    """Controls that start with the values of the hyperparameters."""
    return Controls(
        hyperparameters.discriminator_learning_rate,
        hyperparameters.generator_learning_rate,
        hyperparameters.label_noise,
    )


class ReplayBuffer:
    """Experience replay: recent generated images with their labels, so that the discriminator keeps recognizing them.

    Holds `capacity` images and drops the oldest first.
    """

    def __init__(self, capacity: int):
        self.rows: deque[tuple[np.ndarray, ...]] = deque(maxlen=capacity)

    def add(self, images: np.ndarray, *labels: np.ndarray) -> None:
        self.rows.extend(zip(images, *labels, strict=True))

    def sample(self, n: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """n images, with repetition, and their labels if there are any."""
        rows = [self.rows[k] for k in rng.integers(len(self.rows), size=n)]
        return tuple(np.stack(each) for each in zip(*rows, strict=True))


@dataclass(eq=False)
class TrainState:
    """Both networks and everything else that a step changes; made by `create_train_state`."""

    model: GAN  # with the weights that are trained
    ema_model: GAN  # the same discriminator, and the moving average of the generator
    optimizers: dict[str, Any]  # "discriminator" and "generator"
    replay_buffer: ReplayBuffer | None = None
    compiled_steps: dict[tuple, Callable] = field(default_factory=dict)  # each compiled at its first use
    done: int = 0  # steps

    @property
    def variables(self) -> list[Any]:
        """All variables that a checkpoint needs."""
        networks = [self.model.generator, self.model.discriminator]
        if self.ema_model is not self.model:
            networks.append(self.ema_model.generator)
        return [v for each in (*networks, *self.optimizers.values()) for v in each.variables]


def create_train_state(model: GAN) -> TrainState:
    """The state before the first step of an untrained model of `gan.build`."""
    import keras

    hyperparameters, ema_model = model.hyperparameters, model
    if hyperparameters.ema_decay:
        average = keras.models.clone_model(model.generator)
        average.set_weights(model.generator.get_weights())
        ema_model = GAN(average, model.discriminator, model.shape, model.latent_dim, model.classes, hyperparameters)
    beta_1, beta_2 = (0.0, 0.9) if model.is_critic else (0.5, 0.999)
    optimizers = {}
    for name, network in (("discriminator", model.discriminator), ("generator", model.generator)):
        optimizers[name] = keras.optimizers.Adam(1e-3, beta_1, beta_2, clipvalue=hyperparameters.gradient_clip or None)
        optimizers[name].build(network.trainable_variables)
    replay_buffer = ReplayBuffer(REPLAY_BUFFER_SIZE) if hyperparameters.replay_fraction else None
    return TrainState(model, ema_model, optimizers, replay_buffer)


def train_step(
    state: TrainState, real: np.ndarray, labels: np.ndarray | None, controls: Controls, rng: np.random.Generator
) -> dict[str, float]:
    """One step: `discriminator_steps` updates of the discriminator, then one of the generator.

    real: (discriminator_steps, n, h, w[, 3]) uint8, labels (discriminator_steps, n) or None. Returns the losses
    "discriminator" and "generator", and the discriminator's accuracy on "real" and "fake" images. Raises `ValueError`
    on an unknown `networks_to_update`.
    """
    model, hyperparameters = state.model, state.model.hyperparameters
    if controls.networks_to_update not in NETWORKS_TO_UPDATE:
        raise ValueError(
            f"networks_to_update must be one of {', '.join(NETWORKS_TO_UPDATE)}, got {controls.networks_to_update!r}"
        )
    k, n = real.shape[:2]
    x = gan.scale_images(real.reshape(k * n, *real.shape[2:]), hyperparameters).reshape(k, n, *model.shape)
    z = gan.sample_prior(hyperparameters, (k, n, model.latent_dim), rng)
    # WGAN-GP uses no label noise; there the noise is the random interpolation factor of the gradient penalty.
    noise = rng.random((k, 2, n, 1), dtype="float32")
    noise *= np.float32(1 if model.is_critic else controls.label_noise)
    one_hot = () if labels is None else (np.eye(model.classes, dtype="float32")[labels],)
    buffer = state.replay_buffer
    replayed = buffer.sample(round(hyperparameters.replay_fraction * n), rng) if buffer and buffer.rows else ()
    # In the first steps the average follows the weights faster.
    ema_decay = np.float32(min(hyperparameters.ema_decay, (1 + state.done) / (10 + state.done)))
    state.optimizers["discriminator"].learning_rate.assign(controls.discriminator_learning_rate)
    state.optimizers["generator"].learning_rate.assign(controls.generator_learning_rate)
    key = (controls.networks_to_update, k, len(replayed))
    if key not in state.compiled_steps:
        step = _build_step(state, controls.networks_to_update, k, len(one_hot))
        state.compiled_steps[key] = compiled_train_step.compile_step(step, state.variables)
    numbers, fake = state.compiled_steps[key](x, z, noise, ema_decay, *one_hot, *replayed)
    if buffer:
        rows = rng.integers(n, size=max(1, n // 4))
        buffer.add(np.asarray(fake)[rows], *(each[-1][rows] for each in one_hot))
    state.done += 1
    return dict(zip(("discriminator", "generator", "real", "fake"), map(float, np.asarray(numbers)), strict=True))


def _build_step(state: TrainState, networks_to_update: str, k: int, n_labels: int) -> Callable:
    """The function to compile: f(real, z, noise, ema_decay[, labels][, replayed images[, their labels]])."""
    from keras import ops

    model, is_critic = state.model, state.model.is_critic
    generator, discriminator = model.generator, model.discriminator
    variables = [*generator.variables, *discriminator.variables]

    def logits_of(x, one_hot, training=True):
        return discriminator([x, *one_hot], training=training)

    def generate(z, one_hot):
        """Images, and the vector-Jacobian product from them to the generator's weights."""

        def forward():
            return generator([z, *one_hot], training=True), ()

        fake, _, generator_vjp = compiled_train_step.vjp(forward, generator.trainable_variables, variables)
        return fake, generator_vjp

    def update_discriminator(real, fake, one_hot, fake_one_hot, noise):
        """Its loss, and its logits of the real and the fake images."""

        def loss_and_logits():
            real_logits, fake_logits = logits_of(real, one_hot), logits_of(fake, fake_one_hot)
            if is_critic:
                penalty = gradient_penalty(
                    lambda x: logits_of(x, one_hot, training=False), real, fake, noise[0][:, :, None, None]
                )
                loss = critic_loss(real_logits, fake_logits) + GRADIENT_PENALTY_WEIGHT * penalty
                return loss, (real_logits, fake_logits)
            loss = discriminator_loss(real_logits, fake_logits, noise)
            if model.hyperparameters.mismatched_labels and one_hot:
                shifted = ops.roll(one_hot[0], 1, axis=0)  # the label of the next image in the batch
                is_mismatch = 1 - ops.sum(one_hot[0] * shifted, axis=1, keepdims=True)
                loss += mismatch_loss(logits_of(real, [shifted]), is_mismatch) / 2
            return loss, (real_logits, fake_logits)

        if networks_to_update == "generator":
            return loss_and_logits()
        loss, logits, discriminator_vjp = compiled_train_step.vjp(
            loss_and_logits, discriminator.trainable_variables, variables
        )
        state.optimizers["discriminator"].apply(discriminator_vjp(ops.ones_like(loss)))
        return loss, logits

    def update_generator(fake, one_hot, generator_vjp):
        """Its loss; backpropagates from the discriminator's logits to the images, and from there to the weights."""

        def loss_of(x):
            logits = logits_of(x, one_hot)
            return -ops.mean(logits) if is_critic else generator_loss(logits)

        if networks_to_update == "discriminator":
            return loss_of(fake)
        loss, image_gradient = compiled_train_step.value_and_gradient(loss_of, fake)
        state.optimizers["generator"].apply(generator_vjp(image_gradient))
        return loss

    def update_ema(ema_decay):
        if state.ema_model is not model:
            for ema_var, var in zip(state.ema_model.generator.variables, generator.variables, strict=True):
                ema_var.assign(ema_decay * ema_var + (1 - ema_decay) * var)

    def step(real, z, noise, ema_decay, *rest):
        labels, replayed = rest[:n_labels], rest[n_labels:]
        for i in range(k):
            one_hot = [each[i] for each in labels]
            fake, generator_vjp = generate(z[i], one_hot)
            d_fake, d_one_hot = ops.stop_gradient(fake), one_hot  # the fakes that the discriminator is trained on
            if replayed:
                n_new = d_fake.shape[0] - replayed[0].shape[0]
                d_fake = ops.concatenate([d_fake[:n_new], replayed[0]])
                d_one_hot = [
                    ops.concatenate([new[:n_new], old]) for new, old in zip(one_hot, replayed[1:], strict=True)
                ]
            d_loss, (real_logits, fake_logits) = update_discriminator(real[i], d_fake, one_hot, d_one_hot, noise[i])
        g_loss = update_generator(fake, one_hot, generator_vjp)
        update_ema(ema_decay)
        threshold = (ops.mean(real_logits) + ops.mean(fake_logits)) / 2 if is_critic else 0.0
        accuracy_real = ops.mean(ops.cast(real_logits > threshold, "float32"))
        accuracy_fake = ops.mean(ops.cast(fake_logits < threshold, "float32"))
        return ops.stack([d_loss, g_loss, accuracy_real, accuracy_fake]), fake

    return step
