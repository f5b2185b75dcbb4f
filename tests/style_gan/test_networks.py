"""Styles, noise and the parts of the ablation study."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from keras import ops

from genmodels.style_gan import networks
from genmodels.style_gan.config import W_DIM, Hyperparameters

SMALL = Hyperparameters(channels=(16, 16, 8, 8))


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype("float32")


def generator(**changes):
    return networks.Generator(replace(SMALL, **changes), 1, 10, seed=1)


def test_adain_gives_the_mean_and_deviation_asked_for():
    x, scale, bias = normal(3, 8, 8, 4) * 5 + 2, normal(3, 4, seed=1), normal(3, 4, seed=2)
    out = np.asarray(networks.adain(x, scale, bias))
    np.testing.assert_allclose(out.mean(axis=(1, 2)), bias, atol=1e-4)
    np.testing.assert_allclose(out.std(axis=(1, 2)), np.abs(scale), rtol=1e-3)


def test_demodulation_gives_unit_variance():
    x, style, kernel = normal(4, 32, 32, 48), np.exp(normal(4, 48, seed=1)), normal(3, 3, 48, 32, seed=2)
    out = ops.conv(x * style[:, None, None], ops.convert_to_tensor(kernel), padding="same")
    out = np.asarray(networks.demodulate(out, ops.convert_to_tensor(kernel), style))
    assert np.square(out[:, 1:-1, 1:-1]).mean() == pytest.approx(1, rel=0.05)


def test_demodulating_the_output_equals_demodulating_the_kernel():
    x, style, kernel = normal(1, 8, 8, 6), normal(1, 6, seed=1), normal(3, 3, 6, 5, seed=2)
    modulated = kernel * style[0][:, None]
    modulated /= np.sqrt(np.square(modulated).sum(axis=(0, 1, 2)) + 1e-8)
    expected = ops.conv(x, ops.convert_to_tensor(modulated), padding="same")
    out = ops.conv(x * style[:, None, None], ops.convert_to_tensor(kernel), padding="same")
    out = networks.demodulate(out, ops.convert_to_tensor(kernel), style)
    np.testing.assert_allclose(out, expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("normalization", ["demodulation", "adain"])
def test_every_style_changes_the_image(normalization):
    model = generator(normalization=normalization)
    w = np.tile(normal(1, 1, W_DIM), (1, 7, 1))
    noise = np.zeros((1, model.synthesis.noise_size), "float32")
    image = np.asarray(model.synthesis(w, noise))
    assert image.shape == (1, 32, 32, 1)
    for k in range(7):
        if k == 0 and normalization == "adain":
            continue  # instance normalization makes the first layer depend on its style only by scale and bias
        other = w.copy()
        other[:, k] = normal(1, W_DIM, seed=9)
        assert np.abs(np.asarray(model.synthesis(other, noise)) - image).max() > 1e-4, k


def test_noise_starts_without_effect_and_each_layer_has_its_own():
    model = generator()
    w, noise = np.zeros((1, 7, W_DIM), "float32"), normal(1, model.synthesis.noise_size)
    silent = np.zeros_like(noise)
    np.testing.assert_array_equal(model.synthesis(w, noise), model.synthesis(w, silent))
    for conv in model.synthesis.convs:
        conv.noise_scale.assign(np.ones(conv.noise_scale.shape))
    still = np.asarray(model.synthesis(w, silent))
    start = 0
    for size in model.synthesis.layer_sizes:
        one = silent.copy()
        one[:, start : start + size**2] = noise[:, start : start + size**2]
        assert np.abs(np.asarray(model.synthesis(w, one)) - still).max() > 1e-4
        start += size**2
    assert start == noise.shape[1]


def test_shared_noise_ignores_that_of_the_second_layer():
    model = generator(is_noise_shared=True, initial_noise_scale=1.0)
    w, noise = np.zeros((1, 7, W_DIM), "float32"), normal(1, model.synthesis.noise_size)
    changed = noise.copy()
    changed[:, -(32**2) :] += 1  # of the second layer with 32 pixels
    np.testing.assert_array_equal(model.synthesis(w, noise), model.synthesis(w, changed))
    separate = generator(initial_noise_scale=1.0)
    assert np.abs(np.asarray(separate.synthesis(w, noise)) - np.asarray(separate.synthesis(w, changed))).max() > 1e-3


def test_a_fixed_constant_is_not_trained():
    assert "constant" in {v.name for v in generator().trainable_variables}
    assert "constant" not in {v.name for v in generator(is_constant_learned=False).trainable_variables}


def test_the_mapping_network_ignores_the_length_of_z_and_reads_the_label():
    model = generator()
    z, labels = normal(2, SMALL.latent_dim), np.eye(10, dtype="float32")[[3, 3]]
    w = np.asarray(model.mapping(z, labels))
    assert w.shape == (2, W_DIM)
    np.testing.assert_allclose(model.mapping(5 * z, labels), w, rtol=1e-3, atol=1e-5)
    assert np.abs(np.asarray(model.mapping(z, np.eye(10, dtype="float32")[[3, 4]]))[1] - w[1]).max() > 1e-3


def test_without_a_mapping_network_w_is_z_and_the_label():
    model = generator(mapping_layers=0)
    z, labels = normal(2, SMALL.latent_dim), np.eye(10, dtype="float32")[[0, 1]]
    w = np.asarray(model.mapping(z, labels))
    np.testing.assert_allclose(w[:, : SMALL.latent_dim], networks.pixel_norm(z), rtol=1e-5)
    assert model.count_params() < generator().count_params()


def test_style_mixing_takes_the_last_layers_from_the_second_latent():
    model = generator()
    z, second = normal(2, 64), normal(2, 64, seed=1)
    labels, noise = np.eye(10, dtype="float32")[[0, 1]], np.zeros((2, model.synthesis.noise_size), "float32")
    mixed = model(z, noise, labels, second, np.array([7, 0], "int32"))
    np.testing.assert_allclose(mixed[0], model(z, noise, labels)[0], atol=1e-5)
    np.testing.assert_allclose(mixed[1], model(second, noise, labels)[1], atol=1e-5)


def test_the_discriminator_reads_image_and_label():
    model = networks.Discriminator(SMALL, 1, 10, seed=1)
    x, labels = normal(4, 32, 32, 1), np.eye(10, dtype="float32")[[0, 1, 2, 3]]
    logits = np.asarray(model(x, labels))
    assert logits.shape == (4, 1)
    assert np.abs(np.asarray(model(x, labels[::-1])) - logits).max() > 1e-4
    assert np.abs(np.asarray(model(x[::-1], labels)) - logits).max() > 1e-4


def test_seeds_of_layers_differ():
    seeds = count()
    first, second = (networks.StyledConv(4, "none", SMALL, seeds) for _ in range(2))
    assert len({first.seed, first.style_seed, first.bias_seed, second.seed, second.style_seed}) == 5
