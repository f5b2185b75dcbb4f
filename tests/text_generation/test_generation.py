"""Generating text: one step, continuing, comparing temperatures, clamped gates, forced characters."""

import numpy as np
import pytest

from genmodels.text_generation import char_rnn, generation
from genmodels.text_generation.generation import GeneratedText, generate_text
from genmodels.text_generation.sampling import entropy, sample_index, softmax, truncate

TEXT = 'the lamp was lit, and the reader asked: "what is it that returns?"\nnobody in the room could say; they went on.'
PROMPT = "what the old book taught was, in a word, patience: "


# --- generate and compare_temperatures --------------------------------------------------------


def test_a_step_holds_everything_that_determined_it(model):
    steps = list(generation.generate(model, PROMPT, length=12, temperature=0.8, top_k=9, seed=3))
    assert [step.done for step in steps] == list(range(1, 13)) and {step.total for step in steps} == {12}
    context, (units, *_) = PROMPT, [layer.units for layer in model.layers]
    for step in steps:
        assert step.character == model.vocabulary[step.index] and 0 <= step.random_draw < 1
        np.testing.assert_allclose(softmax(step.logits), char_rnn.predict(model, context), atol=1e-5)
        np.testing.assert_allclose(step.distribution, truncate(softmax(step.logits, 0.8), top_k=9), atol=1e-12)
        assert step.probability == step.distribution[step.index] > 0
        assert step.index == sample_index(step.distribution, step.random_draw)
        context += step.character
        assert step.traces[0]["forget"].shape == (units,)
        np.testing.assert_array_equal(step.traces[0]["cell"], step.state[0][0][0])
    _, state, _ = char_rnn.forward(model, context)
    np.testing.assert_allclose(steps[-1].state[1][1], state[1][1], atol=1e-5)


def test_the_same_seed_gives_the_same_text(model):
    first = generate_text(model, PROMPT, length=80, temperature=1.0, seed=5)
    np.random.seed(1)  # the process-wide seed has no effect
    assert generate_text(model, PROMPT, length=80, temperature=1.0, seed=5) == first
    assert generate_text(model, PROMPT, length=80, temperature=1.0, seed=6) != first
    assert generate_text(model, PROMPT, length=80, temperature=0, seed=5) == generate_text(
        model, PROMPT, length=80, temperature=0, seed=6
    )
    assert generate_text(model, PROMPT, length=30, temperature=1.0, seed=5) == first[:30]


def test_temperature_0_takes_the_most_likely_character(model):
    for step in generation.generate(model, PROMPT, length=20, temperature=0):
        assert step.index == step.logits.argmax() and step.probability == 1
    assert generate_text(model, PROMPT, length=40, temperature=0) == generate_text(
        model, PROMPT, length=40, temperature=1, top_k=1, seed=9
    )


def test_a_continued_text_equals_an_uninterrupted_one(model):
    options = {"temperature": 0.9, "top_p": 0.95, "seed": 2}
    whole = list(generation.generate(model, PROMPT, length=60, **options))
    for cut in (1, 25, 59):
        rest = generation.generate(model, "", length=60 - cut, skip=cut, state=whole[cut - 1].state, **options)
        assert [(step.character, step.random_draw) for step in rest] == [
            (s.character, s.random_draw) for s in whole[cut:]
        ]
    added = generate_text(model, "in short, ", length=30, state=whole[-1].state, **options)
    text = PROMPT + "".join(step.character for step in whole)
    assert added == generate_text(model, text + "in short, ", length=30, **options)


def test_an_empty_prompt_and_length_0(model):
    steps = list(generation.generate(model, "", length=3, temperature=1.0))
    np.testing.assert_allclose(softmax(steps[0].logits), char_rnn.predict(model, ""), atol=1e-6)
    assert len(steps) == 3 and list(generation.generate(model, PROMPT, length=0)) == []


def test_compare_temperatures_equals_generate_at_each_temperature(model):
    temperatures = (0, 0.2, 0.5, 1.0, 1.2)
    texts, bits = generation.compare_temperatures(model, PROMPT, temperatures, length=60, seed=4, top_k=20, top_p=0.98)
    assert bits.shape == (5, 60) and len(texts) == 5
    for k, temperature in enumerate(temperatures):
        options = {"length": 60, "temperature": temperature, "top_k": 20, "top_p": 0.98, "seed": 4}
        steps = list(generation.generate(model, PROMPT, **options))
        assert texts[k] == "".join(step.character for step in steps)
        np.testing.assert_allclose(bits[k], [entropy(step.distribution) for step in steps], atol=1e-4)
    assert (bits[0] == 0).all() and bits[1].mean() < bits[2].mean() < bits[4].mean()
    assert len(set(texts)) == 5


# --- clamps -----------------------------------------------------------------------------------


def test_a_clamped_gate_is_constant_in_its_layer_while_reading_and_generating(model):
    clamp = {1: {"forget": (7, 0.0)}}
    _, _, free = char_rnn.forward(model, TEXT)
    _, _, clamped = char_rnn.forward(model, TEXT, clamp=clamp)
    assert (clamped[1]["forget"][:, 7] == 0).all() and free[1]["forget"][:, 7].max() > 0.1
    for gate, values in free[0].items():  # the layer below is unchanged
        np.testing.assert_array_equal(clamped[0][gate], values)
    for gate, values in free[1].items():  # and so are the other units at the first character
        np.testing.assert_array_equal(np.delete(clamped[1][gate][0], 7), np.delete(values[0], 7))
    assert not np.array_equal(np.delete(clamped[1]["cell"], 7, axis=1), np.delete(free[1]["cell"], 7, axis=1))
    for step in generation.generate(model, PROMPT, length=5, clamp=clamp):
        assert step.traces[1]["forget"][7] == 0 and step.traces[1]["forget"].max() > 0.1


def test_a_clamp_changes_the_text(model):
    free = generate_text(model, PROMPT, length=60, seed=1)
    closed = generate_text(model, PROMPT, length=60, seed=1, clamp={1: {"output": (slice(None), 0.0)}})
    assert closed != free and len(closed) == 60
    assert generate_text(model, PROMPT, length=60, seed=1, clamp={}) == free


def test_a_clamp_of_an_unknown_gate_raises(model):
    with pytest.raises(ValueError, match="lstm has no update, only input, forget"):
        next(generation.generate(model, PROMPT, clamp={0: {"update": (0, 1.0)}}))


# --- GeneratedText ----------------------------------------------------------------------------


def test_a_text_can_be_extended_truncated_and_changed(model):
    _, prompt_state, _ = char_rnn.forward(model, PROMPT)
    text = GeneratedText(model, prompt_state, seed=2)
    text.extend(20, 0.5)
    text.extend(40, 0.5)
    assert text.text == generate_text(model, PROMPT, length=40, temperature=0.5, seed=2)
    before, index = text.text, model.vocabulary.index("q")
    text.force_character(10, index)
    assert text.text == before[:10] + "q" and text.forced == [10]
    text.extend(30, 0.5)
    expected = generate_text(model, PROMPT + before[:10] + "q", length=19, temperature=0.5, seed=2, skip=11)
    assert text.text[11:] == expected
    text.truncate(5)
    assert text.text == before[:5] and text.forced == []
    text.force_character(0, index)
    assert text.text == "q"
