"""A tiny stylization network, a tiny loss network and random photos, for the tests of fast style transfer."""

import numpy as np
import pytest

from genmodels.live_style import network
from genmodels.live_style.layers import is_style_layer
from genmodels.live_style.network import LiveStyle
from genmodels.vision import backbone

NAMES = ("dots", "waves", "ink", "glass")


@pytest.fixture(scope="session")
def model():
    """A tiny network whose styles differ."""
    rng = np.random.default_rng(0)
    keras_model = network.build(1 + len(NAMES), widths=(4, 6), blocks=1)
    for layer in keras_model.layers:
        if is_style_layer(layer):
            layer.set_weights([rows + 0.3 * rng.standard_normal(rows.shape) for rows in layer.get_weights()])
    return LiveStyle(keras_model, NAMES)


@pytest.fixture(scope="session")
def loss_network():
    return backbone.from_keras(backbone.build(((4,), (6, 6), (8,), (8,)), classes=5), list("abcde"))


@pytest.fixture(scope="session")
def photo():
    """photo(h, w, seed): random pixels, (h, w, 3) uint8."""

    def random_photo(h=40, w=56, seed=0):
        return np.random.default_rng(seed).integers(0, 256, (h, w, 3), dtype="uint8")

    return random_photo
