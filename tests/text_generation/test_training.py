"""Training a character-level RNN: targets, reports, seeds, invalid settings, saved weights."""

from itertools import islice

import numpy as np
import pytest

from genmodels.text_generation import char_rnn, training

SONG = "one two three four five, once I caught a fish alive. " * 12
LETTERS = "".join(sorted(set(SONG)))


def start_training(training_target: str = "shifted", seed: int = 0, **changes):
    """A new small model and its training on the song: the model, and the steps."""
    model = char_rnn.build(LETTERS, units=24, seed=seed)
    options = {
        "sequence_length": 12,
        "epochs": 8,
        "batch_size": 8,
        "learning_rate": 0.02,
        "report_every": 4,
        "seed": seed,
    }
    text, validation_text = SONG[:500], SONG[500:]
    return model, training.train(
        model, LETTERS, text, validation_text=validation_text, training_target=training_target, **options | changes
    )


def test_the_loss_falls_on_a_text_that_repeats_itself():
    _, steps = start_training(sample_length=30, prompt="one ")
    steps = list(steps)
    first, last = steps[0], steps[-1]
    assert first.done == 1 and last.done == last.total == 8 * (499 // (12 * 8))
    for which in ("training loss", "held-out loss"):
        assert abs(first.losses[which] - np.log(len(LETTERS))) < 0.4, (
            "an untrained network is as good as the uniform distribution"
        )
        assert last.losses[which] < first.losses[which] - 0.7
    assert [step.done for step in steps] == sorted({step.done for step in steps})
    assert first.epoch == 0 and first.sample == "" and last.epoch == 8 and len(last.sample) == 30
    assert all(step.characters_per_second > 0 for step in steps)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_training():
    first, second = ([step.losses["held-out loss"] for step in islice(start_training(seed=3)[1], 3)] for _ in range(2))
    np.testing.assert_allclose(second, first, rtol=1e-5)


@pytest.mark.parametrize("training_target", training.TRAINING_TARGETS)
def test_the_training_targets(training_target):
    """Targets are shifted by one character; the loss uses every position, or only the last."""
    model, batch = start_training()[0], []

    def record(x, y, sample_weight):
        batch.extend((x, y, sample_weight))
        raise InterruptedError

    model.train_on_batch = record
    with pytest.raises(InterruptedError):
        next(
            training.train(
                model,
                LETTERS,
                SONG,
                validation_text=SONG,
                training_target=training_target,
                sequence_length=6,
                batch_size=3,
            )
        )
    x, y, weight = batch
    assert x.shape == y.shape == weight.shape == (3, 6)
    for row, after in zip(x, y, strict=True):
        assert "".join(LETTERS[k] for k in [*row, after[-1]]) in SONG and list(row[1:]) == list(after[:-1])
    np.testing.assert_array_equal(weight, [[1] * 6] * 3 if training_target == "shifted" else [[0] * 5 + [1]] * 3)


@pytest.mark.slow
def test_a_dropped_training_keeps_its_weights():
    model, steps = start_training()
    untrained = char_rnn.to_numpy(model, LETTERS)  # a copy
    for _ in islice(steps, 5):
        pass
    steps.close()
    trained = char_rnn.to_numpy(model, LETTERS)
    assert (
        char_rnn.negative_log_likelihood(trained, SONG[500:]).mean()
        < char_rnn.negative_log_likelihood(untrained, SONG[500:]).mean() - 0.2
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"training_target": "previous"}, "unknown target 'previous': expected one of shifted, next"),
        ({"sequence_length": 500}, "the text has 500 characters; a sequence length of 500 needs 501"),
        ({"sequence_length": 400}, "the held-out text has 136 characters; a sequence length of 400 needs 401"),
    ],
)
def test_invalid_settings_raise(changes, message):
    with pytest.raises(ValueError, match=message):
        next(start_training(**changes)[1])


def test_characters_outside_the_vocabulary_raise():
    with pytest.raises(ValueError, match="the character 'Z' is not in the vocabulary"):
        next(training.train(start_training()[0], LETTERS, SONG + "Z", validation_text=SONG))


@pytest.mark.parametrize("cell", char_rnn.CELLS)
def test_saved_weights_are_read_again(cell, tmp_path):
    model = char_rnn.build(LETTERS, cell=cell, units=(12, 8), seed=2)
    model.save_weights(tmp_path / "text.weights.h5")
    loaded = char_rnn.read_weights(tmp_path / "text.weights.h5", LETTERS, cell)
    converted = char_rnn.to_numpy(model, LETTERS)
    assert [layer.units for layer in loaded.layers] == [12, 8] and loaded.cell == converted.cell == cell
    np.testing.assert_array_equal(char_rnn.predict(loaded, "one "), char_rnn.predict(converted, "one "))


@pytest.mark.parametrize(
    ("vocabulary", "cell", "message"),
    [
        ("abc", "perceptron", "unknown cell 'perceptron': expected one of lstm, gru, simple_rnn"),
        ("a", "lstm", "two different characters or more, each once, got 'a'"),
        ("", "lstm", "two different characters"),
        ("abca", "gru", "each once, got 'abca'"),
    ],
)
def test_invalid_models_raise(vocabulary, cell, message):
    with pytest.raises(ValueError, match=message):
        char_rnn.build(vocabulary, cell=cell)


def test_prepare_splits_the_text_and_measures_its_baselines():
    prepared = training.prepare(SONG, 20)
    assert prepared.text + prepared.validation_text == SONG and len(prepared.validation_text) == len(SONG) - len(
        prepared.text
    )
    assert prepared.vocabulary == LETTERS and prepared.prompt.strip() in prepared.validation_text
    assert prepared.uniform_loss == pytest.approx(np.log(len(LETTERS)))
    counts = np.array([SONG.count(c) for c in LETTERS]) / len(SONG)
    assert prepared.unigram_loss == pytest.approx(-(counts * np.log(counts)).sum())
    with pytest.raises(ValueError, match="A sequence length of 60 needs at least 122"):
        training.prepare(SONG[:100], 60)
