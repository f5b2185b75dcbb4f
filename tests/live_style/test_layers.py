"""The layers of the stylization network against NumPy."""

import numpy as np

from genmodels.live_style import layers, network


def test_conditional_instance_norm_equals_the_equation(model):
    layer = model.network.get_layer("merge_norm")
    x = np.random.default_rng(1).normal(3, 2, (2, 5, 7, 4)).astype("float32")
    blend_weights = np.array([[0, 0.25, 0.75, 0, 0], [1, 0, 0, 0, 0]], "float32")
    gamma, beta = (blend_weights @ rows for rows in layer.get_weights())
    mean, variance = x.mean(axis=(1, 2), keepdims=True), x.var(axis=(1, 2), keepdims=True)
    expected = gamma[:, None, None] * (x - mean) / np.sqrt(variance + layers.EPSILON) + beta[:, None, None]
    assert np.allclose(layer([x, blend_weights], training=True), expected, atol=1e-5)


def test_the_fused_norm_for_one_image_is_equal(model):
    layer = model.network.get_layer("merge_norm")
    x = np.random.default_rng(2).normal(3, 2, (1, 9, 11, 4)).astype("float32")
    blend_weights = np.array([[0.5, 0, 0.5, 0, 0]], "float32")
    gamma, beta = (blend_weights[0] @ rows for rows in layer.get_weights())
    assert np.allclose(
        layers.conditional_instance_norm_single(x, gamma, beta), layer([x, blend_weights], training=True), atol=1e-5
    )


def test_upsampling_equals_transposed_convolution_and_average_pooling(model):
    import keras

    layer = model.network.get_layer("to_pixels")
    x = np.random.default_rng(3).standard_normal((2, 6, 9, 4)).astype("float32")
    upsample = keras.layers.Conv2DTranspose(3, 4, 2, padding="same", use_bias=False)
    upsample.build(x.shape)
    upsample.set_weights(layer.get_weights())
    expected = keras.layers.AveragePooling2D(2, 1, padding="same")(upsample(x))
    assert layer(x).shape == (2, 12, 18, 3)
    # At the last edge a mean has fewer pixels.
    assert np.allclose(layer(x)[:, :-1, :-1], expected[:, :-1, :-1], atol=1e-5)


def test_photo_and_tint_are_added_per_style():
    layer = network.build(3, widths=(4, 6), blocks=1).get_layer("color")
    rng = np.random.default_rng(4)
    photo_weight, tint = rng.random((2, 3, 3), "float32")
    layer.set_weights([photo_weight, tint])
    x, image = rng.random((2, 2, 5, 7, 3), "float32")
    blend_weights = np.array([[0, 1, 0], [0.5, 0, 0.5]], "float32")
    expected = x + image * (blend_weights @ photo_weight)[:, None, None] + (blend_weights @ tint)[:, None, None]
    assert np.allclose(layer([x, image, blend_weights]), expected, atol=1e-6)
