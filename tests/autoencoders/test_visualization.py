"""Images of weights and codes: colors, first-layer weights, activating examples, traversals, interpolations."""

import numpy as np
import pytest

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import visualization
from genmodels.autoencoders.config import MODELS
from genmodels.data import fashion_samples


@pytest.fixture(scope="module")
def stacked():
    return autoencoders.load("stacked")


@pytest.fixture(scope="module")
def clothes():
    return fashion_samples.generated_images()


def test_positive_and_negative_values_have_different_colors():
    red, green, blue = visualization.diverging_colormap(np.array([-2.0, 0.0, 1.0])).T.astype(int)
    assert (red[1], green[1], blue[1]) == (0, 0, 0)
    assert blue[0] == 255 > red[0] and 127 <= red[2] <= 128 > blue[2], "the largest is at full strength"
    assert (
        visualization.diverging_colormap(np.array([0.5]), max_abs=1.0)
        == visualization.diverging_colormap(np.array([1.0, 2.0]))[0]
    ).all()


def test_the_mean_squared_error_is_in_units_of_the_pixel_range():
    image = np.zeros((28, 28), "uint8")
    image[0, :14] = 255
    reconstruction = np.full((28, 28), 0.5, "float32")
    assert visualization.mean_squared_error(image, reconstruction) == 0.25
    assert visualization.mean_squared_error(image, 4 * reconstruction) == pytest.approx((14 * 1 + 770 * 4) / 784)
    assert visualization.mean_squared_error(image, 4 * reconstruction, clip=True) == pytest.approx(770 / 784)


def test_the_residual_shows_missing_and_additional_pixels():
    image, reconstruction = np.zeros((28, 28), "uint8"), np.zeros((28, 28), "float32")
    image[0, 0], reconstruction[1, 1] = 255, 1.0
    residual = visualization.residual_image(image, reconstruction)
    assert residual.shape == (28, 28, 3) and residual[2:].max() == 0
    assert residual[0, 0, 0] > residual[0, 0, 2] and residual[1, 1, 2] > residual[1, 1, 0]


@pytest.mark.parametrize("d", [2, 4, 10, 16, 30, 64, 300, 1000])
def test_the_heatmap_shows_the_units_row_by_row(d):
    code = np.arange(1, d + 1, dtype="float32")
    heatmap = visualization.code_heatmap(code)
    brightness = heatmap.reshape(-1, 3)[:d, 0].astype(int)
    assert (np.diff(brightness) >= 0).all() and brightness[-1] == 255, "row after row"
    assert heatmap.shape[1] <= 4 * heatmap.shape[0] + 2 or d <= 4


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_first_layer_weights(name):
    model = autoencoders.build(MODELS[name])
    kernels, what = visualization.first_layer_weights(model)
    expected = {"linear": (30, 28, 28), "convolutional": (16, 3, 3), "recurrent": (100, 1, 28)}
    assert kernels.shape == expected.get(name, (100, 28, 28)) and what
    assert np.allclose(np.abs(kernels).max(axis=(1, 2)), 1)


def test_first_layer_weights_give_the_activations():
    model = autoencoders.build(MODELS["linear"])
    kernels, _ = visualization.first_layer_weights(model)
    x = np.random.default_rng(0).random((5, 28, 28), dtype="float32")
    activations = (x[:, None] * kernels).sum(axis=(2, 3))
    codes = autoencoders.encode(model, x)  # no activation, and biases of zero before training
    ratio = codes / activations
    assert np.allclose(ratio, ratio[0], rtol=1e-3), "up to a scale per unit"


def test_activating_examples_have_the_extreme_activations():
    codes = np.random.default_rng(0).standard_normal((50, 4)).astype("float32")
    codes[:, 2] *= 9
    largest, smallest = visualization.max_activating_examples(codes, 1, 5)
    assert codes[largest[0], 1] == codes[:, 1].max() and codes[smallest[0], 1] == codes[:, 1].min()
    assert (np.diff(codes[largest, 1]) <= 0).all() and (np.diff(codes[smallest, 1]) >= 0).all()
    assert visualization.highest_variance_units(codes, 3)[0] == 2


def test_a_traversal_varies_one_unit_and_an_interpolation_has_its_ends(stacked, clothes):
    a, b = clothes.images[:2]
    codes = autoencoders.encode(stacked, clothes.images[:100])
    traversal = visualization.latent_traversal(stacked, codes[0], codes, 3, 5)
    low, high = np.quantile(codes[:, 3], (0.05, 0.95))
    for end, value in ((0, low), (-1, high)):
        code = codes[0].copy()
        code[3] = value
        assert np.allclose(traversal[end], autoencoders.decode(stacked, code[None])[0], atol=1e-4)
    decoded, blended = visualization.interpolate(stacked, a, b, 7)
    assert np.allclose(decoded[[0, -1]], autoencoders.reconstruct(stacked, np.stack([a, b])), atol=1e-4)
    assert np.allclose(blended[3], (a / 255 + b / 255) / 2, atol=1e-5)


def test_the_weight_sheet_has_a_cell_per_unit():
    weights = np.random.default_rng(0).uniform(-1, 1, (9, 3, 3)).astype("float32")
    sheet = visualization.weight_sheet(weights)  # 8 columns of 3 pixels with gaps of 1
    assert sheet.shape == (2 * 3 + 1, 8 * 3 + 7, 3) and sheet.dtype == np.uint8
    assert (sheet[4:, :3] == visualization.diverging_colormap(weights[8], max_abs=1.0)).all()
    assert sheet[4:, 4:7].max() == 0, "the last row is filled with zeros"
