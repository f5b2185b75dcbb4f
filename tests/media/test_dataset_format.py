import numpy as np
import pytest
from PIL import Image

from genmodels.media import images
from genmodels.media.dataset_format import to_dataset_format


def slash(height=280, width=280, thick=12):
    """A stroke like "/" as the drawing canvas sends it: 0 to 255, light on dark."""
    rows, columns = np.mgrid[:height, :width]
    near = np.abs((columns - width / 2) + 0.5 * (rows - height / 2)) < thick
    inside = np.abs(rows - height / 2) < height / 4
    return np.where(near & inside, 255, 0).astype("uint8")


def box_of(image):
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def test_to_dataset_format_names_its_stages_and_ends_in_mnist_format():
    stages = to_dataset_format(slash(), box=20, center="mass")
    names = [name for name, _ in stages]
    assert names[:2] == ["gray", "light on dark"] and "cropped" in names and len(set(names)) == len(names)
    assert all(stage.dtype == np.uint8 and stage.ndim == 2 for _, stage in stages)
    last = stages[-1][1]
    assert last.shape == (28, 28) and last.max() == 255 and last[0].max() == 0
    top, bottom, left, right = box_of(last)
    assert max(bottom - top, right - left) == 20
    rows, columns = np.mgrid[:28, :28]
    center = [(last * axis).sum() / last.sum() for axis in (rows, columns)]
    assert np.abs(np.array(center) - 14).max() < 1


def test_dark_on_light_and_light_on_dark_give_the_same_result():
    light, dark = slash(), 255 - slash()
    np.testing.assert_array_equal(
        to_dataset_format(light, box=20, center="mass")[-1][1],
        to_dataset_format(dark, box=20, center="mass")[-1][1],
    )
    color = np.repeat(dark[..., None], 3, axis=2)
    stages = dict(to_dataset_format(color, box=20, center="mass"))
    assert stages["gray"][0, 0] == 255 and stages["light on dark"][0, 0] == 0


def test_size_and_position_of_the_object_do_not_matter():
    wide = np.zeros((400, 500), "uint8")
    wide[100:380, 10:290] = slash()
    expected = to_dataset_format(slash(), box=20, center="mass")[-1][1]
    decoded = to_dataset_format(wide, box=20, center="mass")[-1][1]
    assert np.abs(decoded.astype(float) - expected).mean() < 6


def test_the_contrast_of_faint_ink_is_increased():
    faint = np.where(slash() > 0, 110, 60).astype("uint8")
    np.testing.assert_array_equal(
        to_dataset_format(faint, box=20, center="mass")[-1][1],
        to_dataset_format(slash(), box=20, center="mass")[-1][1],
    )


def test_the_background_of_a_photo_of_paper_is_removed():
    rng = np.random.default_rng(0)
    ink = np.asarray(Image.fromarray(slash()).resize((700, 700)), "float32") / 255
    photo = np.full((900, 1200), 190.0) + np.linspace(-5, 5, 1200)
    photo[100:800, 200:900] -= 130 * ink
    photo = (photo + rng.normal(0, 6, photo.shape)).clip(0, 255).astype("uint8")
    photo = np.repeat(photo[..., None], 3, axis=2)
    decoded = to_dataset_format(photo, box=20, center="mass")[-1][1]
    expected = to_dataset_format(slash(), box=20, center="mass")[-1][1]
    # Its middle may be rounded to the next pixel.
    moved = [np.roll(decoded, (dy, dx), (0, 1)).ravel() for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    assert max(np.corrcoef(each, expected.ravel())[0, 1] for each in moved) > 0.97
    assert (decoded > 0).mean() < 1.5 * (expected > 0).mean()


def test_single_specks_are_removed():
    dusty = slash()
    dusty[5, 5] = dusty[270, 20] = 255
    np.testing.assert_array_equal(
        to_dataset_format(dusty, box=20, center="mass")[-1][1],
        to_dataset_format(slash(), box=20, center="mass")[-1][1],
    )


def test_the_fashion_mnist_format_fills_the_image_and_keeps_dark_parts():
    shirt = np.zeros((200, 200), "uint8")
    shirt[20:180, 50:150] = 25
    shirt[60:80, 80:100] = 255
    last = to_dataset_format(shirt, box=28, center="box")[-1][1]
    top, bottom, left, right = box_of(last)
    assert (top, bottom) == (0, 28) and abs((left + right) / 2 - 14) <= 0.5
    assert 15 <= np.median(last[:, 12:16]) <= 40


@pytest.mark.parametrize(
    "empty",
    [
        np.zeros((280, 280), "uint8"),
        np.full((280, 280, 3), 255, "uint8"),
        np.full((28, 28), 128, "uint8"),
        np.random.default_rng(0).normal(180, 4, (600, 800)).astype("uint8"),
    ],
)
def test_an_empty_image_is_refused(empty):
    with pytest.raises(images.EmptyImage, match="No object was found"):
        to_dataset_format(empty, box=20, center="mass")


def test_an_image_with_shadows_only_is_refused():
    shadow = np.repeat(np.linspace(120, 220, 300)[None], 200, axis=0).astype("uint8")
    with pytest.raises(images.BadImage, match="No object stands out"):
        to_dataset_format(shadow, box=20, center="mass")


@pytest.mark.parametrize(
    ("image", "options", "words"),
    [
        (slash(), {"box": 20, "center": "middle"}, "center must be"),
        (slash(), {"box": 29, "center": "box"}, "box must be"),
        (slash(), {"box": 0, "center": "box"}, "box must be"),
        (slash() / 255, {"box": 20, "center": "mass"}, "uint8"),
        (np.zeros((28, 28, 4), "uint8"), {"box": 20, "center": "mass"}, r"\(28, 28, 4\)"),
        (np.zeros((0, 28), "uint8"), {"box": 20, "center": "mass"}, r"\(0, 28\)"),
    ],
)
def test_to_dataset_format_refuses_wrong_arguments(image, options, words):
    with pytest.raises(ValueError, match=words):
        to_dataset_format(image, **options)


def test_a_small_object_in_a_large_photo_keeps_its_detail():
    """Two bars 3 pixels apart, in a photo of 1600 pixels: at 400 pixels they would be one."""
    photo = np.full((1200, 1600, 3), 235, np.uint8)
    for left in (300, 309):
        photo[200:260, left : left + 6] = 20
    *_, (_, result) = to_dataset_format(photo, box=20, center="mass")
    middle = result[14].astype(int)
    columns = np.flatnonzero(middle > 128)
    assert middle[columns[0] : columns[-1]].min() < 0.6 * middle.max(), "the gap is there"
