"""The linear autoencoder and PCA: one plane."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.decomposition import PCA

from genmodels.autoencoders import linear as linear_autoencoder
from genmodels.autoencoders.linear import angle_between, cloud, train


@pytest.mark.parametrize("seed", range(3))
def test_its_plane_comes_to_be_that_of_pca(seed):
    points = cloud(seed=seed)
    first, *_, last = train(points, steps=2000, seed=seed, report_every=100)
    pca = PCA(2).fit(points)
    assert first.angle > 5 and last.angle < 1
    assert angle_between(last.plane, pca.components_) == pytest.approx(last.angle, abs=1e-3)
    assert last.losses["autoencoder"] == pytest.approx(last.losses["PCA"], rel=0.01)
    assert last.losses["autoencoder"] >= last.losses["PCA"] - 1e-9, "nothing linear does better than PCA"
    again = pca.inverse_transform(pca.transform(points))
    assert last.losses["PCA"] == pytest.approx(np.square(again - points).sum(axis=1).mean(), rel=1e-4)


def test_codes_and_plane_give_the_reconstruction():
    points = cloud(50)
    last = list(train(points, steps=40))[-1]
    error = last.codes @ last.plane + last.middle - points
    assert last.losses["autoencoder"] == pytest.approx(np.square(error).sum(axis=1).mean(), rel=1e-4)


def test_a_step_goes_down_the_slope():
    """The gradients written out, against differences: a tiny step lowers the loss as the slope says."""
    points = cloud(40)
    losses = [step.losses["autoencoder"] for step in train(points, steps=200, report_every=1, learning_rate=0.02)]
    assert all(after <= before + 1e-12 for before, after in pairwise(losses))


def test_angles():
    flat, upright = np.eye(3)[:2], np.eye(3)[1:]
    assert angle_between(flat, flat[::-1] * 3) == pytest.approx(0, abs=1e-4)
    assert angle_between(flat, upright) == pytest.approx(90)
    tilted = np.array([[1, 0, 0], [0, np.cos(0.5), np.sin(0.5)]])
    assert angle_between(flat, tilted) == pytest.approx(np.degrees(0.5))


def test_reports_and_seeds():
    steps = [step.done for step in train(cloud(30), steps=12, report_every=5)]
    assert steps == [0, 5, 10, 12]
    a, b, c = (list(train(cloud(30), steps=5, seed=seed))[-1].plane for seed in (1, 1, 2))
    assert (a == b).all() and (a != c).any()
    assert (cloud(seed=3) == cloud(seed=3)).all() and cloud().shape == (300, linear_autoencoder.SPACE)


@pytest.mark.parametrize("bad", [np.zeros((5, 2)), np.zeros((2, 3)), np.zeros(3), np.full((5, 3), np.nan)])
def test_bad_points_are_refused(bad):
    with pytest.raises(ValueError, match="at least three points"):
        next(train(bad))


def test_encoder_and_bias_give_the_codes():
    points = cloud(50)
    last = list(train(points, steps=40))[-1]
    assert last.encoder.shape == (3, 2) and last.bias.shape == (2,)
    np.testing.assert_allclose(points @ last.encoder + last.bias, last.codes, atol=1e-5)


def test_the_codes_are_those_of_pca_turned_and_stretched():
    points = cloud()
    last = list(train(points, steps=2000, report_every=2000))[-1]
    scores = PCA(2).fit_transform(points)
    with_one = np.column_stack([last.codes, np.ones(len(points))])
    fit, *_ = np.linalg.lstsq(with_one, scores, rcond=None)
    np.testing.assert_allclose(with_one @ fit, scores, atol=0.02)
    assert np.abs(fit[:2] - np.eye(2)).max() > 0.1, "they are not the scores themselves"


def test_a_sheet_lies_on_its_plane_and_ends_on_that_of_pca():
    points = cloud()
    first, *_, last = train(points, steps=2000, learning_rate=0.1, report_every=1000)
    mean, components = linear_autoencoder.principal_plane(points)
    sides = np.array([2.0, 1.0])
    wanted = linear_autoencoder.corners(mean, components, sides)
    np.testing.assert_allclose(wanted[2], mean + 2 * components[0] + components[1])
    for look in (first, last):
        sheet = linear_autoencoder.sheet(look, mean, components, sides)
        across = np.cross(*look.plane)
        np.testing.assert_allclose((sheet - look.middle) @ (across / np.linalg.norm(across)), 0, atol=1e-6)
        edges = sheet[1] - sheet[0], sheet[3] - sheet[0]
        np.testing.assert_allclose([np.linalg.norm(edge) for edge in edges], 2 * sides)
        np.testing.assert_allclose(np.dot(*edges), 0, atol=1e-9)
    np.testing.assert_allclose(sheet, wanted, atol=0.05)


def test_a_reader_turns_codes_into_the_scores_of_what_is_decoded():
    points = cloud(50)
    *_, look = train(points, steps=60)
    mean, components = linear_autoencoder.principal_plane(points)
    with_one = np.column_stack([look.codes, np.ones(len(points))])
    decoded = look.codes @ look.plane + look.middle
    wanted = (decoded - mean) @ components.T
    np.testing.assert_allclose(with_one @ linear_autoencoder.reader(look, mean, components), wanted, atol=1e-6)


def test_points_come_in_their_order_along_the_strip():
    """Neighbours in the array are neighbours in space: what colours them by their number relies on it."""
    points = cloud(noise=0)
    beside, apart = np.linalg.norm(np.diff(points, axis=0), axis=1), np.linalg.norm(points[0] - points[-1])
    assert beside.max() < 0.2 < apart


@pytest.mark.parametrize("learning_rate", [0.7, 1.0, 5000.0])
def test_too_large_a_learning_rate_is_told(learning_rate):
    seen = []
    with pytest.raises(linear_autoencoder.Diverged, match=f"a learning rate of {learning_rate:g} is too large"):
        for step in train(cloud(), learning_rate=learning_rate, report_every=1):
            seen.append(step)
    assert seen and all(np.isfinite([*step.losses.values(), step.angle]).all() for step in seen)


@pytest.mark.filterwarnings("ignore:invalid value")  # scikit-learn divides by their variance
def test_points_that_are_all_one_have_not_diverged():
    *_, last = train(np.zeros((5, 3)), steps=10)
    assert last.done == 10 and last.losses["autoencoder"] == 0
