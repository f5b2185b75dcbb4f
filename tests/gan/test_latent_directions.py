"""Latent directions, slices, neighbors and vector arithmetic, against plain linear algebra."""

import numpy as np
import pytest

from genmodels.gan import latent_directions
from genmodels.gan import model as gan
from genmodels.gan.latent_directions import Directions


def latents(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, d)).astype("float32")


@pytest.fixture(scope="module")
def directions() -> Directions:
    """Fitted to features that depend on two of five dimensions, on one of them three times as strongly."""
    z = latents(400, 5)
    features = np.stack([3 * z[:, 2], z[:, 4], 0 * z[:, 0]], axis=1) + 7
    return latent_directions.fit_directions(z, features)


def test_the_first_directions_change_the_features_most(directions):
    assert np.allclose(directions.components[0], [0, 0, 1, 0, 0], atol=1e-4)
    assert np.allclose(directions.components[1], [0, 0, 0, 0, 1], atol=1e-4)
    assert np.allclose(directions.explained_variance, [0.9, 0.1, 0, 0, 0], atol=1e-4)


def test_the_directions_are_a_rotation(directions):
    assert np.allclose(directions.components @ directions.components.T, np.eye(5), atol=1e-5)
    z = latents(50, 5, seed=1)
    shifted = latent_directions.coordinates(z, directions)
    assert np.allclose(np.linalg.norm(shifted, axis=1), np.linalg.norm(z, axis=1), atol=1e-4)
    assert np.allclose(latent_directions.coordinates(z[3], directions), shifted[3], atol=1e-5)


def test_a_direction_points_to_where_the_features_grow():
    z = latents(300, 4)
    up = latent_directions.fit_directions(z, z[:, :1])
    down = latent_directions.fit_directions(z, -z[:, :1])
    assert up.components[0, 0] > 0.99 and down.components[0, 0] < -0.99


def test_too_few_latents_raise():
    with pytest.raises(ValueError, match="more than 8 latent vectors"):
        latent_directions.fit_directions(latents(8, 8), latents(8, 2))
    with pytest.raises(ValueError, match="each with its features"):
        latent_directions.fit_directions(latents(20, 8), latents(19, 2))


def test_principal_directions_change_the_images_most():
    model = gan.build("dense", seed=3)
    directions = latent_directions.principal_directions(model, n=200)
    z = latents(1, model.latent_dim)[0]

    def change(i: int) -> float:
        steps = np.stack([z + 2 * directions.components[i], z - 2 * directions.components[i]]).astype("float32")
        a, b = gan.generate(model, steps).astype("float64")
        return float(np.abs(latent_directions.average_pool(a[None]) - latent_directions.average_pool(b[None])).sum())

    assert (
        directions.components.shape == (model.latent_dim, model.latent_dim)
        and (np.diff(directions.explained_variance) <= 0).all()
    )
    assert change(0) > 2 * change(model.latent_dim - 1)


def test_a_conditional_generator_has_directions_of_each_class():
    model = gan.build("dense", classes=3)
    one, two = (latent_directions.principal_directions(model, label=label, n=60) for label in (0, 2))
    assert not np.allclose(one.components[0], two.components[0])


def test_average_pool_is_a_mean_over_squares():
    images = np.random.default_rng(0).integers(0, 256, (2, 9, 8, 3)).astype("uint8")
    pooled = latent_directions.average_pool(images)
    assert pooled.shape == (2, 2 * 2 * 3)
    assert np.isclose(pooled[1, 3], images[1, :4, 4:8, 0].mean() / 255)  # row 0, column 1, red


def test_set_coordinates_keeps_the_other_coordinates(directions):
    z = latents(1, 5, seed=2)[0]
    shifted = latent_directions.set_coordinates(z, directions, [1.5, -2.0])
    values = latent_directions.coordinates(shifted, directions)
    assert np.allclose(values[:2], [1.5, -2.0], atol=1e-5)
    assert np.allclose(values[2:], latent_directions.coordinates(z, directions)[2:], atol=1e-5)
    many = latent_directions.set_coordinates(z, directions, [[1.5, -2.0], [0.0, 0.0]])
    assert many.shape == (2, 5) and many.dtype == np.float32 and np.allclose(many[0], shifted)


def test_a_plane_spans_two_directions_top_row_first(directions):
    z = latents(1, 5, seed=2)[0]
    plane = latent_directions.latent_plane(z, directions, 3, 0, cells=5, extent=2)
    positions = latent_directions.coordinates(plane, directions)
    assert plane.shape == (25, 5)
    assert np.allclose(positions[0, [3, 0]], [-2, 2], atol=1e-5) and np.allclose(
        positions[-1, [3, 0]], [2, -2], atol=1e-5
    )
    assert np.allclose(positions[:, [1, 2, 4]], latent_directions.coordinates(z, directions)[[1, 2, 4]], atol=1e-5)
    with pytest.raises(ValueError, match="two different directions"):
        latent_directions.latent_plane(z, directions, 1, 1, cells=3, extent=1)


def test_the_nearest_neighbor_is_itself_and_the_others_are_sorted():
    bank = latents(100, 6)
    rows, distances = latent_directions.nearest_neighbors(bank[42], bank, 7)
    assert rows[0] == 42 and distances[0] == 0 and (np.diff(distances) >= 0).all() and len(rows) == 7
    assert np.isclose(distances[3], np.linalg.norm(bank[rows[3]] - bank[42]))


def test_arithmetic_of_means_of_three_has_the_norm_of_a_sample():
    many = latents(9 * 300, 50).reshape(300, 3, 3, 50)
    lengths = [np.linalg.norm(latent_directions.vector_arithmetic(*each)) for each in many]
    assert abs(np.mean(lengths) - np.sqrt(50)) < 0.2
    a, b, c = many[0]
    assert np.allclose(latent_directions.vector_arithmetic(a, b, c), sum(a) / 3 - sum(b) / 3 + sum(c) / 3, atol=1e-5)


def test_a_neighborhood_has_z_in_its_middle():
    z = latents(1, 12)[0]
    nine = latent_directions.neighborhood(z, 9, noise=0.25)
    assert np.array_equal(nine[4], z) and nine.dtype == np.float32
    assert 0.2 < np.abs(nine - z).max() <= 0.25001
    assert np.array_equal(nine, latent_directions.neighborhood(z, 9, noise=0.25))
    assert not np.array_equal(nine, latent_directions.neighborhood(z, 9, noise=0.25, seed=1))


def test_pixel_arithmetic_is_clipped():
    a, b, c = (np.full((3, 2, 2), value, "uint8") for value in (200, 10, 100))
    assert (latent_directions.pixel_arithmetic(a, b, c) == 255).all()
    assert (latent_directions.pixel_arithmetic(b, a, c) == 0).all()
    assert (latent_directions.pixel_arithmetic(c, b, b) == 100).all()


def test_set_components_changes_nothing_else():
    z = latents(1, 6)[0]
    changed = latent_directions.set_components(z, {1: 0.5, 4: -2.0})
    assert changed.tolist() == [z[0], 0.5, z[2], z[3], -2.0, z[5]] and changed.dtype == np.float32
    assert z[1] != 0.5, "a copy"


def test_the_median_distance_is_that_of_the_bank():
    bank = np.array([[3.0, 4.0], [0.0, 1.0], [0.0, 2.0]])
    assert latent_directions.median_distance(np.zeros(2), bank) == 2


def test_the_most_different_image_has_the_largest_squared_error():
    candidates = np.stack([np.full((2, 2), value, "uint8") for value in (90, 255, 110)])
    assert latent_directions.most_different(np.full((2, 2), 100, "uint8"), candidates) == 1
    assert latent_directions.most_different(np.full((2, 2), 200, "uint8"), candidates) == 0
