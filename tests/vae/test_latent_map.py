"""The precomputed latent space of a pretrained model, and its equality with the model."""

import numpy as np
import pytest

from genmodels.vae import latent_map
from genmodels.vae import model as vae


@pytest.mark.parametrize("name", ["mnist_10d", "fashion_mnist_10d"])
def test_inactive_dimensions_have_a_small_kl(name):
    kl, active = latent_map.load(name)["kl"], latent_map.active_units(name)
    order = latent_map.dimensions_by_kl(name)
    assert sorted(order) == list(range(10)) and (np.diff(kl[order]) <= 0).all()
    assert set(active) == set(np.flatnonzero(kl >= latent_map.INACTIVE_KL))


def test_a_point_outside_is_clipped_to_the_plane():
    half_width = latent_map.half_width("mnist")
    assert latent_map.clip_to_plane("mnist", [0.5, -99.0]) == [0.5, -half_width]


def test_make_gives_the_arrays_of_load():
    model, rng = vae.build(2), np.random.default_rng(0)
    test_images, labels = rng.integers(0, 256, (20, 28, 28), "uint8"), np.arange(20) % 10
    arrays = latent_map.make(model, test_images, labels, digits=True)
    assert set(arrays) == set(latent_map.load("mnist"))
    mean, log_var = vae.encode(model, test_images)
    np.testing.assert_allclose(arrays["mean"], mean, atol=1e-2)
    np.testing.assert_allclose(arrays["kl"], ((mean**2 + np.exp(log_var) - 1 - log_var) / 2).mean(axis=0), rtol=1e-4)
    assert arrays["label"].dtype == np.uint8 and int(arrays["cells"]) == latent_map.SHEET_CELLS


def test_the_interpolated_sheet_is_close_to_the_decoder():
    model, half_width = vae.load("mnist"), latent_map.half_width("mnist")
    points = np.random.default_rng(0).uniform(-half_width, half_width, (20, 2)).astype("float32")
    interpolated = np.stack([latent_map.interpolate_sheet("mnist", z) for z in points])
    assert np.abs(interpolated - vae.decode(model, points)).mean() < 0.02


def test_neighbors_of_a_class_medoid_have_its_label():
    for label in (0, 1, 7):
        z = latent_map.class_medoid("mnist", label)
        assert next(iter(latent_map.neighbor_labels("mnist", z))) == label
        assert latent_map.majority_labels("mnist", z[None])[0] == label
