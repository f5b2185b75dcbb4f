"""Recurrent cells, one step at a time, in NumPy.

A recurrent layer reads a sequence one element after the other and carries a state: what it keeps
of all it has read. The three cells of the textbooks are here as plain functions of (input, state),
with every gate left in sight. They run on the weights of the Keras layers of the same name, and a
test holds them to those layers: `SimpleRNN` (Elman 1990, "Finding Structure in Time"), `LSTM`
(Hochreiter & Schmidhuber 1997; with the forget gate of Gers, Schmidhuber & Cummins 2000) and `GRU`
(Cho et al. 2014, arXiv:1406.1078; in the variant `reset_after=True`).

Why not Keras: a single character asks for two small matrix products. In NumPy that is a fraction of
a millisecond and needs no TensorFlow; through `predict` it is fifty.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from threadpoolctl import threadpool_limits

GATES = {  # the traces that each cell leaves, in the order in which they are computed
    "simple_rnn": ("state",),
    "lstm": ("input", "forget", "candidate", "output", "cell", "state"),
    "gru": ("update", "reset", "candidate", "state"),
}
BETWEEN_0_AND_1 = ("input", "forget", "output", "update", "reset")  # gates; the others are values

State = tuple[np.ndarray, ...]  # what a cell carries, each (n, units); the last one is what it puts out
Trace = dict[str, np.ndarray]  # gate: (n, units)
Clamp = Mapping[str, tuple[int | slice, float]]  # gate: (unit or units, the value it is held at)


def one_thread() -> None:
    """From now on NumPy's products take one thread, in this whole process.

    They are so small here that a second one gains a tenth; but it has to be waited for, and where a
    training has the cores that made writing 15 times slower.
    """
    threadpool_limits(1, "blas")


@dataclass(frozen=True, eq=False)
class Layer:
    """The weights of one recurrent layer, as Keras keeps them.

    kernel: (inputs, k * units); recurrent: (units, k * units); bias: (k * units,), for a GRU
    (2, 3 * units); all float32. k is 1, 4 or 3 for `simple_rnn`, `lstm` and `gru`.
    """

    cell: str
    kernel: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray

    @property
    def units(self) -> int:
        return self.recurrent.shape[0]

    def zero_state(self, n: int) -> State:
        """What a layer knows that has read nothing."""
        return tuple(np.zeros((n, self.units), "float32") for _ in range(2 if self.cell == "lstm" else 1))

    def project(self, x: np.ndarray) -> np.ndarray:
        """The input's part in all gates: x W + b, (n, inputs) to (n, k * units)."""
        return x @ self.kernel + (self.bias[0] if self.cell == "gru" else self.bias)

    def step(self, projected: np.ndarray, state: State, clamp: Clamp | None = None) -> tuple[State, Trace]:
        """Read one element: its projection (n, k * units) and the state before give the state after and the gates.

        Raises `ValueError` on a clamp of a gate that the cell does not have.
        """
        if clamp and (strange := set(clamp) - set(GATES[self.cell])):
            raise ValueError(f"{self.cell} has no {', '.join(sorted(strange))}, only {', '.join(GATES[self.cell])}")
        return STEPS[self.cell](self, projected, state, clamp or {})


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * np.tanh(0.5 * x) + 0.5  # the same function, and no exponential can overflow


def _parts(x: np.ndarray, k: int) -> np.ndarray:
    return x.reshape(len(x), k, x.shape[1] // k).swapaxes(0, 1)  # (n, k * units) to k views of (n, units)


def _held(gate: str, value: np.ndarray, clamp: Clamp) -> np.ndarray:
    if gate in clamp:
        unit, at = clamp[gate]
        value = value.copy()
        value[:, unit] = at
    return value


@lru_cache
def _as_tanh(k: int) -> tuple[np.ndarray, np.ndarray]:
    return np.repeat(np.array([0.5, 0.5, 1, 0.5], "float32"), k), np.repeat(np.array([0.5, 0.5, 0, 0.5], "float32"), k)


def simple_rnn(layer: Layer, projected: np.ndarray, state: State, clamp: Clamp) -> tuple[State, Trace]:
    """h' = tanh(x W + h U + b)."""
    (h,) = state
    h = _held("state", np.tanh(projected + h @ layer.recurrent), clamp)
    return (h,), {"state": h}


def lstm(layer: Layer, projected: np.ndarray, state: State, clamp: Clamp) -> tuple[State, Trace]:
    """i, f, o = sigmoid(x W + h U + b);  g = tanh(x W + h U + b);  c' = f * c + i * g;  h' = o * tanh(c').

    Each of i, f, g, o has its own quarter of W, U and b, in this order. i: how much is let in,
    f: how much of the old is kept, g: what would be let in, o: how much is shown.
    """
    c, h = state
    k = layer.units
    scale, shift = _as_tanh(k)
    a = h @ layer.recurrent
    a += projected
    a *= scale  # sigmoid(a) = tanh(a / 2) / 2 + 1 / 2: one tanh serves all four
    np.tanh(a, out=a)
    a *= scale
    a += shift
    i, f, g, o = a[:, :k], a[:, k : 2 * k], a[:, 2 * k : 3 * k], a[:, 3 * k :]
    if clamp:
        i, f, o = _held("input", i, clamp), _held("forget", f, clamp), _held("output", o, clamp)
        g = _held("candidate", g, clamp)
    c = f * c
    c += i * g
    if clamp:
        c = _held("cell", c, clamp)
    h = np.tanh(c)
    h *= o
    if clamp:
        h = _held("state", h, clamp)
    return (c, h), {"input": i, "forget": f, "candidate": g, "output": o, "cell": c, "state": h}


def gru(layer: Layer, projected: np.ndarray, state: State, clamp: Clamp) -> tuple[State, Trace]:
    """z, r = sigmoid(x W + h U + b);  g = tanh(x W + r * (h U + b'));  h' = z * h + (1 - z) * g.

    Each of z, r, g has its own third. z: how much stays as it was, r: how much of the old state the
    candidate g may look at.
    """
    (h,) = state
    xz, xr, xg = _parts(projected, 3)
    hz, hr, hg = _parts(h @ layer.recurrent + layer.bias[1], 3)
    z, r = _held("update", _sigmoid(xz + hz), clamp), _held("reset", _sigmoid(xr + hr), clamp)
    g = _held("candidate", np.tanh(xg + r * hg), clamp)
    h = _held("state", z * h + (1 - z) * g, clamp)
    return (h,), {"update": z, "reset": r, "candidate": g, "state": h}


STEPS: dict[str, Callable[[Layer, np.ndarray, State, Clamp], tuple[State, Trace]]] = {
    "simple_rnn": simple_rnn,
    "lstm": lstm,
    "gru": gru,
}
