"""Unsupervised pretraining: balanced subsets, frozen and fine-tuned encoders, significance."""

import numpy as np
import pytest

from genmodels import weights
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import unsupervised_pretraining
from genmodels.autoencoders.config import Config
from genmodels.autoencoders.unsupervised_pretraining import Result

SMALL = Config(code_size=6, hidden_units=16)


def weights_of(network):
    return [w.copy() for w in network.get_weights()]


@pytest.mark.parametrize("n", [10, 50, 57, 123])
def test_the_subset_is_balanced_and_repeatable(n):
    labels = np.random.default_rng(0).integers(0, 10, 1000)
    rows = unsupervised_pretraining.stratified_subset(labels, n, 3)
    counts = np.bincount(labels[rows], minlength=10)
    assert len(rows) == len(set(rows)) == n and counts.max() - counts.min() <= 1
    assert np.array_equal(rows, unsupervised_pretraining.stratified_subset(labels, n, 3)) and not np.array_equal(
        rows, unsupervised_pretraining.stratified_subset(labels, n, 4)
    )


def test_too_few_labels_or_rows_are_refused():
    with pytest.raises(ValueError, match="at least one label"):
        unsupervised_pretraining.stratified_subset(np.arange(10), 9, 0)
    with pytest.raises(ValueError, match="class 1 has 1 rows, 3 are needed"):
        unsupervised_pretraining.stratified_subset(np.array([0] * 9 + [1]), 6, 0)


def test_initializations_and_trained_layers():
    pretrained = autoencoders.build(SMALL, seed=7)
    pretrained_weights = weights_of(pretrained.encoder)
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (64, 28, 28), dtype="uint8"), np.arange(64) % 10
    for initialization in unsupervised_pretraining.INITIALIZATIONS:
        classifier = unsupervised_pretraining.build(pretrained, initialization, seed=1)
        encoder = classifier.get_layer("encoder")
        initial = weights_of(encoder)
        same = all(np.array_equal(a, b) for a, b in zip(initial, pretrained_weights, strict=True))
        assert same is (initialization != "scratch")
        unsupervised_pretraining.fit(classifier, x, y, epochs=2)
        unchanged = all(np.array_equal(a, b) for a, b in zip(weights_of(encoder), initial, strict=True))
        assert unchanged is (initialization == "frozen")
    assert all(np.array_equal(a, b) for a, b in zip(weights_of(pretrained.encoder), pretrained_weights, strict=True)), (
        "the autoencoder is not changed"
    )
    with pytest.raises(ValueError, match="initialization must be one of"):
        unsupervised_pretraining.build(pretrained, "thawed")


def test_all_initializations_are_compared_and_learn():
    rng = np.random.default_rng(0)
    prototypes = rng.integers(0, 256, (10, 28, 28))
    labels = np.arange(200) % 10
    images = np.clip(prototypes[labels] * 0.7 + rng.normal(0, 20, (200, 28, 28)), 0, 255).astype("uint8")
    test = images[150:], labels[150:]
    run = unsupervised_pretraining.compare(
        autoencoders.build(SMALL), (images[:150], labels[:150]), test, labels=(40,), seeds=(0, 1), training_steps=60
    )
    steps = list(run)
    assert [step.done for step in steps] == list(range(1, 7)) and steps[-1].total == 6
    runs = [(result.labels, result.initialization, result.seed) for result in steps[-1].results]
    assert runs == [
        (40, initialization, seed) for seed in (0, 1) for initialization in unsupervised_pretraining.INITIALIZATIONS
    ]
    assert all(result.accuracy > 0.5 for result in steps[-1].results if result.initialization != "frozen")


def test_an_untrained_classifier_has_equal_logits():
    pretrained = autoencoders.build(SMALL, seed=7)
    x = np.random.default_rng(0).random((4, 28, 28), "float32")
    for initialization in unsupervised_pretraining.INITIALIZATIONS:
        assert not np.any(unsupervised_pretraining.build(pretrained, initialization).predict(x, verbose=0)), (
            "all classes have the same probability"
        )


@pytest.fixture
def results():
    """Three initializations, two numbers of labels, five seeds: "finetuned" is better with 50 labels only."""
    rng = np.random.default_rng(0)
    results = []
    for n, lead in ((100, 0.0), (50, 0.1)):
        for seed in range(5):
            level = 0.6 + rng.normal(0, 0.05)
            for initialization in unsupervised_pretraining.INITIALIZATIONS:
                accuracy = level + rng.normal(0, 0.02) + (lead if initialization == "finetuned" else 0)
                results.append(Result(n, initialization, seed, float(np.float32(accuracy))))
    return tuple(results)


def test_stored_results_equal_the_original_ones(results, tmp_path, monkeypatch):
    arrays = unsupervised_pretraining.to_arrays(results)
    assert {name: str(each.dtype) for name, each in arrays.items()} == {
        "labels": "int64", "start": "uint8", "seed": "int64", "accuracy": "float32"
    }  # fmt: skip
    assert unsupervised_pretraining.from_arrays(arrays) == results
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    with pytest.raises(weights.WeightsError, match="missing"):
        unsupervised_pretraining.load_results()
    np.savez_compressed(tmp_path / "autoencoders_pretraining.arrays.npz", **arrays)
    weights.write_model_card("autoencoders_pretraining", (".arrays.npz",), {})
    assert unsupervised_pretraining.load_results() == results


def test_the_summary_is_ordered_by_initialization_and_labels(results):
    rows = unsupervised_pretraining.summary(results)
    assert [(row.initialization, row.labels) for row in rows] == [
        (s, n) for s in unsupervised_pretraining.INITIALIZATIONS for n in (50, 100)
    ]
    for row in rows:
        accuracies = [
            each.accuracy for each in results if (each.initialization, each.labels) == (row.initialization, row.labels)
        ]
        assert row.n == 5 and row.mean == pytest.approx(np.mean(accuracies))
        assert row.deviation == pytest.approx(np.std(accuracies, ddof=1))
    assert [(row.deviation, row.n) for row in unsupervised_pretraining.summary(results[:1])] == [(0.0, 1)]
    assert unsupervised_pretraining.summary(()) == ()


def test_gains_are_paired_and_significant_as_in_scipys_t_test(results):
    from scipy.stats import ttest_rel

    few, many = unsupervised_pretraining.accuracy_gains(results, "finetuned")
    assert (few.labels, many.labels, few.n) == (50, 100, 5)
    for gain in (few, many):
        finetuned, scratch = (
            [each.accuracy for each in results if (each.labels, each.initialization) == (gain.labels, initialization)]
            for initialization in ("finetuned", "scratch")
        )
        assert gain.mean == pytest.approx(np.mean(finetuned) - np.mean(scratch))
        assert gain.significant == (ttest_rel(finetuned, scratch).pvalue < 0.05)
    assert few.significant and not many.significant

    stopped = results[-3:-1]  # one pair only, the third initialization is missing
    assert unsupervised_pretraining.accuracy_gains(stopped, "finetuned") == ()
    (alone,) = unsupervised_pretraining.accuracy_gains(stopped, "frozen")
    assert alone.n == 1 and not alone.significant
