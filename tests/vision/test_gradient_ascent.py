"""Gradient ascent on pixels: objectives, bands, octaves, tiles."""

import numpy as np
import pytest

from genmodels.vision import backbone, gradient_ascent


@pytest.fixture(scope="module")
def model():
    return backbone.from_keras(backbone.build(((4,), (6, 6), (8,)), classes=5), [f"class {k}" for k in range(5)])


@pytest.fixture
def image():
    return np.random.default_rng(0).random((48, 64, 3), dtype="float32")


def value(objective, shapes, image, *arrays):
    climb = gradient_ascent.gradient(objective, [(1, None, None, 3), *shapes, ()])
    return gradient_ascent.tiled_gradient(climb, image, *arrays)


def activations(model, image, layer):
    """The layer's answers, from a network of its own making."""
    import keras

    network = keras.Model(model.network.input, model.network.get_layer(layer).output)
    return np.asarray(network(image[None]))[0]


# --- objectives -------------------------------------------------------------------------------


@pytest.mark.parametrize("border", [0, 1, 2])
def test_layers_without_their_border_equal_numpy(model, image, border):
    weights = {"block2_conv2": 0.7, "block3_conv1": 1.5}
    found, grad = value(
        gradient_ascent.layers_objective(model, list(weights), border),
        [(2,)],
        image,
        np.array(list(weights.values()), "float32"),
    )
    expected = 0.0
    for layer, w in weights.items():
        a = activations(model, image, layer)
        inner = a[border : len(a) - border, border : a.shape[1] - border]
        expected += w * float(np.square(inner).sum()) / a.size
    assert found == pytest.approx(expected, rel=1e-4)
    assert grad.shape == image.shape and np.isfinite(grad).all() and np.abs(grad).max() > 0


def test_a_small_map_keeps_a_middle(model):
    image = np.random.default_rng(0).random((32, 32, 3), dtype="float32")[:12, :12]
    found, _ = value(gradient_ascent.layers_objective(model, ["block3_conv1"], 9), [(1,)], image, np.ones(1, "float32"))
    a = activations(model, image, "block3_conv1")  # 3 x 3
    assert found == pytest.approx(float(np.square(a[1:2, 1:2]).sum()) / a.size, rel=1e-4)


def test_a_channel_equals_numpy(model, image):
    found, _ = value(
        gradient_ascent.channel_objective(model, "block2_conv1", 0), [(6,)], image, np.eye(6, dtype="float32")[4]
    )
    assert found == pytest.approx(float(activations(model, image, "block2_conv1")[..., 4].mean()), rel=1e-4)


def test_a_class_is_its_logit(model, image):
    found, _ = value(gradient_ascent.class_objective(model), [(5,)], image, np.eye(5, dtype="float32")[3])
    assert found == pytest.approx(float(np.asarray(model.network(image[None]))[0, 3]), rel=1e-4)


def test_a_guide_equals_numpy(model, image):
    guide = np.random.default_rng(1).standard_normal((7, 8)).astype("float32")
    found, _ = value(gradient_ascent.guide_objective(model, "block3_conv1", 1), [(None, 8)], image, guide)
    a = activations(model, image, "block3_conv1")
    best = (a[1:-1, 1:-1].reshape(-1, 8) @ guide.T).max(axis=1)
    assert found == pytest.approx(float(best.sum()) / a.size, rel=1e-4)


def test_the_gradient_is_the_slope(model, image):
    climb = gradient_ascent.gradient(
        gradient_ascent.layers_objective(model, ["block2_conv2"]), [(1, None, None, 3), (1,), ()]
    )
    w = np.ones(1, "float32")
    _, grad = gradient_ascent.tiled_gradient(climb, image, w)
    direction = grad / np.linalg.norm(grad)
    up, down = (gradient_ascent.tiled_gradient(climb, image + e * direction, w)[0] for e in (0.01, -0.01))
    assert (up - down) / 0.02 == pytest.approx(float(np.linalg.norm(grad)), rel=0.02)


# --- tiles ------------------------------------------------------------------------------------


def test_tiled_equals_untiled_away_from_seams(model):
    image = np.random.default_rng(0).random((300, 420, 3), dtype="float32")
    climb = gradient_ascent.gradient(
        gradient_ascent.layers_objective(model, ["block3_conv1"]), [(1, None, None, 3), (1,), ()]
    )
    whole_value, whole = gradient_ascent.tiled_gradient(climb, image, np.ones(1, "float32"), tile=1000)
    parts_value, parts = gradient_ascent.tiled_gradient(climb, image, np.ones(1, "float32"), tile=150)
    np.testing.assert_allclose(parts, whole, atol=1e-5 * np.abs(whole).max())
    assert parts_value == pytest.approx(whole_value, rel=0.05)


@pytest.mark.parametrize(("side", "tile"), [(100, 512), (513, 512), (700, 256), (96, 16), (33, 32)])
def test_parts_cover_a_side_once_on_the_grid(side, tile):
    cuts = gradient_ascent._cuts(side, tile)
    assert [a for a, _ in cuts] == [0, *(b for _, b in cuts[:-1])] and cuts[-1][1] == side
    assert all(a % gradient_ascent.GRID == 0 and a < b for a, b in cuts)


# --- the gradient's bands, and the step -------------------------------------------------------


def test_broad_colour_has_no_say():
    assert np.abs(gradient_ascent.laplacian_normalize(np.full((64, 96, 3), 0.3, "float32"), 5)).max() == 0


def test_details_of_every_size_have_the_same_say():
    y, x = np.mgrid[:128, :128].astype("float32")
    fine, coarse = np.sin(x * np.pi / 2), 20 * np.sin(y * np.pi / 16)
    g = np.repeat((fine + coarse)[..., None], 3, axis=2).astype("float32")
    even = gradient_ascent.laplacian_normalize(g, 5)

    def share(wave, of):
        return abs(float((of[..., 0] * wave).mean())) / float(np.sqrt(np.square(wave).mean()))

    before = share(fine, g) / share(coarse, g)
    after = share(fine, even) / share(coarse, even)
    assert before < 0.06 and 0.25 < after < 4


def test_bands_of_odd_and_small_images_keep_the_shape():
    for shape in ((33, 47, 3), (5, 4, 3), (2, 3, 3)):
        found = gradient_ascent.laplacian_normalize(
            np.random.default_rng(0).standard_normal(shape).astype("float32"), 5
        )
        assert found.shape == shape and found.dtype == np.float32 and np.isfinite(found).all()


def test_a_normalised_gradient_has_mean_size_one():
    g = np.random.default_rng(0).standard_normal((8, 8, 3)).astype("float32")
    assert np.abs(gradient_ascent.normalize_gradient(1e-5 * g)).mean() == pytest.approx(1, rel=1e-4)
    assert not gradient_ascent.normalize_gradient(np.zeros((4, 4, 3), "float32")).any()


def test_a_step_stays_within_black_and_white():
    x = np.linspace(0, 1, 11, dtype="float32")
    for step in (0.04, -0.04, 3.0, -3.0):
        found = gradient_ascent.apply_step(x, np.full(11, step, "float32"))
        assert found.min() >= 0 and found.max() <= 1
        assert (np.diff(found) >= 0).all(), "shades keep their order"
    middle = gradient_ascent.apply_step(np.array([0.5], "float32"), np.array([0.04], "float32"))
    assert middle[0] == pytest.approx(0.54), "away from the ends a step is a step"


# --- octaves ----------------------------------------------------------------------------------


def test_octave_sizes():
    assert gradient_ascent.octave_sizes(280, 420, 3, 1.4) == [(143, 214), (200, 300), (280, 420)]
    assert gradient_ascent.octave_sizes(100, 60, 1, 1.4) == [(100, 60)]
    assert gradient_ascent.octave_sizes(64, 64, 5, 2.0) == [(32, 32), (64, 64)], "nothing is dreamt on below 32 pixels"


@pytest.mark.parametrize(("octaves", "scale"), [(0, 1.4), (3, 1.0), (2, 0.5)])
def test_impossible_octaves_are_told(octaves, scale):
    with pytest.raises(ValueError, match="one octave or more and a scale above 1"):
        gradient_ascent.octave_sizes(100, 100, octaves, scale)


def test_resizing_keeps_the_mean():
    image = np.random.default_rng(0).random((60, 80, 3), dtype="float32")
    small = gradient_ascent.resize(image, (30, 40))
    assert small.shape == (30, 40, 3) and small.mean() == pytest.approx(float(image.mean()), abs=0.01)
    assert gradient_ascent.resize(image, (60, 80)) is image
