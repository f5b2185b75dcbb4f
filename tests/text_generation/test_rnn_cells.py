"""The NumPy cells against the Keras layers of the same names, and against their equations."""

import keras
import numpy as np
import pytest

from genmodels import weights
from genmodels.text_generation import model as text_generation
from genmodels.text_generation import rnn_cells
from genmodels.text_generation.rnn_cells import BETWEEN_0_AND_1, GATES, Layer

VOCABULARY = "\n ,.abcdefghijklmnopqrstuvwxyz"
CELLS = tuple(GATES)
PARTS = {"simple_rnn": 1, "lstm": 4, "gru": 3}


def texts(n=4, length=120, seed=0):
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list(VOCABULARY), length)) for _ in range(n)]


def network(cell, units, seed=0):
    """A Keras model with nothing left at its initial value: the biases begin as zeros and ones."""
    model = text_generation.build(VOCABULARY, cell=cell, units=units, embedding=7)
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(0, 0.3, w.shape).astype("float32") for w in model.get_weights()])
    return model


def layer(cell, units=5, inputs=3, seed=0):
    rng = np.random.default_rng(seed)
    k, normal = PARTS[cell] * units, lambda *shape: rng.normal(0, 0.6, shape).astype("float32")
    return Layer(cell, normal(inputs, k), normal(units, k), normal(2, k) if cell == "gru" else normal(k))


def stepped(one, x, clamp=None):
    """(n, T, inputs) through a layer: the last state, and the traces as gate: (n, T, units)."""
    state, rows = one.zero_state(len(x)), []
    for t in range(x.shape[1]):
        state, trace = one.step(one.project(x[:, t]), state, clamp)
        rows.append(trace)
    return state, {gate: np.stack([row[gate] for row in rows], axis=1) for gate in rows[0]}


# --- against Keras ----------------------------------------------------------------------------


@pytest.mark.parametrize("units", [(12,), (12, 9)], ids=["one layer", "two layers"])
@pytest.mark.parametrize("cell", CELLS)
def test_a_text_gives_the_logits_of_keras(cell, units):
    model, batch = network(cell, units), texts()
    frozen = text_generation.freeze(model, VOCABULARY)
    ids = np.stack([text_generation.indices(text, VOCABULARY) for text in batch])
    expected = np.asarray(model(ids))  # (4, 120, V)
    assert np.ptp(expected, axis=(0, 1)).min() > 0.01  # they do depend on the text
    for k, text in enumerate(batch):
        logits, _, _ = text_generation.run(frozen, text)
        assert logits.dtype == np.float64 and logits.shape == (120, len(VOCABULARY))
        np.testing.assert_allclose(logits, expected[k], rtol=0, atol=1e-5)
    state = frozen.zero_state(len(batch))
    for t in range(ids.shape[1]):  # and all of them side by side
        logits, state, _ = text_generation.step(frozen, state, ids[:, t])
        np.testing.assert_allclose(logits, expected[:, t], rtol=0, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_a_layer_carries_the_states_of_keras(cell):
    kind = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[cell]
    one, x = layer(cell), np.random.default_rng(1).normal(0, 1, (2, 40, 3)).astype("float32")
    theirs = kind(one.units, return_state=True)
    theirs.build(x.shape)
    theirs.set_weights([one.kernel, one.recurrent, one.bias])
    _, *expected = map(np.asarray, theirs(x))
    state, _ = stepped(one, x)
    for ours, wanted in zip(state, reversed(expected), strict=True):  # Keras puts the output first, we last
        np.testing.assert_allclose(ours, wanted, rtol=0, atol=1e-5)


@pytest.mark.parametrize("units", [(12,), (12, 9)], ids=["one layer", "two layers"])
@pytest.mark.parametrize("cell", CELLS)
def test_a_weight_file_is_read_as_keras_would(cell, units, tmp_path):
    model, file = network(cell, units, seed=2), tmp_path / "some.weights.h5"
    model.save_weights(file)
    frozen, read = text_generation.freeze(model, VOCABULARY), text_generation.read(file, VOCABULARY, cell)
    assert read.vocabulary == VOCABULARY and read.cell == cell and [one.units for one in read.layers] == list(units)
    assert read.parameters == frozen.parameters == model.count_params()

    def arrays(of):
        layers = [array for one in of.layers for array in (one.kernel, one.recurrent, one.bias)]
        return [of.embedding, *layers, of.kernel, of.bias]

    for a, b in zip(arrays(read), arrays(frozen), strict=True):
        assert a.dtype == np.float32
        np.testing.assert_array_equal(a, b)
    weights.convert_to_float16(file)  # as it is shipped
    for a, b in zip(arrays(text_generation.read(file, VOCABULARY, cell)), arrays(frozen), strict=True):
        assert a.dtype == np.float32
        np.testing.assert_array_equal(a, b.astype("float16"))


def test_what_is_frozen_stays_when_the_network_learns_on():
    model = network("lstm", (4,))
    frozen = text_generation.freeze(model, VOCABULARY)
    before = frozen.kernel.copy()
    model.set_weights([0 * w for w in model.get_weights()])
    np.testing.assert_array_equal(frozen.kernel, before)


# --- against the equations --------------------------------------------------------------------


@pytest.mark.parametrize("cell", CELLS)
def test_the_traces_are_the_gates_in_their_order(cell):
    one, x = layer(cell), np.random.default_rng(3).normal(0, 1, (2, 30, 3)).astype("float32")
    state, trace = stepped(one, x)
    assert tuple(trace) == GATES[cell]
    assert all(values.shape == (2, 30, 5) and values.dtype == np.float32 for values in trace.values())
    for gate, values in trace.items():
        if gate in BETWEEN_0_AND_1:
            assert 0 < values.min() < 0.4 < 0.6 < values.max() < 1
        else:
            assert values.min() < -0.2 and values.max() > 0.2
    np.testing.assert_array_equal(state[-1], trace["state"][:, -1])


def test_an_lstm_keeps_and_lets_in_what_its_gates_say():
    _, at = stepped(layer("lstm"), np.random.default_rng(3).normal(0, 1, (1, 30, 3)).astype("float32"))
    c = at["cell"]
    np.testing.assert_allclose(c[:, 0], (at["input"] * at["candidate"])[:, 0], atol=1e-6)
    kept = at["forget"][:, 1:] * c[:, :-1] + (at["input"] * at["candidate"])[:, 1:]
    np.testing.assert_allclose(c[:, 1:], kept, atol=1e-6)
    np.testing.assert_allclose(at["state"], at["output"] * np.tanh(c), atol=1e-6)


def test_a_gru_mixes_the_old_and_the_candidate():
    _, at = stepped(layer("gru"), np.random.default_rng(3).normal(0, 1, (1, 30, 3)).astype("float32"))
    h, z, g = at["state"], at["update"], at["candidate"]
    np.testing.assert_allclose(h[:, 1:], z[:, 1:] * h[:, :-1] + (1 - z[:, 1:]) * g[:, 1:], atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("size", [-1e30, 1e30])
def test_no_input_is_too_large(cell, size):
    one = layer(cell)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        _, trace = one.step(np.full((1, PARTS[cell] * 5), size, "float32"), one.zero_state(1))
    assert all(np.isfinite(values).all() for values in trace.values())
    assert all(trace[gate].min() >= 0 and trace[gate].max() <= 1 for gate in trace if gate in BETWEEN_0_AND_1)


@pytest.mark.parametrize("cell", CELLS)
def test_a_step_changes_nothing_it_was_given(cell):
    one = layer(cell)
    projected, state = np.ones((2, PARTS[cell] * 5), "float32"), one.zero_state(2)
    one.step(projected, state, {"state": (slice(None), 3.0)})
    assert (projected == 1).all() and all((part == 0).all() for part in state)


# --- clamps -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("cell", "gate"), [(cell, gate) for cell in CELLS for gate in GATES[cell]])
def test_a_clamp_holds_its_unit_and_leaves_what_was_computed_before_it(cell, gate):
    one, rng = layer(cell), np.random.default_rng(5)
    projected = rng.normal(0, 1, (3, PARTS[cell] * 5)).astype("float32")
    before = tuple(rng.normal(0, 0.5, (3, 5)).astype("float32") for _ in one.zero_state(3))
    _, free = one.step(projected, before)
    state, held = one.step(projected, before, {gate: (2, 0.25)})
    assert (held[gate][:, 2] == 0.25).all() and not (free[gate][:, 2] == 0.25).any()
    for k, each in enumerate(GATES[cell]):  # what comes before it is as it was; what comes after, in the other units
        same = slice(None) if k < GATES[cell].index(gate) else [0, 1, 3, 4]
        np.testing.assert_array_equal(held[each][:, same], free[each][:, same])
    np.testing.assert_array_equal(state[-1], held["state"])


def test_a_clamp_may_hold_many_units():
    one = layer("lstm")
    _, trace = one.step(np.ones((2, 20), "float32"), one.zero_state(2), {"output": (slice(None), 0.0)})
    assert (trace["output"] == 0).all() and (trace["state"] == 0).all() and (trace["cell"] != 0).any()


def test_a_closed_input_and_an_open_memory_keep_the_cell_for_ever():
    one, x = layer("lstm"), np.random.default_rng(6).normal(0, 1, (1, 50, 3)).astype("float32")
    _, trace = stepped(one, x, {"input": (1, 0.0), "forget": (1, 1.0)})
    assert (trace["cell"][..., 1] == 0).all() and (trace["cell"][..., 0] != 0).all()


@pytest.mark.parametrize(("cell", "gate"), [("gru", "forget"), ("simple_rnn", "input"), ("lstm", "update")])
def test_a_clamp_of_a_gate_that_is_not_there_is_refused(cell, gate):
    one = layer(cell)
    with pytest.raises(ValueError, match=f"{cell} has no {gate}, only {GATES[cell][0]}"):
        one.step(np.zeros((1, PARTS[cell] * 5), "float32"), one.zero_state(1), {gate: (0, 1.0)})


def test_every_cell_of_the_module_can_be_built():
    assert set(GATES) == set(rnn_cells.STEPS) == set(text_generation.CELLS)
