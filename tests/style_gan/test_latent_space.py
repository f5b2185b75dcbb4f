"""Closed paths, noise per layer, step distances, and the mapping network in two dimensions."""

from dataclasses import replace

import numpy as np
import pytest

from genmodels.style_gan import latent_space
from genmodels.style_gan import model as style_gan
from genmodels.style_gan.config import CONFIGS, Config, Hyperparameters

SMALL = Hyperparameters(channels=(16, 16, 8, 8), initial_noise_scale=0.3)


@pytest.fixture(scope="module")
def model():
    return style_gan.build(Config("fashion_mnist", CONFIGS["fashion"].class_names[:3], 1, SMALL), seed=1)


def test_a_closed_path_goes_through_all_latents_with_constant_speed(model):
    z = style_gan.sample_latents(model, 3, 0)
    path = latent_space.closed_path(z, 4)
    assert path.shape == (12, 64)
    np.testing.assert_allclose(path[::4], z / np.linalg.norm(z, axis=1, keepdims=True) * 8, rtol=1e-4, atol=1e-5)
    steps = np.linalg.norm(np.diff(path[:4], axis=0), axis=1)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-3)


def test_the_directions_explain_a_part_of_the_variance(model):
    _, deviations = latent_space.principal_directions(model, 1)
    total = latent_space.total_variance(model, 1)
    assert 0 < np.square(deviations).sum() < total
    w = style_gan.map_latents(model, style_gan.sample_latents(model, 4096, 0), np.full(4096, 1))
    assert total == pytest.approx(float(np.square(w - w.mean(axis=0)).sum() / 4095), rel=1e-3)


def test_masked_noise_is_zero_in_the_other_layers(model):
    noise = style_gan.sample_noise(model, 2, 0)
    masked = latent_space.mask_noise(model, noise, [0, 6])
    np.testing.assert_array_equal(masked[:, :16], noise[:, :16])  # 4 x 4 pixels
    np.testing.assert_array_equal(masked[:, -1024:], noise[:, -1024:])  # 32 x 32 pixels
    assert not masked[:, 16:-1024].any()
    np.testing.assert_array_equal(latent_space.mask_noise(model, noise, range(7)), noise)


def test_noise_in_no_layer_has_no_deviation(model):
    w = style_gan.repeat_for_layers(model, style_gan.map_latents(model, style_gan.sample_latents(model, 1, 0), [0]))[0]
    images, deviation = latent_space.noise_deviation(model, w, n=3, layers=[])
    assert not deviation.any() and (images == images[0]).all()
    _, fine = latent_space.noise_deviation(model, w, n=8, layers=[5, 6])
    _, every = latent_space.noise_deviation(model, w, n=8)
    assert 0 < fine.mean() < every.mean()


def test_step_distances_are_root_mean_squares():
    images = np.stack([np.full((4, 4, 3), level, "uint8") for level in (0, 51, 51, 255)])
    np.testing.assert_allclose(latent_space.step_distances(images), [0.2, 0, 0.8], atol=1e-6)


def test_a_patch_of_the_sphere_keeps_the_angles_to_its_center(model):
    z = style_gan.sample_latents(model, 1, 0)[0]
    positions = np.array([[0, 0], [np.pi / 4, 0], [0, -np.pi / 2], [np.pi / 2, 0]])
    patch = latent_space.sphere_patch(z, positions)
    np.testing.assert_allclose(np.linalg.norm(patch, axis=1), 8, rtol=1e-5)
    cosines = patch @ z / np.linalg.norm(z) / 8
    np.testing.assert_allclose(cosines, np.cos([0, np.pi / 4, np.pi / 2, np.pi / 2]), atol=1e-5)
    assert abs(patch[2] @ patch[3]) < 1e-4, "the two axes are orthogonal"


@pytest.mark.parametrize("mapping_layers", [8, 0])
def test_the_layers_of_the_mapping_network_end_at_w(model, mapping_layers):
    config = replace(model.config, hyperparameters=replace(SMALL, mapping_layers=mapping_layers))
    other = style_gan.build(config, seed=2)
    z = style_gan.sample_latents(other, 5, 0)
    outputs = latent_space.mapping_layers(other, z, 2)
    assert len(outputs) == mapping_layers + 1
    np.testing.assert_allclose(np.linalg.norm(outputs[0], axis=1), 8, rtol=1e-4)
    if mapping_layers:
        np.testing.assert_allclose(outputs[-1], style_gan.map_latents(other, z, np.full(5, 2)), atol=1e-5)


def test_a_projection_turns_a_plane_back():
    rng = np.random.default_rng(0)
    reference = rng.standard_normal((50, 2))
    reference -= reference.mean(axis=0)
    axes = np.linalg.qr(rng.standard_normal((20, 2)))[0]
    plane, explained = latent_space.project_to_plane(3 * reference @ axes.T + 7, reference)
    np.testing.assert_allclose(plane, reference, atol=1e-5)
    assert explained == pytest.approx(1)
    _, explained = latent_space.project_to_plane(rng.standard_normal((50, 20)), reference)
    assert explained < 0.6
