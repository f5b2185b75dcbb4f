"""The schedule, a step at every resolution, and resuming."""

import numpy as np
import pytest

from genmodels.progressive_gan import checkpoints, train_step, training
from genmodels.progressive_gan.config import RESOLUTIONS, Stage, schedule

BATCH = 8


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (64, 32, 32, 1), dtype=np.uint8)


def test_the_schedule_grows_by_one_resolution_and_fades_in_each_new_one():
    stages = schedule(120_000)
    assert [stage.name for stage in stages] == [
        "stable_4", "fade_8", "stable_8", "fade_16", "stable_16", "fade_32", "stable_32",
    ]  # fmt: skip
    assert sum(stage.images for stage in stages) == pytest.approx(120_000, abs=10)


def test_alpha_rises_during_a_fade_only():
    assert training.alpha_of(Stage(8, True, 100), 0) == 0
    assert training.alpha_of(Stage(8, True, 100), 25) == 0.25
    assert training.alpha_of(Stage(8, True, 100), 200) == 1
    assert training.alpha_of(Stage(8, False, 100), 0) == 1


@pytest.mark.slow
@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_three_steps_change_the_networks_of_the_resolution_only(images, resolution):
    state = training.create_state(1, seed=0)
    training.start_stage(state, Stage(resolution, resolution > 4, 1000))
    before = {v.path: np.asarray(v) for v in state.generator.variables}
    rng = np.random.default_rng(0)
    for k in range(3):
        numbers = training.train_on_batch(state, resolution, 0.3 * k, images[:BATCH], rng)
    assert all(np.isfinite(list(numbers.values())))
    changed = {v.path for v in state.generator.variables if np.abs(np.asarray(v) - before[v.path]).max() > 0}
    assert changed == {v.path for v in state.generator.used_variables(resolution)}
    assert (state.steps, state.images) == (3, 3 * BATCH)


def test_a_resumed_training_continues_as_if_it_had_not_stopped(images, tmp_path):
    def start():
        state = training.create_state(1, seed=0)
        training.start_stage(state, Stage(4, False, 1000))
        return state

    whole, first, second = start(), start(), start()
    for state, steps in ((whole, 4), (first, 2)):
        for k in range(steps):
            training.train_on_batch(state, 4, 1.0, images[:BATCH], np.random.default_rng(k))
    checkpoints.save(first, {"minutes": 2.5}, tmp_path, grids=np.ones(3))
    assert checkpoints.read_progress(tmp_path) == {"minutes": 2.5, "steps": 2, "images": 2 * BATCH}
    np.testing.assert_array_equal(checkpoints.restore(second, tmp_path)["grids"], np.ones(3))
    for k in (2, 3):
        training.train_on_batch(second, 4, 1.0, images[:BATCH], np.random.default_rng(k))
    for a, b in zip(whole.variables, second.variables, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_a_checkpoint_of_other_networks_is_refused(tmp_path):
    state = training.create_state(1)
    training.start_stage(state, Stage(4, False, 1000))
    checkpoints.save(state, {}, tmp_path)
    training.start_stage(state, Stage(8, True, 1000))
    with pytest.raises(ValueError, match="is of other networks: delete it"):
        checkpoints.restore(state, tmp_path)
    assert checkpoints.read_progress(tmp_path / "none") is None


def test_losses_that_are_not_finite_stop_the_training(images):
    state = training.create_state(1)
    training.start_stage(state, Stage(4, False, 1000))
    state.generator.project.kernel.assign(np.full(state.generator.project.kernel.shape, np.nan))
    with pytest.raises(FloatingPointError, match="the losses are not finite"):
        training.train_on_batch(state, 4, 1.0, images[:BATCH], np.random.default_rng(0))


def test_the_half_life_of_the_average_is_short_at_the_start():
    assert train_step.ema_decay(0, 32, 10_000) == 0
    assert train_step.ema_decay(32_000, 32, 10_000) == pytest.approx(0.5 ** (32 / 1600))
    assert train_step.ema_decay(10**7, 32, 10_000) == pytest.approx(0.5 ** (32 / 10_000))


def test_losses_against_numpy():
    real, fake = (np.random.default_rng(k).standard_normal((8, 1)).astype("float32") for k in range(2))
    softplus = lambda x: np.log1p(np.exp(x))  # noqa: E731
    expected = softplus(-real).mean() + softplus(fake).mean()
    assert float(train_step.discriminator_loss(real, fake, "non_saturating")) == pytest.approx(expected, rel=1e-5)
    assert float(train_step.generator_loss(fake, "non_saturating")) == pytest.approx(softplus(-fake).mean(), rel=1e-5)
    hinge = np.maximum(0, 1 - real).mean() + np.maximum(0, 1 + fake).mean()
    assert float(train_step.discriminator_loss(real, fake, "hinge")) == pytest.approx(hinge, rel=1e-5)
    assert float(train_step.generator_loss(fake, "hinge")) == pytest.approx(-fake.mean(), rel=1e-5)
    with pytest.raises(ValueError, match="non_saturating, hinge, got 'wasserstein'"):
        train_step.discriminator_loss(real, fake, "wasserstein")


def test_the_gradient_penalty_of_a_linear_discriminator_is_the_square_of_its_weights():
    weights = np.random.default_rng(0).standard_normal((4, 4, 1)).astype("float32")
    x = np.random.default_rng(1).standard_normal((5, 4, 4, 1)).astype("float32")
    import keras

    penalty = train_step.r1_penalty(
        lambda images: keras.ops.sum(images * weights, axis=(1, 2, 3)), keras.ops.convert_to_tensor(x)
    )
    assert float(penalty) == pytest.approx(float(np.square(weights).sum()), rel=1e-5)


def test_images_are_reduced_by_means():
    x = np.arange(2 * 32 * 32, dtype="float32").reshape(2, 32, 32, 1)
    assert training.resize(x, 8).shape == (2, 8, 8, 1)
    assert training.resize(x, 4)[1, 3, 0, 0] == pytest.approx(x[1, 24:, :8].mean())
    padded = training.pad_images(np.full((3, 28, 28), 7, "uint8"))
    assert padded.shape == (3, 32, 32, 1) and padded[:, 2:-2, 2:-2].min() == 7 and padded[:, :2].max() == 0
