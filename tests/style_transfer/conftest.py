"""A small network and two small images, for the tests of style transfer."""

import numpy as np
import pytest

from genmodels.data import style_images
from genmodels.vision import backbone


@pytest.fixture(scope="session")
def model():
    return backbone.from_keras(backbone.build(((4,), (6, 6), (8,)), classes=5, seed=1), list("abcde"))


@pytest.fixture(scope="session")
def photo():
    y, x = np.mgrid[:48, :72] / 72
    rgb = np.stack([x, y, 0.5 + 0.3 * np.sin(20 * x)], axis=-1)
    return np.round(255 * rgb).astype("uint8")


@pytest.fixture(scope="session")
def style():
    return style_images.draw("Mosaic", 64)
