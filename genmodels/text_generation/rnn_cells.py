"""Recurrent cells in NumPy, one time step at a time, with every gate recorded.

SimpleRNN has no gates, a GRU has two gates (update, reset), an LSTM has three gates (input, forget,
output) and a cell state. Each is a plain function of (input, state). They run on the weights of the
Keras layers of the same name, and a test compares them with those layers: `SimpleRNN` (Elman 1990,
"Finding Structure in Time"), `LSTM` (Hochreiter & Schmidhuber 1997; forget gate by Gers, Schmidhuber
& Cummins 2000) and `GRU` (Cho et al. 2014, arXiv:1406.1078; the variant `reset_after=True`).

Why not Keras: one character takes two small matrix products. In NumPy that is a fraction of a
millisecond, without TensorFlow; one call of `predict` takes 50 ms.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

TRACED_VALUES = {  # what each cell records, in the order in which it is computed
    "simple_rnn": ("state",),
    "lstm": ("input", "forget", "candidate", "output", "cell", "state"),
    "gru": ("update", "reset", "candidate", "state"),
}
SIGMOID_GATES = ("input", "forget", "output", "update", "reset")  # from 0 closed to 1 open

State = tuple[np.ndarray, ...]  # of one layer, each (n, units); the last one is the hidden state h
Trace = dict[str, np.ndarray]  # name from TRACED_VALUES: (n, units)
Clamp = Mapping[str, tuple[int | slice, float]]  # name from TRACED_VALUES: (unit or units, fixed value)


@dataclass(frozen=True, eq=False)
class Layer:
    """The weights of one recurrent layer, as Keras stores them.

    kernel W: (inputs, k * units); recurrent_kernel U: (units, k * units); bias b: (k * units,), for a
    GRU (2, 3 * units); all float32. k is 1, 4 or 3 for `simple_rnn`, `lstm` and `gru`.
    """

    cell: str
    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray

    @property
    def units(self) -> int:
        return self.recurrent_kernel.shape[0]

    def zero_state(self, n: int) -> State:
        """The state before the first time step: zeros (n, units)."""
        return tuple(np.zeros((n, self.units), "float32") for _ in range(2 if self.cell == "lstm" else 1))

    def project(self, x: np.ndarray) -> np.ndarray:
        """x W + b, the input's contribution to all gates: (n, inputs) to (n, k * units)."""
        return x @ self.kernel + (self.bias[0] if self.cell == "gru" else self.bias)

    def step(self, projected: np.ndarray, state: State, clamp: Clamp | None = None) -> tuple[State, Trace]:
        """One time step: the projected input (n, k * units) and the old state give the new state and the trace.

        Raises `ValueError` for a clamp of a gate that the cell does not have.
        """
        if clamp and (unknown := set(clamp) - set(TRACED_VALUES[self.cell])):
            allowed = ", ".join(TRACED_VALUES[self.cell])
            raise ValueError(f"{self.cell} has no {', '.join(sorted(unknown))}, only {allowed}")
        return CELL_STEPS[self.cell](self, projected, state, clamp or {})


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * np.tanh(0.5 * x) + 0.5  # 1 / (1 + exp(-x)), without overflow


def _split_gates(x: np.ndarray, k: int) -> np.ndarray:
    return x.reshape(len(x), k, x.shape[1] // k).swapaxes(0, 1)  # (n, k * units) to k views of (n, units)


def _clamp(gate: str, value: np.ndarray, clamp: Clamp) -> np.ndarray:
    if gate in clamp:
        unit, fixed = clamp[gate]
        value = value.copy()
        value[:, unit] = fixed
    return value


@lru_cache
def _as_tanh(k: int) -> tuple[np.ndarray, np.ndarray]:
    return np.repeat(np.array([0.5, 0.5, 1, 0.5], "float32"), k), np.repeat(np.array([0.5, 0.5, 0, 0.5], "float32"), k)


def simple_rnn(layer: Layer, projected: np.ndarray, state: State, clamp: Clamp) -> tuple[State, Trace]:
    """h' = tanh(x W + h U + b). No gates."""
    (h,) = state
    h = _clamp("state", np.tanh(projected + h @ layer.recurrent_kernel), clamp)
    return (h,), {"state": h}


def lstm(layer: Layer, projected: np.ndarray, state: State, clamp: Clamp) -> tuple[State, Trace]:
    """i, f, o = sigmoid(x W + h U + b);  g = tanh(x W + h U + b);  c' = f * c + i * g;  h' = o * tanh(c').

    Three gates: input i, forget f, output o. c: cell state, g: candidate, h: hidden state. Each of
    i, f, g, o has its own quarter of W, U and b, in this order.
    """
    c, h = state
    k = layer.units
    scale, shift = _as_tanh(k)
    a = h @ layer.recurrent_kernel
    a += projected
    a *= scale  # sigmoid(a) = tanh(a / 2) / 2 + 1 / 2: a single tanh computes all four
    np.tanh(a, out=a)
    a *= scale
    a += shift
    i, f, g, o = a[:, :k], a[:, k : 2 * k], a[:, 2 * k : 3 * k], a[:, 3 * k :]
    if clamp:
        i, f, o = _clamp("input", i, clamp), _clamp("forget", f, clamp), _clamp("output", o, clamp)
        g = _clamp("candidate", g, clamp)
    c = f * c
    c += i * g
    if clamp:
        c = _clamp("cell", c, clamp)
    h = np.tanh(c)
    h *= o
    if clamp:
        h = _clamp("state", h, clamp)
    return (c, h), {"input": i, "forget": f, "candidate": g, "output": o, "cell": c, "state": h}


def gru(layer: Layer, projected: np.ndarray, state: State, clamp: Clamp) -> tuple[State, Trace]:
    """z, r = sigmoid(x W + h U + b);  g = tanh(x W + r * (h U + b'));  h' = z * h + (1 - z) * g.

    Two gates: update z, reset r. g: candidate, h: hidden state. Each of z, r, g has its own third
    of W, U, b and b'.
    """
    (h,) = state
    xz, xr, xg = _split_gates(projected, 3)
    hz, hr, hg = _split_gates(h @ layer.recurrent_kernel + layer.bias[1], 3)
    z, r = _clamp("update", _sigmoid(xz + hz), clamp), _clamp("reset", _sigmoid(xr + hr), clamp)
    g = _clamp("candidate", np.tanh(xg + r * hg), clamp)
    h = _clamp("state", z * h + (1 - z) * g, clamp)
    return (h,), {"update": z, "reset": r, "candidate": g, "state": h}


CELL_STEPS: dict[str, Callable[[Layer, np.ndarray, State, Clamp], tuple[State, Trace]]] = {
    "simple_rnn": simple_rnn,
    "lstm": lstm,
    "gru": gru,
}
