"""Grids, interpolation, traversals and concept vectors in latent space."""

import itertools

import numpy as np
import pytest
from scipy import stats

from genmodels import latent_space


def bar(thickness=3, slant=0.0):
    """An upright stroke `thickness` columns wide that moves `slant` columns to the right per row upwards."""
    rows, columns = np.mgrid[:28, :28]
    inside = np.abs(columns - 13.5 + slant * (rows - 13.5)) <= thickness / 2
    return np.uint8(255 * (inside & (rows >= 6) & (rows < 22)))


# --- grids and interpolation ------------------------------------------------------------------------


def test_the_latent_grid_has_its_top_row_first():
    z = latent_space.latent_grid(5, half_width=2.0).reshape(5, 5, 2)
    assert z.dtype == np.float32
    np.testing.assert_allclose(z[0, 0], [-2, 2])
    np.testing.assert_allclose(z[-1, -1], [2, -2])
    np.testing.assert_allclose(z[0, :, 0], [-2, -1, 0, 1, 2])
    np.testing.assert_allclose(z[:, 0, 1], [2, 1, 0, -1, -2])


def test_normal_quantiles_give_equally_likely_cells():
    ticks = latent_space.latent_grid(10, spacing="normal_quantiles").reshape(10, 10, 2)[0, :, 0]
    np.testing.assert_allclose(stats.norm.cdf(ticks), (np.arange(10) + 0.5) / 10, atol=1e-6)


def test_an_unknown_spacing_is_rejected():
    with pytest.raises(ValueError, match="'linear' or 'normal_quantiles', got 'even'"):
        latent_space.latent_grid(3, spacing="even")


@pytest.mark.parametrize("spherical", [False, True])
def test_interpolate_includes_both_ends(spherical):
    a, b = np.random.default_rng(0).standard_normal((2, 10))
    path = latent_space.interpolate(a, b, 9, spherical=spherical)
    assert path.shape == (9, 10) and path.dtype == np.float32
    np.testing.assert_allclose(path[[0, -1]], [a, b], atol=1e-6)


def test_linear_interpolation_has_equal_steps():
    a, b = np.random.default_rng(0).standard_normal((2, 10))
    steps = np.diff(latent_space.interpolate(a, b, 9), axis=0)
    np.testing.assert_allclose(steps, np.tile((b - a) / 8, (8, 1)), atol=1e-6)


def test_slerp_keeps_the_norm_and_linear_interpolation_does_not():
    a, b = np.array([2.0, 0.0, 0.0]), np.array([0.0, 2.0, 0.0])
    slerp = latent_space.interpolate(a, b, 7, spherical=True)
    np.testing.assert_allclose(np.linalg.norm(slerp, axis=1), 2, rtol=1e-6)
    cosines = [x @ y / 4 for x, y in itertools.pairwise(slerp)]
    np.testing.assert_allclose(cosines, np.cos(np.pi / 12), rtol=1e-5)
    assert np.linalg.norm(latent_space.interpolate(a, b, 7)[3]) < 1.5


def test_the_norm_changes_linearly_along_slerp():
    norms = np.linalg.norm(latent_space.interpolate(np.array([1.0, 0]), np.array([0, 3.0]), 5, spherical=True), axis=1)
    np.testing.assert_allclose(norms, [1, 1.5, 2, 2.5, 3], rtol=1e-6)


@pytest.mark.parametrize(
    ("a", "b"),
    [([0.0, 0.0], [1.0, 2.0]), ([1.0, 2.0], [0.0, 0.0]), ([1.0, 1.0], [2.0, 2.0]), ([1.0, 1.0], [-2.0, -2.0])],
)
def test_slerp_is_linear_where_the_arc_is_undefined(a, b):
    path = latent_space.interpolate(np.array(a), np.array(b), 5, spherical=True)
    assert np.isfinite(path).all()
    np.testing.assert_allclose(path, latent_space.interpolate(np.array(a), np.array(b), 5), atol=1e-6)


def test_the_semantic_grid_keeps_the_originals_and_interpolates_between_them():
    corners = np.random.default_rng(0).standard_normal((3, 4, 10)).astype("float32")
    grid = latent_space.semantic_grid(corners)
    assert grid.shape == (5, 7, 10) and grid.dtype == np.float32
    np.testing.assert_allclose(grid[::2, ::2], corners, atol=1e-6)
    np.testing.assert_allclose(grid[::2, 1::2], (corners[:, :-1] + corners[:, 1:]) / 2, atol=1e-6)
    np.testing.assert_allclose(grid[1::2, ::2], (corners[:-1] + corners[1:]) / 2, atol=1e-6)
    middle = (corners[:-1, :-1] + corners[1:, :-1] + corners[:-1, 1:] + corners[1:, 1:]) / 4
    np.testing.assert_allclose(grid[1::2, 1::2], middle, atol=1e-6)


def test_a_semantic_grid_of_one_row_or_one_column():
    corners = np.random.default_rng(0).standard_normal((1, 2, 3)).astype("float32")
    grid = latent_space.semantic_grid(corners, rows=2, columns=3)
    np.testing.assert_allclose(grid[0], grid[1])
    np.testing.assert_allclose(grid[0, 1], corners[0].mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(latent_space.semantic_grid(corners[:, :1]), np.tile(corners[:, :1], (5, 7, 1)))


# --- concept vectors ------------------------------------------------------------------------------


def latents_with_concept(attribute):
    rng = np.random.default_rng(1)
    truth = rng.standard_normal(10)
    return truth, rng.normal(0, 0.1, (len(attribute), 10)) + np.outer(attribute, truth)


def test_the_concept_vector_of_a_label_is_the_difference_of_means():
    has = np.random.default_rng(0).random(2000) < 0.3
    truth, z = latents_with_concept(has)
    vector = latent_space.concept_vector(z, has)
    assert vector.dtype == np.float32 and vector.shape == (10,)
    np.testing.assert_allclose(vector, truth, atol=0.05)


def test_the_concept_vector_of_a_score_is_in_standard_deviations():
    scores = np.random.default_rng(0).normal(5, 3, 2000)
    truth, z = latents_with_concept(scores)
    np.testing.assert_allclose(latent_space.concept_vector(z, scores), scores.std() * truth, atol=0.05)


@pytest.mark.parametrize("attribute", [np.ones(4, bool), np.zeros(4, bool), np.full(4, 2.5), np.zeros(0)])
def test_equal_attributes_are_rejected(attribute):
    with pytest.raises(ValueError, match="images with the attribute and images without it"):
        latent_space.concept_vector(np.zeros((len(attribute), 2)), attribute)


def test_stroke_features_measure_thickness_slant_and_width():
    strokes = np.stack([bar(3), bar(7), bar(3, slant=0.4), bar(3, slant=-0.4)])
    features = latent_space.stroke_features(strokes)
    assert set(features) == {"stroke", "slant", "width"}
    assert all(value.shape == (4,) and value.dtype == np.float32 for value in features.values())
    assert features["stroke"][1] > 1.5 * features["stroke"][0]
    np.testing.assert_allclose(features["slant"], [0, 0, 0.4, -0.4], atol=0.05)  # '/' is positive
    assert features["width"][1] > 1.5 * features["width"][0]
    np.testing.assert_allclose(features["width"][2:], features["width"][0], rtol=0.25)  # the slant is removed first


def test_stroke_features_of_an_empty_image_are_finite():
    assert all(
        np.isfinite(value).all() for value in latent_space.stroke_features(np.zeros((1, 28, 28), "uint8")).values()
    )


# --- the prior and traversals -----------------------------------------------------------------------


def test_quantile_and_cdf_of_the_prior_are_inverse():
    probabilities = np.linspace(0.01, 0.99, 9)
    z = latent_space.prior_quantile(probabilities)
    np.testing.assert_allclose(z, stats.norm.ppf(probabilities))
    np.testing.assert_allclose(latent_space.prior_cdf(z), probabilities)


def test_a_traversal_varies_one_dimension():
    z, values = np.arange(4, dtype="float32"), np.linspace(-2, 2, 5)
    path = latent_space.traverse(z, 2, values)
    assert path.shape == (5, 4) and path.dtype == np.float32
    np.testing.assert_allclose(path[:, 2], values)
    np.testing.assert_array_equal(np.delete(path, 2, axis=1), np.tile([0, 1, 3], (5, 1)))
