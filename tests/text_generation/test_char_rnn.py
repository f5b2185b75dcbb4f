"""The character-level RNN: predicting, scoring and reading with the pretrained model, and loading it."""

import itertools
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from genmodels import weights
from genmodels.data import text_data
from genmodels.text_generation import char_rnn, generation
from genmodels.text_generation.sampling import softmax

ROOT = Path(__file__).resolve().parents[2]
TEXT = 'the lamp was lit, and the reader asked: "what is it that returns?"\nnobody in the room could say; they went on.'
PROMPT = "what the old book taught was, in a word, patience: "


# --- inference --------------------------------------------------------------------------------


def test_the_pretrained_model_predicts_english(model):
    assert set("abcdefghijklmnopqrstuvwxyz ,.\n") <= set(model.vocabulary) and model.cell == "lstm"
    p = char_rnn.predict(model, "the same thin")
    assert p.shape == (len(model.vocabulary),) and p.dtype == np.float64 and p.sum() == pytest.approx(1)
    assert model.vocabulary[p.argmax()] == "g" and p.max() > 0.8
    assert char_rnn.negative_log_likelihood(model, TEXT).mean() < 2.3  # nats; the uniform distribution has 4
    assert (
        char_rnn.negative_log_likelihood(model, TEXT[::-1]).mean()
        > 1.5 * char_rnn.negative_log_likelihood(model, TEXT).mean()
    )


@pytest.mark.slow
def test_negative_log_likelihood_equals_predict_at_every_position(model):
    nats = char_rnn.negative_log_likelihood(model, TEXT)
    assert nats.shape == (len(TEXT),) and nats.dtype == np.float64
    for k, c in enumerate(TEXT):  # k = 0: the prediction from the zero state
        expected = -np.log(char_rnn.predict(model, TEXT[:k])[model.vocabulary.index(c)])
        assert nats[k] == pytest.approx(expected, abs=1e-5), k


def test_negative_log_likelihood_continues_from_a_state(model):
    whole = char_rnn.negative_log_likelihood(model, TEXT)
    _, state, _ = char_rnn.forward(model, TEXT[:40])
    np.testing.assert_allclose(char_rnn.negative_log_likelihood(model, TEXT[40:], state=state), whole[40:], atol=1e-5)
    assert char_rnn.negative_log_likelihood(model, "").shape == (0,)


def test_surprisal_is_the_negative_log_of_the_softmax():
    logits, index = np.random.default_rng(4).normal(0, 5, (30, 12)), np.arange(30) % 12
    expected = -np.log(softmax(logits)[np.arange(30), index])
    np.testing.assert_allclose(char_rnn.surprisal(logits, index), expected, rtol=1e-10)
    with np.errstate(over="raise", invalid="raise", divide="raise", under="ignore"):
        np.testing.assert_allclose(char_rnn.surprisal(np.array([[900.0, -900.0]]), np.array([1])), [1800])


def test_forward_equals_step_by_step(model):
    logits, state, traces = char_rnn.forward(model, TEXT)
    indices = text_data.character_indices(TEXT, model.vocabulary)
    step_state = model.zero_state()
    for k, index in enumerate(indices):
        single, step_state, trace = char_rnn.step(model, step_state, np.array([index]))
        np.testing.assert_allclose(single[0], logits[k], atol=1e-4)
        for layer, layer_trace in enumerate(trace):
            for gate, values in layer_trace.items():
                np.testing.assert_allclose(values[0], traces[layer][gate][k], atol=1e-5)
    for a, b in zip(itertools.chain(*step_state), itertools.chain(*state), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


def test_forward_continues_from_a_state(model):
    whole, end, traces = char_rnn.forward(model, TEXT)
    first, state, _ = char_rnn.forward(model, TEXT[:31])
    copies = [part.copy() for part in itertools.chain(*state)]
    second, last, late = char_rnn.forward(model, TEXT[31:], state=state)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, atol=1e-4)
    np.testing.assert_allclose(late[1]["cell"], traces[1]["cell"][31:], atol=1e-5)
    np.testing.assert_allclose(last[0][1], end[0][1], atol=1e-5)
    for part, before in zip(itertools.chain(*state), copies, strict=True):
        np.testing.assert_array_equal(part, before)  # a state can be continued from twice


def test_an_empty_text_keeps_the_state(model):
    _, state, _ = char_rnn.forward(model, TEXT)
    logits, after, _ = char_rnn.forward(model, "", state=state)
    assert logits.shape == (0, len(model.vocabulary))
    for a, b in zip(itertools.chain(*state), itertools.chain(*after), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "call", [char_rnn.predict, char_rnn.negative_log_likelihood, char_rnn.forward, generation.generate_text]
)
def test_characters_outside_the_vocabulary_raise(model, call):
    with pytest.raises(ValueError, match="the character 'Ж' is not in the vocabulary: use map_to_vocabulary first"):
        call(model, "the Ж of it")


# --- loading ----------------------------------------------------------------------------------


def test_unknown_names_raise():
    with pytest.raises(ValueError, match="unknown model 'nietzche': expected one of nietzsche, nietzsche_cased"):
        char_rnn.load("nietzche")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the pretrained weights that a test may damage."""
    for file in weights.FOLDER.glob("text_generation_nietzsche.*"):
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    return tmp_path


def test_damaged_and_missing_weights_raise_with_a_remedy(folder):
    file = folder / "text_generation_nietzsche.weights.h5"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(weights.WeightsError, match=r"is damaged.*git checkout.* python -m training\.text_generation "):
        char_rnn.load()
    file.unlink()
    with pytest.raises(weights.WeightsError, match=r"is missing.*git checkout.* python -m training\.text_generation "):
        char_rnn.load()


def test_the_remedy_names_no_script_if_there_is_none(folder):
    with pytest.raises(weights.WeightsError, match=r"textual\.json is missing: git checkout weights/ \(weights/README"):
        weights.model_card("textual")


def test_generating_needs_neither_tensorflow_nor_keras_and_one_blas_thread():
    script = f"""
import sys
from threadpoolctl import threadpool_info
from genmodels.data import text_data
from genmodels.text_generation import char_rnn, generation
model = char_rnn.load()
text = text_data.map_to_vocabulary("Ein Café — “Ω”", model.vocabulary)[0]
print(len(generation.generate_text(model, text, length=5)), file=sys.stderr)
generation.compare_temperatures(model, {PROMPT!r}, [0.5, 1.0], length=3)
char_rnn.negative_log_likelihood(model, {PROMPT!r})
print([pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"], file=sys.stderr)
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert not {"tensorflow", "keras", "jax", "torch", "streamlit", "scipy"} & set(done.stdout.split())
    characters, threads = done.stderr.splitlines()
    assert characters == "5" and set(threads) & set("0123456789") <= {"1"}  # none if the BLAS is that of the system
