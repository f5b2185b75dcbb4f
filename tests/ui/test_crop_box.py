import numpy as np
import pytest

from ui.components import crop_box
from ui.components.crop_box import WHOLE, Box


@pytest.mark.parametrize(
    "value",
    [None, "box", [0, 0, 1], [0, 0, 1, 2], [0.5, 0, 0.5, 1], [0.9, 0, 0.1, 1], [0, 0, float("nan"), 1], ["a"] * 4],
)
def test_what_is_no_box_is_the_whole_photo(value):
    assert crop_box.valid_box(value) == WHOLE


def test_the_part_inside_the_box_is_used():
    photo = np.arange(100 * 200 * 3, dtype="uint32").reshape(100, 200, 3)
    assert crop_box.valid_box([0.25, 0.1, 0.5, 0.6]) == Box(0.25, 0.1, 0.5, 0.6)
    np.testing.assert_array_equal(crop_box.cropped(photo, Box(0.25, 0.1, 0.5, 0.6)), photo[10:60, 50:100])
    np.testing.assert_array_equal(crop_box.cropped(photo, WHOLE), photo)


def test_a_small_part_has_at_least_four_pixels_each_way():
    assert crop_box.cropped(np.zeros((10, 12, 3), "uint8"), Box(0.95, 0.95, 1.0, 1.0)).shape == (4, 4, 3)
