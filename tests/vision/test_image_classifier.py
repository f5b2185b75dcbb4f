"""The small classifiers: inputs, outputs, and the accuracy of the pretrained ones."""

import numpy as np
import pytest

from genmodels import weights
from genmodels.data import datasets
from genmodels.vision import image_classifier


@pytest.fixture(scope="module")
def untrained():
    return image_classifier.build("mnist")


def noise(n=7, shape=(28, 28), seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, *shape), dtype="uint8")


def test_probabilities_labels_and_features_agree(untrained):
    images = noise()
    p = image_classifier.probabilities(untrained, images)
    assert p.shape == (7, 10) and np.allclose(p.sum(axis=1), 1, atol=1e-5)
    assert np.array_equal(image_classifier.labels(untrained, images), p.argmax(axis=1))
    assert image_classifier.features(untrained, images).shape == (7, image_classifier.FEATURE_DIM)


def test_many_images_are_computed_in_batches(untrained, monkeypatch):
    whole = image_classifier.features(untrained, noise())
    monkeypatch.setattr(image_classifier, "BATCH", 3)
    assert np.allclose(whole, image_classifier.features(untrained, noise()), atol=1e-5)


def test_the_same_seed_gives_the_same_network(untrained):
    one, other = image_classifier.build("mnist"), image_classifier.build("mnist", seed=1)
    images = noise()
    assert np.array_equal(image_classifier.features(one, images), image_classifier.features(untrained, images))
    assert not np.allclose(image_classifier.features(one, images), image_classifier.features(other, images))


@pytest.mark.parametrize("images", [noise(shape=(28, 28, 3)), noise(shape=(32, 32)), noise() / 255, noise(n=0)])
def test_other_arrays_raise(untrained, images):
    with pytest.raises(ValueError, match="uint8"):
        image_classifier.features(untrained, images)


def test_unknown_data_raises():
    with pytest.raises(ValueError, match="expected one of fashion_mnist"):
        image_classifier.build("imagenet")


PRETRAINED = [data for data in image_classifier.DATA if (weights.FOLDER / f"image_classifier_{data}.json").is_file()]


def test_both_gray_data_sets_have_a_classifier():
    assert {"fashion_mnist", "mnist"} <= set(PRETRAINED)


@pytest.mark.parametrize("data", PRETRAINED)
def test_pretrained_weights_are_small(data):
    assert weights.path(f"image_classifier_{data}").stat().st_size < 1_000_000


@pytest.mark.data
@pytest.mark.parametrize("data", PRETRAINED)
def test_pretrained_classifiers_are_accurate(data):
    minimum = {"fashion_mnist": 0.89, "mnist": 0.98, "cifar10": 0.6}[data]
    images, labels = datasets.load(data, "test")
    predicted = image_classifier.labels(image_classifier.load(data), images[:1000])
    assert (predicted == labels[:1000]).mean() > minimum
