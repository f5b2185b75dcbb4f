"""From logits to a draw: softmax, temperature, top-k and top-p, entropy.

What stands between a network that predicts and a network that writes. Everything is float64 and
starts from logits, so that there is no logarithm of zero, and no division by zero at temperature 0.
"""

import numpy as np


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """p_i = exp(l_i / T) / sum_j exp(l_j / T), in float64, over the last axis.

    T = 0 is the limit: all the probability on the largest logit (the first of equals). Raises
    `ValueError` on a negative T, an infinite one or one that is no number.
    """
    if not 0 <= temperature < np.inf:
        raise ValueError(f"the temperature must be zero or more, and finite, got {temperature}")
    logits = np.asarray(logits, np.float64)
    if temperature == 0:
        return (np.arange(logits.shape[-1]) == logits.argmax(axis=-1)[..., None]).astype("float64")
    e = logits - logits.max(axis=-1, keepdims=True)  # no exponential overflows
    e /= max(temperature, 1e-300)  # below that the division would overflow; it is greedy long before
    np.exp(e, out=e)
    e /= e.sum(axis=-1, keepdims=True)
    return e


def reweight(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """A distribution at another temperature: q_i proportional to p_i ^ (1 / T), float64, over the last axis.

    The same as `softmax(log p, T)`; a probability of zero stays zero. T = 0: the likeliest only.
    """
    p = np.asarray(probabilities, "float64")
    logs = np.full(p.shape, -np.inf)
    return softmax(np.log(p, out=logs, where=p > 0), temperature)


def truncate(probabilities: np.ndarray, top_k: int | None = None, top_p: float | None = None) -> np.ndarray:
    """Leave only the likeliest: `top_k` of them, then as many as it takes to hold `top_p` of the probability.

    (V,) float64 to (V,) float64 that sums to one; at least one character is left. Top-k: Fan et al.
    2018, arXiv:1805.04833. Top-p ("nucleus"): Holtzman et al. 2020, arXiv:1904.09751. None leaves
    all. Raises `ValueError` on a top_k below 1 or a top_p outside (0, 1].
    """
    p = np.asarray(probabilities, "float64")
    if top_k is None and top_p is None:
        return p
    order = np.argsort(-p, kind="stable")
    keep = len(p)
    if top_k is not None:
        if top_k < 1:
            raise ValueError(f"top_k must be at least 1, got {top_k}")
        keep = min(keep, top_k)
    if top_p is not None:
        if not 0 < top_p <= 1:
            raise ValueError(f"top_p must be above 0 and at most 1, got {top_p}")
        ahead = np.cumsum(p[order[:keep]]) / p[order[:keep]].sum()
        keep = min(keep, int(np.searchsorted(ahead, top_p - 1e-12)) + 1)
    kept = np.zeros_like(p)
    kept[order[:keep]] = p[order[:keep]]
    return kept / kept.sum()


def entropy(probabilities: np.ndarray) -> np.ndarray:
    """H = -sum_i p_i log2 p_i, bits, over the last axis: 0 where one is certain, log2 V where all are equal."""
    p = np.asarray(probabilities, "float64")
    logs = np.zeros(p.shape)
    return -(p * np.log2(p, out=logs, where=p > 0)).sum(axis=-1)


def draw(probabilities: np.ndarray, number: float) -> int:
    """The outcome on which a random number in [0, 1) falls when the probabilities are laid end to end.

    (V,) to a place in 0 ... V - 1. The likeliest is laid first, so that a small number takes a likely
    character at every temperature. What has no probability is never drawn.
    """
    order = (-probabilities).argsort(kind="stable")
    ends = probabilities[order].cumsum()
    place = int(ends.searchsorted(number * ends[-1], side="right"))
    if place == len(ends):  # rounding: the number fell on the very end
        place = int(np.count_nonzero(probabilities)) - 1
    return int(order[place])
