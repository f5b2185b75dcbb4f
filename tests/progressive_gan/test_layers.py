"""The layers against NumPy, and the limits of the fade."""

import numpy as np
import pytest
from keras import ops

from genmodels.progressive_gan import layers

RNG = np.random.default_rng(0)


def normal(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape).astype("float32")


def conv_numpy(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """A 3 x 3 convolution with zero padding, written out."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    h, w = x.shape[1:3]
    return sum(
        np.einsum("nhwc,cd->nhwd", padded[:, i : i + h, j : j + w], kernel[i, j]) for i in range(3) for j in range(3)
    )


def test_pixel_norm_gives_every_position_a_mean_square_of_one():
    x = normal(2, 4, 4, 8)
    expected = x / np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + 1e-8)
    np.testing.assert_allclose(layers.pixel_norm(x), expected, rtol=1e-5)


def test_minibatch_std_is_the_mean_deviation_of_each_group():
    x = normal(8, 4, 4, 3)
    out = np.asarray(layers.minibatch_std(x))
    np.testing.assert_array_equal(out[..., :3], x)
    for k in range(2):  # with 8 images, groups of four: every second image
        expected = np.sqrt(x[k::2].var(axis=0) + 1e-8).mean()
        np.testing.assert_allclose(out[k::2, ..., 3], expected, rtol=1e-4)


def test_minibatch_std_is_small_for_equal_images():
    same = np.repeat(normal(1, 4, 4, 3), 4, axis=0)
    assert np.asarray(layers.minibatch_std(same))[..., 3].max() < 1e-3


def test_upsample_conv_equals_upsampling_then_convolution():
    x, kernel = normal(2, 4, 4, 3), normal(3, 3, 3, 5)
    expected = conv_numpy(x.repeat(2, axis=1).repeat(2, axis=2), kernel)
    np.testing.assert_allclose(layers.upsample_conv(x, ops.convert_to_tensor(kernel)), expected, atol=2e-5)


def test_linear_upsampling_interpolates_between_the_centers_of_the_pixels():
    x = np.array([0, 4, 8], "float32").reshape(1, 1, 3, 1)
    expected = [0, 1, 3, 5, 7, 8]
    np.testing.assert_allclose(layers.upsample_linear(x)[0, :, :, 0], [expected, expected], atol=1e-6)
    np.testing.assert_allclose(layers.upsample_linear(x.swapaxes(1, 2))[0, :, 0, 0], expected, atol=1e-6)
    y = normal(2, 4, 4, 3)
    np.testing.assert_allclose(np.asarray(layers.upsample_linear(y)).mean(), y.mean(), atol=1e-6)


def test_conv_downsample_equals_convolution_then_mean():
    x, kernel = normal(2, 8, 8, 3), normal(3, 3, 3, 5)
    expected = conv_numpy(x, kernel).reshape(2, 4, 2, 4, 2, 5).mean(axis=(2, 4))
    np.testing.assert_allclose(layers.conv_downsample(x, ops.convert_to_tensor(kernel)), expected, atol=2e-5)


@pytest.mark.parametrize("resampling", layers.RESAMPLING)
def test_equalized_convolution_keeps_the_variance(resampling):
    """With the gain sqrt(2) of a leaky ReLU the mean square of the output is about 2, whatever the number of inputs."""
    x = normal(8, 16, 16, 64)
    out = np.asarray(layers.EqualizedConv2D(64, 3, seed=1)(x))
    assert np.square(out).mean() == pytest.approx(2, rel=0.15)
    assert (
        layers.EqualizedConv2D(8, 3, resampling=resampling)(x).shape[1] == {"none": 16, "up": 32, "down": 8}[resampling]
    )


def test_equalized_dense_scales_at_every_call():
    x = normal(5, 50)
    layer = layers.EqualizedDense(20, gain=2.0, lr_multiplier=0.01, initial_bias=1.0, seed=3)
    out = np.asarray(layer(x))
    kernel, bias = (np.asarray(each) for each in layer.get_weights())
    np.testing.assert_allclose(out, x @ kernel * (2 * 0.01 / 50**0.5) + 0.01 * bias, rtol=1e-4, atol=1e-5)
    assert kernel.std() == pytest.approx(100, rel=0.1)  # standard normal / 0.01
    np.testing.assert_allclose(0.01 * bias, 1.0, rtol=1e-6)


def test_an_unknown_resampling_is_an_error():
    with pytest.raises(ValueError, match="none, up, down, got 'sideways'"):
        layers.EqualizedConv2D(4, 3, resampling="sideways")


def test_real_images_fade_with_the_networks():
    x = normal(3, 8, 8, 1)
    half = x.reshape(3, 4, 2, 4, 2, 1).mean(axis=(2, 4)).repeat(2, axis=1).repeat(2, axis=2)
    np.testing.assert_allclose(layers.fade_real_images(x, 0.0), half, atol=1e-6)
    np.testing.assert_allclose(layers.fade_real_images(x, 1.0), x, atol=1e-6)
    np.testing.assert_allclose(layers.fade_real_images(x, 0.25), 0.75 * half + 0.25 * x, atol=1e-6)
