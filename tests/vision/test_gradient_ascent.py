"""Gradient ascent on pixels: the gradient, its normalization, tiles, octaves."""

import numpy as np
import pytest

from genmodels.deep_dream import objectives
from genmodels.vision import architecture, gradient_ascent


@pytest.fixture(scope="module")
def model():
    return architecture.from_keras(architecture.build(((4,), (6, 6), (8,)), classes=5), list("abcde"))


@pytest.fixture
def image():
    return np.random.default_rng(0).random((48, 64, 3), dtype="float32")


# --- the gradient -----------------------------------------------------------------------------


def test_the_gradient_equals_a_difference_quotient(model, image):
    objective_fn = gradient_ascent.gradient(
        objectives.layers_objective(model, ["block2_conv2"]), [(1, None, None, 3), (1,), ()]
    )
    w = np.ones(1, "float32")
    _, grad = gradient_ascent.tiled_gradient(objective_fn, image, w)
    direction = grad / np.linalg.norm(grad)
    up, down = (gradient_ascent.tiled_gradient(objective_fn, image + e * direction, w)[0] for e in (0.01, -0.01))
    assert (up - down) / 0.02 == pytest.approx(float(np.linalg.norm(grad)), rel=0.02)


# --- tiles ------------------------------------------------------------------------------------


def test_tiled_equals_untiled_away_from_seams(model):
    image = np.random.default_rng(0).random((300, 420, 3), dtype="float32")
    objective_fn = gradient_ascent.gradient(
        objectives.layers_objective(model, ["block3_conv1"]), [(1, None, None, 3), (1,), ()]
    )
    whole_value, whole = gradient_ascent.tiled_gradient(objective_fn, image, np.ones(1, "float32"), tile=1000)
    tiled_value, tiled = gradient_ascent.tiled_gradient(objective_fn, image, np.ones(1, "float32"), tile=150)
    np.testing.assert_allclose(tiled, whole, atol=1e-5 * np.abs(whole).max())
    assert tiled_value == pytest.approx(whole_value, rel=0.05)


@pytest.mark.parametrize(("length", "tile"), [(100, 512), (513, 512), (700, 256), (96, 16), (33, 32)])
def test_tiles_cover_a_side_once_on_the_grid(length, tile):
    tiles = gradient_ascent._split(length, tile)
    assert [a for a, _ in tiles] == [0, *(b for _, b in tiles[:-1])] and tiles[-1][1] == length
    assert all(a % gradient_ascent.GRID == 0 and a < b for a, b in tiles)


# --- normalization and step -------------------------------------------------------------------


def test_a_constant_gradient_becomes_zero():
    assert np.abs(gradient_ascent.laplacian_normalize(np.full((64, 96, 3), 0.3, "float32"), 5)).max() == 0


def test_low_and_high_frequencies_get_the_same_size():
    y, x = np.mgrid[:128, :128].astype("float32")
    fine, coarse = np.sin(x * np.pi / 2), 20 * np.sin(y * np.pi / 16)
    g = np.repeat((fine + coarse)[..., None], 3, axis=2).astype("float32")
    normalized = gradient_ascent.laplacian_normalize(g, 5)

    def amplitude(wave, grad):
        return abs(float((grad[..., 0] * wave).mean())) / float(np.sqrt(np.square(wave).mean()))

    before = amplitude(fine, g) / amplitude(coarse, g)
    after = amplitude(fine, normalized) / amplitude(coarse, normalized)
    assert before < 0.06 and 0.25 < after < 4


def test_normalization_keeps_the_shape_of_odd_and_small_images():
    for shape in ((33, 47, 3), (5, 4, 3), (2, 3, 3)):
        result = gradient_ascent.laplacian_normalize(
            np.random.default_rng(0).standard_normal(shape).astype("float32"), 5
        )
        assert result.shape == shape and result.dtype == np.float32 and np.isfinite(result).all()


def test_a_normalized_gradient_has_mean_absolute_value_1():
    g = np.random.default_rng(0).standard_normal((8, 8, 3)).astype("float32")
    assert np.abs(gradient_ascent.normalize_gradient(1e-5 * g)).mean() == pytest.approx(1, rel=1e-4)
    assert not gradient_ascent.normalize_gradient(np.zeros((4, 4, 3), "float32")).any()


def test_a_step_stays_in_range():
    x = np.linspace(0, 1, 11, dtype="float32")
    for step in (0.04, -0.04, 3.0, -3.0):
        result = gradient_ascent.apply_step(x, np.full(11, step, "float32"))
        assert result.min() >= 0 and result.max() <= 1
        assert (np.diff(result) >= 0).all(), "brightness keeps its order"
    middle = gradient_ascent.apply_step(np.array([0.5], "float32"), np.array([0.04], "float32"))
    assert middle[0] == pytest.approx(0.54), "a step in the middle of the range is not shortened"


# --- octaves ----------------------------------------------------------------------------------


def test_octave_sizes():
    assert gradient_ascent.octave_sizes(280, 420, 3, 1.4) == [(143, 214), (200, 300), (280, 420)]
    assert gradient_ascent.octave_sizes(100, 60, 1, 1.4) == [(100, 60)]
    assert gradient_ascent.octave_sizes(64, 64, 5, 2.0) == [(32, 32), (64, 64)], "octaves below 32 pixels are left out"


@pytest.mark.parametrize(("octaves", "scale"), [(0, 1.4), (3, 1.0), (2, 0.5)])
def test_impossible_octaves_raise(octaves, scale):
    with pytest.raises(ValueError, match="one octave or more and an octave scale above 1"):
        gradient_ascent.octave_sizes(100, 100, octaves, scale)


def test_resizing_keeps_the_mean():
    image = np.random.default_rng(0).random((60, 80, 3), dtype="float32")
    small = gradient_ascent.resize(image, (30, 40))
    assert small.shape == (30, 40, 3) and small.mean() == pytest.approx(float(image.mean()), abs=0.01)
    assert gradient_ascent.resize(image, (60, 80)) is image
