"""The export of a Keras model for the browser: what it contains, and what it refuses."""

import zlib

import numpy as np
import pytest

from genmodels import browser_export
from genmodels.browser_export import ExportError


def exported(*layers, shape=(4,)):
    import keras

    model = keras.Sequential([keras.Input(shape), *layers])
    return browser_export.export(keras.Model(model.inputs, model.outputs))


def test_the_description_names_values_shapes_and_weights():
    from keras import layers

    network = exported(layers.Dense(6, "relu"), layers.Dropout(0.5), layers.Reshape((3, 2)))
    dense, reshape = network.description["layers"]
    assert dense == {"inputs": [0], "output": 1, "type": "dense", "kernel": 0, "bias": 24, "activation": "relu"}
    assert reshape == {"inputs": [1], "output": 2, "type": "reshape"}
    assert network.description["shapes"] == [[4], [6], [3, 2]]
    assert (network.description["inputs"], network.description["outputs"]) == ([0], [2])
    assert network.description["count"] == 4 * 6 + 6 and len(network.weights) == 2 * (4 * 6 + 6)
    assert network.description["crc32"] == zlib.crc32(network.weights)


def test_batch_normalization_is_a_scale_and_an_offset():
    from keras import layers

    norm = layers.BatchNormalization(epsilon=0.0)
    norm.build((None, 2))
    norm.set_weights([np.array(each, "float32") for each in ([2, 3], [1, 1], [5, 7], [4, 9])])
    network = exported(norm, shape=(2,))
    scale, offset = np.frombuffer(network.weights, "<f2").reshape(2, 2)
    assert scale.tolist() == [1, 1] and offset.tolist() == [-4, -6]


def refused_layers():
    from keras import layers

    yield layers.Softmax(), (4,), "of type Softmax"
    yield layers.Dense(2, "softplus"), (4,), "activation 'softplus'"
    yield layers.Conv2D(2, 3, dilation_rate=2), (8, 8, 1), "a dilation or groups"
    yield layers.Conv2DTranspose(2, 3, 2, output_padding=1), (4, 4, 1), "an output padding"
    yield layers.UpSampling2D(interpolation="bilinear"), (4, 4, 1), "interpolation 'bilinear'"
    yield layers.ReLU(max_value=6), (4,), "a largest value or a threshold"
    yield layers.Concatenate(axis=1), (4,), "axis 1"
    yield layers.LSTM(2, go_backwards=True), (4, 3), "options that the browser does not know"


@pytest.mark.parametrize("case", range(8))
def test_what_the_browser_cannot_run_is_refused(case):
    import keras

    layer, shape, message = list(refused_layers())[case]
    inputs = [keras.Input(shape) for _ in range(1 + isinstance(layer, keras.layers.Concatenate))]
    model = keras.Model(inputs, layer(inputs if len(inputs) > 1 else inputs[0]))
    with pytest.raises(ExportError, match=message):
        browser_export.export(model)


def test_weights_beyond_float16_are_refused():
    from keras import layers

    with pytest.raises(ExportError, match="'large' has weights that are not finite in float16"):
        exported(layers.Dense(2, kernel_initializer=lambda shape, dtype: np.full(shape, 1e6), name="large"))
