"""The 2-D GAN: gradients equal TensorFlow's, each step updates the chosen networks, and training covers a ring."""

from itertools import pairwise

import numpy as np
import pytest

from genmodels.gan import gan_2d, numpy_mlp
from genmodels.gan.gan_2d import Controls

tf = pytest.importorskip("tensorflow")


def parameters(state):
    return [p.copy() for network in (state.generator, state.discriminator) for p in network.parameters]


def changed(state, before):
    """Whether the parameters of the generator, and those of the discriminator, differ from `before`."""
    half = len(state.generator.parameters)
    differs = [bool((a != b).any()) for a, b in zip(before, parameters(state), strict=True)]
    return any(differs[:half]), any(differs[half:])


# --- network ------------------------------------------------------------------------------


def in_tensorflow(network, x):
    """The same network in TensorFlow: a function, and its variables in the order of `parameters`."""
    variables = [tf.Variable(p) for p in network.parameters]
    n = len(network.weights)

    def output(x):
        for k in range(n):
            x = x @ variables[k] + variables[n + k]
            x = tf.nn.leaky_relu(x, 0.2) if k < n - 1 else x
        return x

    return output, variables


@pytest.fixture
def network_and_input():
    rng = np.random.default_rng(1)
    network = numpy_mlp.build([2, 16, 16, 1], rng)
    for b in network.biases:
        b += rng.normal(0, 0.3, b.shape).astype("float32")
    return network, rng.normal(0, 1, (32, 2)).astype("float32")


def test_backward_gives_gradients_of_parameters_and_input(network_and_input):
    network, x = network_and_input
    output, variables = in_tensorflow(network, x)
    inputs = tf.Variable(x)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-output(inputs)))
    *expected, expected_input = tape.gradient(loss, [*variables, inputs])
    activations = numpy_mlp.forward(network, x)
    upstream = ((gan_2d.sigmoid(activations[-1]) - 1) / len(x)).astype("float32")
    gradients, input_gradient = numpy_mlp.backward(network, activations, upstream)
    for actual, expected_value in zip([*gradients, input_gradient], [*expected, expected_input], strict=True):
        np.testing.assert_allclose(actual, expected_value, rtol=1e-4, atol=1e-6)


def test_r1_penalty_gradients_equal_double_backpropagation(network_and_input):
    network, x = network_and_input
    output, variables = in_tensorflow(network, x)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inputs = tf.constant(x)
            inner.watch(inputs)
            logits = tf.reduce_sum(output(inputs))
        input_gradient = inner.gradient(logits, inputs)
        penalty = tf.reduce_mean(tf.reduce_sum(input_gradient**2, axis=1)) / 2
    expected = outer.gradient(penalty, variables, unconnected_gradients="zero")
    value, gradients = numpy_mlp.r1_penalty(network, numpy_mlp.forward(network, x))
    assert value == pytest.approx(float(penalty), rel=1e-4)
    for actual, expected_value in zip(gradients, expected, strict=True):
        np.testing.assert_allclose(actual, expected_value, rtol=1e-3, atol=1e-6)


def test_adam_equals_keras_adam(network_and_input):
    import keras

    network, x = network_and_input
    output, variables = in_tensorflow(network, x)
    optimizer = keras.optimizers.Adam(0.01, numpy_mlp.BETA_1, numpy_mlp.BETA_2, epsilon=numpy_mlp.EPSILON)
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(output(x) ** 2)
        optimizer.apply(tape.gradient(loss, variables), variables)
        activations = numpy_mlp.forward(network, x)
        gradients, _ = numpy_mlp.backward(network, activations, 2 * activations[-1] / np.float32(len(x)))
        numpy_mlp.adam(network, gradients, 0.01)
    for actual, expected_value in zip(network.parameters, variables, strict=True):
        np.testing.assert_allclose(actual, expected_value, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("objective", gan_2d.OBJECTIVES)
def test_each_loss_comes_with_its_derivative(objective):
    logits = np.linspace(-3, 3, 41)
    for loss in gan_2d.OBJECTIVES[objective]:
        derivative = (loss(logits + 1e-5)[0] - loss(logits - 1e-5)[0]) / 2e-5
        np.testing.assert_allclose(loss(logits)[1], derivative, atol=1e-6)


# --- data ---------------------------------------------------------------------------------


@pytest.mark.parametrize("distribution", gan_2d.DISTRIBUTIONS)
def test_data_is_in_range_and_depends_on_the_seed(distribution):
    points = gan_2d.sample_data(distribution, 500, seed=3)
    assert points.shape == (500, 2) and points.dtype == np.float32 and np.abs(points).max() <= 1
    assert (points == gan_2d.sample_data(distribution, 500, seed=3)).all()
    assert (points != gan_2d.sample_data(distribution, 500, seed=4)).any()


@pytest.mark.parametrize(("distribution", "n_modes"), [("ring", 8), ("grid", 25)])
def test_ring_and_grid_have_all_modes(distribution, n_modes):
    points = gan_2d.sample_data(distribution)
    if distribution == "ring":
        mode = np.round(np.arctan2(points[:, 1], points[:, 0]) / (np.pi / 4)) % 8
    else:
        mode = np.round(points / 0.4) @ (1, 5)
    assert len(np.unique(mode)) == n_modes


def test_given_points_are_resampled():
    given = np.array([[0.5, -0.5], [3.0, 0.0]])
    points = gan_2d.sample_data(given, 50)
    assert points.shape == (50, 2)
    assert {tuple(each) for each in points.tolist()} == {(0.5, -0.5), (1.0, 0.0)}  # clipped to [-1, 1]


@pytest.mark.parametrize(
    "bad", ["circle", np.zeros((1, 2)), np.zeros((5, 3)), np.full((5, 2), np.nan)], ids=["name", "few", "3-D", "nan"]
)
def test_invalid_data_raises(bad):
    with pytest.raises(ValueError):
        gan_2d.sample_data(bad)


def test_mode_collapse_is_high_precision_with_low_recall():
    ring = gan_2d.sample_data("ring")
    one_mode = np.tile([[0.75, 0.0]], (100, 1))
    collapsed = gan_2d.precision_recall(ring, one_mode)
    assert collapsed["precision"] == 1 and 0.05 < collapsed["recall"] < 0.25
    assert gan_2d.precision_recall(ring, ring) == {"precision": 1, "recall": 1}
    assert gan_2d.precision_recall(ring, np.zeros((100, 2))) == {"precision": 0, "recall": 0}


@pytest.mark.parametrize(("distribution", "n_modes"), [("ring", 8), ("grid", 25)])
def test_mode_metrics_count_modes_and_samples_within_three_sigma(distribution, n_modes):
    centers, sigma = gan_2d.mode_centers(distribution), gan_2d.MODE_STD[distribution]
    assert centers.shape == (n_modes, 2)
    assert gan_2d.mode_metrics(distribution, centers) == {"modes_covered": n_modes, "high_quality_samples": 1}
    real = gan_2d.mode_metrics(distribution, gan_2d.sample_data(distribution, 5000))
    assert real["modes_covered"] == n_modes and real["high_quality_samples"] == pytest.approx(0.989, abs=0.006)
    near, far = centers[0] + [2.9 * sigma, 0], centers[1] + [0, 3.1 * sigma]
    assert gan_2d.mode_metrics(distribution, np.stack([near, far])) == {
        "modes_covered": 1,
        "high_quality_samples": 0.5,
    }


def test_a_spiral_has_no_modes():
    with pytest.raises(ValueError, match="'spiral' has no modes: expected one of ring, grid"):
        gan_2d.mode_metrics("spiral", np.zeros((3, 2)))


# --- training ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("networks_to_update", "expected"),
    [("both", (True, True)), ("discriminator", (False, True)), ("generator", (True, False))],
)
def test_only_the_chosen_networks_change(networks_to_update, expected):
    state, ring = gan_2d.build(hidden_units=8), gan_2d.sample_data("ring")
    before = parameters(state)
    losses, accuracy = gan_2d.train_step(state, ring, Controls(networks_to_update=networks_to_update))
    assert changed(state, before) == expected
    assert set(losses) == {"discriminator", "generator"} and set(accuracy) == {"real", "fake"}


def test_discriminator_only_training_separates_real_from_fake():
    state, ring = gan_2d.build(hidden_units=16), gan_2d.sample_data("ring")
    for _ in range(60):
        losses, accuracy = gan_2d.train_step(
            state, ring, Controls(networks_to_update="discriminator", discriminator_learning_rate=0.01)
        )
    assert min(accuracy.values()) > 0.8 and losses["discriminator"] < 0.6


def test_gradients_lower_the_generator_loss():
    state = gan_2d.build(hidden_units=16)
    step = gan_2d.report(state, gan_2d.sample_data("ring"), 1)
    before, _ = gan_2d._generator_gradient(state, step.samples)
    after, _ = gan_2d._generator_gradient(state, step.samples + 0.01 * step.gradients / np.abs(step.gradients).max())
    assert after < before


def test_heatmap_is_the_discriminator_output_top_row_first():
    state = gan_2d.build(hidden_units=16, seed=2)
    heatmap = gan_2d.report(state, gan_2d.sample_data("ring"), 1).heatmap
    half_cell = gan_2d.HALF_WIDTH / gan_2d.HEATMAP_SIZE
    corner = np.array([[-gan_2d.HALF_WIDTH + half_cell, gan_2d.HALF_WIDTH - half_cell]], "float32")
    p = gan_2d.probability(state, numpy_mlp.forward(state.discriminator, corner)[-1])
    assert heatmap[0, 0] == pytest.approx(float(p[0, 0]), rel=1e-4)
    assert heatmap.shape == (gan_2d.HEATMAP_SIZE, gan_2d.HEATMAP_SIZE) and heatmap.min() >= 0 and heatmap.max() <= 1


def test_the_same_seed_gives_the_same_training():
    spiral = gan_2d.sample_data("spiral")
    first, again, other = (list(gan_2d.train(spiral, steps=5, seed=seed))[-1] for seed in (1, 1, 2))
    assert (first.samples == again.samples).all() and (first.samples != other.samples).any()


def test_training_continues_from_a_state_and_reads_changed_controls():
    ring, controls = gan_2d.sample_data("ring"), Controls()
    first = list(gan_2d.train(ring, steps=20, controls=controls, report_every=10))
    assert [step.done for step in first] == [1, 10, 20] and first[-1].total == 20
    continued = gan_2d.train(ring, steps=30, controls=controls, report_every=10, state=first[-1].state)
    assert next(continued).done == 21
    controls.networks_to_update = "discriminator"
    before = parameters(first[-1].state)
    assert next(continued).done == 30
    assert changed(first[-1].state, before) == (False, True)
    assert [step.done for step in continued] == [40, 50]


def test_slow_motion_reports_every_step():
    controls = Controls(pause_seconds=1e-6)
    assert [step.done for step in gan_2d.train(gan_2d.sample_data("ring"), steps=4, controls=controls)] == [1, 2, 3, 4]


def test_training_covers_the_ring():
    *_, last = gan_2d.train(gan_2d.sample_data("ring"), steps=1000)
    assert last.metrics["precision"] > 0.6 and last.metrics["recall"] > 0.9


def test_linear_decay_ends_with_small_learning_rates_and_is_relative_to_each_call():
    ring, moved = gan_2d.sample_data("ring"), []
    controls = Controls(learning_rate_schedule="linear decay", generator_learning_rate=0.01)
    state = gan_2d.build(hidden_units=8)
    for _ in range(2):
        samples = [
            step.samples for step in gan_2d.train(ring, steps=50, controls=controls, report_every=1, state=state)
        ]
        moved.append([np.abs(b - a).mean() for a, b in pairwise(samples)])
    for each in moved:
        assert each[-1] < 0.2 * np.mean(each[:5])
    assert controls.generator_learning_rate == 0.01  # the visitor's settings are not changed


@pytest.mark.slow
def test_the_preset_of_the_grid_covers_all_modes():
    from pages.gan.gan_2d_controls import SEPARATED_GRID

    state = gan_2d.build(hidden_layers=SEPARATED_GRID["gan2d_hidden_layers"])
    controls = Controls(
        r1_penalty_weight=SEPARATED_GRID["gan2d_r1_penalty_weight"],
        learning_rate_schedule=SEPARATED_GRID["gan2d_learning_rate_schedule"].lower(),
    )
    steps = SEPARATED_GRID["gan2d_steps"]
    *_, last = gan_2d.train(gan_2d.sample_data("grid"), steps=steps, controls=controls, state=state, report_every=steps)
    z = np.random.default_rng(1).uniform(-1, 1, (2500, gan_2d.LATENT_DIM))
    values = gan_2d.mode_metrics("grid", gan_2d.generate(state, z))
    assert last.done == steps and values["modes_covered"] == 25 and values["high_quality_samples"] >= 0.8
    assert last.metrics["precision"] >= 0.8 and last.metrics["recall"] >= 0.95


def test_unknown_settings_raise():
    with pytest.raises(ValueError, match="objective"):
        gan_2d.build(objective="hinge")
    with pytest.raises(ValueError, match="networks_to_update must be"):
        gan_2d.train_step(
            gan_2d.build(hidden_units=8), gan_2d.sample_data("ring"), Controls(networks_to_update="neither")
        )
    with pytest.raises(ValueError, match="learning_rate_schedule must be one of constant, linear decay, got 'cosine'"):
        next(gan_2d.train(gan_2d.sample_data("ring"), controls=Controls(learning_rate_schedule="cosine")))
