"""Unsupervised pretraining: labels as many as said, what stands still, and who begins with what."""

import numpy as np
import pytest

from genmodels import weights
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import unsupervised_pretraining
from genmodels.autoencoders.model import Recipe
from genmodels.autoencoders.unsupervised_pretraining import Result

SMALL = Recipe(codings=6, hidden=16)


def arrays(network):
    return [w.copy() for w in network.get_weights()]


@pytest.mark.parametrize("n", [10, 50, 57, 123])
def test_the_split_has_exactly_the_labels_it_says(n):
    labels = np.random.default_rng(0).integers(0, 10, 1000)
    rows = unsupervised_pretraining.few(labels, n, 3)
    counts = np.bincount(labels[rows], minlength=10)
    assert len(rows) == len(set(rows)) == n and counts.max() - counts.min() <= 1
    assert np.array_equal(rows, unsupervised_pretraining.few(labels, n, 3)) and not np.array_equal(
        rows, unsupervised_pretraining.few(labels, n, 4)
    )


def test_too_few_rows_are_told():
    with pytest.raises(ValueError, match="at least one label"):
        unsupervised_pretraining.few(np.arange(10), 9, 0)
    with pytest.raises(ValueError, match="class 1 has 1 rows, 3 are needed"):
        unsupervised_pretraining.few(np.array([0] * 9 + [1]), 6, 0)


def test_each_start_begins_and_learns_as_it_says():
    pretrained = autoencoders.build(SMALL, seed=7)
    given = arrays(pretrained.encoder)
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (64, 28, 28), dtype="uint8"), np.arange(64) % 10
    for start in unsupervised_pretraining.STARTS:
        classifier = unsupervised_pretraining.build(pretrained, start, seed=1)
        encoder = classifier.get_layer("encoder")
        begun = arrays(encoder)
        same = all(np.array_equal(a, b) for a, b in zip(begun, given, strict=True))
        assert same is (start != "scratch")
        unsupervised_pretraining.fit(classifier, x, y, epochs=2)
        still = all(np.array_equal(a, b) for a, b in zip(arrays(encoder), begun, strict=True))
        assert still is (start == "frozen")
    assert all(np.array_equal(a, b) for a, b in zip(arrays(pretrained.encoder), given, strict=True)), "left as it is"
    with pytest.raises(ValueError, match="start must be one of"):
        unsupervised_pretraining.build(pretrained, "thawed")


def test_it_learns_what_can_be_learnt_and_all_are_compared():
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 256, (10, 28, 28))
    labels = np.arange(200) % 10
    images = np.clip(kinds[labels] * 0.7 + rng.normal(0, 20, (200, 28, 28)), 0, 255).astype("uint8")
    held_out = images[150:], labels[150:]
    run = unsupervised_pretraining.compare(
        autoencoders.build(SMALL), (images[:150], labels[:150]), held_out, labels=(40,), seeds=(0, 1), batches=60
    )
    steps = list(run)
    assert [step.done for step in steps] == list(range(1, 7)) and steps[-1].total == 6
    seen = [(result.labels, result.start, result.seed) for result in steps[-1].results]
    assert seen == [(40, start, seed) for seed in (0, 1) for start in unsupervised_pretraining.STARTS]
    assert all(result.accuracy > 0.5 for result in steps[-1].results if result.start != "frozen")


def test_a_classifier_begins_undecided():
    pretrained = autoencoders.build(SMALL, seed=7)
    x = np.random.default_rng(0).random((4, 28, 28), "float32")
    for start in unsupervised_pretraining.STARTS:
        assert not np.any(unsupervised_pretraining.build(pretrained, start).predict(x, verbose=0)), (
            "an opinion before the first label"
        )


@pytest.fixture
def results():
    """Three starts, two numbers of labels, five seeds: with 50 labels "tuned" is better, with 100 by luck only."""
    rng = np.random.default_rng(0)
    made = []
    for n, lead in ((100, 0.0), (50, 0.1)):
        for seed in range(5):
            rows = 0.6 + rng.normal(0, 0.05)
            for start in unsupervised_pretraining.STARTS:
                right = rows + rng.normal(0, 0.02) + (lead if start == "tuned" else 0)
                made.append(Result(n, start, seed, float(np.float32(right))))
    return tuple(made)


def test_what_is_kept_is_what_was_found(results, tmp_path, monkeypatch):
    kept = unsupervised_pretraining.arrays(results)
    assert {name: str(each.dtype) for name, each in kept.items()} == {
        "labels": "int64", "start": "uint8", "seed": "int64", "accuracy": "float32"
    }  # fmt: skip
    assert unsupervised_pretraining.read(kept) == results
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    with pytest.raises(weights.WeightsError, match="missing"):
        unsupervised_pretraining.shipped()
    np.savez_compressed(tmp_path / "autoencoders_pretraining.arrays.npz", **kept)
    weights.write_model_card("autoencoders_pretraining", (".arrays.npz",), {})
    assert unsupervised_pretraining.shipped() == results


def test_the_summary_is_of_each_start_few_labels_first(results):
    rows = unsupervised_pretraining.summary(results)
    assert [(row.start, row.labels) for row in rows] == [
        (s, n) for s in unsupervised_pretraining.STARTS for n in (50, 100)
    ]
    for row in rows:
        found = [each.accuracy for each in results if (each.start, each.labels) == (row.start, row.labels)]
        assert row.n == 5 and row.mean == pytest.approx(np.mean(found))
        assert row.deviation == pytest.approx(np.std(found, ddof=1))
    assert [(row.deviation, row.n) for row in unsupervised_pretraining.summary(results[:1])] == [(0.0, 1)]
    assert unsupervised_pretraining.summary(()) == ()


def test_a_gain_is_of_pairs_and_sure_where_a_t_test_says_so(results):
    from scipy.stats import ttest_rel

    few, many = unsupervised_pretraining.gains(results, "tuned")
    assert (few.labels, many.labels, few.n) == (50, 100, 5)
    for gain in (few, many):
        tuned, scratch = (
            [each.accuracy for each in results if (each.labels, each.start) == (gain.labels, start)]
            for start in ("tuned", "scratch")
        )
        assert gain.mean == pytest.approx(np.mean(tuned) - np.mean(scratch))
        assert gain.sure == (ttest_rel(tuned, scratch).pvalue < 0.05)
    assert few.sure and not many.sure

    stopped = results[-3:-1]  # one pair only, and the third start still to come
    assert unsupervised_pretraining.gains(stopped, "tuned") == ()
    (alone,) = unsupervised_pretraining.gains(stopped, "frozen")
    assert alone.n == 1 and not alone.sure
