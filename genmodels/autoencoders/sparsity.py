"""Sparse autoencoders: penalties on the activations of the code, and measures of sparsity.

L1 adds lambda sum_j |z_j| to the loss. The KL penalty adds lambda sum_j KL(p || q_j), where q_j is the mean
activation of unit j over the batch and p the target (Ng 2011, "Sparse autoencoder", CS294A notes).
"""

from typing import Any

import numpy as np

from genmodels.autoencoders.config import TARGET_ACTIVITY, Config

ACTIVE = 0.1  # a unit is active above this activation


def activity_regularizer(config: Config) -> Any:
    """The sparsity penalty as a Keras activity regularizer; None without one."""
    import keras
    from keras import ops

    if config.sparsity_penalty == "l1":  # a sum over units, a mean over the batch
        return keras.regularizers.L1(config.sparsity_weight)
    if config.sparsity_penalty == "kl":  # Keras divides the value by the batch size, hence the factor

        def penalty(activations: Any) -> Any:
            batch_size = ops.cast(ops.shape(activations)[0], activations.dtype)
            return config.sparsity_weight * kl_sparsity(activations, TARGET_ACTIVITY) * batch_size

        return penalty
    return None


def kl_sparsity(activations: Any, target: float) -> Any:
    """sum_j KL(target || q_j) = sum_j [p log(p / q_j) + (1 - p) log((1 - p) / (1 - q_j))], p the target, in nats.

    activations: (n, code_size) tensor in [0, 1]; q_j is the mean of column j.
    """
    from keras import ops

    q = ops.clip(ops.mean(activations, axis=0), 1e-6, 1 - 1e-6)
    return ops.sum(target * ops.log(target / q) + (1 - target) * ops.log((1 - target) / (1 - q)))


def penalty_values(mean_activity: np.ndarray, target: float) -> dict[str, np.ndarray]:
    """Two penalties of one unit by its mean activation: KL(target || q) in nats, and the squared error (q - p)^2.

    mean_activity: (n,) in (0, 1). Both arrays have shape (n,).
    """
    q, p = np.asarray(mean_activity, "float64"), target
    kl = p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))
    return {"KL divergence": kl, "squared error": np.square(q - p)}


def activation_histogram(activations: np.ndarray, bins: int) -> np.ndarray:
    """The fraction of activations in each of `bins` equal intervals of [0, 1]: any shape to (bins,)."""
    return np.histogram(activations, bins, (0, 1))[0] / np.size(activations)


def active_units(code: np.ndarray) -> int:
    """The number of units of a code (d,) with an activation above ACTIVE."""
    return int((code > ACTIVE).sum())
