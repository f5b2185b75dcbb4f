"""Tied weights: the decoder uses the encoder's weight matrices."""

import numpy as np

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.config import MODELS


def test_tied_layers_share_their_weights():
    tied, stacked = autoencoders.build(MODELS["tied"]), autoencoders.build(MODELS["stacked"])
    kernels = 784 * 100 + 100 * 30
    biases = 100 + 30 + 100 + 784
    assert tied.parameters == kernels + biases and stacked.parameters == 2 * kernels + biases
    before = autoencoders.decode(tied, np.ones((1, 30)))
    hidden = tied.encoder.get_layer("hidden")
    hidden.kernel.assign(2 * hidden.kernel)  # a weight of the encoder
    assert not np.allclose(autoencoders.decode(tied, np.ones((1, 30))), before), "it is also a weight of the decoder"
