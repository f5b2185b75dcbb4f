"""The two optimizers: minima, bounds, and L-BFGS against SciPy's."""

import numpy as np
import pytest

from genmodels.style_transfer import optimizers


def valley(x):
    """Value and gradient of a long narrow valley with its minimum at (0.3, 0.7)."""
    scale, minimum = np.array([1.0, 300.0], "float32"), np.array([0.3, 0.7], "float32")
    return float((scale * (x - minimum) ** 2).sum()), 2 * scale * (x - minimum)


@pytest.mark.parametrize(("optimizer", "steps"), [("lbfgs", 15), ("adam", 400)])
def test_both_optimizers_find_the_minimum(optimizer, steps):
    run = optimizers.OPTIMIZERS[optimizer](valley, np.array([0.9, 0.1], "float32"))
    for _ in range(steps):
        x = next(run)
    np.testing.assert_allclose(x, [0.3, 0.7], atol=0.01)


def test_lbfgs_stays_in_range_and_never_increases_the_value():
    values = []

    def outside(x):
        value = float(((x - np.array([1.5, -0.5], "float32")) ** 2).sum())
        return value, 2 * (x - np.array([1.5, -0.5], "float32"))

    run = optimizers.lbfgs(outside, np.array([0.5, 0.5], "float32"))
    for _ in range(20):
        x = next(run)
        values.append(outside(x)[0])
    np.testing.assert_allclose(x, [1, 0])
    assert values == sorted(values, reverse=True)


def test_lbfgs_matches_scipy():
    from scipy.optimize import fmin_l_bfgs_b, rosen, rosen_der

    start = np.linspace(0.1, 0.6, 10)
    _, scipy_value, info = fmin_l_bfgs_b(rosen, start, rosen_der, bounds=[(0, 1)] * 10, maxiter=60)
    run = optimizers.lbfgs(lambda x: (float(rosen(x)), rosen_der(x)), start)
    for _ in range(info["nit"] * 2):
        x = next(run)
    assert rosen(x) < max(2 * scipy_value, 1e-3)
