"""The metrics of generated images, against constructed cases."""

import numpy as np
import pytest

from genmodels.gan import metrics as gan_metrics
from genmodels.vision import image_classifier


class BrightnessClassifier:
    """In place of a classifier: the class is the brightness in tenths, the features are that of each quarter."""

    shape = (8, 8, 1)

    def predict(self, x):
        brightness = x.mean(axis=(1, 2, 3))
        logits = -100 * np.abs(brightness[:, None] - (np.arange(10) + 0.5) / 10)
        return x.reshape(len(x), 2, 4, 2, 4).mean(axis=(2, 4)).reshape(len(x), 4), logits


@pytest.fixture
def classifier():
    return BrightnessClassifier()


def flat(levels):
    """(n, 8, 8) uint8, each of one gray level."""
    return np.repeat(np.asarray(levels, "uint8"), 64).reshape(-1, 8, 8)


def test_a_set_has_distance_0_from_itself():
    features = np.random.default_rng(0).standard_normal((300, 5))
    assert gan_metrics.frechet_distance(features, features) == pytest.approx(0, abs=1e-9)


def test_the_distance_is_that_of_gaussians():
    """Against the formula for independent dimensions: |m_a - m_b|^2 + sum (s_a - s_b)^2."""
    rng = np.random.default_rng(1)
    mean, std = np.array([1.0, -2.0, 0.0]), np.array([1.0, 3.0, 0.5])
    a = rng.standard_normal((200_000, 3))
    b = mean + std * rng.standard_normal((200_000, 3))
    assert gan_metrics.frechet_distance(a, b) == pytest.approx((mean**2).sum() + ((1 - std) ** 2).sum(), rel=0.02)


def test_the_distance_agrees_with_the_matrix_square_root():
    from scipy.linalg import sqrtm

    rng = np.random.default_rng(2)
    a, b = rng.standard_normal((400, 4)) @ rng.standard_normal((4, 4)), rng.standard_normal((300, 4)) + 1
    c_a, c_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    expected = np.square(a.mean(0) - b.mean(0)).sum() + np.trace(c_a + c_b - 2 * sqrtm(c_a @ c_b).real)
    assert gan_metrics.frechet_distance(a, b) == pytest.approx(expected)
    assert gan_metrics.frechet_distance(b, a) == pytest.approx(expected)


def test_constant_features_are_accepted():
    a = np.zeros((50, 3))
    assert gan_metrics.frechet_distance(a, a + np.array([3, 4, 0])) == pytest.approx(25)


@pytest.mark.parametrize("shapes", [((5, 3), (5, 4)), ((1, 3), (5, 3)), ((5,), (5,))])
def test_sets_of_another_shape_raise(shapes):
    with pytest.raises(ValueError, match="two rows"):
        gan_metrics.frechet_distance(*(np.zeros(shape) for shape in shapes))


def test_a_mode_collapse_shows(classifier):
    """Equal images: one class, distance 0. Different ones: all classes, and a large distance."""
    found = gan_metrics.diversity_metrics(classifier, flat([40] * 20))
    assert found["effective_classes"] == pytest.approx(1) and found["mean_pairwise_distance"] == pytest.approx(
        0, abs=1e-3
    )
    assert found["histogram"].tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    varied = gan_metrics.diversity_metrics(classifier, flat([12 + 25 * (k % 10) for k in range(20)]))
    assert varied["effective_classes"] == pytest.approx(10) and varied["mean_pairwise_distance"] > 0.3


def test_two_equally_frequent_classes_are_two_effective_classes(classifier):
    found = gan_metrics.diversity_metrics(classifier, flat([0, 255] * 10))
    assert found["effective_classes"] == pytest.approx(2)
    assert found["mean_pairwise_distance"] == pytest.approx(
        10 / 19
    )  # 10 of the 19 other images have the opposite color


def test_one_image_has_no_diversity(classifier):
    with pytest.raises(ValueError, match="two images"):
        gan_metrics.diversity_metrics(classifier, flat([3]))


def test_the_classifier_is_that_of_vision():
    assert gan_metrics.load_classifier is image_classifier.load
    assert gan_metrics.features is image_classifier.features


def test_effective_classes_is_the_number_of_equally_frequent_ones():
    assert np.allclose(gan_metrics.effective_classes(np.eye(10)), 1)
    assert np.isclose(gan_metrics.effective_classes(np.full(10, 7.0)), 10)
    assert np.isclose(gan_metrics.effective_classes(np.array([1, 1, 0, 0])), 2)


def test_the_checkerboard_score_ignores_other_detail():
    rng = np.random.default_rng(0)
    rough = rng.normal(128, 20, (30, 28, 28))
    checked = rough + 25 * (np.indices((28, 28)).sum(axis=0) % 2)
    striped = rough + 25 * (np.arange(28) % 2)
    scores = [gan_metrics.checkerboard_score(each.clip(0, 255).astype("uint8")) for each in (rough, checked, striped)]
    assert scores[0] < 0.02 and scores[1] > 10 * scores[0] and scores[2] > 10 * scores[0]
    flat = np.full((2, 8, 8, 3), 50, "uint8")
    assert gan_metrics.checkerboard_score(flat) == 0
