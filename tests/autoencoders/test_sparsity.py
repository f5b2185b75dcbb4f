"""Sparsity penalties against NumPy, and measures of sparsity."""

import numpy as np
import pytest

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import sparsity
from genmodels.autoencoders.config import MODELS


def test_the_kl_penalty_equals_numpys():
    q = np.random.default_rng(0).uniform(0.02, 0.9, (50, 7)).astype("float32")
    mean = q.mean(axis=0, dtype="float64")
    expected = (0.1 * np.log(0.1 / mean) + 0.9 * np.log(0.9 / (1 - mean))).sum()
    assert float(sparsity.kl_sparsity(q, 0.1)) == pytest.approx(expected, rel=1e-4)
    assert float(sparsity.kl_sparsity(np.full((5, 3), 0.1, "float32"), 0.1)) == pytest.approx(0, abs=1e-6)
    assert np.isfinite(float(sparsity.kl_sparsity(np.zeros((5, 3), "float32"), 0.1)))


@pytest.mark.parametrize("size", [8, 32])
def test_penalties_enter_the_loss_with_their_weight(size):
    """For every batch size: the loss minus the squared error is the penalty of the configuration."""
    images = np.random.default_rng(0).integers(0, 256, (size, 28, 28), dtype="uint8")
    x = autoencoders.scale_pixels(images)
    for name in ("sparse_l1", "sparse_kl"):
        model = autoencoders.build(MODELS[name])
        codes, weight = autoencoders.encode(model, images), MODELS[name].sparsity_weight
        model.full_model.compile("sgd", "mse", metrics=["mse"], jit_compile=False)
        metrics = model.full_model.test_on_batch(x, x, return_dict=True)
        penalty = float(sparsity.kl_sparsity(codes, 0.1))
        expected = weight * (np.abs(codes).sum(axis=1).mean() if name == "sparse_l1" else penalty)
        assert metrics["loss"] - metrics["mse"] == pytest.approx(expected, rel=1e-3), name


def test_penalties_are_zero_at_the_target_and_kl_is_steeper():
    q = np.array([0.1, 0.05, 0.9])
    values = sparsity.penalty_values(q, 0.1)
    assert values["KL divergence"][0] == pytest.approx(0, abs=1e-12) and values["squared error"][0] == 0
    expected = 0.1 * np.log(0.1 / 0.9) + 0.9 * np.log(0.9 / 0.1)
    assert values["KL divergence"][2] == pytest.approx(expected)
    assert (values["KL divergence"][1:] > values["squared error"][1:]).all()


def test_the_histogram_has_fractions_that_add_up_to_one():
    activations = np.array([[0.0, 0.1, 0.3], [0.3, 0.9, 1.0]])
    fractions = sparsity.activation_histogram(activations, 4)
    np.testing.assert_allclose(fractions, np.array([2, 2, 0, 2]) / 6)


def test_units_above_the_threshold_are_active():
    assert sparsity.active_units(np.array([0.0, 0.1, 0.11, 0.9])) == 2
