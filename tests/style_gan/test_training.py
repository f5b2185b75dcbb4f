"""Steps of both discriminators, style mixing, augmentation."""

from dataclasses import replace

import numpy as np
import pytest

from genmodels.style_gan import augmentation, classifier_guidance, training
from genmodels.style_gan.config import ABLATIONS, CONFIGS, Config, Hyperparameters

SMALL = Config("fashion_mnist", tuple("0123456789"), 1, Hyperparameters(channels=(16, 16, 8, 8), batch_size=8))
COLOR = replace(
    CONFIGS["cifar10"],
    hyperparameters=replace(CONFIGS["cifar10"].hyperparameters, channels=(16, 16, 8, 8), guidance=0.0),
)


def batch(channels: int, n: int = 8):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (n, 32, 32, channels), dtype=np.uint8), np.arange(n) % 10


@pytest.mark.slow
@pytest.mark.parametrize("normalization", ["demodulation", "adain"])
def test_three_steps_change_every_variable(normalization):
    config = replace(SMALL, hyperparameters=replace(SMALL.hyperparameters, normalization=normalization))
    images, labels = batch(1)
    state = training.create_state(config, images, labels)
    before = [np.asarray(v) for v in state.generator.variables]
    rng = np.random.default_rng(0)
    penalties = [
        training.train_on_batch(state, config, images, labels, rng, learning_rate=1e-3)["r1"] for _ in range(3)
    ]
    assert penalties[0] > 0 and penalties[1:] == [0, 0]  # in every 16th step only
    same = [
        v.path for v, old in zip(state.generator.variables, before, strict=True) if np.array_equal(np.asarray(v), old)
    ]
    # With AdaIN the bias before an instance normalization of a constant input has no effect at the first layer.
    assert normalization == "adain" or same == []


@pytest.mark.slow
def test_a_projected_discriminator_learns_and_its_features_stay():
    images, labels = batch(3)
    state = training.create_state(COLOR, images, labels)
    fixed = [np.asarray(v) for v in state.discriminator.non_trainable_variables if "across" in v.path]
    rng = np.random.default_rng(0)
    numbers = [
        training.train_on_batch(state, COLOR, images, labels, rng, learning_rate=1e-3)["discriminator"]
        for _ in range(12)
    ]
    assert np.mean(numbers[-3:]) < np.mean(numbers[:3])
    after = [np.asarray(v) for v in state.discriminator.non_trainable_variables if "across" in v.path]
    assert len(fixed) == 3 and all(np.array_equal(a, b) for a, b in zip(fixed, after, strict=True))
    logits = np.asarray(state.discriminator(images.astype("float32") / 127.5 - 1, np.eye(10, dtype="float32")[labels]))
    assert logits.shape == (8, 6)


@pytest.mark.slow
def test_guidance_is_a_further_loss_of_the_generator():
    images, labels = batch(3, n=80)
    losses = []
    for guidance in (0.0, 10.0):
        config = replace(COLOR, hyperparameters=replace(COLOR.hyperparameters, guidance=guidance))
        state = training.create_state(config, images, labels)
        rng = np.random.default_rng(0)
        losses.append(training.train_on_batch(state, config, images[:8], labels[:8], rng, learning_rate=1e-3))
    assert losses[1]["generator"] > losses[0]["generator"] + 1
    assert losses[1]["discriminator"] == pytest.approx(losses[0]["discriminator"], rel=1e-3)


@pytest.mark.slow
def test_without_a_moving_average_the_average_is_the_generator():
    config = replace(SMALL, hyperparameters=replace(SMALL.hyperparameters, ema_half_life=0.0))
    images, labels = batch(1)
    state = training.create_state(config, images, labels)
    training.train_on_batch(state, config, images, labels, np.random.default_rng(0), learning_rate=1e-3)
    for average, variable in zip(state.ema_generator.variables, state.generator.variables, strict=True):
        np.testing.assert_array_equal(average, variable)


def test_the_guide_classifies_and_its_loss_ends_at_the_level_of_real_images():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 400)
    images = rng.integers(0, 50, (400, 8, 8, 3), dtype=np.uint8) + (80 * labels[:, None, None, None]).astype("uint8")
    guide = classifier_guidance.fit(lambda x: [x, x[:, ::2, ::2]], images, labels)
    assert guide.accuracy == 1 and guide.kernel.shape == (12, 3)
    levels = [each.astype("float32") / 255 for each in (images, images[:, ::2, ::2])]
    one_hot = np.eye(3, dtype="float32")[labels]
    x = np.concatenate(
        [part for each in levels for part in (each.mean(axis=(1, 2)), np.sqrt(each.var(axis=(1, 2)) + 1e-6))], axis=1
    )
    logits = (x - guide.mean) / guide.scale @ guide.kernel + guide.bias
    expected = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(400), labels]
    np.testing.assert_allclose(guide.cross_entropy(levels, one_hot), expected, atol=1e-3)
    above = np.maximum(expected - guide.real_cross_entropy, 0).mean()
    assert float(guide.loss(levels, one_hot)) == pytest.approx(above, abs=1e-3) and above < expected.mean() / 2
    assert float(guide.loss(levels, np.roll(one_hot, 1, axis=1))) > 0.5


def test_augmentation_without_change_is_the_identity():
    x = np.random.default_rng(0).uniform(-1, 1, (4, 32, 32, 3)).astype("float32")
    parameters = augmentation.sample_parameters(4, 32, 0.0, np.random.default_rng(0))
    np.testing.assert_allclose(augmentation.augment(x, parameters), x, atol=1e-5)


def test_augmentation_shifts_by_whole_pixels():
    x = np.random.default_rng(0).uniform(-1, 1, (1, 8, 8, 3)).astype("float32")
    out = np.asarray(augmentation.augment(x, np.array([[0, 1, 1, 2, -1]], "float32")))
    expected = np.zeros_like(x)
    expected[:, :6, 1:] = x[:, 2:, :-1]
    np.testing.assert_allclose(out, expected, atol=1e-5)


def test_augmentation_changes_brightness_saturation_and_contrast():
    x = np.random.default_rng(0).uniform(-1, 1, (1, 8, 8, 3)).astype("float32")

    def change(*values: float) -> np.ndarray:
        return np.asarray(augmentation.augment(x, np.array([[*values, 0, 0]], "float32")))

    np.testing.assert_allclose(change(0.3, 1, 1), x + 0.3, atol=1e-5)
    np.testing.assert_allclose(change(0, 0, 1), np.repeat(x.mean(axis=3, keepdims=True), 3, axis=3), atol=1e-5)
    assert change(0, 1, 1.5).std() == pytest.approx(1.5 * x.std(), rel=0.01)


def test_augmentation_parameters_stay_in_their_ranges():
    p = augmentation.sample_parameters(2000, 32, 1.0, np.random.default_rng(0))
    assert np.abs(p[:, 0]).max() <= 0.5 and p[:, 1].min() >= 0 and p[:, 1].max() <= 2
    assert p[:, 2].min() >= 0.5 and p[:, 2].max() <= 1.5
    assert set(np.unique(p[:, 3:])) == set(range(-4, 5))


def test_every_ablation_differs_from_the_baseline_in_one_value():
    baseline = ABLATIONS["baseline"]
    for name, each in ABLATIONS.items():
        changed = [key for key, value in vars(each).items() if value != getattr(baseline, key)]
        assert len(changed) == (name != "baseline"), name


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"normalization": "batch"}, "demodulation, adain, got 'batch'"),
        ({"discriminator": "none"}, "convolutional, projected, got 'none'"),
        ({"style_mixing": 1.5}, "style_mixing must be from 0 to 1"),
        ({"guidance": 0.5}, "guidance must not be negative, and needs discriminator='projected'"),
        ({"channels": ()}, "channels must be positive"),
    ],
)
def test_hyperparameters_that_make_no_sense_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Hyperparameters(**changes)


def test_a_group_of_the_minibatch_standard_deviation_has_one_label():
    labels = np.random.default_rng(0).integers(0, 5, 1003)
    batches = training.batch_rows(labels, 32, np.random.default_rng(1))
    assert batches.shape[1] == 32 and len(np.unique(batches)) == batches.size > 900
    groups = labels[batches].reshape(-1, 4, 8)  # rows k, k + 8, k + 16, k + 24 of a batch
    assert (groups == groups[:, :1]).all()
    assert len({tuple(row) for row in np.sort(groups[:, 0], axis=1)}) > 1, "the batches differ"
    other = training.batch_rows(labels, 32, np.random.default_rng(2))
    assert (other != batches).any()
    with pytest.raises(ValueError, match="multiple of 4"):
        training.batch_rows(labels, 30, np.random.default_rng(1))
