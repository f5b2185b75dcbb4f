"""The networks grow: alpha 0 is the old network, alpha 1 the new path."""

import numpy as np
import pytest
from keras import ops

from genmodels.progressive_gan import layers, networks
from genmodels.progressive_gan.config import LATENT_DIM, RESOLUTIONS

GROWN = RESOLUTIONS[1:]


@pytest.fixture(scope="module")
def generator():
    return networks.Generator(1, seed=1)


@pytest.fixture(scope="module")
def discriminator():
    return networks.Discriminator(1, seed=1)


@pytest.fixture
def z():
    return np.random.default_rng(0).standard_normal((4, LATENT_DIM)).astype("float32")


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_the_generator_has_images_of_every_resolution(generator, z, resolution):
    assert generator(z, resolution=resolution).shape == (4, resolution, resolution, 1)


@pytest.mark.parametrize("resolution", GROWN)
def test_alpha_0_of_the_generator_is_the_old_network_upsampled(generator, z, resolution):
    old = layers.upsample(generator(z, resolution=resolution // 2))
    np.testing.assert_allclose(generator(z, resolution=resolution, alpha=0.0), old, atol=1e-6)


@pytest.mark.parametrize("resolution", GROWN)
def test_alpha_1_of_the_generator_is_the_new_path(generator, z, resolution):
    old, new = generator.paths(z, resolution)
    np.testing.assert_allclose(generator(z, resolution=resolution, alpha=1.0), new, atol=1e-5)
    assert np.abs(np.asarray(old) - np.asarray(new)).max() > 0.01


@pytest.mark.parametrize("resolution", GROWN)
def test_alpha_0_of_the_discriminator_is_the_old_network_on_half_the_size(discriminator, resolution):
    x = np.random.default_rng(1).standard_normal((4, resolution, resolution, 1)).astype("float32")
    old = discriminator(layers.downsample(x), resolution=resolution // 2)
    np.testing.assert_allclose(discriminator(x, resolution=resolution, alpha=0.0), old, rtol=1e-4, atol=1e-5)
    new = discriminator(x, resolution=resolution, alpha=1.0)
    assert np.abs(np.asarray(new) - np.asarray(old)).max() > 1e-4


def test_alpha_1_of_the_discriminator_ignores_the_old_input_layer():
    discriminator = networks.Discriminator(1, seed=2)
    x = np.random.default_rng(1).standard_normal((4, 16, 16, 1)).astype("float32")
    before = np.asarray(discriminator(x, resolution=16, alpha=1.0))
    discriminator.from_rgb[1].kernel.assign(ops.zeros_like(discriminator.from_rgb[1].kernel))
    np.testing.assert_allclose(discriminator(x, resolution=16, alpha=1.0), before, atol=1e-6)


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_used_variables_are_those_with_a_gradient(generator, discriminator, z, resolution):
    import tensorflow as tf

    x = np.random.default_rng(1).standard_normal((4, resolution, resolution, 1)).astype("float32")
    for network, inputs in ((generator, z), (discriminator, x)):
        with tf.GradientTape() as tape:
            out = ops.sum(ops.square(network(inputs, resolution=resolution, alpha=0.5)))
        variables = network.trainable_variables
        gradients = tape.gradient(out, [v.value for v in variables])
        used = {v.path for v, g in zip(variables, gradients, strict=True) if g is not None}
        assert {v.path for v in network.used_variables(resolution)} == used


def test_the_same_seed_gives_the_same_networks(generator, z):
    again = networks.Generator(1, seed=1)
    np.testing.assert_array_equal(generator(z), again(z))
    assert np.abs(np.asarray(networks.Generator(1, seed=2)(z)) - np.asarray(again(z))).max() > 0.01
