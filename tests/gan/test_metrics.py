"""The measures of drawn pictures, against constructed cases."""

import numpy as np
import pytest

from genmodels.gan import metrics as gan_metrics
from genmodels.vision import image_classifier


class ByBrightness:
    """In place of a classifier: the class is the picture's brightness in tenths, the features its quarters'."""

    shape = (8, 8, 1)

    def look(self, x):
        brightness = x.mean(axis=(1, 2, 3))
        logits = -100 * np.abs(brightness[:, None] - (np.arange(10) + 0.5) / 10)
        return x.reshape(len(x), 2, 4, 2, 4).mean(axis=(2, 4)).reshape(len(x), 4), logits


@pytest.fixture
def eye():
    return ByBrightness()


def flat(levels):
    """(n, 8, 8) uint8, each of one grey level."""
    return np.repeat(np.asarray(levels, "uint8"), 64).reshape(-1, 8, 8)


def test_a_set_is_at_no_distance_from_itself():
    features = np.random.default_rng(0).standard_normal((300, 5))
    assert gan_metrics.frechet_distance(features, features) == pytest.approx(0, abs=1e-9)


def test_the_distance_is_the_one_of_gaussians():
    """Against the formula for independent dimensions: |m_a - m_b|^2 + sum (s_a - s_b)^2."""
    rng = np.random.default_rng(1)
    mean, spread = np.array([1.0, -2.0, 0.0]), np.array([1.0, 3.0, 0.5])
    a = rng.standard_normal((200_000, 3))
    b = mean + spread * rng.standard_normal((200_000, 3))
    assert gan_metrics.frechet_distance(a, b) == pytest.approx((mean**2).sum() + ((1 - spread) ** 2).sum(), rel=0.02)


def test_the_distance_agrees_with_the_matrix_square_root():
    from scipy.linalg import sqrtm

    rng = np.random.default_rng(2)
    a, b = rng.standard_normal((400, 4)) @ rng.standard_normal((4, 4)), rng.standard_normal((300, 4)) + 1
    c_a, c_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    wanted = np.square(a.mean(0) - b.mean(0)).sum() + np.trace(c_a + c_b - 2 * sqrtm(c_a @ c_b).real)
    assert gan_metrics.frechet_distance(a, b) == pytest.approx(wanted)
    assert gan_metrics.frechet_distance(b, a) == pytest.approx(wanted)


def test_features_that_never_vary_are_no_trouble():
    a = np.zeros((50, 3))
    assert gan_metrics.frechet_distance(a, a + np.array([3, 4, 0])) == pytest.approx(25)


@pytest.mark.parametrize("shapes", [((5, 3), (5, 4)), ((1, 3), (5, 3)), ((5,), (5,))])
def test_sets_that_do_not_fit_are_refused(shapes):
    with pytest.raises(ValueError, match="two rows"):
        gan_metrics.frechet_distance(*(np.zeros(shape) for shape in shapes))


def test_a_collapse_shows(eye):
    """All the same: one class, no spread. All different: as many classes as there are, and far apart."""
    found = gan_metrics.diversity_metrics(eye, flat([40] * 20))
    assert found["effective_classes"] == pytest.approx(1) and found["mean_pairwise_distance"] == pytest.approx(
        0, abs=1e-3
    )
    assert found["histogram"].tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    varied = gan_metrics.diversity_metrics(eye, flat([12 + 25 * (k % 10) for k in range(20)]))
    assert varied["effective_classes"] == pytest.approx(10) and varied["mean_pairwise_distance"] > 0.3


def test_half_a_collapse_is_two_classes(eye):
    found = gan_metrics.diversity_metrics(eye, flat([0, 255] * 10))
    assert found["effective_classes"] == pytest.approx(2)
    assert found["mean_pairwise_distance"] == pytest.approx(
        10 / 19
    )  # 10 of a picture's 19 others are all white where it is black


def test_one_picture_has_no_spread(eye):
    with pytest.raises(ValueError, match="two images"):
        gan_metrics.diversity_metrics(eye, flat([3]))


def test_what_is_called_a_classifier_here_is_the_small_one():
    assert gan_metrics.load_classifier is image_classifier.load
    assert gan_metrics.features is image_classifier.features
