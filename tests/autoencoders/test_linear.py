"""The linear autoencoder learns the plane of PCA."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.decomposition import PCA

from genmodels.autoencoders import linear
from genmodels.autoencoders.linear import angle_between, sample_points, train


@pytest.mark.parametrize("seed", range(3))
def test_the_plane_converges_to_that_of_pca(seed):
    points = sample_points(seed=seed)
    first, *_, last = train(points, steps=2000, seed=seed, report_every=100)
    pca = PCA(2).fit(points)
    assert first.angle > 5 and last.angle < 1
    assert angle_between(last.decoder, pca.components_) == pytest.approx(last.angle, abs=1e-3)
    assert last.losses["autoencoder"] == pytest.approx(last.losses["PCA"], rel=0.01)
    assert last.losses["autoencoder"] >= last.losses["PCA"] - 1e-9, "nothing linear does better than PCA"
    reconstructions = pca.inverse_transform(pca.transform(points))
    assert last.losses["PCA"] == pytest.approx(np.square(reconstructions - points).sum(axis=1).mean(), rel=1e-4)


def test_codes_and_decoder_give_the_reconstruction():
    points = sample_points(50)
    last = list(train(points, steps=40))[-1]
    error = last.codes @ last.decoder + last.decoder_bias - points
    assert last.losses["autoencoder"] == pytest.approx(np.square(error).sum(axis=1).mean(), rel=1e-4)


def test_the_loss_decreases_with_every_step():
    """With a small learning rate and the explicit gradients."""
    points = sample_points(40)
    losses = [step.losses["autoencoder"] for step in train(points, steps=200, report_every=1, learning_rate=0.02)]
    assert all(after <= before + 1e-12 for before, after in pairwise(losses))


def test_angles_between_planes():
    flat, upright = np.eye(3)[:2], np.eye(3)[1:]
    assert angle_between(flat, flat[::-1] * 3) == pytest.approx(0, abs=1e-4)
    assert angle_between(flat, upright) == pytest.approx(90)
    tilted = np.array([[1, 0, 0], [0, np.cos(0.5), np.sin(0.5)]])
    assert angle_between(flat, tilted) == pytest.approx(np.degrees(0.5))


def test_reports_come_at_their_steps_and_seeds_repeat_them():
    steps = [step.done for step in train(sample_points(30), steps=12, report_every=5)]
    assert steps == [0, 5, 10, 12]
    a, b, c = (list(train(sample_points(30), steps=5, seed=seed))[-1].decoder for seed in (1, 1, 2))
    assert (a == b).all() and (a != c).any()
    assert (sample_points(seed=3) == sample_points(seed=3)).all() and sample_points().shape == (300, linear.INPUT_SIZE)


@pytest.mark.parametrize("invalid", [np.zeros((5, 2)), np.zeros((2, 3)), np.zeros(3), np.full((5, 3), np.nan)])
def test_invalid_points_are_refused(invalid):
    with pytest.raises(ValueError, match="at least three points"):
        next(train(invalid))


def test_encoder_and_bias_give_the_codes():
    points = sample_points(50)
    last = list(train(points, steps=40))[-1]
    assert last.encoder.shape == (3, 2) and last.encoder_bias.shape == (2,)
    np.testing.assert_allclose(points @ last.encoder + last.encoder_bias, last.codes, atol=1e-5)


def test_the_codes_are_a_linear_transformation_of_the_pca_scores():
    points = sample_points()
    last = list(train(points, steps=2000, report_every=2000))[-1]
    scores = PCA(2).fit_transform(points)
    with_one = np.column_stack([last.codes, np.ones(len(points))])
    fit, *_ = np.linalg.lstsq(with_one, scores, rcond=None)
    np.testing.assert_allclose(with_one @ fit, scores, atol=0.02)
    assert np.abs(fit[:2] - np.eye(2)).max() > 0.1, "they are not the scores themselves"


def test_the_drawn_plane_lies_on_the_decoders_plane_and_converges_to_that_of_pca():
    points = sample_points()
    first, *_, last = train(points, steps=2000, learning_rate=0.1, report_every=1000)
    mean, components = linear.principal_plane(points)
    half_sizes = np.array([2.0, 1.0])
    expected = linear.rectangle(mean, components, half_sizes)
    np.testing.assert_allclose(expected[2], mean + 2 * components[0] + components[1])
    for step in (first, last):
        corners = linear.plane_corners(step, mean, components, half_sizes)
        normal = np.cross(*step.decoder)
        np.testing.assert_allclose((corners - step.decoder_bias) @ (normal / np.linalg.norm(normal)), 0, atol=1e-6)
        edges = corners[1] - corners[0], corners[3] - corners[0]
        np.testing.assert_allclose([np.linalg.norm(edge) for edge in edges], 2 * half_sizes)
        np.testing.assert_allclose(np.dot(*edges), 0, atol=1e-9)
    np.testing.assert_allclose(corners, expected, atol=0.05)


def test_the_alignment_maps_codes_to_the_scores_of_their_reconstructions():
    points = sample_points(50)
    *_, step = train(points, steps=60)
    mean, components = linear.principal_plane(points)
    with_one = np.column_stack([step.codes, np.ones(len(points))])
    decoded = step.codes @ step.decoder + step.decoder_bias
    expected = (decoded - mean) @ components.T
    np.testing.assert_allclose(with_one @ linear.alignment_to_pca(step, mean, components), expected, atol=1e-6)


def test_points_are_ordered_along_the_strip():
    """The colors of the points rely on it."""
    points = sample_points(noise=0)
    steps, ends = np.linalg.norm(np.diff(points, axis=0), axis=1), np.linalg.norm(points[0] - points[-1])
    assert steps.max() < 0.2 < ends


@pytest.mark.parametrize("learning_rate", [0.7, 1.0, 5000.0])
def test_a_learning_rate_that_is_too_large_raises_diverged(learning_rate):
    steps = []
    with pytest.raises(linear.Diverged, match=f"A learning rate of {learning_rate:g} is too large"):
        for step in train(sample_points(), learning_rate=learning_rate, report_every=1):
            steps.append(step)
    assert steps and all(np.isfinite([*step.losses.values(), step.angle]).all() for step in steps)


@pytest.mark.filterwarnings("ignore:invalid value")  # scikit-learn divides by the variance
def test_equal_points_do_not_diverge():
    *_, last = train(np.zeros((5, 3)), steps=10)
    assert last.done == 10 and last.losses["autoencoder"] == 0


def test_the_rectangle_contains_all_scores():
    points = sample_points()
    mean, components = linear.principal_plane(points)
    scores = linear.pca_scores(points, mean, components)
    np.testing.assert_allclose(scores, PCA(2).fit(points).transform(points), atol=1e-5)
    half_sizes = linear.plane_half_sizes(scores)
    assert (np.abs(scores) < half_sizes).all() and half_sizes.shape == (2,)


@pytest.mark.parametrize(
    ("losses", "expected"),
    [([1.0, 0.1, 0.0101], "converged"), ([1.0, 0.1, 0.9], "oscillating"), ([1.0, 0.5, 0.4], "not converged")],
)
def test_the_end_of_a_training_is_classified(losses, expected):
    assert linear.convergence(losses, 0.01) == expected
