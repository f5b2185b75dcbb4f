"""Activations, pictures of what filters look for, Grad-CAM and its control."""

import numpy as np
import pytest

from genmodels import weights
from genmodels.convnet_visualization import feature_visualization
from genmodels.convnet_visualization import methods as convnet_visualization
from genmodels.convnet_visualization.methods import CLASSES
from genmodels.media import images
from genmodels.vision import backbone

NAMES = ("red", "green", "blue", "stripes", "rest")
LAYERS = ("block1_conv1", "block2_conv1", "block2_conv2", "block3_conv1")


@pytest.fixture(scope="module")
def tiny():
    """A network of four layers with random weights."""
    return backbone.from_keras(backbone.build(((4,), (6, 6), (8,)), classes=5), NAMES, side=32)


@pytest.fixture(scope="module")
def red_or_blue():
    """A network that is built to see: channel 0 is where it is red, channel 1 where it is blue; so are its classes."""
    model = backbone.build(((2,), (2,)), classes=2)
    kernel = np.zeros((3, 3, 3, 2), "float32")
    kernel[1, 1] = [[1, -1], [-1, -1], [-1, 1]]  # red against blue, and the other way round
    model.get_layer("block1_conv1").set_weights([kernel, np.zeros(2, "float32")])
    onwards = np.zeros((3, 3, 2, 2), "float32")
    onwards[1, 1] = np.eye(2)
    model.get_layer("block2_conv1").set_weights([onwards, np.zeros(2, "float32")])
    model.get_layer("classes").set_weights([np.eye(2, dtype="float32"), np.zeros(2, "float32")])
    return backbone.from_keras(model, ("red", "blue"), side=32)


def halves() -> np.ndarray:
    """Red at the left, blue at the right."""
    photo = np.zeros((48, 64, 3), "uint8")
    photo[:, :32, 0] = photo[:, 32:, 2] = 255
    return photo


def noise(h=40, w=48, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (h, w, 3)).astype("uint8")


def last(steps):
    *_, step = steps
    return step


# --- activations ------------------------------------------------------------------------------


def test_activations_are_what_keras_says(tiny):
    import keras

    photo = noise()
    found = convnet_visualization.activations(tiny, photo)
    assert tuple(found) == tiny.layers == LAYERS
    for name, answers in found.items():
        direct = keras.Model(tiny.network.input, tiny.network.get_layer(name).output)
        expected = keras.ops.convert_to_numpy(direct(photo[None].astype("float32") / 255))[0]
        assert answers.shape == expected.shape
        np.testing.assert_allclose(answers, expected, atol=1e-5)


def test_the_longer_side_is_brought_to_size(tiny):
    found = convnet_visualization.activations(tiny, noise(40, 80), ["block1_conv1"], side=32)
    assert found["block1_conv1"].shape == (16, 32, 4)


def test_sparsity_counts_zeros():
    answers = np.zeros((4, 5, 2), "float32")
    answers[:2, :, 0] = 3.0
    assert convnet_visualization.sparsity(answers) == 0.75


def test_a_sheet_holds_every_channel_in_its_place(tiny):
    answers = convnet_visualization.activations(tiny, noise(), ["block2_conv1"])["block2_conv1"]  # (20, 24, 6)
    own = convnet_visualization.channel_sheet(answers, 4)
    assert own.shape == (40, 96) and own.dtype == np.uint8
    for k in range(6):
        cell = own[20 * (k // 4) :, 24 * (k % 4) :][:20, :24]
        top = answers[..., k].max()
        np.testing.assert_array_equal(cell, np.round(255 * answers[..., k] / max(top, 1e-9)).astype("uint8"))
    shared = convnet_visualization.channel_sheet(answers, 4, own_scale=False)
    quiet = answers.max(axis=(0, 1)).argmin()
    assert shared[20 * (quiet // 4) :, 24 * (quiet % 4) :][:20, :24].max() < 255


@pytest.mark.parametrize(
    "wrong", [np.zeros((4, 4), "uint8"), np.zeros((4, 4, 3), "float32"), np.zeros((0, 4, 3), "uint8")]
)
def test_another_array_is_refused(tiny, wrong):
    with pytest.raises(ValueError, match=r"expected an image \(h, w, 3\) uint8"):
        convnet_visualization.activations(tiny, wrong)
    with pytest.raises(ValueError, match=r"expected an image \(h, w, 3\) uint8"):
        convnet_visualization.grad_cam(tiny, wrong, "block3_conv1", [0])
    with pytest.raises(ValueError, match=r"expected an image \(h, w, 3\) uint8"):
        next(convnet_visualization.randomised(tiny, wrong, "block3_conv1", 0))


def test_an_unknown_layer_is_refused(tiny):
    with pytest.raises(ValueError, match="has no layers"):
        convnet_visualization.activations(tiny, noise(), ["block9_conv1"])
    with pytest.raises(ValueError, match="has no layers"):
        next(convnet_visualization.look_for(tiny, "block9_conv1", [0]))
    with pytest.raises(ValueError, match="has no layer block9_conv1"):
        convnet_visualization.grad_cam(tiny, noise(), "block9_conv1", [0])
    with pytest.raises(ValueError, match="has no layer block9_conv1"):
        next(convnet_visualization.randomised(tiny, noise(), "block9_conv1", 0))


# --- what a filter looks for ------------------------------------------------------------------


def test_each_picture_pleases_its_own_filter_most(tiny):
    """Its own channel is raised more than any other's average is."""
    step = last(convnet_visualization.look_for(tiny, "block2_conv2", range(6), side=32, steps=30))
    assert step.images.shape == (6, 32, 32, 3) and step.images.dtype == np.uint8
    before = _means(tiny, "block2_conv2", np.stack([noise(32, 32, seed) // 8 + 112 for seed in range(6)]))
    raised = _means(tiny, "block2_conv2", step.images) - before.mean(axis=0)
    for k in range(6):
        others = np.delete(raised, k, axis=0)[:, k]
        assert raised[k, k] > 0 and raised[k, k] > others.mean()


def _means(model, layer, pictures) -> np.ndarray:
    """(n, channels): how strongly each channel answers each picture."""
    return backbone.features(model, pictures, [layer])[0].mean(axis=(1, 2))


def test_the_answer_rises(tiny):
    answers = [
        step.losses["objective"]
        for step in convnet_visualization.look_for(tiny, "block3_conv1", [2, 5], side=32, steps=25)
    ]
    assert np.mean(answers[-3:]) > np.mean(answers[:3])


def test_the_red_filter_gets_red(red_or_blue):
    step = last(convnet_visualization.look_for(red_or_blue, "block1_conv1", [0, 1], side=16, steps=40, step_size=0.3))
    red, blue = step.images.mean(axis=(1, 2))
    assert red[0] > red[2] + 60 and blue[2] > blue[0] + 60
    assert np.array_equal(step.image, step.images[0])


def test_a_class_is_made_so_that_the_network_names_it(tiny):
    step = last(convnet_visualization.synthesise(tiny, [0, 3, 4], side=32, steps=40))
    probabilities, chance = backbone.classify(tiny, step.images), backbone.classify(tiny, noise(32, 32)[None])[0]
    for row, target in zip(probabilities, [0, 3, 4], strict=True):
        assert row[target] > chance[target]


def test_the_same_seed_gives_the_same_picture(tiny):
    def made(**settings):
        return last(convnet_visualization.look_for(tiny, "block2_conv1", [1], side=24, steps=4, **settings)).image

    assert np.array_equal(made(seed=3), made(seed=3))
    assert not np.array_equal(made(seed=3), made(seed=4))


def test_steps_are_counted(tiny):
    steps = list(convnet_visualization.look_for(tiny, "block1_conv1", [0], side=16, steps=3))
    assert [(step.done, step.total) for step in steps] == [(1, 3), (2, 3), (3, 3)]


def test_equal_frequencies_give_finer_grain(tiny):
    """decay=0 is to climb on pixels."""

    def grain(decay):
        picture = (
            last(convnet_visualization.look_for(tiny, "block2_conv2", [0], side=32, steps=15, decay=decay)).image
            / 255.0
        )
        return np.abs(np.diff(picture, axis=1)).mean() / picture.std()

    assert grain(0.0) > grain(1.5)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (
            lambda model: convnet_visualization.look_for(model, "block2_conv1", [6]),
            "block2_conv1 has no channel 6: there are 6",
        ),
        (lambda model: convnet_visualization.look_for(model, "block2_conv1", [0, -1]), "has no channel -1"),
        (lambda model: convnet_visualization.look_for(model, "block2_conv1", []), "got none"),
        (
            lambda model: convnet_visualization.look_for(model, "block2_conv1", [0], side=8),
            "side of 16 pixels or more, got 8",
        ),
        (lambda model: convnet_visualization.synthesise(model, [5]), "has no class 5"),
        (lambda model: convnet_visualization.synthesise(model, []), "got none"),
        (lambda model: convnet_visualization.synthesise(model, [0], side=0), "side of 16 pixels"),
        (lambda model: convnet_visualization.randomised(model, noise(), "block3_conv1", 7), "has no class 7"),
    ],
)
def test_what_is_not_there_is_refused(tiny, call, match):
    with pytest.raises(ValueError, match=match):
        next(call(tiny))


def test_the_picture_gradient_is_the_derivative():
    """Back through the sigmoid, the colours and the transform, against a difference quotient."""
    rng = np.random.default_rng(0)
    side, z = 16, feature_visualization._noise(1, 16, np.random.default_rng(1)) * 30
    grad = rng.standard_normal((1, side, side, 3))  # of the sum of grad * picture
    g = feature_visualization._pulled_back(grad, feature_visualization._picture(z))
    for at in [(0, 3, 2, 0), (0, 5, 4, 1), (0, 14, 1, 2)]:
        for part in (1.0, 1.0j):
            moved = z.copy()
            moved[at] += 0.01 * part
            change = float((grad * (feature_visualization._picture(moved) - feature_visualization._picture(z))).sum())
            # A coefficient of half a spectrum stands for two waves of side * side values.
            slope = (g[at] * np.conj(part)).real * 2 / side**2
            np.testing.assert_allclose(change / 0.01, slope, rtol=0.02, atol=1e-4)


# --- Grad-CAM ---------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["block1_conv1", "block2_conv1"])
def test_grad_cam_lights_the_right_region(red_or_blue, layer):
    red, blue = convnet_visualization.grad_cam(red_or_blue, halves(), layer, [0, 1])
    middle = red.shape[1] // 2
    assert red.max() == blue.max() == 1 and red.min() == blue.min() == 0
    assert red[:, : middle - 1].min() > 0.9 and red[:, middle + 1 :].max() < 0.1
    assert blue[:, middle + 1 :].min() > 0.9 and blue[:, : middle - 1].max() < 0.1


def test_grad_cam_is_its_equation(tiny):
    """ReLU(sum_k alpha_k A^k): after the last layer come a mean and a matrix, so alpha is that matrix over h w."""
    photo = noise(64, 64)  # twice the side: as Grad-CAM looks at it
    (a,) = backbone.features(tiny, photo[None], ["block3_conv1"])
    kernel, _ = tiny.network.get_layer("classes").get_weights()
    for target, found in enumerate(convnet_visualization.grad_cam(tiny, photo, "block3_conv1", range(5))):
        expected = np.maximum(a[0] @ kernel[:, target], 0)
        np.testing.assert_allclose(found, expected / max(expected.max(), 1e-12), atol=1e-4)


def test_a_class_that_nothing_speaks_for_has_an_empty_map(red_or_blue):
    photo = np.zeros((32, 32, 3), "uint8")
    photo[..., 0] = 255
    assert convnet_visualization.grad_cam(red_or_blue, photo, "block2_conv1", [1])[0].max() == 0


@pytest.mark.parametrize(("targets", "match"), [([5], "has no class 5"), ([-1], "has no class -1"), ([], "got none")])
def test_grad_cam_refuses_other_classes(tiny, targets, match):
    with pytest.raises(ValueError, match=match):
        convnet_visualization.grad_cam(tiny, noise(), "block3_conv1", targets)


def test_random_weights_change_the_map_and_leave_the_model(red_or_blue):
    before = [w.copy() for w in red_or_blue.network.get_weights()]
    trained = convnet_visualization.grad_cam(red_or_blue, halves(), "block2_conv1", [0])[0]
    stages = list(convnet_visualization.randomised(red_or_blue, halves(), "block2_conv1", 0, seed=1))
    assert [stage.name for stage in stages] == [CLASSES, "block2_conv1", "block1_conv1"]
    assert [(stage.done, stage.total) for stage in stages] == [(1, 3), (2, 3), (3, 3)]
    assert not np.allclose(stages[-1].map, trained, atol=0.05)
    assert all(np.array_equal(a, b) for a, b in zip(before, red_or_blue.network.get_weights(), strict=True))


def test_random_weights_come_from_the_seed(red_or_blue):
    once, again, other = (
        [stage.map for stage in convnet_visualization.randomised(red_or_blue, noise(), "block1_conv1", 0, seed=seed)]
        for seed in (0, 0, 1)
    )
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(once, other, strict=True))


def test_a_network_of_one_size_only_can_be_looked_into(tiny):
    """As the public networks are: what names photos takes `side` pixels, what is looked into takes any."""
    import keras

    image = keras.Input((32, 32, 3), name="image")
    fixed = keras.models.clone_model(tiny.network, input_tensors=image)
    fixed.set_weights(tiny.network.get_weights())
    model = backbone.Backbone("fixed", tiny.network, fixed, tiny.layers, NAMES, 32)
    assert not model.any_size
    half = backbone.Backbone("half", tiny.network, tiny.network, tiny.layers, NAMES, 16)  # looked into at 32
    same = convnet_visualization.grad_cam(half, noise(), "block2_conv2", [1])
    np.testing.assert_allclose(convnet_visualization.grad_cam(model, noise(), "block2_conv2", [1]), same, atol=1e-5)
    assert len(list(convnet_visualization.randomised(model, noise(), "block3_conv1", 0))) == 5
    assert last(convnet_visualization.synthesise(model, [2], side=24, steps=2)).images.shape == (1, 24, 24, 3)


def test_alike_ranks():
    a = np.arange(12.0).reshape(3, 4)
    assert convnet_visualization.alike(a, np.exp(a)) == pytest.approx(1)
    assert convnet_visualization.alike(a, -a) == pytest.approx(-1)
    assert convnet_visualization.alike(a, np.zeros((3, 4))) == 0


# --- atlas and colours ------------------------------------------------------------------------


def test_the_atlas_shows_every_filter_of_every_layer():
    card, found = weights.model_card("backbone_builtin"), convnet_visualization.atlas()
    widths = [width for block in card["widths"] for width in block]
    assert [sheet.count for sheet in found.values()] == [*widths, len(card["class_names"])]
    assert list(found)[-1] == CLASSES and sum(len(sheet.webp) for sheet in found.values()) < 1_600_000
    for sheet in (found["block1_conv1"], found[CLASSES]):
        assert convnet_visualization.pictures(sheet).shape == (sheet.count, sheet.side, sheet.side, 3)


def test_the_atlas_was_made_from_the_weights_that_are_here():
    """Where this fails: python -m training.convnet_visualization --seed 0."""
    made_from = weights.model_card("convnet_visualization_builtin")["backbone_sha256"]
    assert made_from == weights.model_card("backbone_builtin")["sha256"]["backbone_builtin.weights.h5"]


def test_a_sheet_gives_its_pictures_back():
    pictures = np.stack([np.full((16, 16, 3), 40 * k, "uint8") for k in range(5)])
    whole = images.tile(np.concatenate([pictures, pictures[:1]]).reshape(2, 3, 16, 16, 3))
    found = convnet_visualization.pictures(convnet_visualization.Sheet(images.webp(whole), 3, 5, 16))
    assert found.shape == pictures.shape and np.abs(found.astype(int) - pictures).mean() < 4


def test_heat_grows_lighter():
    colours = convnet_visualization.heat_colours().astype(int)
    light = colours @ [0.2126, 0.7152, 0.0722]
    assert colours.shape == (256, 3) and (np.diff(light) > -0.8).all() and light[0] < 3 and light[-1] > 200
    assert np.array_equal(convnet_visualization.heated(np.array([[0.0, 1.0]]))[0, 1], colours[-1])
