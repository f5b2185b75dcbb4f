"""Character-level language model: an RNN that predicts the next character.

It reads a text character by character, carries a hidden state, and after each character outputs a
logit for every character of its vocabulary. Deep Learning with Python, section 8.1; Graves 2013,
"Generating Sequences With Recurrent Neural Networks", arXiv:1308.0850; Karpathy, Johnson & Fei-Fei
2015, "Visualizing and Understanding Recurrent Networks", arXiv:1506.02078. Differences from the book:

- The state is carried from character to character. The book's model reads the last 60 characters
  again for every character that it generates: same weights, thousands of times slower.
- The training target is the sequence shifted by one character: one prediction per position. The
  book's target is the one character after the sequence. `training.train` supports both.
- Everything is computed from logits, in float64. The book's code takes the logarithm of
  probabilities that may be zero, and divides by a temperature that may be zero.
- Two LSTM layers of 384 units with dropout, trained on long streams, instead of one layer of 128.

Inference is plain NumPy (`rnn_cells`). Only `build` needs Keras, and imports it when it is called.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from genmodels import weights
from genmodels.blas_threads import limit_blas_threads
from genmodels.data.text_data import character_indices
from genmodels.text_generation.rnn_cells import Clamp, Layer, State, Trace
from genmodels.text_generation.sampling import softmax

NAMES = ("nietzsche", "nietzsche_cased")  # pretrained models
CELLS = ("lstm", "gru", "simple_rnn")


@dataclass(frozen=True, eq=False)
class CharRNN:
    """The weights of a trained network as float32 arrays. Shared by all users: read-only.

    vocabulary: its characters, in the order of the outputs. embedding: (V, e). kernel: (units, V)
    and bias: (V,) of the output layer.
    """

    vocabulary: str
    embedding: np.ndarray
    layers: tuple[Layer, ...]
    kernel: np.ndarray
    bias: np.ndarray
    input_projection: np.ndarray = field(init=False, repr=False)  # (V, k * units): x W + b of every character

    def __post_init__(self):
        object.__setattr__(self, "input_projection", self.layers[0].project(self.embedding))

    @property
    def cell(self) -> str:
        return self.layers[0].cell

    @property
    def parameters(self) -> int:
        arrays = [self.embedding, self.kernel, self.bias]
        for layer in self.layers:
            arrays += [layer.kernel, layer.recurrent_kernel, layer.bias]
        return sum(array.size for array in arrays)

    def zero_state(self, n: int = 1) -> tuple[State, ...]:
        """The state of every layer before the first character, for `n` texts in parallel."""
        return tuple(layer.zero_state(n) for layer in self.layers)


# --- building and loading ---------------------------------------------------------------------


def build(
    vocabulary: str,
    *,
    cell: str = "lstm",
    units: int | Sequence[int] = 128,
    embedding: int = 32,
    dropout: float = 0.0,
    batch_size: int | None = None,
    seed: int = 0,
) -> Any:
    """A new Keras model: (n, T) int32 character indices to (n, T, V) float32 logits of the next character.

    cell: one of `CELLS`. units: of one layer, or of several. embedding: dimensions of a character's
    embedding. dropout: fraction of each layer's outputs that training drops. batch_size: None for
    independent sequences; a number makes the model stateful (each row of a batch continues the same
    row of the batch before). Raises `ValueError` for an unknown cell, and for a vocabulary of fewer
    than two characters or with a repeated one.
    """
    if cell not in CELLS:
        raise ValueError(f"unknown cell {cell!r}: expected one of {', '.join(CELLS)}")
    if len(set(vocabulary)) != len(vocabulary) or len(vocabulary) < 2:
        raise ValueError(f"a vocabulary needs two different characters or more, each once, got {vocabulary!r}")
    import keras
    from keras import layers

    rnn_layer = {"lstm": layers.LSTM, "gru": layers.GRU, "simple_rnn": layers.SimpleRNN}[cell]
    units_per_layer = (units,) if isinstance(units, int) else tuple(units)
    seeds = iter(range(1000 * seed, 1000 * seed + 1000))  # keras.utils.set_random_seed would be process-wide
    init = keras.initializers
    text = keras.Input(batch_shape=(batch_size, None), dtype="int32", name="text")
    uniform = init.RandomUniform(-0.05, 0.05, seed=next(seeds))
    x = layers.Embedding(len(vocabulary), embedding, embeddings_initializer=uniform, name="embedding")(text)
    for k, layer_units in enumerate(units_per_layer):
        x = rnn_layer(
            layer_units,
            return_sequences=True,
            stateful=batch_size is not None,
            kernel_initializer=init.GlorotUniform(seed=next(seeds)),
            recurrent_initializer=init.Orthogonal(seed=next(seeds)),
            name=f"{cell}_{k}",
        )(x)  # (n, T, units)
        x = layers.Dropout(dropout, seed=next(seeds))(x)
    logits = layers.Dense(len(vocabulary), kernel_initializer=init.GlorotUniform(seed=next(seeds)), name="logits")(x)
    return keras.Model(text, logits, name="text_generation")


def to_numpy(model: Any, vocabulary: str) -> CharRNN:
    """Copy the current weights of a Keras model from `build` into NumPy arrays."""
    rnn_layers = [layer for layer in model.layers if layer.name.rpartition("_")[0] in CELLS]
    cell = rnn_layers[0].name.rpartition("_")[0]
    (embedding,) = model.get_layer("embedding").get_weights()
    return CharRNN(
        vocabulary,
        embedding,
        tuple(Layer(cell, *layer.get_weights()[:3]) for layer in rnn_layers),
        *model.get_layer("logits").get_weights(),
    )


def load(name: str = "nietzsche") -> CharRNN:
    """A pretrained model: one of `NAMES`. Needs neither Keras nor TensorFlow.

    Raises `ValueError` for an unknown name and `weights.WeightsError` for missing or damaged weights.
    """
    if name not in NAMES:
        raise ValueError(f"unknown model {name!r}: expected one of {', '.join(NAMES)}")
    card = weights.model_card(f"text_generation_{name}")
    limit_blas_threads()
    return read_weights(weights.path(f"text_generation_{name}"), card["vocabulary"], card["cell"])


def read_weights(file: Path, vocabulary: str, cell: str) -> CharRNN:
    """A model from a `.weights.h5` file that Keras saved for `build(vocabulary, cell=cell)`."""
    import h5py

    with h5py.File(file) as archive:
        groups = archive["layers"]

        def array(path: str) -> np.ndarray:
            return groups[path][...].astype("float32")  # stored in half precision

        layers: list[Layer] = []
        while (name := f"{cell}_{len(layers)}" if layers else cell) in groups:
            layers.append(Layer(cell, *(array(f"{name}/cell/vars/{k}") for k in range(3))))
        output = (array("dense/vars/0"), array("dense/vars/1"))
        return CharRNN(vocabulary, array("embedding/vars/0"), tuple(layers), *output)


# --- inference --------------------------------------------------------------------------------


def step(
    model: CharRNN, state: tuple[State, ...], index: np.ndarray, clamp: Mapping[int, Clamp] | None = None
) -> tuple[np.ndarray, tuple[State, ...], tuple[Trace, ...]]:
    """Read one character in each of n texts. Returns logits (n, V) float64, the new states, the traces per layer.

    state: from `zero_state` or the step before. index: (n,) int. clamp: layer: {gate: (unit, value)}.
    """
    clamp = clamp or {}
    states, traces = [], []
    x = model.input_projection[index]  # (n, k * units)
    for k, (layer, layer_state) in enumerate(zip(model.layers, state, strict=True)):
        layer_state, trace = layer.step(layer.project(x) if k else x, layer_state, clamp.get(k))
        states.append(layer_state)
        traces.append(trace)
        x = layer_state[-1]  # (n, units)
    return output_logits(model, x), tuple(states), tuple(traces)


def forward(
    model: CharRNN,
    text: str,
    *,
    clamp: Mapping[int, Clamp] | None = None,
    state: tuple[State, ...] | None = None,
) -> tuple[np.ndarray, tuple[State, ...], tuple[Trace, ...]]:
    """Read a whole text. Returns logits (n, V) float64 after each character, the final states, the traces (n, units).

    Layer by layer, so that all inputs of a layer are projected in one matrix product. state: to
    continue from. clamp: as in `step`.
    """
    clamp, x = clamp or {}, model.input_projection[character_indices(text, model.vocabulary)]
    states, traces = [], []
    for k, layer in enumerate(model.layers):
        inputs = layer.project(x) if k else x  # (n, k * units)
        layer_state = state[k] if state is not None else layer.zero_state(1)
        rows = []
        for projected in inputs:
            layer_state, trace = layer.step(projected[None], layer_state, clamp.get(k))
            rows.append(trace)
        gates = rows[0] if rows else {}
        stacked = {gate: np.concatenate([row[gate] for row in rows]) for gate in gates}  # (n, units)
        states.append(layer_state)
        traces.append(stacked)
        x = stacked["state"] if rows else np.zeros((0, layer.units), "float32")
    return output_logits(model, x), tuple(states), tuple(traces)


def output_logits(model: CharRNN, h: np.ndarray) -> np.ndarray:
    """l = h W + b: hidden states (n, units) of the last layer to logits (n, V) float64."""
    return (h @ model.kernel + model.bias).astype(np.float64)


def predict(model: CharRNN, text: str) -> np.ndarray:
    """p(next character | text): (V,) float64. For an empty text the prediction from the zero state.

    Raises `ValueError` for a character outside the vocabulary.
    """
    state = forward(model, text)[1] if text else model.zero_state()
    return softmax(output_logits(model, state[-1][-1]))[0]


def negative_log_likelihood(
    model: CharRNN,
    text: str,
    *,
    clamp: Mapping[int, Clamp] | None = None,
    state: tuple[State, ...] | None = None,
) -> np.ndarray:
    """-ln p(c_t | c_1 ... c_t-1) of each character, teacher-forced: (len(text),) float64 nats.

    clamp: as in `step`. state: after the characters read before; None: the zero state. Raises
    `ValueError` for a character outside the vocabulary.
    """
    if not text:
        return np.zeros(0)
    first = output_logits(model, (state or model.zero_state())[-1][-1])
    logits = np.concatenate([first, forward(model, text, clamp=clamp, state=state)[0][:-1]])
    return surprisal(logits, character_indices(text, model.vocabulary))


def surprisal(logits: np.ndarray, index: np.ndarray) -> np.ndarray:
    """-ln softmax(l)_i: logits (n, V) and outcomes (n,) int to (n,) float64 nats."""
    top = logits.max(axis=-1)
    log_sum = top + np.log(np.exp(logits - top[:, None]).sum(axis=-1))
    return log_sum - logits[np.arange(len(index)), index]
