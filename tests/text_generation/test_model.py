"""From logits to a draw, writing and scoring with the shipped model, and the measures of a text."""

import itertools
import math
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

from genmodels import weights
from genmodels.data import text_data
from genmodels.text_generation import model as text_generation
from genmodels.text_generation.model import draw, entropy, reweight, softmax, truncate

ROOT = Path(__file__).resolve().parents[2]
TEXT = 'the lamp was lit, and the reader asked: "what is it that returns?"\nnobody in the room could say; they went on.'
PROMPT = "what the old book taught was, in a word, patience: "


@pytest.fixture(scope="module")
def model():
    return text_generation.load("nietzsche")


def written(model, prompt=PROMPT, **options):
    return "".join(step.character for step in text_generation.generate(model, prompt, **options))


def loud():
    """Every numerical mishap is an error, but for numbers too small to hold: those are zeros."""
    return np.errstate(over="raise", invalid="raise", divide="raise", under="ignore")


def distributions(n=20, size=40, seed=0):
    """Random ones, flat and peaked, with some zeros: (n, size) float64."""
    rng = np.random.default_rng(seed)
    p = np.exp(rng.normal(0, 1, (n, size)) * np.linspace(0.1, 6, n)[:, None])
    p[rng.random((n, size)) < 0.2] = 0
    return p / p.sum(axis=1, keepdims=True)


# --- softmax and temperature ------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.05, 0.5, 1.0, 1.3, 20.0])
def test_softmax_equals_its_formula(temperature):
    logits = np.random.default_rng(0).normal(0, 3, (5, 30)).astype("float32")
    expected = []
    for row in logits:  # in Python's own numbers
        powers = [math.exp((float(each) - float(row.max())) / temperature) for each in row]
        expected.append([power / math.fsum(powers) for power in powers])
    with loud():
        found = softmax(logits, temperature)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_allclose(softmax(logits[2], temperature), expected[2], rtol=1e-12)


def test_softmax_does_not_overflow():
    with loud():
        np.testing.assert_array_equal(softmax(np.array([1e300, -1e300, 0.0])), [1, 0, 0])
        np.testing.assert_allclose(softmax(np.array([1000.0, 1000.0, -1000.0])), [0.5, 0.5, 0])


@pytest.mark.parametrize("temperature", [0, 0.0, 5e-324, 1e-320, 1e-300, 1e-8])
def test_no_temperature_is_too_small(temperature):
    logits = np.array([[0.1, 2.0, 1.999, -700.0], [-1e9, -1e9 + 1, -1e9 - 1, -1e9]])
    with loud():
        np.testing.assert_array_equal(softmax(logits, temperature), [[0, 1, 0, 0], [0, 1, 0, 0]])


def test_at_zero_the_first_of_equals_has_it_all():
    with loud():
        np.testing.assert_array_equal(softmax(np.array([1.0, 3.0, 3.0, 0.0]), 0), [0, 1, 0, 0])
        np.testing.assert_array_equal(softmax(np.zeros((2, 3)), 0), [[1, 0, 0], [1, 0, 0]])
        np.testing.assert_array_equal(reweight(np.array([0.2, 0.4, 0.4]), 0), [0, 1, 0])
        np.testing.assert_allclose(softmax(np.array([1.0, 3.0, 3.0, 0.0]), 1e-300), [0, 0.5, 0.5, 0])  # just above


@pytest.mark.parametrize("temperature", [1e9, 1e300, sys.float_info.max])
def test_a_huge_temperature_makes_all_alike(temperature):
    with loud():
        np.testing.assert_allclose(softmax(np.array([5.0, -90.0, 0.0, 40.0]), temperature), 0.25, rtol=1e-6)
        np.testing.assert_allclose(reweight(np.array([0.7, 0.2, 0.1, 0]), temperature), [1 / 3, 1 / 3, 1 / 3, 0])


@pytest.mark.parametrize("temperature", [-0.1, -1e-300, float("nan"), float("inf"), -float("inf")])
def test_a_temperature_that_is_none_is_refused(model, temperature):
    for call in (
        lambda: softmax(np.zeros(3), temperature),
        lambda: reweight(np.full(3, 1 / 3), temperature),
        lambda: next(text_generation.generate(model, PROMPT, temperature=temperature)),
        lambda: text_generation.write(model, PROMPT, [0.5, temperature], length=1),
    ):
        with pytest.raises(ValueError, match="the temperature must be zero or more, and finite, got"):
            call()


@pytest.mark.parametrize("temperature", [0.2, 0.5, 1.0, 1.2, 3.0])
def test_reweighting_raises_to_a_power(temperature):
    p = distributions()
    powers = p ** (1 / temperature)
    with loud():
        found = reweight(p, temperature)
    np.testing.assert_allclose(found, powers / powers.sum(axis=1, keepdims=True), rtol=1e-9)
    assert (found[p == 0] == 0).all() and (p == 0).any()


def test_reweighting_is_the_softmax_of_another_temperature():
    logits = np.random.default_rng(1).normal(0, 4, 50)
    for temperature in (0, 0.01, 0.3, 1, 2):
        np.testing.assert_allclose(reweight(softmax(logits), temperature), softmax(logits, temperature), atol=1e-12)


@pytest.mark.parametrize("temperature", [0, 1e-300, 0.1, 1, 1e300])
def test_what_cannot_be_stays_so(temperature):
    with loud():
        found = reweight(np.array([0.0, 1.0, 0.0]), temperature)
    np.testing.assert_array_equal(found, [0, 1, 0])


def test_entropy_has_its_extremes_and_grows_with_the_temperature():
    assert entropy(np.array([0.0, 1.0, 0.0])) == 0
    assert entropy(np.full(64, 1 / 64)) == pytest.approx(6)
    assert entropy(np.array([0.5, 0.25, 0.25])) == pytest.approx(1.5)
    assert entropy(distributions(7)).shape == (7,)
    logits = np.random.default_rng(2).normal(0, 2, 60)
    with loud():
        bits = [float(entropy(softmax(logits, t))) for t in (0, 0.1, 0.5, 1, 1.5, 5, 1e9)]
    assert bits[0] == 0 and bits == sorted(bits) and bits[-1] == pytest.approx(np.log2(60))


# --- top-k and top-p --------------------------------------------------------------------------


@pytest.mark.parametrize("top_k", [None, 1, 3, 39, 40, 1000])
@pytest.mark.parametrize("top_p", [None, 1e-9, 0.3, 0.9, 1.0])
def test_truncate_keeps_the_likeliest_and_no_more_than_needed(top_k, top_p):
    for p in distributions():
        with loud():
            found = truncate(p, top_k, top_p)
        kept = found > 0
        assert found.sum() == pytest.approx(1) and 1 <= kept.sum() <= (top_k or len(p))
        assert p[kept].min() >= p[~kept].max(initial=0)  # the likeliest
        np.testing.assert_allclose(found[kept], p[kept] / p[kept].sum(), rtol=1e-12)  # in their proportions
        ranked = np.sort(p)[::-1][:top_k]
        ranked = ranked / ranked.sum()
        mass, ours = np.cumsum(ranked), kept.sum()
        wanted = 1 if top_p is None else top_p
        assert mass[ours - 1] >= wanted - 1e-9  # it is enough,
        if top_p is not None and ours > 1:
            assert mass[ours - 2] < wanted  # and with one less it would not be


def test_truncate_by_hand():
    p = np.array([0.1, 0.4, 0.3, 0.2])
    np.testing.assert_allclose(truncate(p), p)
    np.testing.assert_allclose(truncate(p, top_k=2), [0, 4 / 7, 3 / 7, 0])
    np.testing.assert_allclose(truncate(p, top_p=0.4), [0, 1, 0, 0])
    np.testing.assert_allclose(truncate(p, top_p=0.7), [0, 4 / 7, 3 / 7, 0])
    assert np.count_nonzero(truncate(np.full(10, 0.1), top_p=0.8)) == 8  # though eight times 0.1 is rounded below it
    np.testing.assert_allclose(truncate(p, top_p=0.71), [0, 4 / 9, 3 / 9, 2 / 9])
    np.testing.assert_allclose(truncate(p, top_k=3, top_p=0.5), [0, 4 / 7, 3 / 7, 0])
    np.testing.assert_allclose(truncate(np.full(4, 0.25), top_k=2), [0.5, 0.5, 0, 0])  # the first of equals
    np.testing.assert_array_equal(p, [0.1, 0.4, 0.3, 0.2])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"top_k": 0}, "top_k must be at least 1, got 0"),
        ({"top_k": -3}, "top_k must be at least 1, got -3"),
        ({"top_p": 0}, "top_p must be above 0 and at most 1, got 0"),
        ({"top_p": -0.1}, "at most 1, got -0.1"),
        ({"top_p": 1.01}, "at most 1, got 1.01"),
        ({"top_p": float("nan")}, "at most 1, got nan"),
    ],
)
def test_truncate_refuses(model, options, words):
    with pytest.raises(ValueError, match=words):
        truncate(np.full(4, 0.25), **options)
    with pytest.raises(ValueError, match=words):
        next(text_generation.generate(model, PROMPT, **options))


# --- the draw ---------------------------------------------------------------------------------


def test_an_outcome_is_drawn_as_often_as_it_is_likely():
    n = 4000
    for p in distributions(6):
        found = np.bincount([draw(p, (k + 0.5) / n) for k in range(n)], minlength=len(p))
        assert np.abs(found - n * p).max() <= 1  # evenly spread numbers: to within one


def test_an_outcome_has_its_lower_end_and_not_its_upper():
    p = np.array([0.25, 0.5, 0.25])  # laid out as 1, 0, 2
    assert [draw(p, number) for number in (0, 0.499, 0.5, 0.749, 0.75, 0.999)] == [1, 1, 0, 0, 2, 2]


@pytest.mark.parametrize("number", [0.0, 5e-324, 0.5, 1 - 2**-53])
def test_what_has_no_probability_is_never_drawn(number):
    for p in [*distributions(50, seed=3), np.array([0, 0, 1.0]), np.array([1.0, 0, 0]), np.array([0, 1e-300, 0, 1, 0])]:
        assert p[draw(p, number)] > 0
        assert p[draw(p * (1 - 1e-12), number)] > 0  # and where rounding has eaten the last of it


def test_a_larger_number_never_draws_a_likelier_character():
    """So that one number, at two temperatures, means alike."""
    for p in distributions(6):
        drawn = p[[draw(p, number) for number in np.linspace(0, 0.9999, 300)]]
        assert (np.diff(drawn) <= 0).all() and drawn[0] == p.max()


# --- predict, score, run, step ----------------------------------------------------------------


def test_the_shipped_model_knows_its_letters(model):
    assert set("abcdefghijklmnopqrstuvwxyz ,.\n") <= set(model.vocabulary) and model.cell == "lstm"
    p = text_generation.predict(model, "the same thin")
    assert p.shape == (len(model.vocabulary),) and p.dtype == np.float64 and p.sum() == pytest.approx(1)
    assert model.vocabulary[p.argmax()] == "g" and p.max() > 0.8
    assert text_generation.score(model, TEXT).mean() < 2.3  # nats; a guess among all would cost 4
    assert text_generation.score(model, TEXT[::-1]).mean() > 1.5 * text_generation.score(model, TEXT).mean()


def test_score_is_predict_position_by_position(model):
    nats = text_generation.score(model, TEXT)
    assert nats.shape == (len(TEXT),) and nats.dtype == np.float64
    for k, c in enumerate(TEXT):  # k = 0: what is said before anything was read
        expected = -np.log(text_generation.predict(model, TEXT[:k])[model.vocabulary.index(c)])
        assert nats[k] == pytest.approx(expected, abs=1e-5), k


def test_score_goes_on_from_a_state(model):
    whole = text_generation.score(model, TEXT)
    _, state, _ = text_generation.run(model, TEXT[:40])
    np.testing.assert_allclose(text_generation.score(model, TEXT[40:], state=state), whole[40:], atol=1e-5)
    assert text_generation.score(model, "").shape == (0,)


def test_surprise_is_the_negative_logarithm_of_the_softmax():
    logits, index = np.random.default_rng(4).normal(0, 5, (30, 12)), np.arange(30) % 12
    expected = -np.log(softmax(logits)[np.arange(30), index])
    np.testing.assert_allclose(text_generation.surprise(logits, index), expected, rtol=1e-10)
    with loud():
        np.testing.assert_allclose(text_generation.surprise(np.array([[900.0, -900.0]]), np.array([1])), [1800])


def test_step_after_step_is_run(model):
    logits, state, traces = text_generation.run(model, TEXT)
    places = text_data.indices(TEXT, model.vocabulary)
    now = model.zero_state()
    for k, place in enumerate(places):
        single, now, trace = text_generation.step(model, now, np.array([place]))
        np.testing.assert_allclose(single[0], logits[k], atol=1e-4)
        for layer, of_layer in enumerate(trace):
            for gate, values in of_layer.items():
                np.testing.assert_allclose(values[0], traces[layer][gate][k], atol=1e-5)
    for a, b in zip(itertools.chain(*now), itertools.chain(*state), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_run_goes_on_where_it_was(model):
    whole, end, traces = text_generation.run(model, TEXT)
    first, state, _ = text_generation.run(model, TEXT[:31])
    kept = [part.copy() for part in itertools.chain(*state)]
    second, last, late = text_generation.run(model, TEXT[31:], state=state)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, atol=1e-4)
    np.testing.assert_allclose(late[1]["cell"], traces[1]["cell"][31:], atol=1e-5)
    np.testing.assert_allclose(last[0][1], end[0][1], atol=1e-5)
    for part, before in zip(itertools.chain(*state), kept, strict=True):
        np.testing.assert_array_equal(part, before)  # a state can be gone on from twice


def test_an_empty_text_leaves_the_state_alone(model):
    _, state, _ = text_generation.run(model, TEXT)
    logits, after, _ = text_generation.run(model, "", state=state)
    assert logits.shape == (0, len(model.vocabulary))
    for a, b in zip(itertools.chain(*state), itertools.chain(*after), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("call", [text_generation.predict, text_generation.score, text_generation.run, written])
def test_unknown_characters_are_refused(model, call):
    with pytest.raises(ValueError, match="does not know the character 'Ж': use fit_text first"):
        call(model, "the Ж of it")


# --- generate and write -----------------------------------------------------------------------


def test_a_step_says_how_it_was_decided(model):
    steps = list(text_generation.generate(model, PROMPT, length=12, temperature=0.8, top_k=9, seed=3))
    assert [step.done for step in steps] == list(range(1, 13)) and {step.total for step in steps} == {12}
    read, (units, *_) = PROMPT, [layer.units for layer in model.layers]
    for step in steps:
        assert step.character == model.vocabulary[step.index] and 0 <= step.number < 1
        np.testing.assert_allclose(softmax(step.logits), text_generation.predict(model, read), atol=1e-5)
        np.testing.assert_allclose(step.distribution, truncate(softmax(step.logits, 0.8), top_k=9), atol=1e-12)
        assert step.probability == step.distribution[step.index] > 0
        assert step.index == draw(step.distribution, step.number)
        read += step.character
        assert step.traces[0]["forget"].shape == (units,)
        np.testing.assert_array_equal(step.traces[0]["cell"], step.state[0][0][0])
    _, state, _ = text_generation.run(model, read)
    np.testing.assert_allclose(steps[-1].state[1][1], state[1][1], atol=1e-5)


def test_the_same_seed_writes_the_same_text(model):
    first = written(model, length=80, temperature=1.0, seed=5)
    np.random.seed(1)  # the process-wide seed must not matter
    assert written(model, length=80, temperature=1.0, seed=5) == first
    assert written(model, length=80, temperature=1.0, seed=6) != first
    assert written(model, length=80, temperature=0, seed=5) == written(model, length=80, temperature=0, seed=6)
    assert written(model, length=30, temperature=1.0, seed=5) == first[:30]


def test_at_zero_it_takes_the_likeliest_each_time(model):
    for step in text_generation.generate(model, PROMPT, length=20, temperature=0):
        assert step.index == step.logits.argmax() and step.probability == 1
    assert written(model, length=40, temperature=0) == written(model, length=40, temperature=1, top_k=1, seed=9)


def test_a_text_is_gone_on_with_as_if_it_had_never_stopped(model):
    options = {"temperature": 0.9, "top_p": 0.95, "seed": 2}
    whole = list(text_generation.generate(model, PROMPT, length=60, **options))
    for cut in (1, 25, 59):
        rest = text_generation.generate(model, "", length=60 - cut, skip=cut, state=whole[cut - 1].state, **options)
        assert [(step.character, step.number) for step in rest] == [(s.character, s.number) for s in whole[cut:]]
    added = written(model, "in short, ", length=30, state=whole[-1].state, **options)
    text = PROMPT + "".join(step.character for step in whole)
    assert added == written(model, text + "in short, ", length=30, **options)


def test_it_writes_after_nothing_and_nothing_if_asked(model):
    steps = list(text_generation.generate(model, "", length=3, temperature=1.0))
    np.testing.assert_allclose(softmax(steps[0].logits), text_generation.predict(model, ""), atol=1e-6)
    assert len(steps) == 3 and list(text_generation.generate(model, PROMPT, length=0)) == []


def test_side_by_side_is_one_by_one(model):
    temperatures = (0, 0.2, 0.5, 1.0, 1.2)
    columns, bits = text_generation.write(model, PROMPT, temperatures, length=60, seed=4, top_k=20, top_p=0.98)
    assert bits.shape == (5, 60) and len(columns) == 5
    for k, temperature in enumerate(temperatures):
        options = {"length": 60, "temperature": temperature, "top_k": 20, "top_p": 0.98, "seed": 4}
        steps = list(text_generation.generate(model, PROMPT, **options))
        assert columns[k] == "".join(step.character for step in steps)
        np.testing.assert_allclose(bits[k], [entropy(step.distribution) for step in steps], atol=1e-4)
    assert (bits[0] == 0).all() and bits[1].mean() < bits[2].mean() < bits[4].mean()
    assert len(set(columns)) == 5


# --- clamps -----------------------------------------------------------------------------------


def test_a_clamped_gate_is_held_in_its_layer_while_reading_and_writing(model):
    clamp = {1: {"forget": (7, 0.0)}}
    _, _, free = text_generation.run(model, TEXT)
    _, _, held = text_generation.run(model, TEXT, clamp=clamp)
    assert (held[1]["forget"][:, 7] == 0).all() and free[1]["forget"][:, 7].max() > 0.1
    for gate, values in free[0].items():  # the layer below knows nothing of it
        np.testing.assert_array_equal(held[0][gate], values)
    for gate, values in free[1].items():  # nor do the other units at the first character, before it comes round
        np.testing.assert_array_equal(np.delete(held[1][gate][0], 7), np.delete(values[0], 7))
    assert not np.array_equal(np.delete(held[1]["cell"], 7, axis=1), np.delete(free[1]["cell"], 7, axis=1))
    for step in text_generation.generate(model, PROMPT, length=5, clamp=clamp):
        assert step.traces[1]["forget"][7] == 0 and step.traces[1]["forget"].max() > 0.1


def test_a_clamp_changes_the_text(model):
    free = written(model, length=60, seed=1)
    closed = written(model, length=60, seed=1, clamp={1: {"output": (slice(None), 0.0)}})
    assert closed != free and len(closed) == 60
    assert written(model, length=60, seed=1, clamp={}) == free


def test_a_clamp_of_no_gate_is_refused(model):
    with pytest.raises(ValueError, match="lstm has no update, only input, forget"):
        next(text_generation.generate(model, PROMPT, clamp={0: {"update": (0, 1.0)}}))


# --- loading ----------------------------------------------------------------------------------


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="unknown model 'nietzche': expected one of nietzsche, nietzsche_cased"):
        text_generation.load("nietzche")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The shipped weights, in a folder that may be damaged."""
    for file in weights.FOLDER.glob("text_generation_nietzsche.*"):
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    return tmp_path


def test_damaged_weights_are_refused_with_what_to_run(folder):
    file = folder / "text_generation_nietzsche.weights.h5"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(weights.WeightsError, match=r"is damaged.*git checkout.* python -m training\.text_generation "):
        text_generation.load()
    file.unlink()
    with pytest.raises(weights.WeightsError, match=r"is missing.*git checkout.* python -m training\.text_generation "):
        text_generation.load()


def test_what_no_script_makes_has_no_script_in_its_remedy(folder):
    with pytest.raises(weights.WeightsError, match=r"textual\.json is missing: git checkout weights/ \(weights/README"):
        weights.model_card("textual")


def test_writing_needs_neither_tensorflow_nor_keras():
    script = f"""
import sys
from threadpoolctl import threadpool_info
from genmodels.text_generation import model as text_generation
from genmodels.data import text_data as texts
model = text_generation.load()
text = texts.fit_text("Ein Café — “Ω”", model.vocabulary)[0]
print(len("".join(s.character for s in text_generation.generate(model, text, length=5))), file=sys.stderr)
text_generation.write(model, {PROMPT!r}, [0.5, 1.0], length=3), text_generation.score(model, {PROMPT!r})
print([pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"], file=sys.stderr)
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert not {"tensorflow", "keras", "jax", "torch", "streamlit", "scipy"} & set(done.stdout.split())
    characters, threads = done.stderr.splitlines()
    assert characters == "5" and set(threads) & set("0123456789") <= {"1"}  # none where the BLAS is the system's own


# --- texts as a model reads and measures them -------------------------------------------------

VOCABULARY = "\n !\"'(),-.0123456789:;?abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("text", "fitted", "replaced"),
    [
        ("plain, as it is.", "plain, as it is.", {}),
        ("", "", {}),
        ("Who? ME", "who? me", {"W": "w", "M": "m", "E": "e"}),
        ("“so” – he’s…", '"so" -- he\'s...', {"“": '"', "”": '"', "–": "--", "’": "'", "…": "..."}),
        ("café, NAÏVE, Ångström", "cafe, naive, angstrom", None),
        ("cafe\u0301", "cafe ", {"\u0301": " "}),  # an accent that stands by itself
        ("ﬁne x²", "fine x2", {"ﬁ": "fi", "²": "2"}),
        ("a\tb\rc", "a b\nc", {"\t": " ", "\r": "\n"}),
        ("[x] & y", "(x) and y", {"[": "(", "]": ")", "&": "and"}),
        ("日本 🙂\0", "     ", {"日": " ", "本": " ", "🙂": " ", "\0": " "}),
    ],
)
def test_fit_text_says_what_it_replaced(text, fitted, replaced):
    found, by = text_data.fit_text(text, VOCABULARY)
    assert found == fitted
    if replaced is not None:
        assert by == replaced
    assert "".join(by.get(c, c) for c in text) == found
    assert len(text_data.indices(found, VOCABULARY)) == len(found)  # all of it is known


def test_fit_text_keeps_what_the_model_knows():
    assert text_data.fit_text("Äh “A”", "Ä“”Ah ") == ("Äh “A”", {})
    assert text_data.fit_text("Ab", "AB") == ("AA", {"b": "A"})  # no small letters and no space: the first character
    assert text_data.fit_text("x–y", "xy") == ("xxy", {"–": "x"})  # a dash becomes two hyphens only where there are any


def test_fit_text_of_the_shipped_models(model):
    everything = "".join(map(chr, range(1, 0x3000)))
    fitted, replaced = text_data.fit_text(everything, model.vocabulary)
    assert set(fitted) <= set(model.vocabulary) and not set(replaced) & set(model.vocabulary)


def test_indices_are_places_in_the_vocabulary():
    found = text_data.indices("cab\n", VOCABULARY)
    assert found.dtype == np.int32 and "".join(VOCABULARY[k] for k in found) == "cab\n"
    assert text_data.indices("", VOCABULARY).shape == (0,)
    with pytest.raises(ValueError, match="does not know the character 'Z': use fit_text first"):
        text_data.indices("abZ", VOCABULARY)


def test_words_are_letters_and_what_holds_them_together():
    assert text_data.words("It's 3 o'clock -- Über_all, no?\n'tis a well-known 'thing'") == [
        *("it's", "o'clock", "über", "all", "no", "tis", "a", "well", "known", "thing"),
    ]
    assert text_data.words("12 -- 34!") == text_data.words("") == []


def test_words_are_recognised_by_their_hashes():
    known = text_data.hashes(["reader", "lamp", "über"])
    assert known.dtype == np.uint32 and known[0] == zlib.crc32(b"reader")
    assert text_data.known_words("A Lamp, ÜBER the reader's reader.", known).tolist() == [0, 1, 1, 0, 0, 1]
    assert text_data.known_words("... 1", known).shape == (0,) and text_data.hashes([]).shape == (0,)


def test_the_shipped_list_of_words_tells_words_from_noise(model):
    known = weights.arrays("text_generation_nietzsche", ".arrays.npz")["words"]
    assert text_data.known_words(TEXT, known).mean() > 0.7
    assert text_data.known_words("thrumbled xqzzy wherefrol blimfast", known).mean() < 0.3
    cold = written(model, length=300, temperature=0.3)
    wild = written(model, length=300, temperature=3.0)
    assert text_data.known_words(cold, known).mean() > 0.9 > 0.5 > text_data.known_words(wild, known).mean()


def test_the_repeat_rate_counts_what_stood_there_before():
    assert text_data.ngram_repetition_rate("abcdefghijklmnopqrstuvwxyz") == 0
    assert text_data.ngram_repetition_rate("abc" * 30) == pytest.approx(
        1 - 3 / 79
    )  # 79 pieces of 12, three of them different
    assert text_data.ngram_repetition_rate("aaaa", n=2) == pytest.approx(2 / 3)
    assert text_data.ngram_repetition_rate("too short") == text_data.ngram_repetition_rate("") == 0
    assert text_data.ngram_repetition_rate("exactly 12 c") == 0
