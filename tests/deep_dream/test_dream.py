"""DeepDream: the objective rises, octaves, seeds, detail, colors, and errors."""

import numpy as np
import pytest

from genmodels.data import sample_photos
from genmodels.deep_dream import dream as deep_dream
from genmodels.vision import backbone, comparison
from tests.deep_dream.conftest import LAYERS


def last(*args, **settings):
    *_, step = deep_dream.dream(*args, **settings)
    return step


OBJECTIVES = {
    "layers": {"layers": LAYERS},
    "channel": {"channel": ("block3_conv1", 3)},
    "class": {"target": 2},
    "guide": {"layers": {"block3_conv1": 1.0}, "guide": sample_photos.load("Flower", 64)},
}


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_objective_rises_in_three_steps(model, photo, name):
    steps = list(deep_dream.dream(photo, model=model, octaves=1, steps=4, jitter=0, **OBJECTIVES[name]))
    values = [step.losses["objective"] for step in steps]
    assert values == sorted(values) and values[3] > values[0]


@pytest.mark.parametrize("name", ["layers", "class", "channel"])
def test_the_objective_rises_on_the_built_in_network(builtin, photo, name):
    (a,) = backbone.features(builtin, photo[None], ["block4_conv2"])
    strongest = int(a.mean(axis=(0, 1, 2)).argmax())
    objective = {"layers": {}, "class": {"target": 0}, "channel": {"channel": ("block4_conv2", strongest)}}[name]
    first, *_, step = deep_dream.dream(photo, model=builtin, octaves=1, steps=4, jitter=0, **objective)
    assert step.losses["objective"] > first.losses["objective"]


def test_steps_are_counted_and_octaves_grow(model, photo):
    h, w, _ = photo.shape
    steps = list(deep_dream.dream(photo, model=model, layers=LAYERS, octaves=3, octave_scale=1.25, steps=2))
    assert [step.done for step in steps] == [1, 2, 3, 4, 5, 6] and {step.total for step in steps} == {6}
    assert [step.octave for step in steps] == [0, 0, 1, 1, 2, 2]
    assert [step.ends_octave for step in steps] == [False, True] * 3
    sizes = [step.image.shape for step in steps[::2]]
    assert sizes == [(round(h / 1.25**k), round(w / 1.25**k), 3) for k in (2, 1, 0)]
    assert all(step.image.dtype == np.uint8 for step in steps)
    progress = np.array([step.progress for step in steps])
    assert (np.diff(progress) > 0).all() and progress[0] < 1 / 8 and progress[-1] == 1, "small octaves cost less"


def test_the_same_seed_gives_the_same_dream(model, photo):
    a, b, other = (last(photo, model=model, layers=LAYERS, octaves=2, steps=3, seed=seed).image for seed in (5, 5, 6))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, other)


def test_the_photo_is_not_changed(model, photo):
    before = photo.copy()
    last(photo, model=model, layers=LAYERS, octaves=1, steps=2)
    np.testing.assert_array_equal(photo, before)


@pytest.mark.parametrize("laplacian_levels", [0, 5])
def test_the_mean_pixel_change_is_step_size(model, photo, laplacian_levels):
    settings = {"octaves": 1, "step_size": 0.02, "jitter": 0, "laplacian_levels": laplacian_levels}
    step = next(deep_dream.dream(photo, model=model, layers=LAYERS, **settings))
    change = np.abs(step.image.astype(float) - photo).mean() / 255
    assert 0.01 < change <= 0.0205, "a little less near black and white"


def test_lost_detail_is_reinjected(model, photo):
    def sharpness(image):
        return np.abs(np.diff(image.astype(float), axis=1)).mean()

    settings = {"model": model, "layers": LAYERS, "octaves": 3, "octave_scale": 1.7, "steps": 1, "step_size": 1e-6}
    sharp, blurred = (last(photo, reinject_detail=reinject, **settings).image for reinject in (True, False))
    assert sharpness(sharp) > 1.2 * sharpness(blurred)
    assert np.abs(sharp.astype(float) - photo).mean() < 1.5, "with a step size of 0 the result is the photo"


def test_max_loss_ends_every_octave(model, photo):
    steps = list(deep_dream.dream(photo, model=model, layers=LAYERS, octaves=2, steps=5, max_loss=0.0))
    assert [step.octave for step in steps] == [0, 1] and all(step.ends_octave for step in steps)
    unlimited = list(deep_dream.dream(photo, model=model, layers=LAYERS, octaves=2, steps=5, max_loss=1e9))
    assert len(unlimited) == 10


def test_tiles_leave_no_seams(model):
    photo = sample_photos.load("Palace", 300)
    settings = {"model": model, "layers": LAYERS, "octaves": 1, "steps": 3}
    whole, tiled = (last(photo, tile=tile, **settings).image.astype(float) for tile in (1000, 128))
    assert np.abs(whole - tiled).max() <= 2


def test_color_preservation_keeps_the_colors_of_the_photo(model):
    """A gray photo stays gray."""
    gray = np.repeat(sample_photos.load("Cat", 96).mean(axis=2, keepdims=True), 3, axis=2).astype("uint8")

    def saturation(color_preservation):
        settings = {"octaves": 1, "steps": 6, "color_preservation": color_preservation}
        image = last(gray, model=model, layers=LAYERS, **settings).image.astype(float)
        return np.ptp(image, axis=2).mean()

    assert saturation(1.0) < 2 < saturation(0.0)


def test_the_order_of_the_layers_does_not_matter(model, photo):
    a, b = (
        last(photo, model=model, layers=dict(order), octaves=1, steps=2).image
        for order in (LAYERS.items(), reversed(LAYERS.items()))
    )
    assert np.abs(a.astype(int) - b).max() <= 1


def test_the_built_in_network_is_the_default(photo):
    assert next(deep_dream.dream(photo, octaves=1, steps=1)).image.shape == photo.shape


# --- errors -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"layers": {"block9_conv1": 1.0}}, "no layers .*block9_conv1"),
        ({"layers": {"block2_conv1": 0.0}}, "all layer weights are 0"),
        ({"layers": {}}, "all layer weights are 0"),
        ({"channel": ("block3_conv1", 8)}, "block3_conv1 has no channel 8: it has 8"),
        ({"channel": ("block3_conv1", -1)}, "no channel -1"),
        ({"channel": ("nowhere", 0)}, "no layers .*nowhere"),
        ({"target": 5}, "no class 5: it has 5"),
        ({"target": -1}, "no class -1"),
        ({"octaves": 0}, "one octave or more"),
        ({"octave_scale": 1.0}, "octave scale above 1"),
        ({"steps": 0}, "one step or more"),
        ({"guide": np.zeros((10, 64, 3), "uint8")}, "32 pixels per side"),
    ],
)
def test_impossible_settings_raise(model, photo, settings, message):
    with pytest.raises(ValueError, match=message):
        next(deep_dream.dream(photo, **{"model": model, "layers": LAYERS, **settings}))


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((31, 64, 3), "uint8"),
        np.zeros((64, 64), "uint8"),
        np.zeros((64, 64, 4), "uint8"),
        np.zeros((64, 64, 3)),
    ],
)
def test_another_array_raises(model, image):
    with pytest.raises(ValueError, match=r"expected an image \(h, w, 3\) uint8 of 32 pixels per side or more"):
        next(deep_dream.dream(image, model=model, layers=LAYERS))


def test_two_dreams_side_by_side_do_not_disturb_each_other(model, photo):
    settings = {"model": model, "layers": LAYERS, "octaves": 1}
    both = list(
        comparison.side_by_side(
            deep_dream.dream(photo, steps=2, **settings),
            deep_dream.dream(photo, steps=4, seed=1, **settings),
            loss="objective",
        )
    )
    assert [step.done for step in both] == [1, 2, 3, 4] and both[-1].total == 4
    assert [step.left.done for step in both] == [1, 2, 2, 2]
    np.testing.assert_array_equal(both[-1].right.image, last(photo, steps=4, seed=1, **settings).image)
