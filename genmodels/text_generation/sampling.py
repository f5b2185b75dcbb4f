"""Sampling from logits: softmax with temperature, top-k, top-p, entropy.

All in float64 and from logits, so that no logarithm of zero and no division by zero occurs, also at
temperature 0. Deep Learning with Python, section 8.1.
"""

import numpy as np


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """p_i = exp(l_i / T) / sum_j exp(l_j / T), float64, over the last axis.

    T = 0 (greedy) is the limit: probability 1 for the largest logit (the first of equal ones).
    Raises `ValueError` for a negative T, an infinite one and NaN.
    """
    if not 0 <= temperature < np.inf:
        raise ValueError(f"the temperature must be zero or more, and finite, got {temperature}")
    logits = np.asarray(logits, np.float64)
    if temperature == 0:
        return (np.arange(logits.shape[-1]) == logits.argmax(axis=-1)[..., None]).astype("float64")
    e = logits - logits.max(axis=-1, keepdims=True)  # so that exp cannot overflow
    e /= max(temperature, 1e-300)  # a smaller T would overflow the division; the result is greedy long before
    np.exp(e, out=e)
    e /= e.sum(axis=-1, keepdims=True)
    return e


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Rescale a distribution: q_i proportional to p_i ^ (1 / T), float64, over the last axis.

    Equal to `softmax(log p, T)`; a probability of zero stays zero. T = 0: the most likely outcome only.
    """
    p = np.asarray(probabilities, "float64")
    logs = np.full(p.shape, -np.inf)
    return softmax(np.log(p, out=logs, where=p > 0), temperature)


def truncate(probabilities: np.ndarray, top_k: int | None = None, top_p: float | None = None) -> np.ndarray:
    """Top-k and top-p: keep the `top_k` most likely, then the fewest of them with total probability `top_p`.

    (V,) float64 to (V,) float64 with sum 1; at least one outcome remains. Top-k: Fan et al. 2018,
    arXiv:1805.04833. Top-p (nucleus sampling): Holtzman et al. 2020, arXiv:1904.09751. None: off.
    Raises `ValueError` for a top_k below 1 or a top_p outside (0, 1].
    """
    p = np.asarray(probabilities, "float64")
    if top_k is None and top_p is None:
        return p
    order = np.argsort(-p, kind="stable")
    count = len(p)
    if top_k is not None:
        if top_k < 1:
            raise ValueError(f"top_k must be at least 1, got {top_k}")
        count = min(count, top_k)
    if top_p is not None:
        if not 0 < top_p <= 1:
            raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
        cumulative = np.cumsum(p[order[:count]]) / p[order[:count]].sum()
        count = min(count, int(np.searchsorted(cumulative, top_p - 1e-12)) + 1)
    truncated = np.zeros_like(p)
    truncated[order[:count]] = p[order[:count]]
    return truncated / truncated.sum()


def entropy(probabilities: np.ndarray) -> np.ndarray:
    """H = -sum_i p_i log2 p_i in bits, over the last axis: 0 if one outcome is certain, log2 V if all are equal."""
    p = np.asarray(probabilities, "float64")
    logs = np.zeros(p.shape)
    return -(p * np.log2(p, out=logs, where=p > 0)).sum(axis=-1)


def sample_index(probabilities: np.ndarray, random_draw: float) -> int:
    """Inverse-transform sampling: the outcome whose interval of the cumulative distribution contains u.

    probabilities: (V,). random_draw: u in [0, 1). Returns an index in 0 ... V - 1. The outcomes are
    sorted by probability, the most likely first, so that a small u gives a likely character at every
    temperature. An outcome of probability zero is never returned.
    """
    order = (-probabilities).argsort(kind="stable")
    cumulative = probabilities[order].cumsum()
    rank = int(cumulative.searchsorted(random_draw * cumulative[-1], side="right"))
    if rank == len(cumulative):  # rounding: u fell on the upper end
        rank = int(np.count_nonzero(probabilities)) - 1
    return int(order[rank])


def most_likely(probabilities: np.ndarray, vocabulary: str, count: int) -> list[tuple[str, float]]:
    """The `count` most likely characters with their probabilities, the most likely first. probabilities: (V,)."""
    return [(vocabulary[k], float(probabilities[k])) for k in np.argsort(-probabilities, kind="stable")[:count]]
