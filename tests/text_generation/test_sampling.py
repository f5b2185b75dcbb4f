"""Sampling from logits: temperature, top-k, top-p, entropy, inverse-transform sampling."""

import math
import sys

import numpy as np
import pytest

from genmodels.text_generation import generation
from genmodels.text_generation.sampling import apply_temperature, entropy, sample_index, softmax, truncate

PROMPT = "what the old book taught was, in a word, patience: "


def strict_numerics():
    """Overflow, invalid values and division by zero raise; underflow to zero is allowed."""
    return np.errstate(over="raise", invalid="raise", divide="raise", under="ignore")


def distributions(n=20, size=40, seed=0):
    """Random distributions, flat and peaked, with some zeros: (n, size) float64."""
    rng = np.random.default_rng(seed)
    p = np.exp(rng.normal(0, 1, (n, size)) * np.linspace(0.1, 6, n)[:, None])
    p[rng.random((n, size)) < 0.2] = 0
    return p / p.sum(axis=1, keepdims=True)


# --- softmax and temperature ------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.05, 0.5, 1.0, 1.3, 20.0])
def test_softmax_equals_its_definition(temperature):
    logits = np.random.default_rng(0).normal(0, 3, (5, 30)).astype("float32")
    expected = []
    for row in logits:  # in pure Python
        powers = [math.exp((float(each) - float(row.max())) / temperature) for each in row]
        expected.append([power / math.fsum(powers) for power in powers])
    with strict_numerics():
        p = softmax(logits, temperature)
    assert p.dtype == np.float64
    np.testing.assert_allclose(p, expected, rtol=1e-12)
    np.testing.assert_allclose(softmax(logits[2], temperature), expected[2], rtol=1e-12)


def test_softmax_does_not_overflow():
    with strict_numerics():
        np.testing.assert_array_equal(softmax(np.array([1e300, -1e300, 0.0])), [1, 0, 0])
        np.testing.assert_allclose(softmax(np.array([1000.0, 1000.0, -1000.0])), [0.5, 0.5, 0])


@pytest.mark.parametrize("temperature", [0, 0.0, 5e-324, 1e-320, 1e-300, 1e-8])
def test_very_small_temperatures_are_greedy(temperature):
    logits = np.array([[0.1, 2.0, 1.999, -700.0], [-1e9, -1e9 + 1, -1e9 - 1, -1e9]])
    with strict_numerics():
        np.testing.assert_array_equal(softmax(logits, temperature), [[0, 1, 0, 0], [0, 1, 0, 0]])


def test_temperature_0_takes_the_first_of_equal_logits():
    with strict_numerics():
        np.testing.assert_array_equal(softmax(np.array([1.0, 3.0, 3.0, 0.0]), 0), [0, 1, 0, 0])
        np.testing.assert_array_equal(softmax(np.zeros((2, 3)), 0), [[1, 0, 0], [1, 0, 0]])
        np.testing.assert_array_equal(apply_temperature(np.array([0.2, 0.4, 0.4]), 0), [0, 1, 0])
        np.testing.assert_allclose(softmax(np.array([1.0, 3.0, 3.0, 0.0]), 1e-300), [0, 0.5, 0.5, 0])  # just above


@pytest.mark.parametrize("temperature", [1e9, 1e300, sys.float_info.max])
def test_very_large_temperatures_give_the_uniform_distribution(temperature):
    with strict_numerics():
        np.testing.assert_allclose(softmax(np.array([5.0, -90.0, 0.0, 40.0]), temperature), 0.25, rtol=1e-6)
        np.testing.assert_allclose(
            apply_temperature(np.array([0.7, 0.2, 0.1, 0]), temperature), [1 / 3, 1 / 3, 1 / 3, 0]
        )


@pytest.mark.parametrize("temperature", [-0.1, -1e-300, float("nan"), float("inf"), -float("inf")])
def test_invalid_temperatures_raise(model, temperature):
    for call in (
        lambda: softmax(np.zeros(3), temperature),
        lambda: apply_temperature(np.full(3, 1 / 3), temperature),
        lambda: next(generation.generate(model, PROMPT, temperature=temperature)),
        lambda: generation.compare_temperatures(model, PROMPT, [0.5, temperature], length=1),
    ):
        with pytest.raises(ValueError, match="the temperature must be zero or more, and finite, got"):
            call()


@pytest.mark.parametrize("temperature", [0.2, 0.5, 1.0, 1.2, 3.0])
def test_apply_temperature_is_a_power_of_the_probabilities(temperature):
    p = distributions()
    powers = p ** (1 / temperature)
    with strict_numerics():
        rescaled = apply_temperature(p, temperature)
    np.testing.assert_allclose(rescaled, powers / powers.sum(axis=1, keepdims=True), rtol=1e-9)
    assert (rescaled[p == 0] == 0).all() and (p == 0).any()


def test_apply_temperature_equals_softmax_at_that_temperature():
    logits = np.random.default_rng(1).normal(0, 4, 50)
    for temperature in (0, 0.01, 0.3, 1, 2):
        np.testing.assert_allclose(
            apply_temperature(softmax(logits), temperature), softmax(logits, temperature), atol=1e-12
        )


@pytest.mark.parametrize("temperature", [0, 1e-300, 0.1, 1, 1e300])
def test_zero_probabilities_stay_zero(temperature):
    with strict_numerics():
        rescaled = apply_temperature(np.array([0.0, 1.0, 0.0]), temperature)
    np.testing.assert_array_equal(rescaled, [0, 1, 0])


def test_entropy_is_0_to_log2_v_and_increases_with_temperature():
    assert entropy(np.array([0.0, 1.0, 0.0])) == 0
    assert entropy(np.full(64, 1 / 64)) == pytest.approx(6)
    assert entropy(np.array([0.5, 0.25, 0.25])) == pytest.approx(1.5)
    assert entropy(distributions(7)).shape == (7,)
    logits = np.random.default_rng(2).normal(0, 2, 60)
    with strict_numerics():
        bits = [float(entropy(softmax(logits, t))) for t in (0, 0.1, 0.5, 1, 1.5, 5, 1e9)]
    assert bits[0] == 0 and bits == sorted(bits) and bits[-1] == pytest.approx(np.log2(60))


# --- top-k and top-p --------------------------------------------------------------------------


@pytest.mark.parametrize("top_k", [None, 1, 3, 39, 40, 1000])
@pytest.mark.parametrize("top_p", [None, 1e-9, 0.3, 0.9, 1.0])
def test_truncate_keeps_the_fewest_most_likely(top_k, top_p):
    for p in distributions():
        with strict_numerics():
            truncated = truncate(p, top_k, top_p)
        nonzero = truncated > 0
        assert truncated.sum() == pytest.approx(1) and 1 <= nonzero.sum() <= (top_k or len(p))
        assert p[nonzero].min() >= p[~nonzero].max(initial=0)  # the most likely
        np.testing.assert_allclose(truncated[nonzero], p[nonzero] / p[nonzero].sum(), rtol=1e-12)  # same proportions
        ranked = np.sort(p)[::-1][:top_k]
        ranked = ranked / ranked.sum()
        cumulative, count = np.cumsum(ranked), nonzero.sum()
        threshold = 1 if top_p is None else top_p
        assert cumulative[count - 1] >= threshold - 1e-9  # enough probability,
        if top_p is not None and count > 1:
            assert cumulative[count - 2] < threshold  # and one less would not be enough


def test_truncate_of_known_distributions():
    p = np.array([0.1, 0.4, 0.3, 0.2])
    np.testing.assert_allclose(truncate(p), p)
    np.testing.assert_allclose(truncate(p, top_k=2), [0, 4 / 7, 3 / 7, 0])
    np.testing.assert_allclose(truncate(p, top_p=0.4), [0, 1, 0, 0])
    np.testing.assert_allclose(truncate(p, top_p=0.7), [0, 4 / 7, 3 / 7, 0])
    assert (
        np.count_nonzero(truncate(np.full(10, 0.1), top_p=0.8)) == 8
    )  # although the sum of eight times 0.1 is rounded to less than 0.8
    np.testing.assert_allclose(truncate(p, top_p=0.71), [0, 4 / 9, 3 / 9, 2 / 9])
    np.testing.assert_allclose(truncate(p, top_k=3, top_p=0.5), [0, 4 / 7, 3 / 7, 0])
    np.testing.assert_allclose(truncate(np.full(4, 0.25), top_k=2), [0.5, 0.5, 0, 0])  # the first of equal ones
    np.testing.assert_array_equal(p, [0.1, 0.4, 0.3, 0.2])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"top_k": 0}, "top_k must be at least 1, got 0"),
        ({"top_k": -3}, "top_k must be at least 1, got -3"),
        ({"top_p": 0}, "top_p must be above 0 and at most 1, got 0"),
        ({"top_p": -0.1}, "at most 1, got -0.1"),
        ({"top_p": 1.01}, "at most 1, got 1.01"),
        ({"top_p": float("nan")}, "at most 1, got nan"),
    ],
)
def test_invalid_top_k_and_top_p_raise(model, options, message):
    with pytest.raises(ValueError, match=message):
        truncate(np.full(4, 0.25), **options)
    with pytest.raises(ValueError, match=message):
        next(generation.generate(model, PROMPT, **options))


# --- sample_index -----------------------------------------------------------------------------


def test_outcomes_are_sampled_in_proportion_to_their_probability():
    n = 4000
    for p in distributions(6):
        counts = np.bincount([sample_index(p, (k + 0.5) / n) for k in range(n)], minlength=len(p))
        assert np.abs(counts - n * p).max() <= 1  # evenly spaced draws: within one


def test_an_interval_includes_its_lower_end_only():
    p = np.array([0.25, 0.5, 0.25])  # sorted: 1, 0, 2
    assert [sample_index(p, u) for u in (0, 0.499, 0.5, 0.749, 0.75, 0.999)] == [1, 1, 0, 0, 2, 2]


@pytest.mark.parametrize("random_draw", [0.0, 5e-324, 0.5, 1 - 2**-53])
def test_an_outcome_of_probability_0_is_never_sampled(random_draw):
    for p in [*distributions(50, seed=3), np.array([0, 0, 1.0]), np.array([1.0, 0, 0]), np.array([0, 1e-300, 0, 1, 0])]:
        assert p[sample_index(p, random_draw)] > 0
        assert p[sample_index(p * (1 - 1e-12), random_draw)] > 0  # also if rounding makes the sum less than 1


def test_a_larger_draw_never_gives_a_more_likely_character():
    """So that one random number gives comparable characters at two temperatures."""
    for p in distributions(6):
        sampled = p[[sample_index(p, u) for u in np.linspace(0, 0.9999, 300)]]
        assert (np.diff(sampled) <= 0).all() and sampled[0] == p.max()
