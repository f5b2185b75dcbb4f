"""Truncation, mixing, paths and metrics, on an untrained network; style mixing on a pretrained one."""

import numpy as np
import pytest

from genmodels.style_gan import latent_space, metrics
from genmodels.style_gan import model as style_gan
from genmodels.style_gan.config import W_DIM, Config, Hyperparameters


@pytest.fixture(scope="module")
def model():
    built = style_gan.build(
        Config("fashion_mnist", ("a", "b", "c"), 1, Hyperparameters(channels=(16, 16, 8, 8))), seed=1
    )
    for conv in built.generator.synthesis.convs:
        conv.noise_scale.assign(np.full(conv.noise_scale.shape, 0.1))
    return built


@pytest.fixture(scope="module")
def w(model):
    return style_gan.map_latents(model, style_gan.sample_latents(model, 4, 0), [0, 1, 2, 0])


def test_images_are_deterministic_without_noise(model, w):
    images = style_gan.synthesize(model, w)
    assert images.shape == (4, 32, 32) and images.dtype == np.uint8 and images.std() > 1
    np.testing.assert_array_equal(style_gan.synthesize(model, w), images)
    noise = style_gan.sample_noise(model, 4, 1)
    assert np.abs(style_gan.synthesize(model, w, noise).astype(int) - images).max() > 1
    np.testing.assert_array_equal(style_gan.synthesize(model, w, noise), style_gan.synthesize(model, w, noise))


def test_psi_0_is_the_image_of_the_mean_of_the_class(model, w):
    truncated = style_gan.truncate(model, w, [0, 1, 2, 0], 0.0)
    np.testing.assert_array_equal(
        style_gan.synthesize(model, truncated), style_gan.synthesize(model, model.mean_w[[0, 1, 2, 0]])
    )
    np.testing.assert_allclose(style_gan.truncate(model, w, [0, 1, 2, 0], 1.0)[:, 3], w, atol=1e-6)


def test_the_cutoff_leaves_the_fine_layers_alone(model, w):
    truncated = style_gan.truncate(model, w, [0, 1, 2, 0], 0.5, cutoff=3)
    np.testing.assert_allclose(truncated[:, 3], w, atol=1e-6)
    np.testing.assert_allclose(truncated[:, 2], 0.5 * (w + model.mean_w[[0, 1, 2, 0]]), atol=1e-6)


def test_mixing_a_latent_with_itself_changes_nothing(model, w):
    for layers in style_gan.style_ranges(model).values():
        np.testing.assert_array_equal(style_gan.mix_styles(model, w, w, layers), style_gan.repeat_for_layers(model, w))


def test_style_ranges_cover_all_layers_once(model):
    assert style_gan.style_ranges(model) == {"coarse": [0, 1, 2], "middle": [3, 4], "fine": [5, 6]}


def test_the_mixing_grid_takes_the_layers_from_the_column(model, w):
    grid = style_gan.mixing_grid(model, w[:2], w[1:], [0, 1])
    assert grid.shape == (2, 3, 7, W_DIM)
    np.testing.assert_array_equal(grid[1, 2, 0], w[3])
    np.testing.assert_array_equal(grid[1, 2, 2], w[1])


@pytest.mark.slow
def test_styles_change_the_image_at_every_level_of_the_pretrained_generator():
    """Mean absolute change of a pixel, of 255, when one level takes the styles of another latent vector.

    Measured on 150 pairs without truncation: coarse 42, middle 29, fine 22 (all levels 61, another noise 14); the
    smallest of a pair is 5. The bounds are half of it, so that other weights may differ; a change of 2 is just visible.
    """
    model = style_gan.load("cifar10")
    labels = np.arange(50) % len(model.config.class_names)
    rows, columns = (style_gan.map_latents(model, style_gan.sample_latents(model, 50, k), labels) for k in (0, 100))
    noise = style_gan.sample_noise(model, 1, 0)
    before = style_gan.synthesize(model, rows, noise).astype(float)
    change = {}
    for level, layers in style_gan.style_ranges(model).items():
        mixed = style_gan.synthesize(model, style_gan.mix_styles(model, rows, columns, layers), noise)
        change[level] = np.abs(mixed - before).mean(axis=(1, 2, 3))
    for level, bound in {"coarse": 21, "middle": 14, "fine": 11}.items():
        assert change[level].mean() > bound and change[level].min() > 2, level
    assert change["coarse"].mean() > change["middle"].mean() > change["fine"].mean()


def test_class_weights_mix_classes(model):
    z = style_gan.sample_latents(model, 1, 0)
    np.testing.assert_allclose(
        style_gan.map_latents(model, z, [[0, 1, 0]]), style_gan.map_latents(model, z, [1]), atol=1e-6
    )
    between = style_gan.map_latents(model, z, [[0.5, 0.5, 0]])
    assert np.abs(between - style_gan.map_latents(model, z, [1])).max() > 1e-4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: style_gan.map_latents(m, np.zeros((2, 3)), [0, 1]), r"z must have shape \(n, 64\), got \(2, 3\)"),
        (lambda m: style_gan.map_latents(m, np.zeros((2, 64)), [0, 3]), "labels must be"),
        (lambda m: style_gan.map_latents(m, np.zeros((2, 64)), [0]), "labels must be"),
        (lambda m: style_gan.synthesize(m, np.zeros((2, 5))), "w must have shape"),
        (lambda m: style_gan.synthesize(m, np.zeros((2, W_DIM)), np.zeros((3, 4))), "noise must have shape"),
        (lambda m: latent_space.path(m, np.ones(64), np.ones(64), 0, space="x", steps=3), "space must be 'z' or 'w'"),
        (lambda m: metrics.perceptual_path_length(m, None, space="x"), "space must be one of z, w"),
        (lambda m: style_gan.config_of("lions"), "unknown model 'lions'"),
    ],
)
def test_errors_say_what_was_expected(model, call, message):
    with pytest.raises(ValueError, match=message):
        call(model)


def test_both_paths_join_the_same_ends(model):
    a, b = style_gan.sample_latents(model, 2, 0)
    ends = style_gan.map_latents(model, np.stack([a, b]), [1, 1])
    for space in ("z", "w"):
        path = latent_space.path(model, a, b, 1, space=space, steps=9)
        np.testing.assert_allclose(path[[0, -1]], ends, atol=1e-4)
    straight = latent_space.path(model, a, b, 1, space="w", steps=3)
    np.testing.assert_allclose(straight[1], ends.mean(axis=0), atol=1e-5)


def test_slerp_stays_on_the_sphere():
    a, b = np.random.default_rng(0).standard_normal((2, 1, 64))
    t = np.linspace(0, 1, 5)[:, None]
    points = latent_space.slerp(np.repeat(a, 5, axis=0), np.repeat(b, 5, axis=0), t)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 8, rtol=1e-5)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-4)


def test_principal_directions_are_orthonormal_and_sorted(model):
    directions, deviations = latent_space.principal_directions(model, 0)
    np.testing.assert_allclose(directions @ directions.T, np.eye(10), atol=1e-4)
    assert (np.diff(deviations) <= 0).all() and deviations[-1] > 0
    w = np.zeros((1, W_DIM), "float32")
    amounts = np.zeros(10)
    amounts[2] = 1.5
    shifted = latent_space.shift_along(w, directions, deviations, amounts)
    np.testing.assert_allclose(shifted[0], 1.5 * deviations[2] * directions[2], atol=1e-5)


def test_a_plane_has_its_center_in_the_middle_and_y_upwards():
    center, u, v = np.zeros(W_DIM), np.eye(W_DIM)[0], np.eye(W_DIM)[1]
    plane = latent_space.plane(center, u, v, size=5, extent=2.0)
    assert plane.shape == (5, 5, W_DIM)
    np.testing.assert_allclose(plane[2, 2], center, atol=1e-6)
    np.testing.assert_allclose(plane[0, 4, :2], [2, 2])


def test_the_deviation_of_the_noise_is_zero_without_noise(model, w):
    _, deviation = latent_space.noise_deviation(model, style_gan.repeat_for_layers(model, w)[0], n=8)
    assert deviation.shape == (32, 32) and deviation.max() > 0
    silent = style_gan.build(model.config, seed=1)  # its noise scales are 0
    _, deviation = latent_space.noise_deviation(silent, style_gan.repeat_for_layers(model, w)[0], n=8)
    assert deviation.max() == 0


def test_the_share_of_z_is_1_without_noise_and_lower_with_it(model):
    silent = style_gan.build(model.config, seed=1)
    assert metrics.latent_variance_fraction(silent, n_latents=10, n_noise=3) == pytest.approx(1, abs=1e-6)
    assert metrics.latent_variance_fraction(model, n_latents=10, n_noise=3) < 0.999


def test_class_diversity_is_1_for_the_real_images_and_0_for_copies():
    rng = np.random.default_rng(0)
    real, labels = rng.integers(0, 256, (40, 8, 8), dtype=np.uint8), np.arange(40) % 4
    assert metrics.class_diversity(real, labels, real, labels) == pytest.approx(1)
    copies = real[:4][labels]
    assert metrics.class_diversity(copies, labels, real, labels) == pytest.approx(0, abs=1e-3)


def test_images_are_cropped_at_the_center():
    x = np.arange(32 * 32).reshape(1, 32, 32)
    np.testing.assert_array_equal(style_gan.crop_images(x, 28), x[:, 2:30, 2:30])
