"""Style transfer: the losses against plain NumPy, the two ways down, and what a transfer may and may not change."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from genmodels.data import style_images
from genmodels.style_transfer import losses as style_losses
from genmodels.style_transfer import optimizers
from genmodels.style_transfer import transfer as style_transfer
from genmodels.style_transfer.transfer import transfer
from genmodels.vision import backbone

STYLE_LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1")


@pytest.fixture(scope="module")
def model():
    return backbone.from_keras(backbone.build(((4,), (6, 6), (8,)), classes=5, seed=1), list("abcde"))


@pytest.fixture(scope="module")
def photo():
    y, x = np.mgrid[:48, :72] / 72
    rgb = np.stack([x, y, 0.5 + 0.3 * np.sin(20 * x)], axis=-1)
    return np.round(255 * rgb).astype("uint8")


@pytest.fixture(scope="module")
def style():
    return style_images.draw("Mosaic", 64)


def last(*args, **settings):
    *_, step = transfer(*args, **settings)
    return step


# --- the losses ---------------------------------------------------------------------------------


def test_the_gram_matrix_is_the_mean_of_products():
    features = np.random.default_rng(0).random((5, 7, 3), "float32")
    expected = np.zeros((3, 3))
    for i in range(5):
        for j in range(7):
            expected += np.outer(features[i, j], features[i, j])
    np.testing.assert_allclose(style_losses.gram_matrix(features), expected / 35, rtol=1e-5)
    np.testing.assert_allclose(style_losses.gram_matrix(features[None]), expected / 35, rtol=1e-5)


def test_a_masked_gram_matrix_is_that_of_the_part():
    features = np.random.default_rng(1).random((6, 4, 3), "float32")
    mask = np.zeros((6, 4), "float32")
    mask[:3] = 1
    np.testing.assert_allclose(
        style_losses.gram_matrix(features, mask), style_losses.gram_matrix(features[:3]), rtol=1e-5
    )


@pytest.mark.parametrize("masked", [False, True])
def test_the_gradient_of_a_gram_matrix_is_the_plain_one(masked):
    """Ours is written out; here each entry of G is moved by what U asks of it: dF = m F (U + U') / sum m."""
    rng = np.random.default_rng(8)
    f, u = rng.random((4, 5, 3), "float32"), rng.standard_normal((3, 3)).astype("float32")
    mask = rng.random((4, 5), "float32") if masked else np.ones((4, 5), "float32")
    mask[1, 2] = 0 if masked else 1
    x = tf.Variable(f)
    with tf.GradientTape() as tape:
        asked = tf.reduce_sum(u * style_losses.gram_matrix(x, mask if masked else None))
    wanted = mask[..., None] * (f @ (u + u.T)) / mask.sum()
    np.testing.assert_allclose(tape.gradient(asked, x), wanted, rtol=1e-4, atol=1e-6)


def test_where_things_are_is_not_in_the_gram_matrix():
    features = np.random.default_rng(2).random((36, 4), "float32")
    turned = np.random.default_rng(3).permutation(features)
    one, other = (style_losses.gram_matrix(each.reshape(6, 6, 4)) for each in (features, turned))
    np.testing.assert_allclose(one, other, rtol=1e-5)


def test_losses_equal_plain_numpy():
    rng = np.random.default_rng(4)
    a, b = rng.random((2, 1, 5, 6, 3), "float32")
    relative = ((a.astype(float) - b) ** 2).sum() / (b.astype(float) ** 2).sum()
    assert float(style_losses.content_loss(a, b)) == pytest.approx(relative, rel=1e-5)
    g, h = a[0, :3, :3, 0], b[0, :3, :3, 0]
    assert float(style_losses.style_loss(g, h)) == pytest.approx(((g - h) ** 2).sum() / (h**2).sum(), rel=1e-5)
    assert style_losses.distances([g], [h]) == pytest.approx([float(style_losses.style_loss(g, h))], rel=1e-5)
    variation = np.square(np.diff(a[0], axis=0)).mean() + np.square(np.diff(a[0], axis=1)).mean()
    assert float(style_losses.total_variation_loss(a)) == pytest.approx(variation, rel=1e-5)
    assert float(style_losses.total_variation_loss(a[0])) == pytest.approx(variation, rel=1e-5)


def test_the_compiled_losses_are_those_and_the_gradient_is_theirs(model, photo, style):
    look = style_losses.objective(model, STYLE_LAYERS, "block3_conv1", False)
    content = backbone.features(model, photo[None], ["block3_conv1"])[0]
    grams = style_losses.grams_of(model, style, STYLE_LAYERS)
    x = np.random.default_rng(5).random((1, 48, 72, 3), "float32")
    weights = np.array([1.0, 0.5, 2.0, 3.0, 4.0], "float32")
    parts, grad = look(x, weights, content, *grams)
    assert grad.shape == x.shape and parts.shape == (5,)
    assert parts[-1] == pytest.approx(float(style_losses.total_variation_loss(x)), rel=1e-4)
    way = np.random.default_rng(6).standard_normal(x.shape).astype("float32")
    h = np.float32(2e-4)  # small: many a ReLU has its kink on the way
    ahead, behind = (weights.astype(float) @ look(x + t * way, weights, content, *grams)[0] for t in (h, -h))
    assert (ahead - behind) / (2 * h) == pytest.approx(float((grad * way).sum()), rel=0.05)


def test_a_network_keeps_a_few_compiled_losses_and_all_give_the_same(photo, style):
    """Each holds a copy of a public network's weights: whoever tries all layers must not fill the memory."""
    network = backbone.build(((4,), (6,), (8,)), classes=5, seed=1)
    model = backbone.from_keras(network, list("abcde"), name="vgg19")
    content = backbone.features(model, photo[None], ["block3_conv1"])[0]
    grams = dict(zip(STYLE_LAYERS, style_losses.grams_of(model, style, STYLE_LAYERS), strict=True))
    x = np.random.default_rng(9).random((1, 48, 72, 3), "float32")

    def parts(layers):
        look = style_losses.objective(model, layers, "block3_conv1", False)
        return look(x, np.ones(len(layers) + 2, "float32"), content, *(grams[name] for name in layers))[0]

    subsets = [layers for n in (1, 2, 3) for layers in itertools.combinations(STYLE_LAYERS, n)]
    each = {layers: parts(layers) for layers in subsets}
    assert sum(key[0] == "style transfer" for key in model.compiled) == style_losses.KEPT < len(subsets)
    np.testing.assert_array_equal(parts(subsets[0]), each[subsets[0]])
    own = style_losses.objective(backbone.from_keras(network, list("abcde")), STYLE_LAYERS, "block3_conv1", False)
    whole = own(x, np.ones(5, "float32"), content, *grams.values())[0]  # as the built-in one is compiled
    for layers, found in each.items():
        wanted = [whole[0], *(whole[1 + STYLE_LAYERS.index(name)] for name in layers), whole[-1]]
        np.testing.assert_allclose(found, wanted, rtol=1e-4)


def test_heat_maps_share_order_and_scale():
    gram = np.diag([1.0, 4.0, 0.25]).astype("float32")
    one, half = style_losses.heat([gram, gram / 4], gram, channels=2)
    np.testing.assert_allclose(one, [[1, 0], [0, 0.5]])
    np.testing.assert_allclose(half, one / 2)


# --- the ways down ------------------------------------------------------------------------------


def valley(x):
    """Long and narrow, its lowest point at (0.3, 0.7) and, where that is out of reach, at the border."""
    scale, lowest = np.array([1.0, 300.0], "float32"), np.array([0.3, 0.7], "float32")
    return float((scale * (x - lowest) ** 2).sum()), 2 * scale * (x - lowest)


@pytest.mark.parametrize(("way", "steps"), [("lbfgs", 15), ("adam", 400)])
def test_both_ways_find_the_lowest_point(way, steps):
    climb = optimizers.WAYS[way](valley, np.array([0.9, 0.1], "float32"))
    for _ in range(steps):
        x = next(climb)
    np.testing.assert_allclose(x, [0.3, 0.7], atol=0.01)


def test_lbfgs_keeps_to_the_pixels_range_and_never_climbs():
    seen = []

    def outside(x):
        value = float(((x - np.array([1.5, -0.5], "float32")) ** 2).sum())
        return value, 2 * (x - np.array([1.5, -0.5], "float32"))

    climb = optimizers.lbfgs(outside, np.array([0.5, 0.5], "float32"))
    for _ in range(20):
        x = next(climb)
        seen.append(outside(x)[0])
    np.testing.assert_allclose(x, [1, 0])
    assert seen == sorted(seen, reverse=True)


def test_lbfgs_is_as_good_as_scipys():
    from scipy.optimize import fmin_l_bfgs_b, rosen, rosen_der

    start = np.linspace(0.1, 0.6, 10)
    _, scipys, told = fmin_l_bfgs_b(rosen, start, rosen_der, bounds=[(0, 1)] * 10, maxiter=60)
    climb = optimizers.lbfgs(lambda x: (float(rosen(x)), rosen_der(x)), start)
    for _ in range(told["nit"] * 2):
        x = next(climb)
    assert rosen(x) < max(2 * scipys, 1e-3)


# --- a transfer ---------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_three_steps_lower_the_total(model, photo, style, optimizer):
    steps = list(transfer(photo, style, model=model, optimizer=optimizer, init="noise", steps=4, scales=1))
    assert steps[-1].losses["total"] < steps[0].losses["total"]
    for step in steps:
        assert set(step.losses) == {"content", "style", "total variation", "total"}
        assert sum(step.weighted.values()) == pytest.approx(step.losses["total"])
        assert step.weighted["style"] == pytest.approx(style_transfer.WEIGHTS["style_weight"] * step.losses["style"])
    assert [step.done for step in steps] == [1, 2, 3, 4] and steps[-1].ends_scale


def test_it_goes_from_coarse_to_fine(model, photo, style):
    large = np.repeat(np.repeat(photo, 4, axis=0), 4, axis=1)
    steps = list(transfer(large, style, model=model, size=280, steps=1, scales=3))
    assert [step.image.shape for step in steps] == [(94, 140, 3), (187, 280, 3)]  # below SMALLEST is left out
    assert [step.scale for step in steps] == [0, 1] and [step.total for step in steps] == [2, 2]
    assert {frame.shape for frame in style_transfer.film([step.image for step in steps])} == {(187, 280, 3)}


def test_a_picture_in_its_own_style_stays_as_it_is(model, photo):
    step = last(photo, photo, model=model, total_variation_weight=0, steps=3, scales=1)
    assert np.abs(step.image.astype(int) - photo).mean() < 1


def test_all_content_from_noise_comes_back_to_the_photo(model, photo, style):
    begin, *_, end = transfer(photo, style, model=model, style_weight=0, total_variation_weight=0, init="noise",
                              steps=30, scales=1, content_layer="block1_conv1")  # fmt: skip
    away = [np.abs(step.image.astype(int) - photo).mean() for step in (begin, end)]
    assert end.losses["content"] < begin.losses["content"] / 4 and away[1] < away[0]


@pytest.mark.parametrize("init", ["content", "noise"])
def test_outside_the_mask_the_photo_stays(model, photo, style, init):
    mask = np.zeros((48, 72), bool)
    mask[:, :36] = True
    step = last(photo, style, model=model, mask=mask, init=init, steps=3, scales=1)
    np.testing.assert_array_equal(step.image[:, 36:], photo[:, 36:])
    assert np.abs(step.image[:, :36].astype(int) - photo[:, :36]).mean() > 1


def test_a_full_mask_is_none(model, photo, style):
    with_mask = last(photo, style, model=model, mask=np.ones((6, 9)), steps=1, scales=1)
    without = last(photo, style, model=model, steps=1, scales=1)
    assert with_mask.losses == pytest.approx(without.losses, rel=1e-3)


def test_colours_can_stay_the_photos(model, photo, style):
    grey_photo = np.full_like(photo, 90)
    grey_photo[10:30, 20:50] = 160
    step = last(grey_photo, style, model=model, preserve_color=True, steps=3, scales=1)
    assert np.abs(step.image.astype(int) - grey_photo).mean() > 1
    assert np.ptp(step.image.astype(int), axis=2).max() <= 1, "a grey photo stays grey"


def test_shares_of_one_and_nothing_are_the_single_style(model, photo, style):
    other = style_images.draw("Waves", 64)
    mixed = last(photo, [style, other], model=model, blend=(1, 0), steps=2, scales=1)
    alone = last(photo, style, model=model, steps=2, scales=1)
    np.testing.assert_array_equal(mixed.image, alone.image)
    half = last(photo, [style, other], model=model, steps=2, scales=1)
    assert (half.image != alone.image).any()


def test_the_same_seed_gives_the_same_picture(model, photo, style):
    one, same, other = (
        last(photo, style, model=model, init="noise", steps=2, scales=1, seed=seed).image for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_the_scale_of_a_style_matters(model, photo, style):
    small, large = (last(photo, style, model=model, style_scale=k, steps=2, scales=1).image for k in (0.5, 1.5))
    assert (small != large).any()


def test_weights_change_on_the_way(model, photo, style):
    painting = transfer(photo, style, model=model, steps=8, scales=1)
    next(painting)
    before = next(painting)
    step = painting.send({"style_weight": 0.0, "style_layer_weights": {"block1_conv1": 1.0}})
    assert before.weighted["style"] > 0 and step.weighted["style"] == 0
    assert len(list(painting)) == 5


def test_it_goes_on_from_a_picture(model, photo, style):
    first = last(photo, style, model=model, steps=4, scales=1)
    on = next(transfer(photo, style, model=model, init=first.image, steps=2, scales=3))
    assert on.total == 2 and on.losses["total"] < 1.1 * first.losses["total"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"optimizer": "sgd"}, "optimizer"),
        ({"init": "painting"}, "init"),
        ({"steps": 0}, "expected a step"),
        ({"size": 20}, "32 pixels"),
        ({"style_scale": 0}, "style_scale"),
        ({"style_weight": -1.0}, "expected weights"),
        ({"content_weight": 0.0, "style_weight": 0.0, "total_variation_weight": 0.0}, "expected weights"),
        ({"style_layer_weights": {"block9_conv9": 1.0}}, "has no layers"),
        ({"content_layer": "nothing"}, "has no layers"),
        ({"blend": (1, 2)}, "share"),
        ({"blend": (0,)}, "share"),
        ({"mask": np.zeros((4, 6))}, "mask"),
        ({"mask": np.ones((4, 6, 3))}, "mask"),
        ({"init": np.zeros((8, 8, 3), "uint8")}, "uint8"),
    ],
)
def test_what_cannot_be_is_refused(model, photo, style, settings, says):
    with pytest.raises(ValueError, match=says):
        next(transfer(photo, style, model=model, **settings))


def test_pictures_that_are_none_are_refused(model, photo):
    with pytest.raises(ValueError, match="uint8"):
        next(transfer(photo.astype("float32"), photo, model=model))
    with pytest.raises(ValueError, match="share"):
        next(transfer(photo, [], model=model))


def test_layers_are_one_of_each_block(model):
    assert style_losses.layers_of(model) == (STYLE_LAYERS, "block3_conv1")
    usual, content = style_losses.layers_of(backbone.from_keras(backbone.build(), []))
    assert usual == tuple(f"block{b}_conv1" for b in range(1, 6)) and content == "block4_conv2"


def test_what_was_painted_is_nearer_to_the_style_on_every_layer(model, photo, style):
    step = last(photo, style, model=model, content_weight=0.0, total_variation_weight=0.0, steps=25, scales=1)
    found = style_transfer.manners(model, photo, step.image, [style])
    assert tuple(found) == STYLE_LAYERS
    for target, before, after in found.values():
        away = style_losses.distances([before, after], [target, target])
        assert away[1] < away[0]


def test_two_beside_each_other(model, photo, style):
    short, long = (transfer(photo, style, model=model, steps=k, scales=1) for k in (1, 3))
    pairs = list(style_transfer.beside(short, long))
    assert [(pair.left.done, pair.right.done) for pair in pairs] == [(1, 1), (1, 2), (1, 3)]


# --- the styles it comes with ---------------------------------------------------------------------


@pytest.mark.parametrize("name", style_images.NAMES)
def test_every_style_is_drawn_the_same_again(name):
    picture = style_images.draw(name, 64)
    assert picture.shape == (64, 64, 3) and picture.dtype == np.uint8
    assert picture.std() > 15, "something is on it"
    np.testing.assert_array_equal(picture, style_images.draw(name, 64))
    assert (picture != style_images.draw(name, 64, seed=1)).any()


def test_a_style_is_the_same_picture_at_another_size():
    small, large = style_images.draw("Mosaic", 64), style_images.draw("Mosaic", 192)
    shrunk = large.reshape(64, 3, 64, 3, 3).mean(axis=(1, 3))
    assert np.corrcoef(small.ravel(), shrunk.ravel())[0, 1] > 0.8


def test_styles_that_are_not_there_are_refused():
    with pytest.raises(ValueError, match="no style is named"):
        style_images.draw("Rembrandt")
    with pytest.raises(ValueError, match="32 pixels"):
        style_images.draw("Mosaic", 16)
