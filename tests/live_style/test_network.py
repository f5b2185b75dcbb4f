"""The network of many styles: its layers against NumPy, its mixes, its films, and how it learns one more."""

import numpy as np
import pytest

from genmodels.live_style import network as live_style
from genmodels.live_style import training as style_training
from genmodels.live_style.network import LiveStyle
from genmodels.style_transfer import losses as style_losses
from genmodels.vision import backbone

NAMES = ("dots", "waves", "ink", "glass")


@pytest.fixture(scope="module")
def model():
    """A tiny network whose styles differ."""
    rng = np.random.default_rng(0)
    network = live_style.build(1 + len(NAMES), widths=(4, 6), blocks=1)
    for layer in network.layers:
        if live_style.holds_styles(layer):
            layer.set_weights([rows + 0.3 * rng.standard_normal(rows.shape) for rows in layer.get_weights()])
    return LiveStyle(network, NAMES)


@pytest.fixture(scope="module")
def eye():
    return backbone.from_keras(backbone.build(((4,), (6, 6), (8,), (8,)), classes=5), list("abcde"))


def photo(h=40, w=56, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (h, w, 3), dtype="uint8")


# --- painting -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(40, 56), (33, 47), (1, 5)])
def test_a_photo_of_any_size_keeps_its_size(model, size):
    painted = live_style.stylise(model, photo(*size), [1, 0, 0, 0])
    assert painted.shape == (*size, 3) and painted.dtype == np.uint8


def test_styles_differ_and_the_same_is_painted_twice(model):
    seen = photo()
    one, again, other = (live_style.stylise(model, seen, row) for row in ([1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]))
    assert np.array_equal(one, again) and np.abs(one.astype(int) - other).mean() > 2


def test_a_mix_that_names_one_style_is_that_style_whatever_it_adds_up_to(model):
    seen = photo()
    assert np.array_equal(
        live_style.stylise(model, seen, [0, 0, 3.0, 0]), live_style.stylise(model, seen, [0, 0, 1, 0])
    )


def test_rows_are_mixed_as_numbers_are(model):
    """Half of two styles is the network with the means of their scales and shifts."""
    half = live_style.build(2, widths=(4, 6), blocks=1)
    for layer, old in zip(half.layers, model.network.layers, strict=True):
        values = old.get_weights()
        if live_style.holds_styles(layer):
            values = [np.stack([rows[0], (rows[1] + rows[3]) / 2]) for rows in values]
        layer.set_weights(values)
    seen = photo()
    mixed = live_style.stylise(model, seen, [1, 0, 1, 0]).astype(int)
    assert np.abs(mixed - live_style.stylise(LiveStyle(half, ("half",)), seen, [1])).max() <= 1


def test_without_strength_every_style_is_the_photo_s_own(model):
    seen = photo()
    one, other = (live_style.stylise(model, seen, row, strength=0) for row in ([1, 0, 0, 0], [0, 1, 0, 0]))
    assert np.array_equal(one, other)


def test_kept_colours_change_only_in_brightness(model):
    seen = np.full((24, 24, 3), (130, 120, 110), "uint8")
    painted = live_style.stylise(model, seen, [1, 0, 0, 0], keep_color=True).astype(int)
    inside = ((painted > 0) & (painted < 255)).all(axis=-1)
    away = (painted - seen)[inside]
    assert inside.any() and np.ptp(away, axis=-1).max() <= 1


@pytest.mark.parametrize("mix", [[1, 0], [0, 0, 0, 0], [1, -1, 1, 0], [1, np.nan, 0, 0]])
def test_a_mix_that_is_none_is_refused(model, mix):
    with pytest.raises(ValueError, match="4 shares"):
        live_style.stylise(model, photo(), mix)


def test_other_arrays_and_strengths_are_refused(model):
    with pytest.raises(ValueError, match="uint8"):
        live_style.stylise(model, photo() / 255, [1, 0, 0, 0])
    with pytest.raises(ValueError, match="strength"):
        live_style.stylise(model, photo(), [1, 0, 0, 0], strength=2.5)


def test_corners_are_their_styles_and_the_middle_is_all_of_them(model):
    names = ["ink", "dots", "dots", "glass"]
    assert live_style.corners(model, names, 0, 0).tolist() == [0, 0, 1, 0]
    assert live_style.corners(model, names, 1, 1).tolist() == [0, 0, 0, 1]
    assert live_style.corners(model, names, 0.5, 0.5).tolist() == [0.5, 0, 0.25, 0.25]
    assert live_style.corners(model, names, -3, 9).tolist() == [1, 0, 0, 0]
    with pytest.raises(ValueError, match="four styles"):
        live_style.corners(model, ["ink", "dots", "oil", "glass"], 0, 0)


# --- the layers ---------------------------------------------------------------------------------


def test_normalise_is_the_papers_equation(model):
    layer = model.network.get_layer("mend_norm")
    x = np.random.default_rng(1).normal(3, 2, (2, 5, 7, 4)).astype("float32")
    mix = np.array([[0, 0.25, 0.75, 0, 0], [1, 0, 0, 0, 0]], "float32")
    gamma, beta = (mix @ rows for rows in layer.get_weights())
    mean, variance = x.mean(axis=(1, 2), keepdims=True), x.var(axis=(1, 2), keepdims=True)
    wanted = gamma[:, None, None] * (x - mean) / np.sqrt(variance + live_style.EPSILON) + beta[:, None, None]
    assert np.allclose(layer([x, mix], training=True), wanted, atol=1e-5)


def test_for_one_image_the_fast_way_is_the_same(model):
    layer = model.network.get_layer("mend_norm")
    x = np.random.default_rng(2).normal(3, 2, (1, 9, 11, 4)).astype("float32")
    mix = np.array([[0.5, 0, 0.5, 0, 0]], "float32")
    gamma, beta = (mix[0] @ rows for rows in layer.get_weights())
    assert np.allclose(live_style.normalised_once(x, gamma, beta), layer([x, mix], training=True), atol=1e-5)


def test_pixels_are_those_of_a_transposed_convolution_and_the_mean_of_each_two_by_two(model):
    import keras

    layer = model.network.get_layer("to_pixels")
    x = np.random.default_rng(3).standard_normal((2, 6, 9, 4)).astype("float32")
    up = keras.layers.Conv2DTranspose(3, 4, 2, padding="same", use_bias=False)
    up.build(x.shape)
    up.set_weights(layer.get_weights())
    wanted = keras.layers.AveragePooling2D(2, 1, padding="same")(up(x))
    assert layer(x).shape == (2, 12, 18, 3)
    # At the last edge a mean has fewer pixels.
    assert np.allclose(layer(x)[:, :-1, :-1], wanted[:, :-1, :-1], atol=1e-5)


def test_colour_adds_a_share_of_the_photo_and_a_tint():
    layer = live_style.build(3, widths=(4, 6), blocks=1).get_layer("colour")
    rng = np.random.default_rng(4)
    share, tint = rng.random((2, 3, 3), "float32")
    layer.set_weights([share, tint])
    x, image = rng.random((2, 2, 5, 7, 3), "float32")
    mix = np.array([[0, 1, 0], [0.5, 0, 0.5]], "float32")
    wanted = x + image * (mix @ share)[:, None, None] + (mix @ tint)[:, None, None]
    assert np.allclose(layer([x, image, mix]), wanted, atol=1e-6)


def test_plan_gives_back_what_build_was_told():
    assert live_style.plan(live_style.build(3, widths=(4, 6), blocks=2)) == {"widths": (4, 6), "blocks": 2}


# --- films --------------------------------------------------------------------------------------


def test_steady_keeps_what_is_still_and_lets_go_of_what_moves():
    before = np.full((8, 8, 3), 100, "uint8")
    noisy = before + 3
    moved = np.full((8, 8, 3), 220, "uint8")
    assert (live_style.steady(before, noisy) < noisy).all()
    assert np.array_equal(live_style.steady(before, moved), moved)
    assert np.array_equal(live_style.steady(before, noisy, hold=0), noisy)
    with pytest.raises(ValueError, match="one shape"):
        live_style.steady(before, before[:4])


def test_a_film_flickers_less_when_it_is_held(model):
    rng = np.random.default_rng(0)
    still = photo(32, 32)
    frames = [np.clip(still + rng.normal(0, 3, still.shape), 0, 255).astype("uint8") for _ in range(5)]

    def flicker(hold):
        steps = list(live_style.film(model, frames, [1, 0, 0, 0], hold=hold))
        assert [step.done for step in steps] == [1, 2, 3, 4, 5] and steps[0].total == 5
        return np.abs(np.diff([step.image.astype(int) for step in steps], axis=0)).mean()

    assert flicker(0.8) < 0.7 * flicker(0)


# --- learning -----------------------------------------------------------------------------------


def test_what_judges_is_style_transfers_losses(eye):
    """For each image of the batch, as style_losses has them for one."""
    rng = np.random.default_rng(0)
    painted, seen = rng.random((2, 2, 32, 32, 3)).astype("float32")
    grams = style_training.targets(eye, [photo(32, 32, 1), photo(32, 32, 2)])
    mix = np.array([[0, 1, 0], [0, 0.3, 0.7]], "float32")
    content, style, variation, same = style_training.judge(eye, grams)(painted, seen, mix)
    names = ["block1_conv1", "block2_conv2", "block3_conv1", "block4_conv1"]
    network = backbone.feature_extractor(eye, names)
    for k in range(2):
        said, there = (backbone.outputs(network, each[k : k + 1]) for each in (painted, seen))
        asked = [np.tensordot(mix[k, 1:], gram, 1) for gram in grams]
        wanted = sum(style_losses.style_loss(style_losses.gram_matrix(f), a) for f, a in zip(said, asked, strict=True))
        assert np.isclose(style[k], wanted, rtol=1e-3)
        assert np.isclose(content[k], style_losses.content_loss(said[2], there[2]), rtol=1e-3)
        assert np.isclose(variation[k], style_losses.total_variation_loss(painted[k]), rtol=1e-3)
    assert np.allclose(same, 0)


def test_the_photos_own_style_is_judged_by_its_pixels_alone(eye):
    painted, seen = np.random.default_rng(0).random((2, 1, 32, 32, 3)).astype("float32")
    grams = style_training.targets(eye, [photo(32, 32, 1)])
    content, style, _, same = style_training.judge(eye, grams)(painted, seen, np.float32([[1, 0]]))
    assert content[0] == style[0] == 0
    assert np.isclose(same[0], np.square(painted - seen).mean())


def test_learning_lowers_the_losses_and_touches_no_other_style(model, eye):
    before = [layer.get_weights() for layer in model.network.layers]
    steps = list(
        style_training.learn(
            model, photo(48, 48, 7), [photo(64, 64, 8)], name="mine", eye=eye, steps=12, side=32, preview_every=5
        )
    )
    assert [step.done for step in steps] == list(range(1, 13))
    assert [step.done for step in steps if step.image is not None] == [1, 5, 10, 12]
    first, last = (np.mean([step.losses["style"] for step in part]) for part in (steps[:3], steps[-3:]))
    assert last < first
    for layer, was in zip(model.network.layers, before, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(layer.get_weights(), was, strict=True))

    more = style_training.extended(model, steps[-1].learnt)
    assert more.names == (*NAMES, "mine")
    seen = photo()
    assert np.array_equal(
        live_style.stylise(more, seen, [0, 1, 0, 0, 0]), live_style.stylise(model, seen, [0, 1, 0, 0])
    )
    assert np.array_equal(
        live_style.stylise(more, seen, [0, 0, 0, 0, 1]), live_style.stylise(steps[-1].learnt, seen, [1])
    )


def test_learning_asks_for_photos_and_steps(model, eye):
    for style, photos, steps in ((photo(), [], 3), (photo(), [photo()], 0), (photo(8, 8), [photo()], 3)):
        with pytest.raises(ValueError, match="expected"):
            next(style_training.learn(model, style, photos, eye=eye, steps=steps))
