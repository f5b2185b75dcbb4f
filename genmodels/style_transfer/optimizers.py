"""Two ways down a slope of many dimensions, a step at a time.

Adam looks at one gradient after the other and keeps a running mean of them (Kingma & Ba 2014,
arXiv:1412.6980). L-BFGS remembers how the gradient changed over the last steps, and guesses from that
how the slope is curved: fewer, longer steps (Liu & Nocedal 1989; Nocedal & Wright, "Numerical
Optimization", algorithm 7.4). It is written out here because SciPy's runs to its end in one call,
and a page has to draw, pause and change a weight between two steps without losing the curvature.

Both are generators. `look(x)` gives the value at x and the gradient; x is an array of numbers in
[0, 1], pixels, and stays there.
"""

from collections import deque
from collections.abc import Callable, Iterator

import numpy as np

Look = Callable[[np.ndarray], tuple[float, np.ndarray]]


def adam(look: Look, x: np.ndarray, *, learning_rate: float = 0.02) -> Iterator[np.ndarray]:
    """x after one step, after two, ...: m and v are running means of the gradient and of its square.

    x <- x - learning_rate m / sqrt(v), both corrected for having begun with zero.
    """
    m, v, k = np.zeros_like(x), np.zeros_like(x), 0
    while True:
        _, grad = look(x)
        k += 1
        m += 0.1 * (grad - m)
        v += 0.001 * (np.square(grad) - v)
        step = m / (1 - 0.9**k) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8)
        x = np.clip(x - np.float32(learning_rate) * step, 0, 1)
        yield x


def lbfgs(look: Look, x: np.ndarray, *, memory: int = 10, first: float = 0.01) -> Iterator[np.ndarray]:
    """x after one step, after two, ...; each is looked at before it is given, and is never worse than the last.

    memory: steps whose change of gradient is remembered. first: mean change of a number in the very
    first step, when nothing is known about the curvature. Where no way down is left it stays.
    """
    value, grad = look(x)
    pairs: deque[tuple[np.ndarray, np.ndarray]] = deque(maxlen=memory)  # change of x, change of the gradient
    while True:
        stuck = ((x <= 0) & (grad > 0)) | ((x >= 1) & (grad < 0))  # at the border, and drawn beyond it
        free = np.where(stuck, 0, grad)
        down = np.where(stuck, 0, -_curved(free, pairs))
        if not pairs:
            down = -free * np.float32(first / max(float(np.abs(free).mean()), 1e-12))
        slope = _dot(down, free)
        for _ in range(8):
            near = np.clip(x + down, 0, 1)
            after, turned = look(near)
            if after <= value + 1e-4 * slope:
                s, y = near - x, turned - grad
                if _dot(s, y) > 1e-10 * _dot(y, y):  # else the slope is not curved upwards here
                    pairs.append((s, y))
                x, value, grad = near, after, turned
                break
            down, slope = down / 2, slope / 2
        else:
            pairs.clear()  # what was remembered leads nowhere: begin again
            look(x)
        yield x


def _curved(grad: np.ndarray, pairs: deque) -> np.ndarray:
    """The gradient through the inverse of the curvature that the pairs tell of: the two loops of L-BFGS."""
    q, shares = grad, []
    for s, y in reversed(pairs):
        share = _dot(s, q) / _dot(s, y)
        shares.append(share)
        q = q - np.float32(share) * y
    if pairs:
        s, y = pairs[-1]
        q = q * np.float32(_dot(s, y) / _dot(y, y))
    for (s, y), share in zip(pairs, reversed(shares), strict=True):
        q = q + np.float32(share - _dot(y, q) / _dot(s, y)) * s
    return q


def _dot(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.dot(a.ravel(), b.ravel()))


WAYS: dict[str, Callable[..., Iterator[np.ndarray]]] = {"adam": adam, "lbfgs": lbfgs}
