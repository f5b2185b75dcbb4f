"""The mechanisms of `object_photo` on constructed photos, and the digits read from synthetic photos."""

import numpy as np
import pytest
from scipy import ndimage

from benchmarks import object_photos, synthetic_photos
from genmodels.data import datasets
from genmodels.media import object_photo
from genmodels.media.dataset_format import to_dataset_format

PAPER, INK = 220.0, 40.0


def paper_with_stroke(height=200, width=240) -> np.ndarray:
    """A vertical stroke of 14 x 90 pixels on paper, (H, W) float32."""
    gray = np.full((height, width), PAPER, "float32")
    gray[60:150, 110:124] = INK
    return gray


def is_stroke(gray: np.ndarray) -> np.ndarray:
    return gray == INK


# --- frame and desk ---------------------------------------------------------------------------


def test_black_bars_are_cut_off():
    gray = paper_with_stroke()
    gray[:, :30] = gray[:, -40:] = 5
    top, bottom, left, right = object_photo.inside_frame(gray)
    assert (top, bottom) == (0, 200) and 30 <= left <= 34 and 196 <= right <= 200


def test_a_thin_frame_is_cut_off():
    gray = paper_with_stroke()
    gray[:5] = gray[-5:] = 0
    gray[:, :5] = gray[:, -5:] = 0
    top, bottom, left, right = object_photo.inside_frame(gray)
    assert 5 <= top <= 9 and 191 <= bottom <= 195 and 5 <= left <= 9 and 231 <= right <= 235


@pytest.mark.parametrize("gray", [paper_with_stroke(), np.full((60, 80), 30.0), 255 - paper_with_stroke()])
def test_without_bars_nothing_is_cut_off(gray):
    assert object_photo.inside_frame(gray) == (0, gray.shape[0], 0, gray.shape[1])


@pytest.mark.parametrize("angle", [0, 6, -12])
def test_a_sheet_on_a_dark_desk_is_found(angle):
    sheet = np.zeros((300, 320), "float32")
    sheet[60:240, 70:250] = 1
    sheet = ndimage.rotate(sheet, angle, reshape=False, order=1)
    gray = 50 + sheet * (PAPER - 50)
    gray[130:170, 150:160] = INK
    found = object_photo.sheet_on_desk(gray)
    assert not found[sheet < 0.5].any()
    assert found[sheet > 0.5].mean() > 0.85 and found[150, 155]


def test_a_thick_zero_in_chalk_is_no_sheet_of_paper():
    y, x = np.mgrid[-1:1:200j, -1:1:200j]
    zero = (np.hypot(x / 0.7, y / 0.8) < 1) & (np.hypot(x / 0.2, y / 0.25) > 1)
    assert object_photo.sheet_on_desk(np.where(zero, 230.0, 30.0)).all()


# --- light ------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", [60, 117, 180])
def test_ink_is_as_dark_in_a_hard_shadow_as_in_the_light(column):
    gray = paper_with_stroke()
    stroke = is_stroke(gray)
    gray[:, column:] *= 0.45
    ink = object_photo.flatten_light(gray)
    inside = ndimage.binary_erosion(stroke, iterations=2)
    assert ink[inside].min() > 0.55  # 1 - INK / PAPER = 0.82
    assert np.quantile(ink[~ndimage.binary_dilation(stroke, iterations=2)], 0.99) < 0.05


def test_a_gradient_of_light_is_removed():
    gray = paper_with_stroke()
    stroke = ndimage.binary_dilation(is_stroke(gray), iterations=2)
    ink = object_photo.flatten_light(gray * np.linspace(1, 0.5, gray.shape[1], dtype="float32"))
    assert np.quantile(ink[~stroke], 0.99) < 0.12


@pytest.mark.parametrize("shadow", [1.0, 0.4])
def test_ink_is_told_from_chalk(shadow):
    gray = paper_with_stroke()
    light = np.where(np.arange(gray.shape[1]) < 150, shadow, 1.0)
    assert not object_photo.is_blackboard(gray * light)
    assert object_photo.is_blackboard(255 - gray)


def test_a_loop_in_ink_is_not_chalk():
    y, x = np.mgrid[-1:1:240j, -1:1:200j]
    radius = np.hypot(x / 0.5, y / 0.6)
    assert not object_photo.is_blackboard(np.where((radius < 1) & (radius > 0.6), INK, PAPER))


# --- lines ------------------------------------------------------------------------------------


@pytest.mark.parametrize("slope", [0.0, 0.04])
@pytest.mark.parametrize("is_vertical", [False, True])
def test_a_line_across_the_sheet_is_removed_and_a_stroke_over_it_is_kept(slope, is_vertical):
    ink = np.zeros((200, 240), "float32")
    rows, columns = np.mgrid[:200, :240]
    ink[np.abs(rows - 100 - slope * (columns - 120)) < 1] = 0.3
    ink[60:150, 110:124] = 0.8
    cleaned = object_photo.remove_rules(ink.T if is_vertical else ink)
    cleaned = cleaned.T if is_vertical else cleaned
    np.testing.assert_allclose(cleaned[60:150, 110:124], 0.8, atol=1e-6)
    cleaned[60:150, 110:124] = 0
    assert cleaned.max() < 0.05


def test_ink_that_crosses_a_line_as_dark_as_itself_is_not_cut():
    ink = np.zeros((200, 240), "float32")
    ink[99:101] = ink[60:150, 110:124] = 0.8
    cleaned = object_photo.remove_rules(ink)
    assert cleaned[60:150, 112:122].min() > 0.7 and cleaned[:, :100].max() == 0


def test_a_stroke_that_does_not_cross_the_sheet_is_no_line():
    ink = np.zeros((200, 240), "float32")
    ink[99:102, 30:200] = 0.8
    np.testing.assert_array_equal(object_photo.remove_rules(ink), ink)


# --- components -------------------------------------------------------------------------------


def test_what_runs_along_the_border_and_specks_are_dropped_and_two_strokes_are_kept():
    ink = np.zeros((200, 240), "float32")
    ink[60:90, 100:106] = ink[60:120, 130:136] = 1  # two strokes of a 4
    expected = ink.copy()
    ink[:, :12] = 1
    ink[20:22, 200:202] = 1
    np.testing.assert_array_equal(object_photo.select_digit(ink), expected)


def test_a_digit_that_touches_the_border_is_kept_if_there_is_no_other():
    ink = np.zeros((200, 240), "float32")
    ink[0:150, 100:120] = 1
    np.testing.assert_array_equal(object_photo.select_digit(ink), ink)


def test_the_strokes_of_a_bold_pen_are_thinned_and_others_are_not():
    ring = np.hypot(*np.mgrid[-50:51, -50:51])
    bold, fine = (((ring < 50) & (ring > 50 - width)).astype("float32") for width in (30, 12))
    thin = object_photo.thin_strokes(bold)
    assert 0.1 < np.ptp(np.flatnonzero(thin[len(thin) // 2, : len(thin) // 2])) / len(thin) < 0.2
    np.testing.assert_array_equal(object_photo.thin_strokes(fine), fine)
    small = bold[::3, ::3]
    np.testing.assert_array_equal(object_photo.thin_strokes(small), small)


def test_noise_is_no_ink():
    noise = np.abs(np.random.default_rng(0).normal(0, 0.02, (100, 100))).astype("float32")
    assert not object_photo.stretch(noise).any()


# --- garments ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ground", [30.0, 150.0, 240.0])
def test_a_garment_is_cut_out_of_a_background_of_any_brightness(ground):
    light = np.linspace(0.9, 1.05, 240)[None, :, None]
    photo = np.full((200, 240, 3), ground) * light
    photo[40:160, 80:120], photo[40:160, 120:160] = (90, 60, 70), (200, 190, 30)
    photo = (photo + np.random.default_rng(0).normal(0, 2, photo.shape)).clip(0, 255).astype("uint8")
    mask, cloth = object_photo.segment_garment(photo)
    expected = np.zeros((200, 240), bool)
    expected[40:160, 80:160] = True
    assert (mask != expected).mean() < 0.02
    assert not cloth[~mask].any() and np.median(cloth[60:140, 90:110]) > np.median(cloth[60:140, 130:150]) > 0


def test_a_background_without_a_garment_has_an_empty_mask():
    photo = np.random.default_rng(0).normal(150, 5, (100, 120, 3)).astype("uint8")
    assert not object_photo.segment_garment(photo)[0].any()


# --- clean images -----------------------------------------------------------------------------


@pytest.mark.data
@pytest.mark.parametrize("data", ["mnist", "fashion_mnist"])
def test_an_image_of_the_data_set_is_no_photo(data):
    style = {"mnist": {"box": 20, "center": "mass"}, "fashion_mnist": {"box": 28, "center": "box"}}[data]
    for image in datasets.load(data, "test")[0][:60]:
        enlarged = np.pad(image, 4).repeat(8, axis=0).repeat(8, axis=1)
        for each in (enlarged, 255 - enlarged):
            np.testing.assert_array_equal(
                to_dataset_format(each, **style)[-1][1], to_dataset_format(each, drawn=True, **style)[-1][1]
            )


# --- photos -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize("data", ["mnist"])
@pytest.mark.parametrize("kind", synthetic_photos.DIGIT_KINDS)
def test_digits_in_photos_are_classified(data, kind):
    assert object_photos.accuracy(data, kind, 50, seed=7)[0] >= (0.96 if kind == "plain paper" else 0.9)


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize("data", ["fashion_mnist"])
@pytest.mark.parametrize(
    ("kind", "least"), [("white background", 0.8), ("gray background", 0.75), ("dark background", 0.65)]
)
def test_garments_in_photos_are_classified(data, kind, least):
    assert object_photos.accuracy(data, kind, 50, seed=7)[0] >= least
