"""A trained character network as arrays: load it, read with it, score a text with it.

The reading half of `text_generation.py`, in plain NumPy (`recurrent.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from genmodels import weights
from genmodels.data.text_data import indices
from genmodels.text_generation.rnn_cells import Clamp, Layer, State, Trace, one_thread
from genmodels.text_generation.sampling import softmax

NAMES = ("nietzsche", "nietzsche_cased")


@dataclass(frozen=True, eq=False)
class CharacterModel:
    """A trained network, as arrays. Made by `load` or `freeze`; shared, so nobody changes it.

    vocabulary: its characters, in the order of its outputs. embedding: (V, e). kernel: (units, V),
    bias: (V,): from the last layer's state to the logits. All float32.
    """

    vocabulary: str
    embedding: np.ndarray
    layers: tuple[Layer, ...]
    kernel: np.ndarray
    bias: np.ndarray
    lookup: np.ndarray = field(init=False, repr=False)  # (V, k * units): what each character says to the first layer

    def __post_init__(self):
        object.__setattr__(self, "lookup", self.layers[0].project(self.embedding))

    @property
    def cell(self) -> str:
        return self.layers[0].cell

    @property
    def parameters(self) -> int:
        arrays = [self.embedding, self.kernel, self.bias]
        return sum(a.size for a in arrays + [a for one in self.layers for a in (one.kernel, one.recurrent, one.bias)])

    def zero_state(self, n: int = 1) -> tuple[State, ...]:
        """What it knows before it has read anything, for `n` texts side by side."""
        return tuple(layer.zero_state(n) for layer in self.layers)


def load(name: str = "nietzsche") -> CharacterModel:
    """A trained model: one of `NAMES`. Needs neither Keras nor TensorFlow.

    Raises `ValueError` for an unknown name and `weights.WeightsError` for damaged weights.
    """
    if name not in NAMES:
        raise ValueError(f"unknown model {name!r}: expected one of {', '.join(NAMES)}")
    card = weights.model_card(f"text_generation_{name}")
    one_thread()
    return read(weights.path(f"text_generation_{name}"), card["vocabulary"], card["cell"])


def read(file: Path, vocabulary: str, cell: str) -> CharacterModel:
    """A model from a `.weights.h5` that Keras wrote for `build(vocabulary, cell=cell)`."""
    import h5py

    with h5py.File(file) as archive:
        groups = archive["layers"]

        def array(path: str) -> np.ndarray:
            return groups[path][...].astype("float32")  # stored in half precision

        layers: list[Layer] = []
        while (name := f"{cell}_{len(layers)}" if layers else cell) in groups:
            layers.append(Layer(cell, *(array(f"{name}/cell/vars/{k}") for k in range(3))))
        return CharacterModel(
            vocabulary, array("embedding/vars/0"), tuple(layers), array("dense/vars/0"), array("dense/vars/1")
        )


# --- what one does with it --------------------------------------------------------------------


def step(
    model: CharacterModel, state: tuple[State, ...], index: np.ndarray, clamp: Mapping[int, Clamp] | None = None
) -> tuple[np.ndarray, tuple[State, ...], tuple[Trace, ...]]:
    """Read one character in each of n texts: logits (n, V) float64, the states after, the traces of every layer.

    state: from `zero_state` or the step before. index: (n,) int. clamp: layer: {gate: (unit, value)}.
    """
    clamp = clamp or {}
    states, traces = [], []
    x = model.lookup[index]
    for k, (layer, before) in enumerate(zip(model.layers, state, strict=True)):
        after, trace = layer.step(layer.project(x) if k else x, before, clamp.get(k))
        states.append(after)
        traces.append(trace)
        x = after[-1]
    return logits_of(model, x), tuple(states), tuple(traces)


def run(
    model: CharacterModel,
    text: str,
    *,
    clamp: Mapping[int, Clamp] | None = None,
    state: tuple[State, ...] | None = None,
) -> tuple[np.ndarray, tuple[State, ...], tuple[Trace, ...]]:
    """Read a whole text: logits (n, V) float64 after each character, the states at its end, the traces (n, units).

    Layer by layer, so that all inputs of a layer are projected in one product. state: to go on from.
    """
    clamp, x = clamp or {}, model.lookup[indices(text, model.vocabulary)]
    states, traces = [], []
    for k, layer in enumerate(model.layers):
        inputs = layer.project(x) if k else x
        after = state[k] if state is not None else layer.zero_state(1)
        rows = []
        for each in inputs:
            after, trace = layer.step(each[None], after, clamp.get(k))
            rows.append(trace)
        gates = rows[0] if rows else {}
        whole = {gate: np.concatenate([row[gate] for row in rows]) for gate in gates}  # (n, units)
        states.append(after)
        traces.append(whole)
        x = whole["state"] if rows else np.zeros((0, layer.units), "float32")
    return logits_of(model, x), tuple(states), tuple(traces)


def logits_of(model: CharacterModel, h: np.ndarray) -> np.ndarray:
    """(n, units) states of the last layer to (n, V) float64 logits."""
    return (h @ model.kernel + model.bias).astype(np.float64)


def predict(model: CharacterModel, text: str) -> np.ndarray:
    """Probabilities of the character after `text`: (V,) float64.

    After an empty text it is what the network says from its zero state. Raises `ValueError` on a
    character outside the vocabulary.
    """
    state = run(model, text)[1] if text else model.zero_state()
    return softmax(logits_of(model, state[-1][-1]))[0]


def score(model: CharacterModel, text: str, *, state: tuple[State, ...] | None = None) -> np.ndarray:
    """-log p(c_t | c_1 ... c_t-1) of each character: (len(text),) float64 nats, teacher-forced.

    state: what the network has read before; None: nothing. Raises `ValueError` on a character
    outside the vocabulary.
    """
    if not text:
        return np.zeros(0)
    first = logits_of(model, (state or model.zero_state())[-1][-1])
    logits = np.concatenate([first, run(model, text, state=state)[0][:-1]])
    return surprise(logits, indices(text, model.vocabulary))


def surprise(logits: np.ndarray, index: np.ndarray) -> np.ndarray:
    """-log softmax(l)_i: (n, V) logits and (n,) outcomes to (n,) float64 nats."""
    top = logits.max(axis=-1)
    total = top + np.log(np.exp(logits - top[:, None]).sum(axis=-1))
    return total - logits[np.arange(len(index)), index]
