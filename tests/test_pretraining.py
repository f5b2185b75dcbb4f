"""Unsupervised pretraining: labels as many as said, what stands still, and who begins with what."""

import numpy as np
import pytest

from genmodels import autoencoders, pretraining
from genmodels.autoencoders import Recipe

SMALL = Recipe(codings=6, hidden=16)


def arrays(network):
    return [w.copy() for w in network.get_weights()]


@pytest.mark.parametrize("n", [10, 50, 57, 123])
def test_the_split_has_exactly_the_labels_it_says(n):
    labels = np.random.default_rng(0).integers(0, 10, 1000)
    rows = pretraining.few(labels, n, 3)
    counts = np.bincount(labels[rows], minlength=10)
    assert len(rows) == len(set(rows)) == n and counts.max() - counts.min() <= 1
    assert np.array_equal(rows, pretraining.few(labels, n, 3)) and not np.array_equal(
        rows, pretraining.few(labels, n, 4)
    )


def test_too_few_rows_are_told():
    with pytest.raises(ValueError, match="at least one label"):
        pretraining.few(np.arange(10), 9, 0)
    with pytest.raises(ValueError, match="class 1 has 1 rows, 3 are needed"):
        pretraining.few(np.array([0] * 9 + [1]), 6, 0)


def test_each_start_begins_and_learns_as_it_says():
    pretrained = autoencoders.build(SMALL, seed=7)
    given = arrays(pretrained.encoder)
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (64, 28, 28), dtype="uint8"), np.arange(64) % 10
    for start in pretraining.STARTS:
        classifier = pretraining.build(pretrained, start, seed=1)
        encoder = classifier.get_layer("encoder")
        begun = arrays(encoder)
        same = all(np.array_equal(a, b) for a, b in zip(begun, given, strict=True))
        assert same is (start != "scratch")
        pretraining.fit(classifier, x, y, epochs=2)
        still = all(np.array_equal(a, b) for a, b in zip(arrays(encoder), begun, strict=True))
        assert still is (start == "frozen")
    assert all(np.array_equal(a, b) for a, b in zip(arrays(pretrained.encoder), given, strict=True)), "left as it is"
    with pytest.raises(ValueError, match="start must be one of"):
        pretraining.build(pretrained, "thawed")


def test_it_learns_what_can_be_learnt_and_all_are_compared():
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 256, (10, 28, 28))
    labels = np.arange(200) % 10
    images = np.clip(kinds[labels] * 0.7 + rng.normal(0, 20, (200, 28, 28)), 0, 255).astype("uint8")
    held_out = images[150:], labels[150:]
    run = pretraining.compare(
        autoencoders.build(SMALL), (images[:150], labels[:150]), held_out, labels=(40,), seeds=(0, 1), batches=60
    )
    steps = list(run)
    assert [step.done for step in steps] == list(range(1, 7)) and steps[-1].total == 6
    seen = [(result.labels, result.start, result.seed) for result in steps[-1].results]
    assert seen == [(40, start, seed) for seed in (0, 1) for start in pretraining.STARTS]
    assert all(result.accuracy > 0.5 for result in steps[-1].results if result.start != "frozen")
