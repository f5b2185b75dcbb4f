"""A small network and a small photo for the tests of this technique."""

import numpy as np
import pytest

from genmodels.data import sample_photos
from genmodels.vision import architecture, backbone

LAYERS = {"block2_conv2": 0.5, "block3_conv1": 1.0}  # of the small network


@pytest.fixture(scope="module")
def model() -> architecture.Backbone:
    network = architecture.build(((4,), (6, 6), (8,)), classes=5)
    return architecture.from_keras(network, [f"class {k}" for k in range(5)])


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return sample_photos.load("Cat", 96)


@pytest.fixture(scope="module")
def builtin() -> architecture.Backbone:
    return backbone.load()
