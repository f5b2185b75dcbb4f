"""One training step of a GAN with R1 gradient penalty, both networks in one compiled function.

The ProGAN and the StyleGAN are trained with it. The losses are the non-saturating ones of Goodfellow et al. 2014,
arXiv:1406.2661, or the hinge loss for a projected discriminator, with the penalty R1 = gamma / 2 E[|dD/dx|^2] on real
images (Mescheder et al. 2018, arXiv:1801.04406), only in every 16th step (Karras et al. 2020, arXiv:1912.04958,
section 3.1). The ProGAN paper uses WGAN-GP instead; R1 needs one update of the discriminator per step, and fewer of its
gradients. The exponential moving average (EMA) of the generator's weights generates the images that are shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genmodels.gan import compiled_train_step

LOSSES = ("non_saturating", "hinge")
EMA_RAMP = 0.05  # the half-life is at most this fraction of the images shown so far


@dataclass(eq=False)
class TrainState:
    """Both networks, the average of the generator, and the optimizers."""

    generator: Any  # keras.Model
    ema_generator: Any  # its moving average
    discriminator: Any  # keras.Model
    optimizers: dict[str, Any] = field(default_factory=dict)  # "generator" and "discriminator", of `reset_optimizers`
    compiled_steps: dict[tuple, Callable] = field(default_factory=dict)
    steps: int = 0
    images: int = 0  # real images shown

    @property
    def variables(self) -> list[Any]:
        """All variables that a checkpoint needs."""
        parts = (self.generator, self.ema_generator, self.discriminator, *self.optimizers.values())
        return [v for each in parts for v in each.variables]


def create_train_state(generator: Any, ema_generator: Any, discriminator: Any) -> TrainState:
    """The state before the first step; the average starts with the weights of the generator."""
    ema_generator.set_weights(generator.get_weights())
    return TrainState(generator, ema_generator, discriminator)


def reset_optimizers(
    state: TrainState, generator_variables: Sequence[Any], discriminator_variables: Sequence[Any], **settings: Any
) -> None:
    """New optimizers, Adam with beta (0, 0.99), without the moments of an earlier resolution."""
    import keras

    state.compiled_steps.clear()
    for name, variables in (("generator", generator_variables), ("discriminator", discriminator_variables)):
        optimizer = keras.optimizers.Adam(1e-3, beta_1=0.0, beta_2=0.99, epsilon=1e-8, **settings)
        optimizer.build(variables)
        state.optimizers[name] = optimizer


def ema_decay(images: int, batch_size: int, half_life: float) -> float:
    """The decay per step for a half-life in images, which is shorter in the first steps."""
    half_life = min(half_life, EMA_RAMP * images)
    return 0.0 if half_life <= 0 else 0.5 ** (batch_size / half_life)


def discriminator_loss(real: Any, fake: Any, loss: str) -> Any:
    """E[softplus(-D(x))] + E[softplus(D(G(z)))], or the hinge loss E[max(0, 1 - D(x))] + E[max(0, 1 + D(G(z)))].

    real, fake: logits of any shape. Raises `ValueError` on an unknown loss.
    """
    from keras import ops

    if loss == "non_saturating":
        return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))
    if loss == "hinge":
        return ops.mean(ops.relu(1 - real)) + ops.mean(ops.relu(1 + fake))
    raise ValueError(f"loss must be one of {', '.join(LOSSES)}, got {loss!r}")


def generator_loss(fake: Any, loss: str) -> Any:
    """E[softplus(-D(G(z)))], or -E[D(G(z))] with the hinge loss."""
    from keras import ops

    return ops.mean(ops.softplus(-fake)) if loss == "non_saturating" else -ops.mean(fake)


def r1_penalty(discriminate: Callable[[Any], Any], real: Any) -> Any:
    """E[|dD/dx|^2] at real images (n, h, w, c), in float32."""
    from keras import ops

    _, gradient = compiled_train_step.value_and_gradient(lambda x: ops.sum(discriminate(x)), real)
    return ops.mean(ops.sum(ops.square(gradient), axis=(1, 2, 3)))


def train_step(
    state: TrainState,
    generate: Callable[..., Any],
    discriminate: Callable[..., Any],
    real: np.ndarray,
    inputs: Sequence[np.ndarray],
    *,
    learning_rates: tuple[float, float],
    half_life: float,
    loss: str = "non_saturating",
    r1_gamma: float = 0.01,
    r1_interval: int = 16,
    key: tuple = (),
) -> dict[str, float]:
    """One update of the discriminator, then one of the generator, with the same generated images.

    generate: f(generator, *inputs) to images. discriminate: f(images, pass_number, *inputs) to logits; pass 0 is that
    of the real images, 1 of the fakes for the discriminator, 2 of the fakes for the generator; the last may return a
    pair, logits and a further loss of the generator. real: (n, h, w, c) float32 in [-1, 1]. inputs: float32 or int32
    arrays, e.g. latent vectors, labels and noise. learning_rates: of generator and discriminator. key: of the compiled
    function; another key for another `generate` or `discriminate`.
    Returns the losses "generator" and "discriminator", the accuracies "real" and "fake" of the discriminator, and the
    penalty "r1", 0 in steps without one. Raises `FloatingPointError` if a loss is not finite.
    """
    has_penalty = r1_gamma > 0 and state.steps % r1_interval == 0
    for name, rate in zip(("generator", "discriminator"), learning_rates, strict=True):
        state.optimizers[name].learning_rate.assign(rate)
    decay = np.float32(ema_decay(state.images, len(real), half_life))
    compiled = state.compiled_steps.get((*key, has_penalty))
    if compiled is None:
        weight = r1_gamma / 2 * r1_interval if has_penalty else 0.0
        step = _build_step(state, generate, discriminate, loss, weight)
        compiled = compiled_train_step.compile_step(step, state.variables)
        state.compiled_steps[(*key, has_penalty)] = compiled
    numbers = np.asarray(compiled(real, decay, *inputs))
    if not np.isfinite(numbers).all():
        raise FloatingPointError(
            f"training diverged after {state.images:,} images: the losses are not finite. Lower the learning rate."
        )
    state.steps += 1
    state.images += len(real)
    return dict(zip(("discriminator", "generator", "real", "fake", "r1"), map(float, numbers), strict=True))


def _build_step(
    state: TrainState, generate: Callable[..., Any], discriminate: Callable[..., Any], loss: str, penalty_weight: float
) -> Callable:
    """The function to compile: f(real, ema_decay, *inputs)."""
    from keras import ops

    generator, discriminator = state.generator, state.discriminator
    all_variables = [*generator.variables, *discriminator.variables]
    # Only the variables of the current resolution have an optimizer.
    trained = {name: optimizer._trainable_variables for name, optimizer in state.optimizers.items()}

    def step(real, decay, *inputs):
        def forward():
            return generate(generator, *inputs), ()

        fake, _, generator_vjp = compiled_train_step.vjp(forward, trained["generator"], all_variables)
        fixed = ops.stop_gradient(fake)

        def discriminator_objective():
            real_logits, fake_logits = discriminate(real, 0, *inputs), discriminate(fixed, 1, *inputs)
            value = discriminator_loss(real_logits, fake_logits, loss)
            penalty = ops.zeros(())
            if penalty_weight:
                penalty = r1_penalty(lambda x: discriminate(x, 0, *inputs), real)
                value = value + penalty_weight * penalty
            return value, (real_logits, fake_logits, penalty)

        value, (real_logits, fake_logits, penalty), discriminator_vjp = compiled_train_step.vjp(
            discriminator_objective, trained["discriminator"], all_variables
        )
        state.optimizers["discriminator"].apply(discriminator_vjp(ops.ones_like(value)))

        def generator_objective(x):
            out = discriminate(x, 2, *inputs)
            logits, further_loss = out if isinstance(out, tuple) else (out, 0.0)
            return generator_loss(logits, loss) + further_loss

        generator_value, image_gradient = compiled_train_step.value_and_gradient(generator_objective, fake)
        state.optimizers["generator"].apply(generator_vjp(image_gradient))
        for average, variable in zip(state.ema_generator.variables, generator.variables, strict=True):
            average.assign(decay * average + (1 - decay) * variable)
        accuracy_real = ops.mean(ops.cast(real_logits > 0, "float32"))
        accuracy_fake = ops.mean(ops.cast(fake_logits < 0, "float32"))
        return ops.stack([value, generator_value, accuracy_real, accuracy_fake, penalty])

    return step
