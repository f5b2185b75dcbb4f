"""The generated style images: deterministic, the same at every size."""

import numpy as np
import pytest

from genmodels.data import style_images


@pytest.mark.parametrize("name", style_images.NAMES)
def test_every_style_image_is_deterministic(name):
    image = style_images.draw(name, 64)
    assert image.shape == (64, 64, 3) and image.dtype == np.uint8
    assert image.std() > 15, "not empty"
    np.testing.assert_array_equal(image, style_images.draw(name, 64))
    assert (image != style_images.draw(name, 64, seed=1)).any()


def test_a_style_image_is_the_same_at_another_size():
    small, large = style_images.draw("Mosaic", 64), style_images.draw("Mosaic", 192)
    shrunk = large.reshape(64, 3, 64, 3, 3).mean(axis=(1, 3))
    assert np.corrcoef(small.ravel(), shrunk.ravel())[0, 1] > 0.8


def test_unknown_styles_are_refused():
    with pytest.raises(ValueError, match="no style is named"):
        style_images.draw("Rembrandt")
    with pytest.raises(ValueError, match="32 pixels"):
        style_images.draw("Mosaic", 16)
