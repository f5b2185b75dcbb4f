"""Metrics of a model on a text."""

import numpy as np
import pytest

from genmodels.text_generation import metrics


def test_highest_loss_passages_do_not_overlap():
    nats = np.zeros(60)
    nats[20:24], nats[50] = 9.0, 6.0
    passages = metrics.highest_loss_passages(nats, length=4, count=3)
    assert passages[0] == (20, 9.0)
    starts = [start for start, _ in passages]
    assert all(abs(a - b) >= 4 for k, a in enumerate(starts) for b in starts[:k])
    assert passages[1][1] == pytest.approx(1.5)
    assert metrics.highest_loss_passages(nats[:3], length=4) == []


@pytest.mark.parametrize("n", [1, 5, 40, 2000])
def test_the_running_mean_ends_with_the_mean(n):
    nats = np.random.default_rng(n).random(n)
    characters, means = metrics.running_mean(nats, points=2000)
    assert characters[0] == min(11, n) and characters[-1] == n
    np.testing.assert_allclose(means, [nats[:count].mean() for count in characters])
