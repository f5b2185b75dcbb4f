"""Endless zoom: frames, enlargement of the center, errors."""

import numpy as np
import pytest

from genmodels.deep_dream import zoom
from tests.deep_dream.conftest import LAYERS


def test_each_frame_is_the_enlarged_center_of_the_previous_one(model, photo):
    frames = list(zoom.zoom(photo, model=model, layers=LAYERS, frames=3, factor=1.5, steps=1, step_size=1e-6))
    assert [frame.done for frame in frames] == [1, 2, 3] and {frame.total for frame in frames} == {3}
    assert all(frame.image.shape == photo.shape for frame in frames)
    enlarged = zoom.zoom_in(photo, 1.5)
    assert np.abs(frames[1].image.astype(int) - enlarged).max() <= 2
    h, w, _ = photo.shape
    y, x = h // 2, w // 2
    assert np.abs(enlarged[y, x].astype(int) - photo[y, x]).max() < 60, "the center does not move"
    np.testing.assert_array_equal(zoom.zoom_in(photo, 1.0), photo)


def test_a_factor_below_1_raises(model, photo):
    with pytest.raises(ValueError, match=r"a factor of 1 or more, got 0\.9"):
        next(zoom.zoom(photo, model=model, factor=0.9))
