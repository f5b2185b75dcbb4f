"""The two-dimensional GAN: its gradients are TensorFlow's, its turns are fair, and it learns a ring."""

import numpy as np
import pytest

from genmodels.gan import gan_2d
from genmodels.gan import numpy_mlp as net
from genmodels.gan.gan_2d import Controls

tf = pytest.importorskip("tensorflow")


def weights_of(game):
    return [p.copy() for network in (game.generator, game.discriminator) for p in network.parameters]


def changed(game, before):
    """Whether the generator's, and the discriminator's, parameters differ from what they were."""
    half = len(game.generator.parameters)
    moved = [bool((a != b).any()) for a, b in zip(before, weights_of(game), strict=True)]
    return any(moved[:half]), any(moved[half:])


# --- the network ------------------------------------------------------------------------------


def in_tensorflow(network, x):
    """The same network, watched by a tape: its answer and its variables in the order of `parameters`."""
    variables = [tf.Variable(p) for p in network.parameters]
    n = len(network.weights)

    def answer(x):
        for k in range(n):
            x = x @ variables[k] + variables[n + k]
            x = tf.nn.leaky_relu(x, 0.2) if k < n - 1 else x
        return x

    return answer, variables


@pytest.fixture
def judge():
    rng = np.random.default_rng(1)
    network = net.build([2, 16, 16, 1], rng)
    for b in network.biases:
        b += rng.normal(0, 0.3, b.shape).astype("float32")
    return network, rng.normal(0, 1, (32, 2)).astype("float32")


def test_backward_is_the_gradient_of_the_parameters_and_of_the_input(judge):
    network, x = judge
    answer, variables = in_tensorflow(network, x)
    at = tf.Variable(x)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.softplus(-answer(at)))
    *wanted, wanted_x = tape.gradient(loss, [*variables, at])
    found = net.forward(network, x)
    toward = ((gan_2d.sigmoid(found[-1]) - 1) / len(x)).astype("float32")
    gradients, of_x = net.backward(network, found, toward)
    for got, want in zip([*gradients, of_x], [*wanted, wanted_x], strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-6)


def test_the_slope_penalty_is_the_second_gradient(judge):
    network, x = judge
    answer, variables = in_tensorflow(network, x)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            at = tf.constant(x)
            inner.watch(at)
            said = tf.reduce_sum(answer(at))
        slope = inner.gradient(said, at)
        penalty = tf.reduce_mean(tf.reduce_sum(slope**2, axis=1)) / 2
    wanted = outer.gradient(penalty, variables, unconnected_gradients="zero")
    value, gradients = net.slope_penalty(network, net.forward(network, x))
    assert value == pytest.approx(float(penalty), rel=1e-4)
    for got, want in zip(gradients, wanted, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-3, atol=1e-6)


def test_adam_is_keras_adam(judge):
    import keras

    network, x = judge
    answer, variables = in_tensorflow(network, x)
    optimizer = keras.optimizers.Adam(0.01, net.BETA_1, net.BETA_2, epsilon=net.EPSILON)
    for _ in range(3):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(answer(x) ** 2)
        optimizer.apply(tape.gradient(loss, variables), variables)
        found = net.forward(network, x)
        gradients, _ = net.backward(network, found, 2 * found[-1] / np.float32(len(x)))
        net.adam(network, gradients, 0.01)
    for got, want in zip(network.parameters, variables, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("objective", gan_2d.OBJECTIVES)
def test_each_loss_comes_with_its_own_derivative(objective):
    logits = np.linspace(-3, 3, 41)
    for loss in gan_2d.OBJECTIVES[objective]:
        slope = (loss(logits + 1e-5)[0] - loss(logits - 1e-5)[0]) / 2e-5
        np.testing.assert_allclose(loss(logits)[1], slope, atol=1e-6)


# --- the data ---------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", gan_2d.SHAPES)
def test_data_lies_in_the_square_and_follows_its_seed(shape):
    points = gan_2d.data(shape, 500, seed=3)
    assert points.shape == (500, 2) and points.dtype == np.float32 and np.abs(points).max() <= 1
    assert (points == gan_2d.data(shape, 500, seed=3)).all()
    assert (points != gan_2d.data(shape, 500, seed=4)).any()


@pytest.mark.parametrize(("shape", "heaps"), [("ring", 8), ("grid", 25)])
def test_ring_and_grid_have_all_their_heaps(shape, heaps):
    points = gan_2d.data(shape)
    if shape == "ring":
        which = np.round(np.arctan2(points[:, 1], points[:, 0]) / (np.pi / 4)) % 8
    else:
        which = np.round(points / 0.4) @ (1, 5)
    assert len(np.unique(which)) == heaps


def test_drawn_points_are_drawn_from():
    mine = np.array([[0.5, -0.5], [3.0, 0.0]])
    points = gan_2d.data(mine, 50)
    assert points.shape == (50, 2)
    assert {tuple(each) for each in points.tolist()} == {(0.5, -0.5), (1.0, 0.0)}  # what lies outside comes to the edge


@pytest.mark.parametrize(
    "bad", ["circle", np.zeros((1, 2)), np.zeros((5, 3)), np.full((5, 2), np.nan)], ids=["name", "few", "3-D", "nan"]
)
def test_what_is_no_data_is_refused(bad):
    with pytest.raises(ValueError):
        gan_2d.data(bad)


def test_fit_tells_collapse_from_coverage():
    ring = gan_2d.data("ring")
    one_heap = np.tile([[0.75, 0.0]], (100, 1))
    collapsed = gan_2d.fit(ring, one_heap)
    assert collapsed["fidelity"] == 1 and 0.05 < collapsed["coverage"] < 0.25
    assert gan_2d.fit(ring, ring) == {"fidelity": 1, "coverage": 1}
    assert gan_2d.fit(ring, np.zeros((100, 2))) == {"fidelity": 0, "coverage": 0}


# --- the game ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "moved"), [("both", (True, True)), ("discriminator", (False, True)), ("generator", (True, False))]
)
def test_who_has_no_turn_stands_still(turn, moved):
    game, ring = gan_2d.build(units=8), gan_2d.data("ring")
    before = weights_of(game)
    losses, accuracy = gan_2d.advance(game, ring, Controls(train=turn))
    assert changed(game, before) == moved
    assert set(losses) == {"discriminator", "generator"} and set(accuracy) == {"real", "fake"}


def test_a_discriminator_alone_gets_it_right():
    game, ring = gan_2d.build(units=16), gan_2d.data("ring")
    for _ in range(60):
        losses, accuracy = gan_2d.advance(game, ring, Controls(train="discriminator", discriminator_learning_rate=0.01))
    assert min(accuracy.values()) > 0.8 and losses["discriminator"] < 0.6


def test_arrows_lower_the_generators_loss():
    game = gan_2d.build(units=16)
    step = gan_2d.look(game, gan_2d.data("ring"), 1)
    before, _ = gan_2d._push(game, step.samples)
    after, _ = gan_2d._push(game, step.samples + 0.01 * step.arrows / np.abs(step.arrows).max())
    assert after < before


def test_the_heat_map_is_the_discriminator_top_row_first():
    game = gan_2d.build(units=16, seed=2)
    heat = gan_2d.look(game, gan_2d.data("ring"), 1).heat
    half = gan_2d.SIDE / gan_2d.CELLS
    corner = np.array([[-gan_2d.SIDE + half, gan_2d.SIDE - half]], "float32")
    said = gan_2d.probability(game, net.forward(game.discriminator, corner)[-1])
    assert heat[0, 0] == pytest.approx(float(said[0, 0]), rel=1e-4)
    assert heat.shape == (gan_2d.CELLS, gan_2d.CELLS) and heat.min() >= 0 and heat.max() <= 1


def test_the_same_seed_plays_the_same_game():
    spiral = gan_2d.data("spiral")
    first, again, other = (list(gan_2d.train(spiral, steps=5, seed=seed))[-1] for seed in (1, 1, 2))
    assert (first.samples == again.samples).all() and (first.samples != other.samples).any()


def test_a_game_is_gone_on_with_and_its_controls_count_at_once():
    ring, controls = gan_2d.data("ring"), Controls()
    first = list(gan_2d.train(ring, steps=20, controls=controls, report_every=10))
    assert [step.done for step in first] == [1, 10, 20] and first[-1].total == 20
    playing = gan_2d.train(ring, steps=30, controls=controls, report_every=10, game=first[-1].game)
    assert next(playing).done == 21
    controls.train = "discriminator"
    before = weights_of(first[-1].game)
    assert next(playing).done == 30
    assert changed(first[-1].game, before) == (False, True)
    assert [step.done for step in playing] == [40, 50]


def test_slow_motion_shows_every_step():
    controls = Controls(pause_between=1e-6)
    assert [step.done for step in gan_2d.train(gan_2d.data("ring"), steps=4, controls=controls)] == [1, 2, 3, 4]


def test_it_learns_the_ring():
    *_, last = gan_2d.train(gan_2d.data("ring"), steps=1000)
    assert last.fit["fidelity"] > 0.6 and last.fit["coverage"] > 0.9


def test_what_is_unknown_is_refused():
    with pytest.raises(ValueError, match="objective"):
        gan_2d.build(objective="hinge")
    with pytest.raises(ValueError, match="train must be"):
        gan_2d.advance(gan_2d.build(units=8), gan_2d.data("ring"), Controls(train="neither"))
