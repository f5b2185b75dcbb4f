"""The NumPy cells compared with the Keras layers of the same names, and with their equations."""

import keras
import numpy as np
import pytest

from genmodels import weights
from genmodels.data.text_data import character_indices
from genmodels.text_generation import char_rnn, rnn_cells
from genmodels.text_generation.rnn_cells import SIGMOID_GATES, TRACED_VALUES, Layer

VOCABULARY = "\n ,.abcdefghijklmnopqrstuvwxyz"
CELLS = tuple(TRACED_VALUES)
MATRICES = {"simple_rnn": 1, "lstm": 4, "gru": 3}


def texts(n=4, length=120, seed=0):
    rng = np.random.default_rng(seed)
    return ["".join(rng.choice(list(VOCABULARY), length)) for _ in range(n)]


def network(cell, units, seed=0):
    """A Keras model with random weights: the initial biases are zeros and ones."""
    model = char_rnn.build(VOCABULARY, cell=cell, units=units, embedding=7)
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(0, 0.3, w.shape).astype("float32") for w in model.get_weights()])
    return model


def layer(cell, units=5, inputs=3, seed=0):
    rng = np.random.default_rng(seed)
    k, normal = MATRICES[cell] * units, lambda *shape: rng.normal(0, 0.6, shape).astype("float32")
    return Layer(cell, normal(inputs, k), normal(units, k), normal(2, k) if cell == "gru" else normal(k))


def run_layer(one, x, clamp=None):
    """Read (n, T, inputs) with a layer: the last state, and the traces as gate: (n, T, units)."""
    state, rows = one.zero_state(len(x)), []
    for t in range(x.shape[1]):
        state, trace = one.step(one.project(x[:, t]), state, clamp)
        rows.append(trace)
    return state, {gate: np.stack([row[gate] for row in rows], axis=1) for gate in rows[0]}


# --- Keras -----------------------------------------------------------------------------------


@pytest.mark.parametrize("units", [(12,), (12, 9)], ids=["one layer", "two layers"])
@pytest.mark.parametrize("cell", CELLS)
def test_the_logits_equal_those_of_keras(cell, units):
    model, batch = network(cell, units), texts()
    converted = char_rnn.to_numpy(model, VOCABULARY)
    ids = np.stack([character_indices(text, VOCABULARY) for text in batch])
    expected = np.asarray(model(ids))  # (4, 120, V)
    assert np.ptp(expected, axis=(0, 1)).min() > 0.01  # the logits depend on the text
    for k, text in enumerate(batch):
        logits, _, _ = char_rnn.forward(converted, text)
        assert logits.dtype == np.float64 and logits.shape == (120, len(VOCABULARY))
        np.testing.assert_allclose(logits, expected[k], rtol=0, atol=1e-5)
    state = converted.zero_state(len(batch))
    for t in range(ids.shape[1]):  # and as one batch
        logits, state, _ = char_rnn.step(converted, state, ids[:, t])
        np.testing.assert_allclose(logits, expected[:, t], rtol=0, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_the_states_equal_those_of_keras(cell):
    keras_layer = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[cell]
    one, x = layer(cell), np.random.default_rng(1).normal(0, 1, (2, 40, 3)).astype("float32")
    theirs = keras_layer(one.units, return_state=True)
    theirs.build(x.shape)
    theirs.set_weights([one.kernel, one.recurrent_kernel, one.bias])
    _, *expected = map(np.asarray, theirs(x))
    state, _ = run_layer(one, x)
    for ours, keras_state in zip(
        state, reversed(expected), strict=True
    ):  # the hidden state is first in Keras, last here
        np.testing.assert_allclose(ours, keras_state, rtol=0, atol=1e-5)


@pytest.mark.parametrize("units", [(12,), (12, 9)], ids=["one layer", "two layers"])
@pytest.mark.parametrize("cell", CELLS)
def test_a_weights_file_gives_the_arrays_of_keras(cell, units, tmp_path):
    model, file = network(cell, units, seed=2), tmp_path / "some.weights.h5"
    model.save_weights(file)
    converted, read = char_rnn.to_numpy(model, VOCABULARY), char_rnn.read_weights(file, VOCABULARY, cell)
    assert read.vocabulary == VOCABULARY and read.cell == cell and [one.units for one in read.layers] == list(units)
    assert read.parameters == converted.parameters == model.count_params()

    def arrays(of):
        layers = [array for one in of.layers for array in (one.kernel, one.recurrent_kernel, one.bias)]
        return [of.embedding, *layers, of.kernel, of.bias]

    for a, b in zip(arrays(read), arrays(converted), strict=True):
        assert a.dtype == np.float32
        np.testing.assert_array_equal(a, b)
    weights.convert_to_float16(file)  # as the pretrained weights are stored
    for a, b in zip(arrays(char_rnn.read_weights(file, VOCABULARY, cell)), arrays(converted), strict=True):
        assert a.dtype == np.float32
        np.testing.assert_array_equal(a, b.astype("float16"))


def test_to_numpy_copies_the_weights():
    model = network("lstm", (4,))
    converted = char_rnn.to_numpy(model, VOCABULARY)
    before = converted.kernel.copy()
    model.set_weights([0 * w for w in model.get_weights()])
    np.testing.assert_array_equal(converted.kernel, before)


# --- equations -------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", CELLS)
def test_the_trace_has_every_gate_in_order(cell):
    one, x = layer(cell), np.random.default_rng(3).normal(0, 1, (2, 30, 3)).astype("float32")
    state, trace = run_layer(one, x)
    assert tuple(trace) == TRACED_VALUES[cell]
    assert all(values.shape == (2, 30, 5) and values.dtype == np.float32 for values in trace.values())
    for gate, values in trace.items():
        if gate in SIGMOID_GATES:
            assert 0 < values.min() < 0.4 < 0.6 < values.max() < 1
        else:
            assert values.min() < -0.2 and values.max() > 0.2
    np.testing.assert_array_equal(state[-1], trace["state"][:, -1])


def test_the_lstm_equations():
    _, trace = run_layer(layer("lstm"), np.random.default_rng(3).normal(0, 1, (1, 30, 3)).astype("float32"))
    c = trace["cell"]
    np.testing.assert_allclose(c[:, 0], (trace["input"] * trace["candidate"])[:, 0], atol=1e-6)
    expected = trace["forget"][:, 1:] * c[:, :-1] + (trace["input"] * trace["candidate"])[:, 1:]
    np.testing.assert_allclose(c[:, 1:], expected, atol=1e-6)
    np.testing.assert_allclose(trace["state"], trace["output"] * np.tanh(c), atol=1e-6)


def test_the_gru_equation():
    _, trace = run_layer(layer("gru"), np.random.default_rng(3).normal(0, 1, (1, 30, 3)).astype("float32"))
    h, z, g = trace["state"], trace["update"], trace["candidate"]
    np.testing.assert_allclose(h[:, 1:], z[:, 1:] * h[:, :-1] + (1 - z[:, 1:]) * g[:, 1:], atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("size", [-1e30, 1e30])
def test_large_inputs_do_not_overflow(cell, size):
    one = layer(cell)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        _, trace = one.step(np.full((1, MATRICES[cell] * 5), size, "float32"), one.zero_state(1))
    assert all(np.isfinite(values).all() for values in trace.values())
    assert all(trace[gate].min() >= 0 and trace[gate].max() <= 1 for gate in trace if gate in SIGMOID_GATES)


@pytest.mark.parametrize("cell", CELLS)
def test_a_step_does_not_change_its_arguments(cell):
    one = layer(cell)
    projected, state = np.ones((2, MATRICES[cell] * 5), "float32"), one.zero_state(2)
    one.step(projected, state, {"state": (slice(None), 3.0)})
    assert (projected == 1).all() and all((part == 0).all() for part in state)


# --- clamps -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("cell", "gate"), [(cell, gate) for cell in CELLS for gate in TRACED_VALUES[cell]])
def test_a_clamp_sets_its_unit_and_keeps_everything_computed_before(cell, gate):
    one, rng = layer(cell), np.random.default_rng(5)
    projected = rng.normal(0, 1, (3, MATRICES[cell] * 5)).astype("float32")
    before = tuple(rng.normal(0, 0.5, (3, 5)).astype("float32") for _ in one.zero_state(3))
    _, free = one.step(projected, before)
    state, clamped = one.step(projected, before, {gate: (2, 0.25)})
    assert (clamped[gate][:, 2] == 0.25).all() and not (free[gate][:, 2] == 0.25).any()
    for k, each in enumerate(
        TRACED_VALUES[cell]
    ):  # values before the gate are unchanged; values after it, in the other units
        same = slice(None) if k < TRACED_VALUES[cell].index(gate) else [0, 1, 3, 4]
        np.testing.assert_array_equal(clamped[each][:, same], free[each][:, same])
    np.testing.assert_array_equal(state[-1], clamped["state"])


def test_a_clamp_of_many_units():
    one = layer("lstm")
    _, trace = one.step(np.ones((2, 20), "float32"), one.zero_state(2), {"output": (slice(None), 0.0)})
    assert (trace["output"] == 0).all() and (trace["state"] == 0).all() and (trace["cell"] != 0).any()


def test_input_gate_0_and_forget_gate_1_keep_the_cell_state():
    one, x = layer("lstm"), np.random.default_rng(6).normal(0, 1, (1, 50, 3)).astype("float32")
    _, trace = run_layer(one, x, {"input": (1, 0.0), "forget": (1, 1.0)})
    assert (trace["cell"][..., 1] == 0).all() and (trace["cell"][..., 0] != 0).all()


@pytest.mark.parametrize(("cell", "gate"), [("gru", "forget"), ("simple_rnn", "input"), ("lstm", "update")])
def test_a_clamp_of_a_missing_gate_raises(cell, gate):
    one = layer(cell)
    with pytest.raises(ValueError, match=f"{cell} has no {gate}, only {TRACED_VALUES[cell][0]}"):
        one.step(np.zeros((1, MATRICES[cell] * 5), "float32"), one.zero_state(1), {gate: (0, 1.0)})


def test_an_lstm_has_three_gates_and_a_gru_two():
    gates = {cell: [name for name in names if name in SIGMOID_GATES] for cell, names in TRACED_VALUES.items()}
    assert gates["lstm"] == ["input", "forget", "output"]
    assert gates["gru"] == ["update", "reset"]
    assert gates["simple_rnn"] == []


def test_every_cell_of_the_module_can_be_built():
    assert set(TRACED_VALUES) == set(rnn_cells.CELL_STEPS) == set(char_rnn.CELLS)
