"""Losses, training step and training of a GAN: against NumPy, which weights change, experience replay, controls."""

import numpy as np
import pytest

from genmodels.gan import compiled_train_step, losses, training
from genmodels.gan import model as gan
from genmodels.gan.model import Hyperparameters
from genmodels.gan.train_step import Controls, ReplayBuffer, create_train_state, train_step

NO_EMA_NO_DROPOUT = Hyperparameters(ema_decay=0.0, dropout=0.0)


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (48, 28, 28), dtype="uint8")


@pytest.fixture(autouse=True)
def eagerly(request, monkeypatch):
    """Run steps eagerly, except in tests named "compiled": compiling takes longer than the few steps of a test."""
    if "compiled" not in request.node.name:
        monkeypatch.setattr(
            compiled_train_step, "compile_step", lambda f, variables: lambda *arrays: f(*map(_tensor, arrays))
        )


def weights_of(model):
    return [model.generator.get_weights(), model.discriminator.get_weights()]


def changed(before, after):
    return any(not np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def new_state(hyperparameters=NO_EMA_NO_DROPOUT, **more):
    return create_train_state(gan.build("dense", hyperparameters=hyperparameters, **more))


# --- losses ---------------------------------------------------------------------------------------


def test_cross_entropy_equals_its_definition():
    rng = np.random.default_rng(0)
    logits, targets = rng.normal(0, 3, (9, 1)).astype("float32"), rng.random((9, 1), "float32")
    p = 1 / (1 + np.exp(-logits.astype("float64")))
    expected = -(targets * np.log(p) + (1 - targets) * np.log(1 - p)).mean()
    assert float(losses.cross_entropy(logits, targets)) == pytest.approx(expected, abs=1e-5)
    assert np.isfinite(float(losses.cross_entropy(np.float32([[500], [-500]]), np.float32([[0], [1]]))))


def test_label_noise_is_subtracted_from_ones_and_added_to_zeros():
    """With noise 0.1 and 0.2 the loss is lowest at D = 0.9 on real and D = 0.2 on fake images, not at 1 and 0."""
    noise = np.float32([[[0.1]], [[0.2]]])
    best = losses.discriminator_loss(np.float32([[np.log(9)]]), np.float32([[-np.log(4)]]), noise)
    for real, fake in ((30, -np.log(4)), (np.log(9), -30), (np.log(9) + 0.3, -np.log(4))):
        assert float(losses.discriminator_loss(np.float32([[real]]), np.float32([[fake]]), noise)) > float(best)


def test_mismatch_loss_ignores_labels_that_match_by_chance():
    wrong, differ = np.float32([[2], [50], [-1]]), np.float32([[1], [0], [1]])
    expected = np.mean(np.log1p(np.exp([2, -1])))
    assert float(losses.mismatch_loss(wrong, differ)) == pytest.approx(expected, abs=1e-5)
    assert float(losses.mismatch_loss(wrong, 0 * differ)) == 0


def test_generator_gradient_is_largest_where_fakes_are_rejected():
    def gradient(logit):
        return float(compiled_train_step.value_and_gradient(losses.generator_loss, _tensor([[logit]]))[1][0, 0])

    assert gradient(-8.0) == pytest.approx(-1, abs=0.01) and gradient(8.0) == pytest.approx(0, abs=0.01)


def test_gradient_penalty_is_zero_at_norm_one():
    """For f(x) = a sum(x) over 4 pixels the gradient norm is 2 a."""
    real, fake = _tensor(np.ones((3, 2, 2, 1))), _tensor(np.zeros((3, 2, 2, 1)))
    for a, expected in ((0.5, 0.0), (2.0, 9.0)):
        actual = losses.gradient_penalty(lambda x, a=a: a * _sum(x), real, fake, _tensor(np.full((3, 1, 1, 1), 0.3)))
        assert float(actual) == pytest.approx(expected, abs=1e-4)


def _tensor(values):
    from keras import ops

    return ops.convert_to_tensor(np.asarray(values, "float32"))


def _sum(x):
    from keras import ops

    return ops.sum(x, axis=(1, 2, 3))


# --- one step -------------------------------------------------------------------------------------


def test_only_the_chosen_networks_change(data):
    state = new_state()
    for networks_to_update, expected in {
        "discriminator": (False, True),
        "generator": (True, False),
        "both": (True, True),
    }.items():
        before = weights_of(state.model)
        train_step(
            state, data[None, :16], None, Controls(networks_to_update=networks_to_update), np.random.default_rng(0)
        )
        after = weights_of(state.model)
        assert (changed(before[0], after[0]), changed(before[1], after[1])) == expected, networks_to_update


def test_a_discriminator_step_is_an_adam_step_on_its_loss(data):
    """The first step of Adam is the learning rate times the sign of the gradient, here computed separately."""
    import tensorflow as tf

    state = new_state(Hyperparameters(ema_decay=0.0, dropout=0.0, label_noise=0.0))
    model, before = state.model, state.model.discriminator.get_weights()
    fake = model.generator([gan.sample_prior(NO_EMA_NO_DROPOUT, (16, model.latent_dim), np.random.default_rng(7))])
    with tf.GradientTape() as tape:
        logits = [model.discriminator([x]) for x in (gan.scale_images(data[:16], NO_EMA_NO_DROPOUT), fake)]
        loss = tf.reduce_mean(tf.nn.softplus(-logits[0])) / 2 + tf.reduce_mean(tf.nn.softplus(logits[1])) / 2
    gradients = tape.gradient(loss, model.discriminator.trainable_variables)
    actual = train_step(
        state, data[None, :16], None, Controls(1e-3, 0.0, 0.0, "discriminator"), np.random.default_rng(7)
    )
    assert actual["discriminator"] == pytest.approx(float(loss), abs=1e-5)
    for old, new, gradient in zip(before, model.discriminator.get_weights(), gradients, strict=True):
        is_large = np.abs(gradient.numpy()) > 1e-3
        assert np.allclose((old - new)[is_large], 1e-3 * np.sign(gradient.numpy())[is_large], atol=2e-5)


def test_the_ema_generator_follows_the_trained_one(data):
    state = new_state(Hyperparameters(ema_decay=0.9))
    start = state.ema_model.generator.get_weights()
    for k in range(3):
        train_step(state, data[None, :16], None, Controls(), np.random.default_rng(k))
    now, average = state.model.generator.get_weights(), state.ema_model.generator.get_weights()
    far = sum(float(np.abs(a - b).sum()) for a, b in zip(now, start, strict=True))
    near = sum(float(np.abs(a - b).sum()) for a, b in zip(now, average, strict=True))
    assert 0 < near < far
    assert state.ema_model.discriminator is state.model.discriminator


def test_unknown_networks_to_update_raise(data):
    with pytest.raises(ValueError, match="networks_to_update must be one of both"):
        train_step(new_state(), data[None, :8], None, Controls(networks_to_update="nobody"), np.random.default_rng(0))


def test_the_replay_buffer_drops_the_oldest_images():
    buffer = ReplayBuffer(3)
    for k in range(5):
        buffer.add(np.full((1, 2, 2, 1), k), np.array([k]))
    images, labels = buffer.sample(200, np.random.default_rng(0))
    assert set(labels.tolist()) == {2, 3, 4} and np.array_equal(images[:, 0, 0, 0], labels)


def test_experience_replay_stores_and_reuses_fakes(data):
    state = new_state(Hyperparameters(ema_decay=0.0, replay_fraction=0.5))
    for k in range(2):
        train_step(state, data[None, :16], None, Controls(), np.random.default_rng(k))
    assert len(state.replay_buffer.rows) == 8  # a quarter of every batch
    assert {key[2] for key in state.compiled_steps} == {0, 1}  # one array of replayed images, from the second step on


# --- the whole training ---------------------------------------------------------------------------

EVERYTHING = Hyperparameters(
    minibatch_layer="std",
    replay_fraction=0.25,
    gradient_clip=1.0,
    lr_decay=0.5,
    output_activation="sigmoid",
    latent_distribution="uniform",
)


@pytest.mark.parametrize(
    "architecture", ["dense", *(pytest.param(each, marks=pytest.mark.slow) for each in ("dcgan", "color"))]
)
def test_three_compiled_steps_of_every_architecture(architecture):
    shape = (32, 32, 3) if architecture == "color" else (28, 28)
    data = np.random.default_rng(0).integers(0, 256, (12, *shape), dtype="uint8")
    steps = list(training.train(data, architecture=architecture, epochs=1, batch_size=4, report_every=1))
    assert [step.done for step in steps] == [1, 2, 3] and steps[-1].total == 3
    last = steps[-1]
    assert set(last.losses) == {"discriminator", "generator"} and np.isfinite(list(last.losses.values())).all()
    assert all(0 <= each <= 1 for each in last.accuracy.values())
    assert last.image.shape[:2] == (8 * shape[0], 8 * shape[0]) and last.image.dtype == np.uint8
    assert last.diversity is None and last.frechet_distance is None
    assert not np.array_equal(steps[0].image, last.image)


@pytest.mark.parametrize("hyperparameters", [EVERYTHING, gan.WGAN_GP], ids=["everything", "wgan_gp"])
def test_three_conditional_steps_with_other_hyperparameters(data, hyperparameters):
    size = 48 // (3 * hyperparameters.discriminator_steps)
    labels = np.arange(48) % 3
    steps = list(
        training.train(
            data,
            labels,
            architecture="dense",
            hyperparameters=hyperparameters,
            epochs=1,
            batch_size=size,
            report_every=1,
        )
    )
    assert len(steps) == 3 and np.isfinite(list(steps[-1].losses.values())).all()
    assert steps[-1].image.shape == (6 * 28, 3 * 28)
    generated = gan.generate(steps[-1].model, gan.sample_latents(steps[-1].model, 2, 0), [0, 2])
    assert gan.discriminate(steps[-1].model, generated, [0, 2]).shape == (2,)


def test_mismatched_labels_add_their_loss(data):
    labels = np.array([0, 0, 1, 1, 0, 1, 0, 0])
    shifted = np.roll(labels, 1)

    def first(matching):
        state = new_state(Hyperparameters(ema_decay=0.0, dropout=0.0, mismatched_labels=matching), classes=2)
        probabilities = gan.discriminate(state.model, data[:8], shifted)
        numbers = train_step(state, data[None, :8], labels[None], Controls(), np.random.default_rng(0))
        return numbers["discriminator"], probabilities

    (with_it, p), (without, _) = first(True), first(False)
    expected = -np.log(1 - p[shifted != labels]).mean() / 2
    assert with_it - without == pytest.approx(expected, abs=1e-4)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_training(data):
    def last(seed):
        run = training.train(data, architecture="dense", epochs=1, batch_size=24, seed=seed)
        return [step.losses for step in run][-1]

    one, again, other = last(3), last(3), last(4)
    assert one == pytest.approx(again, rel=1e-4) and one != pytest.approx(other, rel=1e-3)


def test_each_network_learns_while_the_other_is_fixed():
    """The discriminator separates white images from noise; then the generator learns to fool it."""
    white, rng = np.full((1, 16, 28, 28), 255, "uint8"), np.random.default_rng(0)
    state, curves = new_state(), {}
    for network in ("discriminator", "generator"):
        controls = Controls(1e-3, 1e-3, 0.0, network)
        curves[network] = [train_step(state, white, None, controls, rng)[network] for _ in range(12)]
    for network, curve in curves.items():
        assert curve[-1] < 0.7 * curve[0], network


def test_controls_change_a_running_training(data):
    controls = Controls(networks_to_update="discriminator")
    run = training.train(
        data,
        architecture="dense",
        hyperparameters=NO_EMA_NO_DROPOUT,
        controls=controls,
        epochs=9,
        batch_size=16,
        report_every=1,
    )
    before, after = next(run), None
    start = before.model.generator.get_weights()
    next(run)
    assert not changed(start, before.model.generator.get_weights())
    controls.networks_to_update, controls.generator_learning_rate = "generator", 1e-2
    after = next(run)
    assert changed(start, after.model.generator.get_weights())
    run.close()


def test_slow_motion_reports_every_step(data):
    controls = Controls(pause_seconds=0.001)
    run = training.train(data, architecture="dense", controls=controls, epochs=2, batch_size=16, report_every=100)
    assert [next(run).done for _ in range(3)] == [1, 2, 3]


def test_a_classifier_adds_diversity_and_frechet_distance(data, monkeypatch):
    from genmodels.vision import image_classifier

    monkeypatch.setattr(training, "N_SAMPLES", 20)
    classifier = image_classifier.build("mnist")
    run = training.train(
        data, architecture="dense", epochs=2, batch_size=16, report_every=1, measure_every=3, classifier=classifier
    )
    steps = list(run)
    assert all(step.frechet_distance > 0 and step.diversity["histogram"].sum() == pytest.approx(1) for step in steps)
    assert (
        steps[0].frechet_distance == steps[2].frechet_distance != steps[3].frechet_distance
    )  # measured at 1, 4 and the end


@pytest.mark.parametrize(
    ("images", "size", "message"),
    [(np.zeros((9, 32, 32), "uint8"), 4, "expects images"), (np.zeros((9, 28, 28), "uint8"), 10, "at least 10")],
)
def test_unsuitable_data_raises(images, size, message):
    with pytest.raises(ValueError, match=message):
        next(training.train(images, architecture="dense", batch_size=size))


def test_an_epoch_uses_every_image_once():
    data = np.arange(10, dtype="uint8").reshape(10, 1, 1)
    rng = np.random.default_rng(0)
    batches = [(real, labels) for real, labels in training.batches(data, np.arange(10), 2, 2, rng)]
    assert [real.shape for real, _ in batches] == [(2, 2, 1, 1)] * 2
    assert len(set(np.concatenate([real.ravel() for real, _ in batches]).tolist())) == 8
    assert all(np.array_equal(real[..., 0, 0], labels) for real, labels in batches)
