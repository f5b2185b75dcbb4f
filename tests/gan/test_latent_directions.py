"""Directions, slices, neighbours and sums of codes: what each promises, against plain linear algebra."""

import numpy as np
import pytest

from genmodels.gan import latent_directions
from genmodels.gan import model as gan
from genmodels.gan.latent_directions import Directions


def codes(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, d)).astype("float32")


@pytest.fixture(scope="module")
def turned() -> Directions:
    """Of a world in which the features answer to two of five numbers, one of them three times as strongly."""
    z = codes(400, 5)
    features = np.stack([3 * z[:, 2], z[:, 4], 0 * z[:, 0]], axis=1) + 7
    return latent_directions.fit_directions(z, features)


def test_the_first_directions_are_those_that_the_features_answer_to(turned):
    assert np.allclose(turned.components[0], [0, 0, 1, 0, 0], atol=1e-4)
    assert np.allclose(turned.components[1], [0, 0, 0, 0, 1], atol=1e-4)
    assert np.allclose(turned.explained_variance, [0.9, 0.1, 0, 0, 0], atol=1e-4)


def test_the_directions_are_a_rotation_so_a_gaussian_stays_one(turned):
    assert np.allclose(turned.components @ turned.components.T, np.eye(5), atol=1e-5)
    z = codes(50, 5, seed=1)
    there = latent_directions.coordinates(z, turned)
    assert np.allclose(np.linalg.norm(there, axis=1), np.linalg.norm(z, axis=1), atol=1e-4)
    assert np.allclose(latent_directions.coordinates(z[3], turned), there[3], atol=1e-5)


def test_a_direction_points_to_where_the_features_grow():
    z = codes(300, 4)
    up = latent_directions.fit_directions(z, z[:, :1])
    down = latent_directions.fit_directions(z, -z[:, :1])
    assert up.components[0, 0] > 0.99 and down.components[0, 0] < -0.99


def test_too_few_codes_tell_no_direction():
    with pytest.raises(ValueError, match="more than 8 latent vectors"):
        latent_directions.fit_directions(codes(8, 8), codes(8, 2))
    with pytest.raises(ValueError, match="each with its features"):
        latent_directions.fit_directions(codes(20, 8), codes(19, 2))


def test_the_directions_of_a_generator_move_its_pictures_most():
    model = gan.build("dense", seed=3)
    turned = latent_directions.principal_directions(model, n=200)
    z = codes(1, model.latent_dim)[0]

    def change(i: int) -> float:
        steps = np.stack([z + 2 * turned.components[i], z - 2 * turned.components[i]]).astype("float32")
        a, b = gan.generate(model, steps).astype("float64")
        return float(np.abs(latent_directions.average_pool(a[None]) - latent_directions.average_pool(b[None])).sum())

    assert (
        turned.components.shape == (model.latent_dim, model.latent_dim)
        and (np.diff(turned.explained_variance) <= 0).all()
    )
    assert change(0) > 2 * change(model.latent_dim - 1)


def test_a_conditional_generator_has_directions_of_each_class():
    model = gan.build("dense", classes=3)
    one, two = (latent_directions.principal_directions(model, label=label, n=60) for label in (0, 2))
    assert not np.allclose(one.components[0], two.components[0])


def test_coarse_is_a_mean_over_squares():
    pictures = np.random.default_rng(0).integers(0, 256, (2, 9, 8, 3)).astype("uint8")
    coarse = latent_directions.average_pool(pictures)
    assert coarse.shape == (2, 2 * 2 * 3)
    assert np.isclose(coarse[1, 3], pictures[1, :4, 4:8, 0].mean() / 255)  # row 0, column 1, red


def test_moving_sets_the_first_coordinates_and_holds_the_rest(turned):
    z = codes(1, 5, seed=2)[0]
    there = latent_directions.set_coordinates(z, turned, [1.5, -2.0])
    found = latent_directions.coordinates(there, turned)
    assert np.allclose(found[:2], [1.5, -2.0], atol=1e-5)
    assert np.allclose(found[2:], latent_directions.coordinates(z, turned)[2:], atol=1e-5)
    many = latent_directions.set_coordinates(z, turned, [[1.5, -2.0], [0.0, 0.0]])
    assert many.shape == (2, 5) and many.dtype == np.float32 and np.allclose(many[0], there)


def test_a_slice_runs_over_two_directions_top_row_first(turned):
    z = codes(1, 5, seed=2)[0]
    flat = latent_directions.latent_plane(z, turned, 3, 0, cells=5, extent=2)
    places = latent_directions.coordinates(flat, turned)
    assert flat.shape == (25, 5)
    assert np.allclose(places[0, [3, 0]], [-2, 2], atol=1e-5) and np.allclose(places[-1, [3, 0]], [2, -2], atol=1e-5)
    assert np.allclose(places[:, [1, 2, 4]], latent_directions.coordinates(z, turned)[[1, 2, 4]], atol=1e-5)
    with pytest.raises(ValueError, match="two different directions"):
        latent_directions.latent_plane(z, turned, 1, 1, cells=3, extent=1)


def test_the_nearest_code_is_itself_and_the_rest_are_sorted():
    bank = codes(100, 6)
    rows, away = latent_directions.nearest_neighbors(bank[42], bank, 7)
    assert rows[0] == 42 and away[0] == 0 and (np.diff(away) >= 0).all() and len(rows) == 7
    assert np.isclose(away[3], np.linalg.norm(bank[rows[3]] - bank[42]))


def test_a_sum_of_means_of_three_is_as_long_as_a_code():
    many = codes(9 * 300, 50).reshape(300, 3, 3, 50)
    lengths = [np.linalg.norm(latent_directions.vector_arithmetic(*each)) for each in many]
    assert abs(np.mean(lengths) - np.sqrt(50)) < 0.2
    a, b, c = many[0]
    assert np.allclose(latent_directions.vector_arithmetic(a, b, c), sum(a) / 3 - sum(b) / 3 + sum(c) / 3, atol=1e-5)


def test_around_a_code_it_stays_in_the_middle():
    z = codes(1, 12)[0]
    nine = latent_directions.neighborhood(z, 9, noise=0.25)
    assert np.array_equal(nine[4], z) and nine.dtype == np.float32
    assert 0.2 < np.abs(nine - z).max() <= 0.25001
    assert np.array_equal(nine, latent_directions.neighborhood(z, 9, noise=0.25))
    assert not np.array_equal(nine, latent_directions.neighborhood(z, 9, noise=0.25, seed=1))


def test_a_sum_of_pixels_is_clipped():
    a, b, c = (np.full((3, 2, 2), value, "uint8") for value in (200, 10, 100))
    assert (latent_directions.pixel_arithmetic(a, b, c) == 255).all()
    assert (latent_directions.pixel_arithmetic(b, a, c) == 0).all()
    assert (latent_directions.pixel_arithmetic(c, b, b) == 100).all()
