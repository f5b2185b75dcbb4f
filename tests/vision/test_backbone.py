"""The backbone as it is loaded, its predictions and activations."""

import keras
import numpy as np
import pytest

from genmodels import weights
from genmodels.data import datasets
from genmodels.vision import architecture, backbone


@pytest.fixture(scope="module")
def tiny() -> backbone.Backbone:
    return architecture.from_keras(
        architecture.build(((4,), (6, 6), (8,)), classes=5), [f"class {k}" for k in range(5)], input_size=16
    )


@pytest.fixture(scope="module")
def builtin() -> backbone.Backbone:
    return backbone.load()


def noise(n: int, h: int, w: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, h, w, 3), dtype="uint8")


# --- the built-in network ---------------------------------------------------------------------


def test_it_predicts_two_hundred_classes(builtin):
    names = builtin.class_names
    p = backbone.classify(builtin, noise(2, 40, 70))
    assert p.shape == (2, len(names)) == (2, 200) and len(set(names)) > 190
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    assert {"goldfish", "school bus"} <= set(names)


def test_it_has_the_layer_names_of_vgg_in_order(builtin):
    assert builtin.layers[0] == "block1_conv1" and list(builtin.layers) == sorted(builtin.layers)
    assert {f"block{b}_conv1" for b in range(1, 6)} | {"block5_conv2"} <= set(builtin.layers)


def test_its_weights_are_small(builtin):
    assert weights.path("backbone_builtin").stat().st_size < 16_000_000


def test_the_resolution_halves_from_block_to_block(builtin):
    activations = backbone.features(builtin, noise(1, 96, 64), [f"block{b}_conv1" for b in range(1, 6)])
    assert [a.shape[1:3] for a in activations] == [(96, 64), (48, 32), (24, 16), (12, 8), (6, 4)]
    assert all(a.dtype == np.float32 and (a >= 0).all() for a in activations)  # after ReLU


@pytest.mark.slow
@pytest.mark.skipif("not __import__('os').environ.get('GENMODELS_DATA_DIR')", reason="needs Tiny ImageNet")
def test_its_accuracy_is_that_of_its_card(builtin):
    try:
        photos, labels, names = datasets.tiny_imagenet("val")
    except datasets.DatasetMissing as error:
        pytest.skip(str(error))
    assert names == builtin.class_names
    correct = backbone.classify(builtin, photos[:1000]).argmax(axis=1) == labels[:1000]
    assert (
        abs(correct.mean() - weights.model_card("backbone_builtin")["held_out"][f"top_1_at_{builtin.input_size}_px"])
        < 0.05
    )


# --- inference --------------------------------------------------------------------------------


def test_features_equal_a_convolution_in_numpy(tiny):
    photo = noise(1, 20, 24)
    (a,) = backbone.features(tiny, photo, ["block1_conv1"])
    kernel, bias = tiny.network.get_layer("block1_conv1").get_weights()
    x = (photo[0].astype("float64") / 255 - architecture.MEAN) / architecture.STD
    expected = np.maximum(
        0, sum(x[9 + i, 11 + j] @ kernel[1 + i, 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)) + bias
    )
    np.testing.assert_allclose(a[0, 9, 11], expected, rtol=1e-4, atol=1e-5)


def test_features_have_the_order_of_the_layers(tiny):
    late, early = backbone.features(tiny, noise(1, 16, 16), ["block3_conv1", "block1_conv1"])
    assert late.shape[-1] == 8 and early.shape[-1] == 4


def test_a_frozen_function_keeps_the_weights(tiny):
    network = backbone.feature_extractor(tiny, tiny.layers[:2])
    image = np.random.default_rng(3).random((1, 16, 24, 3), "float32")
    before = [np.asarray(each) for each in network(image)]
    frozen = backbone.frozen_function(network)
    layer = network.get_layer(tiny.layers[0])
    original = layer.get_weights()
    layer.set_weights([2 * values + 1 for values in original])
    after = [np.asarray(each) for each in frozen(image)]
    assert not np.allclose(network(image)[1], before[1])
    layer.set_weights(original)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_probabilities_equal_the_softmax_of_the_logits(tiny):
    photos = noise(3, 16, 16)
    np.testing.assert_allclose(
        backbone.classify(tiny, photos), keras.ops.softmax(tiny.network(photos / np.float32(255))), atol=1e-6
    )


@pytest.mark.parametrize("layers", [[], ["block9_conv1"], ["block1_conv1", "nonsense"]])
def test_an_unknown_layer_raises(tiny, layers):
    with pytest.raises(ValueError, match="expected some of block1_conv1"):
        backbone.features(tiny, noise(1, 16, 16), layers)


def test_an_unknown_network_raises():
    with pytest.raises(ValueError, match="vgg16"):
        backbone.load("vgg16")
