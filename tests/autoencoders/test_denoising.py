"""Corrupted images, and the error of their reconstructions by noise level."""

import numpy as np
import pytest

from genmodels.autoencoders import denoising
from genmodels.autoencoders import model as autoencoders
from genmodels.data import fashion_samples


def test_images_are_corrupted_as_documented():
    images = np.random.default_rng(0).integers(0, 256, (64, 28, 28), dtype="uint8")
    clean = autoencoders.scale_pixels(images)
    noisy = denoising.corrupt(images, "gaussian", 0.3, 1)
    assert (noisy - clean).std() == pytest.approx(0.3, rel=0.05) and (noisy != clean).all()
    corrupted = denoising.corrupt(images, "dropout", 0.25, 1)
    dropped = corrupted == 0
    assert dropped.mean() == pytest.approx(0.25, abs=0.02)
    assert np.allclose(corrupted[~dropped], clean[~dropped] / 0.75, atol=1e-5)
    assert np.array_equal(denoising.corrupt(images, "gaussian", 0.3, 1), noisy)
    assert np.array_equal(denoising.corrupt(images, "none", 0.3, 1), clean)
    with pytest.raises(ValueError, match="noise_type must be one of"):
        denoising.corrupt(images, "rain", 0.3, 1)


def test_the_error_grows_with_the_noise_level_and_is_lower_for_a_denoising_model():
    images, levels = fashion_samples.generated_images().images[:100], np.array([0.0, 0.5, 0.9])
    stacked, denoised = (
        denoising.denoising_error(autoencoders.load(name), images, "dropout", levels)
        for name in ("stacked", "denoising_dropout")
    )
    assert (np.diff(stacked) > 0).all()
    error = autoencoders.squared_error(autoencoders.load("stacked"), images).mean()
    assert stacked[0] == pytest.approx(error, rel=1e-4)
    assert denoised[1] < stacked[1], "half of the pixels are dropped"
