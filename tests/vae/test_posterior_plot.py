"""The SVG plots of the posterior q(z|x)."""

import re

import numpy as np
import pytest

from genmodels.vae import latent_map
from genmodels.vae.visualization import Posterior
from pages.vae import posterior_plot


def test_the_ellipses_are_where_mean_and_sigma_say():
    posterior = Posterior(np.array([0.5, -1.0]), np.array([0.1, 0.05]), np.zeros((1, 2)))
    cx, cy, rx, ry = map(
        float,
        re.search(
            r'ellipse cx="(.*?)" cy="(.*?)" rx="(.*?)" ry="(.*?)"', posterior_plot.latent_plot("mnist", posterior)
        ).groups(),
    )
    unit = 50 / float(latent_map.load("mnist")["extent"])
    assert (cx, cy) == pytest.approx((50 + 0.5 * unit, 50 + 1.0 * unit), abs=0.01)  # downwards is negative
    assert (rx, ry) == pytest.approx((0.1 * unit, 0.05 * unit), abs=0.001)
    assert posterior_plot.latent_plot("mnist", None).count("<ellipse") == 0
    assert posterior_plot.zoomed_plot("mnist", posterior).count("<ellipse") == 2


def test_a_posterior_far_outside_is_inside_the_plot():
    far = Posterior(np.array([40.0, 0.0]), np.array([1.0, 1.0]), np.zeros((1, 2)))
    cx = float(re.search(r'ellipse cx="(.*?)"', posterior_plot.latent_plot("mnist", far))[1])
    assert 50 < cx < 100
