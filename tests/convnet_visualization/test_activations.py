"""Feature maps, their statistics, and the image that shows all channels."""

import numpy as np
import pytest

from genmodels.convnet_visualization import activations

LAYERS = ("block1_conv1", "block2_conv1", "block2_conv2", "block3_conv1")


def test_activations_equal_those_of_keras(tiny, noise):
    import keras

    photo = noise()
    feature_maps = activations.activations(tiny, photo)
    assert tuple(feature_maps) == tiny.layers == LAYERS
    for name, a in feature_maps.items():
        direct = keras.Model(tiny.network.input, tiny.network.get_layer(name).output)
        expected = keras.ops.convert_to_numpy(direct(photo[None].astype("float32") / 255))[0]
        assert a.shape == expected.shape
        np.testing.assert_allclose(a, expected, atol=1e-5)


def test_the_longer_side_is_resized_to_image_size(tiny, noise):
    feature_maps = activations.activations(tiny, noise(40, 80), ["block1_conv1"], image_size=32)
    assert feature_maps["block1_conv1"].shape == (16, 32, 4)


def test_sparsity_is_the_fraction_of_zeros():
    a = np.zeros((4, 5, 2), "float32")
    a[:2, :, 0] = 3.0
    assert activations.sparsity(a) == 0.75


def test_channel_statistics():
    a = np.zeros((4, 5, 3), "float32")
    a[1, 2, 0], a[3, 4, 1], a[0, 0, 1] = 2.0, 5.0, 1.0
    statistics = activations.channel_statistics(a)
    assert statistics.maximum == [2.0, 5.0, 0.0]
    assert statistics.peak == [(1.5 / 4, 2.5 / 5), (3.5 / 4, 4.5 / 5), None]
    assert statistics.sparsity == pytest.approx([0.95, 0.9, 1.0])
    assert activations.by_maximum(a) == [1, 0, 2]


def test_tiled_channels_are_in_order_and_scaled(tiny, noise):
    a = activations.activations(tiny, noise(), ["block2_conv1"])["block2_conv1"]  # (20, 24, 6)
    normalized = activations.tile_channels(a, 4)
    assert normalized.shape == (40, 96) and normalized.dtype == np.uint8
    for k in range(6):
        cell = normalized[20 * (k // 4) :, 24 * (k % 4) :][:20, :24]
        top = a[..., k].max()
        np.testing.assert_array_equal(cell, np.round(255 * a[..., k] / max(top, 1e-9)).astype("uint8"))
    shared_scale = activations.tile_channels(a, 4, normalize_per_channel=False)
    weakest = a.max(axis=(0, 1)).argmin()
    assert shared_scale[20 * (weakest // 4) :, 24 * (weakest % 4) :][:20, :24].max() < 255


@pytest.mark.parametrize(
    "image", [np.zeros((4, 4), "uint8"), np.zeros((4, 4, 3), "float32"), np.zeros((0, 4, 3), "uint8")]
)
def test_another_array_raises(tiny, image):
    with pytest.raises(ValueError, match=r"expected an image \(h, w, 3\) uint8"):
        activations.activations(tiny, image)


def test_an_unknown_layer_raises(tiny, noise):
    with pytest.raises(ValueError, match="has no layers"):
        activations.activations(tiny, noise(), ["block9_conv1"])
