"""The linear autoencoder and PCA: one plane."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.decomposition import PCA

from genmodels import linear_autoencoder
from genmodels.linear_autoencoder import angle_between, cloud, train


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
