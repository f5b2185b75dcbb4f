"""The small classifiers: what they take and give, and that the shipped ones know their pictures."""

import numpy as np
import pytest

from genmodels import weights
from genmodels.data import datasets
from genmodels.vision import image_classifier


@pytest.fixture(scope="module")
def untrained():
    return image_classifier.build("mnist")


def pictures(n=7, shape=(28, 28), seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, *shape), dtype="uint8")


def test_probabilities_labels_and_features_belong_together(untrained):
    seen = pictures()
    p = image_classifier.probabilities(untrained, seen)
    assert p.shape == (7, 10) and np.allclose(p.sum(axis=1), 1, atol=1e-5)
    assert np.array_equal(image_classifier.labels(untrained, seen), p.argmax(axis=1))
    assert image_classifier.features(untrained, seen).shape == (7, image_classifier.FEATURE_DIM)


def test_many_pictures_are_seen_in_parts(untrained, monkeypatch):
    whole = image_classifier.features(untrained, pictures())
    monkeypatch.setattr(image_classifier, "BATCH", 3)
    assert np.allclose(whole, image_classifier.features(untrained, pictures()), atol=1e-5)


def test_the_same_seed_is_the_same_network(untrained):
    one, other = image_classifier.build("mnist"), image_classifier.build("mnist", seed=1)
    seen = pictures()
    assert np.array_equal(image_classifier.features(one, seen), image_classifier.features(untrained, seen))
    assert not np.allclose(image_classifier.features(one, seen), image_classifier.features(other, seen))


@pytest.mark.parametrize(
    "wrong", [pictures(shape=(28, 28, 3)), pictures(shape=(32, 32)), pictures() / 255, pictures(n=0)]
)
def test_other_pictures_are_refused(untrained, wrong):
    with pytest.raises(ValueError, match="uint8"):
        image_classifier.features(untrained, wrong)


def test_unknown_data_is_refused():
    with pytest.raises(ValueError, match="expected one of fashion_mnist"):
        image_classifier.build("imagenet")


SHIPPED = [data for data in image_classifier.DATA if (weights.FOLDER / f"image_classifier_{data}.json").is_file()]


def test_both_grey_sets_have_theirs():
    assert {"fashion_mnist", "mnist"} <= set(SHIPPED)


@pytest.mark.parametrize("data", SHIPPED)
def test_what_is_shipped_is_small(data):
    assert weights.path(f"image_classifier_{data}").stat().st_size < 1_000_000


@pytest.mark.data
@pytest.mark.parametrize("data", SHIPPED)
def test_what_is_shipped_knows_its_pictures(data):
    least = {"fashion_mnist": 0.89, "mnist": 0.98, "cifar10": 0.6}[data]
    images, labels = datasets.load(data, "test")
    found = image_classifier.labels(image_classifier.load(data), images[:1000])
    assert (found == labels[:1000]).mean() > least
