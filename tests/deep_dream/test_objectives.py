"""The objectives equal independent NumPy computations."""

import numpy as np
import pytest

from genmodels.deep_dream import objectives
from genmodels.vision import backbone, gradient_ascent


@pytest.fixture
def image():
    return np.random.default_rng(0).random((48, 64, 3), dtype="float32")


def value(objective, shapes, image, *arrays):
    objective_fn = gradient_ascent.gradient(objective, [(1, None, None, 3), *shapes, ()])
    return gradient_ascent.tiled_gradient(objective_fn, image, *arrays)


def activations(model, image, layer):
    """Activations of the layer, from a separate Keras model."""
    import keras

    network = keras.Model(model.network.input, model.network.get_layer(layer).output)
    return np.asarray(network(image[None]))[0]


@pytest.mark.parametrize("border_crop", [0, 1, 2])
def test_layers_without_their_border_equal_numpy(model, image, border_crop):
    weights = {"block2_conv2": 0.7, "block3_conv1": 1.5}
    result, grad = value(
        objectives.layers_objective(model, list(weights), border_crop),
        [(2,)],
        image,
        np.array(list(weights.values()), "float32"),
    )
    expected = 0.0
    for layer, w in weights.items():
        a = activations(model, image, layer)
        inner = a[border_crop : len(a) - border_crop, border_crop : a.shape[1] - border_crop]
        expected += w * float(np.square(inner).sum()) / a.size
    assert result == pytest.approx(expected, rel=1e-4)
    assert grad.shape == image.shape and np.isfinite(grad).all() and np.abs(grad).max() > 0


def test_a_small_feature_map_keeps_its_center(model):
    image = np.random.default_rng(0).random((32, 32, 3), dtype="float32")[:12, :12]
    result, _ = value(objectives.layers_objective(model, ["block3_conv1"], 9), [(1,)], image, np.ones(1, "float32"))
    a = activations(model, image, "block3_conv1")  # 3 x 3
    assert result == pytest.approx(float(np.square(a[1:2, 1:2]).sum()) / a.size, rel=1e-4)


def test_a_channel_equals_numpy(model, image):
    result, _ = value(
        objectives.channel_objective(model, "block2_conv1", 0), [(6,)], image, np.eye(6, dtype="float32")[4]
    )
    assert result == pytest.approx(float(activations(model, image, "block2_conv1")[..., 4].mean()), rel=1e-4)


def test_a_class_equals_its_logit(model, image):
    result, _ = value(objectives.class_objective(model), [(5,)], image, np.eye(5, dtype="float32")[3])
    assert result == pytest.approx(float(np.asarray(model.network(image[None]))[0, 3]), rel=1e-4)


def test_a_guide_equals_numpy(model, image):
    guide = np.random.default_rng(1).standard_normal((7, 8)).astype("float32")
    result, _ = value(objectives.guide_objective(model, "block3_conv1", 1), [(None, 8)], image, guide)
    a = activations(model, image, "block3_conv1")
    best = (a[1:-1, 1:-1].reshape(-1, 8) @ guide.T).max(axis=1)
    assert result == pytest.approx(float(best.sum()) / a.size, rel=1e-4)


def test_channels_of_an_unknown_layer_raise(model):
    assert backbone.channel_count(model, "block3_conv1") == 8
    with pytest.raises(ValueError, match="no layers"):
        backbone.channel_count(model, "block7_conv1")
