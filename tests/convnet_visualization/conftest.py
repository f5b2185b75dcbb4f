"""Small networks for the tests of this technique."""

import numpy as np
import pytest

from genmodels.vision import architecture

CLASS_NAMES = ("red", "green", "blue", "stripes", "rest")


@pytest.fixture(scope="module")
def tiny():
    """A network of four layers with random weights."""
    return architecture.from_keras(architecture.build(((4,), (6, 6), (8,)), classes=5), CLASS_NAMES, input_size=32)


@pytest.fixture(scope="module")
def red_or_blue():
    """A network with set weights: channel 0 detects red, channel 1 blue; so do its classes."""
    model = architecture.build(((2,), (2,)), classes=2)
    kernel = np.zeros((3, 3, 3, 2), "float32")
    kernel[1, 1] = [[1, -1], [-1, -1], [-1, 1]]  # red minus the others, blue minus the others
    model.get_layer("block1_conv1").set_weights([kernel, np.zeros(2, "float32")])
    identity = np.zeros((3, 3, 2, 2), "float32")
    identity[1, 1] = np.eye(2)
    model.get_layer("block2_conv1").set_weights([identity, np.zeros(2, "float32")])
    model.get_layer("classes").set_weights([np.eye(2, dtype="float32"), np.zeros(2, "float32")])
    return architecture.from_keras(model, ("red", "blue"), input_size=32)


@pytest.fixture(scope="session")
def noise():
    """noise(h, w, seed): a random image (h, w, 3) uint8."""

    def sample(h: int = 40, w: int = 48, seed: int = 0) -> np.ndarray:
        return np.random.default_rng(seed).integers(0, 256, (h, w, 3)).astype("uint8")

    return sample
