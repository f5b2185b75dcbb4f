"""Losses of the discriminator and the generator, from logits of shape (n, 1); a positive logit means "real".

Goodfellow et al. 2014, arXiv:1406.2661, with the non-saturating generator loss (its section 3); the losses of the WGAN
critic are those of Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", arXiv:1704.00028.
"""

from collections.abc import Callable
from typing import Any

from genmodels.gan import compiled_train_step

GRADIENT_PENALTY_WEIGHT = 10.0  # lambda of WGAN-GP


def cross_entropy(logits: Any, targets: Any) -> Any:
    """-t log p - (1 - t) log(1 - p) with p = sigmoid(logit), mean over the batch, without a logarithm of 0."""
    from keras import ops

    return ops.mean(ops.maximum(logits, 0) - logits * targets + ops.log1p(ops.exp(-ops.abs(logits))))


def discriminator_loss(real: Any, fake: Any, noise: Any) -> Any:
    """Binary cross-entropy with label noise, mean of real and fake images.

    real, fake: logits (n, 1). noise: (2, n, 1) in [0, label_noise]; it is subtracted from the labels 1 and added to
    the labels 0 (compare label smoothing, Salimans et al. 2016, arXiv:1606.03498).
    """
    return (cross_entropy(real, 1 - noise[0]) + cross_entropy(fake, noise[1])) / 2


def mismatch_loss(logits: Any, is_mismatch: Any) -> Any:
    """-log(1 - D(x, y')): a real image x with the wrong label y' counts as a fake.

    logits: (n, 1) of such pairs; is_mismatch: (n, 1), 0 where the label is right by chance, which is left out of the
    mean. Reed et al. 2016, arXiv:1605.05396, algorithm 1.
    """
    from keras import ops

    return ops.sum(is_mismatch * ops.softplus(logits)) / ops.maximum(ops.sum(is_mismatch), 1.0)


def generator_loss(fake: Any) -> Any:
    """-log D(G(z)), the non-saturating loss: its gradient is largest where the discriminator rejects the fakes."""
    from keras import ops

    return cross_entropy(fake, ops.ones_like(fake))


def critic_loss(real: Any, fake: Any) -> Any:
    """E[f(fake)] - E[f(real)]: minus an estimate of the Wasserstein distance."""
    from keras import ops

    return ops.mean(fake) - ops.mean(real)


def gradient_penalty(critic: Callable, real: Any, fake: Any, mix: Any) -> Any:
    """E[(|df/dx| - 1)^2] at x = mix real + (1 - mix) fake, all (n, h, w, c), mix (n, 1, 1, 1) in [0, 1]."""
    from keras import ops

    _, gradient = compiled_train_step.value_and_gradient(lambda x: ops.sum(critic(x)), mix * real + (1 - mix) * fake)
    norm = ops.sqrt(ops.sum(ops.square(gradient), axis=(1, 2, 3)) + 1e-12)
    return ops.mean(ops.square(norm - 1))
