"""Two optimizers, Adam and L-BFGS, as generators that yield after each step.

Adam keeps running averages of the gradient and of its square (Kingma & Ba 2014, arXiv:1412.6980). L-BFGS
approximates the curvature from the last changes of the gradient, and needs fewer steps (Liu & Nocedal 1989; Nocedal
& Wright, "Numerical Optimization", algorithm 7.4). It is written here because SciPy's runs to its end in one call: a
page draws, pauses and changes a weight between two steps, and the curvature pairs must survive that.

`value_and_grad(x)` returns the value at x and the gradient. x is an array of pixels in [0, 1], and stays there.
"""

from collections import deque
from collections.abc import Callable, Iterator

import numpy as np

ValueAndGrad = Callable[[np.ndarray], tuple[float, np.ndarray]]


def adam(value_and_grad: ValueAndGrad, x: np.ndarray, *, learning_rate: float = 0.02) -> Iterator[np.ndarray]:
    """x after each step: m and v are running averages of the gradient and of its square.

    x <- x - learning_rate m / sqrt(v), both corrected for their start at zero.
    """
    m, v, k = np.zeros_like(x), np.zeros_like(x), 0
    while True:
        _, grad = value_and_grad(x)
        k += 1
        m += 0.1 * (grad - m)
        v += 0.001 * (np.square(grad) - v)
        step = m / (1 - 0.9**k) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8)
        x = np.clip(x - np.float32(learning_rate) * step, 0, 1)
        yield x


def lbfgs(
    value_and_grad: ValueAndGrad, x: np.ndarray, *, memory: int = 10, initial_step: float = 0.01
) -> Iterator[np.ndarray]:
    """x after each step; each is evaluated before it is yielded, and its value is never above the last.

    memory: number of curvature pairs. initial_step: mean change of a pixel in the first step, when there are no
    curvature pairs yet. Where no step lowers the value, x stays.
    """
    value, grad = value_and_grad(x)
    pairs: deque[tuple[np.ndarray, np.ndarray]] = deque(maxlen=memory)  # change of x, change of the gradient
    while True:
        active_bounds = ((x <= 0) & (grad > 0)) | ((x >= 1) & (grad < 0))  # the step would leave [0, 1]
        free_grad = np.where(active_bounds, 0, grad)
        direction = np.where(active_bounds, 0, -_two_loop_recursion(free_grad, pairs))
        if not pairs:
            direction = -free_grad * np.float32(initial_step / max(float(np.abs(free_grad).mean()), 1e-12))
        slope = _dot(direction, free_grad)
        for _ in range(8):  # backtracking line search
            candidate = np.clip(x + direction, 0, 1)
            new_value, new_grad = value_and_grad(candidate)
            if new_value <= value + 1e-4 * slope:
                s, y = candidate - x, new_grad - grad
                if _dot(s, y) > 1e-10 * _dot(y, y):  # positive curvature along the step
                    pairs.append((s, y))
                x, value, grad = candidate, new_value, new_grad
                break
            direction, slope = direction / 2, slope / 2
        else:
            pairs.clear()  # the curvature pairs do not fit here: restart from the gradient
            value_and_grad(x)
        yield x


def _two_loop_recursion(grad: np.ndarray, pairs: deque) -> np.ndarray:
    """H g: the gradient times the approximate inverse Hessian that the curvature pairs (s, y) define."""
    q, alphas = grad, []
    for s, y in reversed(pairs):
        alpha = _dot(s, q) / _dot(s, y)
        alphas.append(alpha)
        q = q - np.float32(alpha) * y
    if pairs:
        s, y = pairs[-1]
        q = q * np.float32(_dot(s, y) / _dot(y, y))
    for (s, y), alpha in zip(pairs, reversed(alphas), strict=True):
        q = q + np.float32(alpha - _dot(y, q) / _dot(s, y)) * s
    return q


def _dot(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.dot(a.ravel(), b.ravel()))


OPTIMIZERS: dict[str, Callable[..., Iterator[np.ndarray]]] = {"adam": adam, "lbfgs": lbfgs}
