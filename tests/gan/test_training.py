"""How the adversaries learn: whose weights change when, against NumPy, with old fakes, changed while running."""

import numpy as np
import pytest

from genmodels.gan import compiled_train_step
from genmodels.gan import losses as gan_losses
from genmodels.gan import model as gan
from genmodels.gan import training as gan_training
from genmodels.gan.model import Hyperparameters
from genmodels.gan.training import Controls

GENTLE = Hyperparameters(ema_decay=0.0, dropout=0.0)


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (48, 28, 28), dtype="uint8")


@pytest.fixture(autouse=True)
def eagerly(request, monkeypatch):
    """Step by step as written: compiling takes longer than the few steps of a test, which one test does anyway."""
    if "compiled" not in request.node.name:
        monkeypatch.setattr(
            compiled_train_step, "compiled", lambda f, variables: lambda *arrays: f(*map(_tensor, arrays))
        )


def numbers(model):
    return [model.generator.get_weights(), model.discriminator.get_weights()]


def moved(before, after):
    return any(not np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def learning(hyperparameters=GENTLE, **more):
    return gan_training.learner(gan.build("dense", hyperparameters=hyperparameters, **more))


# --- losses ---------------------------------------------------------------------------------------


def test_cross_entropy_is_the_textbooks():
    rng = np.random.default_rng(0)
    logits, targets = rng.normal(0, 3, (9, 1)).astype("float32"), rng.random((9, 1), "float32")
    p = 1 / (1 + np.exp(-logits.astype("float64")))
    wanted = -(targets * np.log(p) + (1 - targets) * np.log(1 - p)).mean()
    assert float(gan_losses.cross_entropy(logits, targets)) == pytest.approx(wanted, abs=1e-5)
    assert np.isfinite(float(gan_losses.cross_entropy(np.float32([[500], [-500]]), np.float32([[0], [1]]))))


def test_label_noise_goes_off_the_ones_and_onto_the_zeros():
    """Surely right, the discriminator pays for the noise alone: it should say 0.9 and 0.2, not 1 and 0."""
    noise = np.float32([[[0.1]], [[0.2]]])
    best = gan_losses.discriminator_loss(np.float32([[np.log(9)]]), np.float32([[-np.log(4)]]), noise)
    for real, fake in ((30, -np.log(4)), (np.log(9), -30), (np.log(9) + 0.3, -np.log(4))):
        assert float(gan_losses.discriminator_loss(np.float32([[real]]), np.float32([[fake]]), noise)) > float(best)


def test_a_wrong_label_counts_only_where_it_is_wrong():
    wrong, differ = np.float32([[2], [50], [-1]]), np.float32([[1], [0], [1]])
    wanted = np.mean(np.log1p(np.exp([2, -1])))
    assert float(gan_losses.mismatch_loss(wrong, differ)) == pytest.approx(wanted, abs=1e-5)
    assert float(gan_losses.mismatch_loss(wrong, 0 * differ)) == 0


def test_the_generator_is_pushed_hardest_where_it_fools_nobody():
    def push(logit):
        return float(compiled_train_step.slope(gan_losses.generator_loss, _tensor([[logit]]))[1][0, 0])

    assert push(-8.0) == pytest.approx(-1, abs=0.01) and push(8.0) == pytest.approx(0, abs=0.01)


def test_the_penalty_wants_a_slope_of_one():
    """For f(x) = a sum(x) over 4 pixels the gradient's length is 2 a."""
    real, fake = _tensor(np.ones((3, 2, 2, 1))), _tensor(np.zeros((3, 2, 2, 1)))
    for a, wanted in ((0.5, 0.0), (2.0, 9.0)):
        found = gan_losses.gradient_penalty(lambda x, a=a: a * _sum(x), real, fake, _tensor(np.full((3, 1, 1, 1), 0.3)))
        assert float(found) == pytest.approx(wanted, abs=1e-4)


def _tensor(values):
    from keras import ops

    return ops.convert_to_tensor(np.asarray(values, "float32"))


def _sum(x):
    from keras import ops

    return ops.sum(x, axis=(1, 2, 3))


# --- one step -------------------------------------------------------------------------------------


def test_each_phase_changes_one_network_only(data):
    run = learning()
    for turn, (generator_moves, discriminator_moves) in {
        "discriminator": (False, True),
        "generator": (True, False),
        "both": (True, True),
    }.items():
        before = numbers(run.model)
        gan_training.advance(run, data[None, :16], None, Controls(train=turn), np.random.default_rng(0))
        after = numbers(run.model)
        assert moved(before[0], after[0]) is generator_moves, turn
        assert moved(before[1], after[1]) is discriminator_moves, turn


def test_a_step_of_the_discriminator_is_adams_on_the_stated_loss(data):
    """The first step of Adam is the learning rate times the gradient's sign: against gradients taken apart."""
    import tensorflow as tf

    run = learning(Hyperparameters(ema_decay=0.0, dropout=0.0, label_noise=0.0))
    model, before = run.model, run.model.discriminator.get_weights()
    fake = model.generator([gan.sample_prior(GENTLE, (16, model.latent_dim), np.random.default_rng(7))])
    with tf.GradientTape() as tape:
        said = [model.discriminator([x]) for x in (gan.scale_images(data[:16], GENTLE), fake)]
        loss = tf.reduce_mean(tf.nn.softplus(-said[0])) / 2 + tf.reduce_mean(tf.nn.softplus(said[1])) / 2
    slopes = tape.gradient(loss, model.discriminator.trainable_variables)
    found = gan_training.advance(
        run, data[None, :16], None, Controls(1e-3, 0.0, 0.0, "discriminator"), np.random.default_rng(7)
    )
    assert found["discriminator"] == pytest.approx(float(loss), abs=1e-5)
    for old, new, slope in zip(before, model.discriminator.get_weights(), slopes, strict=True):
        steep = np.abs(slope.numpy()) > 1e-3
        assert np.allclose((old - new)[steep], 1e-3 * np.sign(slope.numpy())[steep], atol=2e-5)


def test_the_shown_generator_follows_slowly_and_is_drawn_from(data):
    run = learning(Hyperparameters(ema_decay=0.9))
    start = run.shown.generator.get_weights()
    for k in range(3):
        gan_training.advance(run, data[None, :16], None, Controls(), np.random.default_rng(k))
    now, average = run.model.generator.get_weights(), run.shown.generator.get_weights()
    far = sum(float(np.abs(a - b).sum()) for a, b in zip(now, start, strict=True))
    near = sum(float(np.abs(a - b).sum()) for a, b in zip(now, average, strict=True))
    assert 0 < near < far
    assert run.shown.discriminator is run.model.discriminator


def test_unknown_turns_are_refused(data):
    with pytest.raises(ValueError, match="train must be one of both"):
        gan_training.advance(learning(), data[None, :8], None, Controls(train="nobody"), np.random.default_rng(0))


def test_the_buffer_drops_the_oldest():
    buffer = gan_training.Replay(3)
    for k in range(5):
        buffer.add(np.full((1, 2, 2, 1), k), np.array([k]))
    images, labels = buffer.sample(200, np.random.default_rng(0))
    assert set(labels.tolist()) == {2, 3, 4} and np.array_equal(images[:, 0, 0, 0], labels)


def test_old_fakes_are_kept_and_shown(data):
    run = learning(Hyperparameters(ema_decay=0.0, replay_fraction=0.5))
    for k in range(2):
        gan_training.advance(run, data[None, :16], None, Controls(), np.random.default_rng(k))
    assert len(run.replay.held) == 8  # a quarter of every batch
    assert {key[2] for key in run.steps} == {0, 1}  # one array of old pictures, from the second step on


# --- the whole training ---------------------------------------------------------------------------

EVERYTHING = Hyperparameters(
    minibatch_layer="std",
    replay_fraction=0.25,
    gradient_clip=1.0,
    lr_decay=0.5,
    output_activation="sigmoid",
    latent_distribution="uniform",
)


@pytest.mark.parametrize("architecture", gan.ARCHITECTURES)
def test_three_compiled_steps_of_every_architecture(architecture):
    shape = (32, 32, 3) if architecture == "color" else (28, 28)
    data = np.random.default_rng(0).integers(0, 256, (12, *shape), dtype="uint8")
    steps = list(gan_training.train(data, architecture=architecture, epochs=1, batch_size=4, report_every=1))
    assert [step.done for step in steps] == [1, 2, 3] and steps[-1].total == 3
    last = steps[-1]
    assert set(last.losses) == {"discriminator", "generator"} and np.isfinite(list(last.losses.values())).all()
    assert all(0 <= share <= 1 for share in last.accuracy.values())
    assert last.image.shape[:2] == (8 * shape[0], 8 * shape[0]) and last.image.dtype == np.uint8
    assert last.collapse is None and last.distance is None
    assert not np.array_equal(steps[0].image, last.image)


@pytest.mark.parametrize("hyperparameters", [EVERYTHING, gan.WGAN_GP], ids=["everything", "wgan_gp"])
def test_three_conditional_steps_with_other_tricks(data, hyperparameters):
    size = 48 // (3 * hyperparameters.discriminator_steps)
    labels = np.arange(48) % 3
    steps = list(
        gan_training.train(
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
    drawn = gan.generate(steps[-1].model, gan.sample_latents(steps[-1].model, 2, 0), [0, 2])
    assert gan.discriminate(steps[-1].model, drawn, [0, 2]).shape == (2,)


def test_matching_adds_what_real_pictures_with_a_wrong_label_cost(data):
    labels = np.array([0, 0, 1, 1, 0, 1, 0, 0])
    neighbours = np.roll(labels, 1)

    def first(matching):
        run = learning(Hyperparameters(ema_decay=0.0, dropout=0.0, mismatched_labels=matching), classes=2)
        said = gan.discriminate(run.model, data[:8], neighbours)
        found = gan_training.advance(run, data[None, :8], labels[None], Controls(), np.random.default_rng(0))
        return found["discriminator"], said

    (with_it, p), (without, _) = first(True), first(False)
    wanted = -np.log(1 - p[neighbours != labels]).mean() / 2
    assert with_it - without == pytest.approx(wanted, abs=1e-4)


def test_the_same_seed_is_the_same_training(data):
    def last(seed):
        run = gan_training.train(data, architecture="dense", epochs=1, batch_size=24, seed=seed)
        return [step.losses for step in run][-1]

    one, again, other = last(3), last(3), last(4)
    assert one == pytest.approx(again, rel=1e-4) and one != pytest.approx(other, rel=1e-3)


def test_each_learns_while_the_other_stands_still():
    """The discriminator tells white pictures from noise; then the generator finds a way past it."""
    white, rng = np.full((1, 16, 28, 28), 255, "uint8"), np.random.default_rng(0)
    run, losses = learning(), {}
    for turn in ("discriminator", "generator"):
        controls = Controls(1e-3, 1e-3, 0.0, turn)
        losses[turn] = [gan_training.advance(run, white, None, controls, rng)[turn] for _ in range(12)]
    for turn, curve in losses.items():
        assert curve[-1] < 0.7 * curve[0], turn


def test_a_running_training_can_be_changed(data):
    controls = Controls(train="discriminator")
    run = gan_training.train(
        data, architecture="dense", hyperparameters=GENTLE, controls=controls, epochs=9, batch_size=16, report_every=1
    )
    before, after = next(run), None
    start = before.model.generator.get_weights()
    next(run)
    assert not moved(start, before.model.generator.get_weights())
    controls.train, controls.generator_learning_rate = "generator", 1e-2
    after = next(run)
    assert moved(start, after.model.generator.get_weights())
    run.close()


def test_slow_motion_reports_every_step(data):
    controls = Controls(pause_between=0.001)
    run = gan_training.train(data, architecture="dense", controls=controls, epochs=2, batch_size=16, report_every=100)
    assert [next(run).done for _ in range(3)] == [1, 2, 3]


def test_with_a_classifier_it_is_measured(data, monkeypatch):
    from genmodels.vision import image_classifier

    monkeypatch.setattr(gan_training, "SAMPLES", 20)
    eye = image_classifier.build("mnist")
    run = gan_training.train(
        data, architecture="dense", epochs=2, batch_size=16, report_every=1, measure_every=3, classifier=eye
    )
    steps = list(run)
    assert all(step.distance > 0 and step.collapse["histogram"].sum() == pytest.approx(1) for step in steps)
    assert steps[0].distance == steps[2].distance != steps[3].distance  # measured at 1, 4 and the end


@pytest.mark.parametrize(
    ("images", "size", "message"),
    [(np.zeros((9, 32, 32), "uint8"), 4, "takes pictures"), (np.zeros((9, 28, 28), "uint8"), 10, "at least 10")],
)
def test_data_that_does_not_fit_is_refused(images, size, message):
    with pytest.raises(ValueError, match=message):
        next(gan_training.train(images, architecture="dense", batch_size=size))


def test_an_epoch_shows_every_picture_once():
    data = np.arange(10, dtype="uint8").reshape(10, 1, 1)
    rng = np.random.default_rng(0)
    seen = [(real, labels) for real, labels in gan_training.batches(data, np.arange(10), 2, 2, rng)]
    assert [real.shape for real, _ in seen] == [(2, 2, 1, 1)] * 2
    assert len(set(np.concatenate([real.ravel() for real, _ in seen]).tolist())) == 8
    assert all(np.array_equal(real[..., 0, 0], labels) for real, labels in seen)
