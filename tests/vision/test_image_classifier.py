"""The small classifiers: inputs, outputs, and the accuracy of the pretrained ones."""

import numpy as np
import pytest

from genmodels import weights
from genmodels.data import datasets
from genmodels.vision import image_classifier
from training import image_classifier as training_script


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


def test_only_the_photos_are_averaged_over_their_mirror_images(untrained):
    color, large = (image_classifier.build(data) for data in image_classifier.PHOTOS)
    for classifier, images, is_invariant in (
        (color, noise(shape=(32, 32, 3)), True),
        (large, noise(shape=(64, 64, 3)), True),
        (untrained, noise(), False),
    ):
        pair = [image_classifier.features(classifier, each) for each in (images, images[:, :, ::-1])]
        assert np.allclose(*pair, atol=1e-5) == is_invariant


def test_a_crop_is_a_shifted_image_and_half_of_them_are_flipped():
    image, pad = noise(1, (32, 32, 3)), training_script.CROP_PADDING
    padded = np.pad(image, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "reflect")
    crops = training_script.augment(padded, np.zeros(200, int), np.random.default_rng(0))
    possible = {
        crop.tobytes(): flipped
        for y in range(2 * pad + 1)
        for x in range(2 * pad + 1)
        for flipped in (False, True)
        for crop in [padded[0, y : y + 32, x : x + 32][:, :: -1 if flipped else 1]]
    }
    flipped = [possible[each.tobytes()] for each in crops]  # a KeyError would be an impossible crop
    assert crops.shape == (200, 32, 32, 3) and len({each.tobytes() for each in crops}) > 50
    assert 0.3 < np.mean(flipped) < 0.7


@pytest.mark.parametrize("data", image_classifier.DATA)
def test_the_learning_rate_rises_and_falls_to_zero(data):
    recipe = training_script.RECIPES[data]
    rates = [training_script.learning_rate(recipe, progress) for progress in np.linspace(0, 1, 101)]
    assert max(rates) == pytest.approx(recipe.learning_rate, rel=0.01) and rates[-1] == pytest.approx(0, abs=1e-9)
    assert rates[0] == (0 if recipe.warmup else recipe.learning_rate)


def test_unknown_data_raises():
    with pytest.raises(ValueError, match="expected one of fashion_mnist"):
        image_classifier.build("imagenet")


PRETRAINED = [data for data in image_classifier.DATA if (weights.FOLDER / f"image_classifier_{data}.json").is_file()]


def test_both_gray_data_sets_have_a_classifier():
    assert {"fashion_mnist", "mnist"} <= set(PRETRAINED)


@pytest.mark.parametrize("data", PRETRAINED)
def test_pretrained_weights_are_small(data):
    assert weights.path(f"image_classifier_{data}").stat().st_size < 1_100_000


@pytest.mark.data
@pytest.mark.parametrize("data", PRETRAINED)
def test_pretrained_classifiers_are_accurate(data):
    minimum = {"fashion_mnist": 0.89, "mnist": 0.98, "cifar10": 0.83, "landscapes": 0.5}[data]
    images, labels = datasets.load(data, "test")
    predicted = image_classifier.labels(image_classifier.load(data), images[:1000])
    assert (predicted == labels[:1000]).mean() > minimum
