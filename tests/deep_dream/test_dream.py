"""Dreams climb, repeat, keep their sizes, and say what is wrong."""

import numpy as np
import pytest

from genmodels.data import sample_photos
from genmodels.deep_dream import dream as deep_dream
from genmodels.vision import backbone, comparison

LAYERS = {"block2_conv2": 0.5, "block3_conv1": 1.0}


@pytest.fixture(scope="module")
def model():
    return backbone.from_keras(backbone.build(((4,), (6, 6), (8,)), classes=5), [f"class {k}" for k in range(5)])


@pytest.fixture(scope="module")
def photo():
    return sample_photos.load("Cat", 96)


@pytest.fixture(scope="module")
def builtin():
    return backbone.load()


def last(*args, **settings):
    *_, step = deep_dream.dream(*args, **settings)
    return step


WISHES = {
    "layers": {"layers": LAYERS},
    "channel": {"channel": ("block3_conv1", 3)},
    "class": {"target": 2},
    "guide": {"layers": {"block3_conv1": 1.0}, "guide": sample_photos.load("Flower", 64)},
}


@pytest.mark.parametrize("wish", WISHES)
def test_the_objective_rises_in_three_steps(model, photo, wish):
    steps = list(deep_dream.dream(photo, model=model, octaves=1, steps=4, jitter=0, **WISHES[wish]))
    values = [step.losses["objective"] for step in steps]
    assert values == sorted(values) and values[3] > values[0]


@pytest.mark.parametrize("by", ["layers", "class", "channel"])
def test_the_built_in_network_dreams(builtin, photo, by):
    (a,) = backbone.features(builtin, photo[None], ["block4_conv2"])
    loudest = int(a.mean(axis=(0, 1, 2)).argmax())
    wish = {"layers": {}, "class": {"target": 0}, "channel": {"channel": ("block4_conv2", loudest)}}[by]
    *_, step = deep_dream.dream(photo, model=builtin, octaves=1, steps=4, jitter=0, **wish)
    first = next(deep_dream.dream(photo, model=builtin, octaves=1, steps=4, jitter=0, **wish))
    assert step.losses["objective"] > first.losses["objective"]


def test_steps_count_and_octaves_grow(model, photo):
    h, w, _ = photo.shape
    steps = list(deep_dream.dream(photo, model=model, layers=LAYERS, octaves=3, octave_scale=1.25, steps=2))
    assert [step.done for step in steps] == [1, 2, 3, 4, 5, 6] and {step.total for step in steps} == {6}
    assert [step.octave for step in steps] == [0, 0, 1, 1, 2, 2]
    assert [step.ends_octave for step in steps] == [False, True] * 3
    sizes = [step.image.shape for step in steps[::2]]
    assert sizes == [(round(h / 1.25**k), round(w / 1.25**k), 3) for k in (2, 1, 0)]
    assert all(step.image.dtype == np.uint8 for step in steps)
    shares = np.array([step.progress for step in steps])
    assert (np.diff(shares) > 0).all() and shares[0] < 1 / 8 and shares[-1] == 1, "small octaves cost less"


def test_the_same_seed_gives_the_same_dream(model, photo):
    a, b, other = (last(photo, model=model, layers=LAYERS, octaves=2, steps=3, seed=seed).image for seed in (5, 5, 6))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, other)


def test_the_photo_itself_is_left_alone(model, photo):
    before = photo.copy()
    last(photo, model=model, layers=LAYERS, octaves=1, steps=2)
    np.testing.assert_array_equal(photo, before)


@pytest.mark.parametrize("bands", [0, 5])
def test_a_step_changes_pixels_by_step_size(model, photo, bands):
    step = next(deep_dream.dream(photo, model=model, layers=LAYERS, octaves=1, step_size=0.02, jitter=0, bands=bands))
    moved = np.abs(step.image.astype(float) - photo).mean() / 255
    assert 0.01 < moved <= 0.0205, "a little less near black and white"


def test_lost_detail_is_given_back(model, photo):
    def sharpness(image):
        return np.abs(np.diff(image.astype(float), axis=1)).mean()

    quiet = {"model": model, "layers": LAYERS, "octaves": 3, "octave_scale": 1.7, "steps": 1, "step_size": 1e-6}
    given, lost = (last(photo, reinject_detail=given, **quiet).image for given in (True, False))
    assert sharpness(given) > 1.2 * sharpness(lost)
    assert np.abs(given.astype(float) - photo).mean() < 1.5, "a dream without strength is the photo"


def test_a_limit_ends_every_octave(model, photo):
    steps = list(deep_dream.dream(photo, model=model, layers=LAYERS, octaves=2, steps=5, max_loss=0.0))
    assert [step.octave for step in steps] == [0, 1] and all(step.ends_octave for step in steps)
    free = list(deep_dream.dream(photo, model=model, layers=LAYERS, octaves=2, steps=5, max_loss=1e9))
    assert len(free) == 10


def test_tiles_leave_no_seams(model):
    photo = sample_photos.load("Palace", 300)
    chosen = {"model": model, "layers": LAYERS, "octaves": 1, "steps": 3}
    whole, parts = (last(photo, tile=tile, **chosen).image.astype(float) for tile in (1000, 128))
    assert np.abs(whole - parts).max() <= 2


def test_a_palette_keeps_to_the_photos_colours(model):
    """On a grey photo, a dream in its own colours stays grey."""
    grey = np.repeat(sample_photos.load("Cat", 96).mean(axis=2, keepdims=True), 3, axis=2).astype("uint8")

    def colour(palette):
        image = last(grey, model=model, layers=LAYERS, octaves=1, steps=6, palette=palette).image.astype(float)
        return np.ptp(image, axis=2).mean()

    assert colour(1.0) < 2 < colour(0.0)


def test_layers_in_another_order_are_the_same_dream(model, photo):
    a, b = (
        last(photo, model=model, layers=dict(order), octaves=1, steps=2).image
        for order in (LAYERS.items(), reversed(LAYERS.items()))
    )
    assert np.abs(a.astype(int) - b).max() <= 1


def test_a_dream_runs_on_the_built_in_network_by_itself(photo):
    assert next(deep_dream.dream(photo, octaves=1, steps=1)).image.shape == photo.shape


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"layers": {"block9_conv1": 1.0}}, "no layers .*block9_conv1"),
        ({"layers": {"block2_conv1": 0.0}}, "every layer's weight is zero"),
        ({"layers": {}}, "every layer's weight is zero"),
        ({"channel": ("block3_conv1", 8)}, "block3_conv1 has no channel 8: it has 8"),
        ({"channel": ("block3_conv1", -1)}, "no channel -1"),
        ({"channel": ("nowhere", 0)}, "no layers .*nowhere"),
        ({"target": 5}, "no class 5: it names 5"),
        ({"target": -1}, "no class -1"),
        ({"octaves": 0}, "one octave or more"),
        ({"octave_scale": 1.0}, "a scale above 1"),
        ({"steps": 0}, "one step or more"),
        ({"guide": np.zeros((10, 64, 3), "uint8")}, "32 pixels a side"),
    ],
)
def test_what_cannot_be_dreamt_is_told(model, photo, settings, says):
    with pytest.raises(ValueError, match=says):
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
def test_what_is_no_photo_is_told(model, image):
    with pytest.raises(ValueError, match=r"expected an image \(h, w, 3\) uint8 of 32 pixels a side or more"):
        next(deep_dream.dream(image, model=model, layers=LAYERS))


# --- two at a time, and without end -----------------------------------------------------------


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


def test_a_zoom_falls_into_the_middle(model, photo):
    frames = list(deep_dream.zoom(photo, model=model, layers=LAYERS, frames=3, factor=1.5, steps=1, step_size=1e-6))
    assert [frame.done for frame in frames] == [1, 2, 3] and {frame.total for frame in frames} == {3}
    assert all(frame.image.shape == photo.shape for frame in frames)
    nearer = deep_dream.nearer(photo, 1.5)
    assert np.abs(frames[1].image.astype(int) - nearer).max() <= 2
    h, w, _ = photo.shape
    y, x = h // 2, w // 2
    assert np.abs(nearer[y, x].astype(int) - photo[y, x]).max() < 60, "the middle stays where it is"
    np.testing.assert_array_equal(deep_dream.nearer(photo, 1.0), photo)


def test_a_zoom_away_is_told(model, photo):
    with pytest.raises(ValueError, match=r"a factor of 1 or more, got 0\.9"):
        next(deep_dream.zoom(photo, model=model, factor=0.9))


# --- what there is to know of it --------------------------------------------------------------


def test_the_first_step_is_taken_apart(model, photo):
    stages = deep_dream.first_step(photo, model=model, layers=LAYERS)
    assert len(stages) == 3 and len({title for title, _ in stages}) == 3
    for _, picture in stages:
        assert picture.shape == photo.shape and picture.dtype == np.uint8
    assert abs(stages[1][1].mean() - 127.5) < 4, "broad colour is out of it"


def test_layers_answer_more_after_a_dream(model, photo):
    step = last(photo, model=model, layers={"block3_conv1": 1.0}, octaves=1, steps=8, step_size=0.02)
    before, after = deep_dream.answers(model, photo), deep_dream.answers(model, step.image)
    assert list(before) == list(model.layers)
    assert after["block3_conv1"] > 1.2 * before["block3_conv1"]


def test_a_dream_of_a_class_is_called_by_its_name(model, photo):
    step = last(photo, model=model, target=3, octaves=1, steps=8, step_size=0.02)
    before, after = deep_dream.named(model, photo), deep_dream.named(model, step.image)
    assert before.shape == (5,) and before.sum() == pytest.approx(1, rel=1e-5)
    assert after[3] > before[3]


def test_channels_are_counted(model):
    assert deep_dream.channels(model, "block3_conv1") == 8
    with pytest.raises(ValueError, match="no layers"):
        deep_dream.channels(model, "block7_conv1")
