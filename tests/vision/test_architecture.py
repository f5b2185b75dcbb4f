"""The built-in architecture and the folding of its batch normalization."""

import numpy as np

from genmodels.vision import architecture


def test_folding_batch_normalization_keeps_the_function():
    trained = architecture.build(((4,), (6, 6), (8,)), classes=5, batch_norm=True)
    rng = np.random.default_rng(0)
    for layer in trained.layers:
        if layer.name.endswith("_norm"):
            gamma, beta, mean, variance = (rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights())
            layer.set_weights([gamma, beta - 1, mean - 1, variance])
    x = rng.random((2, 20, 20, 3), "float32")
    folded = architecture.fold_batchnorm(trained)
    np.testing.assert_allclose(folded(x), trained(x, training=False), atol=1e-4)
    assert folded.count_params() < trained.count_params()
    assert not any("norm" in layer.name for layer in folded.layers)


def test_a_backbone_lists_its_convolutions():
    network = architecture.build(((4,), (6, 6), (8,)), classes=5)
    model = architecture.from_keras(network, list("abcde"), input_size=16)
    assert model.layers == ("block1_conv1", "block2_conv1", "block2_conv2", "block3_conv1")
    assert model.any_size and model.input_size == 16
    assert network.output_shape == (None, 5)
