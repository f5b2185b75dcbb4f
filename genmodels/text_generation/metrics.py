"""Metrics of a model on a text, from the surprisal of each character."""

import numpy as np

PASSAGE_LENGTH = 12  # characters, about two words


def highest_loss_passages(nats: np.ndarray, length: int = PASSAGE_LENGTH, count: int = 5) -> list[tuple[int, float]]:
    """Non-overlapping passages of `length` characters with the highest mean: (start, mean), highest first.

    nats: (n,), surprisal of each character.
    """
    means = np.convolve(nats, np.ones(length) / length, mode="valid") if len(nats) >= length else np.zeros(0)
    passages: list[tuple[int, float]] = []
    while len(passages) < count and (means >= 0).any():
        k = int(means.argmax())
        passages.append((k, float(means[k])))
        means[max(0, k - length + 1) : k + length] = -1.0
    return passages


def running_mean(nats: np.ndarray, points: int = 300, first: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """The mean of all values so far, at about `points` positions: characters read (m,) int, mean (m,) float64.

    nats: (n,). first: characters that are left out at the beginning, where the mean fluctuates.
    """
    means = np.cumsum(nats) / np.arange(1, len(nats) + 1)
    positions = np.arange(min(first, len(nats) - 1), len(nats), max(1, len(nats) // points))
    return positions + 1, means[positions]
