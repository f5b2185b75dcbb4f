"""One step of two adversaries: two phases, each network in its turn, as one compiled function.

In the first phase the discriminator learns to tell the real pictures from the drawn ones; in the second
it stands still, and the generator learns to draw what it takes for real (Goodfellow et al. 2014,
arXiv:1406.2661, algorithm 1). Both phases use the same drawn pictures: the books call `train_on_batch`
twice and draw twice.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genmodels.gan import compiled_train_step
from genmodels.gan import model as gan
from genmodels.gan.losses import (
    PENALTY,
    critic_loss,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    mismatch_loss,
)
from genmodels.gan.model import GAN, Hyperparameters

TURNS = ("both", "discriminator", "generator")
HELD = 2560  # old fakes that a replay buffer holds


@dataclass
class Controls:
    """What may be changed while a training runs: it is read again at every step."""

    discriminator_learning_rate: float = Hyperparameters.discriminator_learning_rate
    generator_learning_rate: float = Hyperparameters.generator_learning_rate
    label_noise: float = Hyperparameters.label_noise
    train: str = "both"  # or "discriminator", "generator": the other one stands still
    pause_between: float = 0.0  # seconds; above 0 every step is reported, in slow motion


def controls_of(hyperparameters: Hyperparameters) -> Controls:
    """Controls that begin as the tricks say."""
    return Controls(
        hyperparameters.discriminator_learning_rate,
        hyperparameters.generator_learning_rate,
        hyperparameters.label_noise,
    )


class Replay:
    """The last pictures that the generator drew, with their labels: what it once did wrong stays wrong.

    Holds `capacity` of them and drops the oldest first.
    """

    def __init__(self, capacity: int):
        self.held: deque[tuple[np.ndarray, ...]] = deque(maxlen=capacity)

    def add(self, images: np.ndarray, *labels: np.ndarray) -> None:
        self.held.extend(zip(images, *labels, strict=True))

    def sample(self, n: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """n of them, with repetition: images, and labels if there are any."""
        rows = [self.held[k] for k in rng.integers(len(self.held), size=n)]
        return tuple(np.stack(each) for each in zip(*rows, strict=True))


@dataclass(eq=False)
class Learner:
    """Two networks in training, and everything that a step changes; made by `learner`."""

    model: GAN  # as trained
    shown: GAN  # the same discriminator, and the average of the generator
    optimizers: dict[str, Any]  # "discriminator" and "generator"
    replay: Replay | None = None
    steps: dict[tuple, Callable] = field(default_factory=dict)  # by whose turn it is; compiled when first asked for
    done: int = 0

    @property
    def variables(self) -> list[Any]:
        """All that has to be kept for a training to go on where it stood."""
        networks = [self.model.generator, self.model.discriminator]
        if self.shown is not self.model:
            networks.append(self.shown.generator)
        return [v for each in (*networks, *self.optimizers.values()) for v in each.variables]


def learner(model: GAN) -> Learner:
    """What it takes to train a fresh model of `gan.build`."""
    import keras

    hyperparameters, shown = model.hyperparameters, model
    if hyperparameters.ema_decay:
        average = keras.models.clone_model(model.generator)
        average.set_weights(model.generator.get_weights())
        shown = GAN(average, model.discriminator, model.shape, model.latent_dim, model.classes, hyperparameters)
    beta_1, beta_2 = (0.0, 0.9) if hyperparameters.objective == "wgan_gp" else (0.5, 0.999)
    optimizers = {}
    for name, network in (("discriminator", model.discriminator), ("generator", model.generator)):
        optimizers[name] = keras.optimizers.Adam(1e-3, beta_1, beta_2, clipvalue=hyperparameters.gradient_clip or None)
        optimizers[name].build(network.trainable_variables)
    return Learner(model, shown, optimizers, Replay(HELD) if hyperparameters.replay_fraction else None)


def advance(
    learning: Learner, real: np.ndarray, labels: np.ndarray | None, controls: Controls, rng: np.random.Generator
) -> dict[str, float]:
    """One step of the generator after `discriminator_steps` of the discriminator.

    real: (discriminator_steps, n, h, w[, 3]) uint8, labels (discriminator_steps, n) or None. Returns
    "discriminator" and "generator" (losses), "real" and "fake" (shares that the discriminator got right).
    Raises `ValueError` on an unknown turn.
    """
    model, hyperparameters = learning.model, learning.model.hyperparameters
    if controls.train not in TURNS:
        raise ValueError(f"train must be one of {', '.join(TURNS)}, got {controls.train!r}")
    k, n = real.shape[:2]
    x = gan.scale_images(real.reshape(k * n, *real.shape[2:]), hyperparameters).reshape(k, n, *model.shape)
    z = gan.sample_prior(hyperparameters, (k, n, model.latent_dim), rng)
    # The critic takes none for its labels, but has to be told where between a fake and a real picture to look.
    noise = rng.random((k, 2, n, 1), dtype="float32")
    noise *= np.float32(1 if hyperparameters.objective == "wgan_gp" else controls.label_noise)
    hot = () if labels is None else (np.eye(model.classes, dtype="float32")[labels],)
    old = (
        learning.replay.sample(round(hyperparameters.replay_fraction * n), rng)
        if learning.replay and learning.replay.held
        else ()
    )
    share = np.float32(
        min(hyperparameters.ema_decay, (1 + learning.done) / (10 + learning.done))
    )  # young averages follow fast
    for name, rate in (
        ("discriminator", controls.discriminator_learning_rate),
        ("generator", controls.generator_learning_rate),
    ):
        learning.optimizers[name].learning_rate.assign(rate)
    key = (controls.train, k, len(old))
    if key not in learning.steps:
        step = _step(learning, controls.train, k, len(hot))
        learning.steps[key] = compiled_train_step.compiled(step, learning.variables)
    numbers, fake = learning.steps[key](x, z, noise, share, *hot, *old)
    if learning.replay:
        some = rng.integers(n, size=max(1, n // 4))
        learning.replay.add(np.asarray(fake)[some], *(each[-1][some] for each in hot))
    learning.done += 1
    return dict(zip(("discriminator", "generator", "real", "fake"), map(float, np.asarray(numbers)), strict=True))


def _step(learning: Learner, turn: str, k: int, labelled: int) -> Callable:
    """What `advance` compiles: f(real, z, noise, share[, labels][, old pictures[, old labels]])."""
    from keras import ops

    model, critic = learning.model, learning.model.hyperparameters.objective == "wgan_gp"
    generator, discriminator = model.generator, model.discriminator
    state = [*generator.variables, *discriminator.variables]

    def judged(x, hot, training=True):
        return discriminator([x, *hot], training=training)

    def drawn(z, hot):
        """New pictures, and the way back through them to the generator's weights."""

        def draw():
            return generator([z, *hot], training=True), ()

        fake, _, pull = compiled_train_step.forward(draw, generator.trainable_variables, state)
        return fake, pull

    def discriminator_phase(real, fake, hot, hot_fake, noise):
        """Changes the discriminator only. Its loss, and what it said of the real and the drawn ones."""

        def loss():
            said_real, said_fake = judged(real, hot), judged(fake, hot_fake)
            if not critic:
                told = discriminator_loss(said_real, said_fake, noise)
                if model.hyperparameters.mismatched_labels and hot:
                    others = ops.roll(hot[0], 1, axis=0)  # each picture with its neighbour's label
                    differ = 1 - ops.sum(hot[0] * others, axis=1, keepdims=True)
                    told += mismatch_loss(judged(real, [others]), differ) / 2
                return told, (said_real, said_fake)
            penalty = gradient_penalty(lambda x: judged(x, hot, False), real, fake, noise[0][:, :, None, None])
            return critic_loss(said_real, said_fake) + PENALTY * penalty, (said_real, said_fake)

        if turn == "generator":
            return loss()
        value, said, pull = compiled_train_step.forward(loss, discriminator.trainable_variables, state)
        learning.optimizers["discriminator"].apply(pull(ops.ones_like(value)))
        return value, said

    def generator_phase(fake, hot, pull):
        """Changes the generator only: from the discriminator's answer back to the pictures, and on to the weights."""

        def loss(x):
            said = judged(x, hot)
            return -ops.mean(said) if critic else generator_loss(said)

        if turn == "discriminator":
            return loss(fake)
        value, toward_real = compiled_train_step.slope(loss, fake)
        learning.optimizers["generator"].apply(pull(toward_real))
        return value

    def follow(share):
        """The average moves a little towards the generator."""
        if learning.shown is not model:
            for slow, now in zip(learning.shown.generator.variables, generator.variables, strict=True):
                slow.assign(share * slow + (1 - share) * now)

    def step(real, z, noise, share, *rest):
        labels, old = rest[:labelled], rest[labelled:]
        for i in range(k):
            hot = [each[i] for each in labels]
            fake, pull = drawn(z[i], hot)
            seen, hot_seen = ops.stop_gradient(fake), hot
            if old:  # some of the drawn ones were drawn long ago
                new = seen.shape[0] - old[0].shape[0]
                seen = ops.concatenate([seen[:new], old[0]])
                hot_seen = [ops.concatenate([each[:new], past]) for each, past in zip(hot, old[1:], strict=True)]
            first, (said_real, said_fake) = discriminator_phase(real[i], seen, hot, hot_seen, noise[i])
        second = generator_phase(fake, hot, pull)
        follow(share)
        between = (ops.mean(said_real) + ops.mean(said_fake)) / 2 if critic else 0.0
        right = ops.mean(ops.cast(said_real > between, "float32")), ops.mean(ops.cast(said_fake < between, "float32"))
        return ops.stack([first, second, *right]), fake

    return step
