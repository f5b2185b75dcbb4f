"""Plot coordinates, the residual image, and padding."""

import numpy as np
import pytest

from genmodels.vae import visualization
from genmodels.vae.visualization import Posterior


def test_the_residual_is_orange_where_missing_and_blue_where_added():
    image, reconstruction = np.zeros((28, 28), "uint8"), np.zeros((28, 28), "float32")
    image[0, 0], reconstruction[1, 1] = 255, 1.0
    residual = visualization.residual_image(image, reconstruction)
    assert tuple(residual[0, 0]) == visualization.MISSING
    assert tuple(residual[1, 1]) == visualization.ADDED
    assert residual.sum() == pytest.approx(sum(visualization.MISSING) + sum(visualization.ADDED))


def test_plot_coordinates_have_the_center_in_the_middle_and_z2_upwards():
    center = np.array([1.0, -1.0])
    corners = center + 2 * np.array([[0, 0], [-1, 1], [1, -1]])
    np.testing.assert_allclose(visualization.plot_coordinates(corners, center, 2.0), [[50, 50], [0, 0], [100, 100]])


def test_the_half_width_of_the_plane_grows_with_a_posterior_outside():
    inside = Posterior(np.zeros(2), np.full(2, 0.5), np.zeros((1, 2)))
    outside = Posterior(np.array([40.0, 0.0]), np.ones(2), np.zeros((1, 2)))
    assert visualization.plane_half_width(4.0, None) == visualization.plane_half_width(4.0, inside) == 4.0
    assert visualization.plane_half_width(4.0, outside) == pytest.approx(1.1 * 42)
    assert inside.half_width == 2.0


@pytest.mark.parametrize("shape", [(3, 7), (7, 3), (4, 4)])
def test_padding_centers_the_image_in_a_transparent_square(shape):
    square = visualization.pad_to_square(np.full(shape, 9, "uint8"))
    assert square.shape == (max(shape), max(shape), 4) and square.dtype == np.uint8
    assert (square[..., 3] == 255).sum() == np.prod(shape)
    assert (square[square[..., 3] == 255] == [9, 9, 9, 255]).all()
