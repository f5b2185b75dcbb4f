"""What each of two adversaries is told: losses on logits (n, 1), where above 0 means "I take it for real".

Goodfellow et al. 2014, arXiv:1406.2661, with the loss that does not saturate (its section 3); the critic's
are those of Gulrajani et al. 2017, "Improved Training of Wasserstein GANs", arXiv:1704.00028.
"""

from collections.abc import Callable
from typing import Any

from genmodels.gan import compiled_train_step

PENALTY = 10.0  # weight of the critic's gradient penalty


def cross_entropy(logits: Any, targets: Any) -> Any:
    """-t log p - (1 - t) log(1 - p) with p = sigmoid(logit), the mean over the batch; no log of 0 can occur."""
    from keras import ops

    return ops.mean(ops.maximum(logits, 0) - logits * targets + ops.log1p(ops.exp(-ops.abs(logits))))


def discriminator_loss(real: Any, fake: Any, noise: Any) -> Any:
    """Half of: real ones should be taken for real, drawn ones for drawn.

    real, fake: logits (n, 1). noise: (2, n, 1) in [0, label_noise], off the labels 1 and onto the labels 0,
    so that nothing is ever quite certain and gradients do not vanish.
    """
    return (cross_entropy(real, 1 - noise[0]) + cross_entropy(fake, noise[1])) / 2


def mismatch_loss(wrong: Any, differ: Any) -> Any:
    """-log(1 - D(x, y')): a real picture with another one's label should not be taken for real.

    wrong: logits (n, 1) of such pairs; differ: (n, 1), 1 where the label is another one, 0 where it is the same by
    chance: those do not count. Reed et al. 2016, arXiv:1605.05396, algorithm 1.
    """
    from keras import ops

    return ops.sum(differ * ops.softplus(wrong)) / ops.maximum(ops.sum(differ), 1.0)


def generator_loss(fake: Any) -> Any:
    """-log D(G(z)): drawn ones should be taken for real. Steep where the generator is bad, as log(1 - D) is not."""
    from keras import ops

    return cross_entropy(fake, ops.ones_like(fake))


def critic_loss(real: Any, fake: Any) -> Any:
    """E[f(fake)] - E[f(real)]: minus an estimate of the Wasserstein distance."""
    from keras import ops

    return ops.mean(fake) - ops.mean(real)


def gradient_penalty(judge: Callable, real: Any, fake: Any, share: Any) -> Any:
    """E[(|df/dx| - 1)^2] at x = share real + (1 - share) fake, all (n, h, w, c), share (n, 1, 1, 1) in [0, 1]."""
    from keras import ops

    _, grad = compiled_train_step.slope(lambda x: ops.sum(judge(x)), share * real + (1 - share) * fake)
    norm = ops.sqrt(ops.sum(ops.square(grad), axis=(1, 2, 3)) + 1e-12)
    return ops.mean(ops.square(norm - 1))
