"""Train a character-level RNN on a text, with reports while it runs.

Truncated backpropagation through time on random sequences of the text. Two training targets: the
sequence shifted by one character (one prediction per position), or only the next character after the
sequence, as in Deep Learning with Python, section 8.1.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from genmodels.data.text_data import character_indices, map_to_vocabulary
from genmodels.text_generation.char_rnn import to_numpy
from genmodels.text_generation.generation import generate_text
from genmodels.text_generation.sampling import entropy

TRAINING_TARGETS = ("shifted", "next")
VALIDATION_FRACTION = 0.05  # fraction of the text, at its end; at least one sequence


@dataclass(frozen=True)
class TrainingStep:
    """One report of a running training."""

    done: int  # batches
    total: int  # batches
    losses: dict[str, float]  # nats per character: "training loss", "held-out loss"
    epoch: int  # completed epochs
    sample: str  # generated at the end of the latest epoch, "" before
    characters_per_second: float  # read in training


@dataclass(frozen=True)
class PreparedText:
    """A text, split and measured for a training."""

    text: str  # to train on
    validation_text: str
    vocabulary: str
    prompt: str  # of the samples: the beginning of the held-out text, whole words
    uniform_loss: float  # nats per character of the uniform distribution: ln V
    unigram_loss: float  # nats per character of the character frequencies: their entropy


def split(text: str, sequence_length: int) -> tuple[str, str]:
    """The text to train on and the held-out text: its last 5 %. Raises `ValueError` for a text that is too short."""
    if len(text) < 2 * (sequence_length + 1):
        raise ValueError(
            f"This text has {len(text):,} characters. A sequence length of {sequence_length} needs at least "
            f"{2 * (sequence_length + 1)}: half to train on, half held out. Use a longer text or a shorter sequence."
        )
    cut = len(text) - max(int(len(text) * VALIDATION_FRACTION), sequence_length + 1)
    return text[:cut], text[cut:]


def prepare(text: str, sequence_length: int) -> PreparedText:
    """Split a text, collect its vocabulary and compute two baselines of the loss. Raises as `split` does."""
    training_text, validation_text = split(text, sequence_length)
    vocabulary = "".join(sorted(set(text)))
    frequencies = np.bincount(character_indices(text, vocabulary)) / len(text)
    # without the first and the last word: both may be cut
    prompt = "".join(" ".join(validation_text.split()[1:])[:sequence_length].rpartition(" ")[:2])
    return PreparedText(
        text=training_text,
        validation_text=validation_text,
        vocabulary=vocabulary,
        prompt=map_to_vocabulary(prompt, vocabulary)[0],
        uniform_loss=float(np.log(len(vocabulary))),
        unigram_loss=float(entropy(frequencies) * np.log(2)),
    )


def train(
    model: Any,
    vocabulary: str,
    text: str,
    *,
    validation_text: str,
    training_target: str = "shifted",
    sequence_length: int = 60,
    epochs: int = 10,
    batch_size: int = 64,
    learning_rate: float = 3e-3,
    report_every: int = 20,
    prompt: str = "",
    sample_length: int = 240,
    temperature: float = 0.5,
    seed: int = 0,
) -> Iterator[TrainingStep]:
    """Fit `model` (from `char_rnn.build`, not stateful) to `text` with Adam; yield every `report_every` batches.

    training_target: `"shifted"`: each sequence of `sequence_length` characters is used to predict the
    next character at every position; `"next"`: only at its last position. An epoch reads as many
    characters as the text has. After each epoch the model generates a sample after `prompt` (in its
    vocabulary). The generator may be dropped after any step; the model keeps its weights. Raises
    `ValueError` for an unknown target, and for texts shorter than one sequence and a character.
    """
    import keras

    if training_target not in TRAINING_TARGETS:
        raise ValueError(f"unknown target {training_target!r}: expected one of {', '.join(TRAINING_TARGETS)}")
    for name, characters in (("text", text), ("held-out text", validation_text)):
        if len(characters) < sequence_length + 1:
            raise ValueError(
                f"the {name} has {len(characters)} characters; a sequence length of {sequence_length} needs "
                f"{sequence_length + 1}"
            )
    indices, validation_indices = character_indices(text, vocabulary), character_indices(validation_text, vocabulary)
    target_weights = np.ones((batch_size, sequence_length), "float32")  # of each position in the loss
    if training_target == "next":
        target_weights[:, :-1] = 0
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
    optimizer = keras.optimizers.Adam(learning_rate, clipnorm=1.0)
    model.compile(optimizer=optimizer, loss=loss, jit_compile=False)
    rng = np.random.default_rng(seed)

    def sequences(characters: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and targets, (starts, sequence_length) each."""
        positions = starts[:, None] + np.arange(sequence_length)
        return characters[positions], characters[positions + 1]

    def evenly_spaced(characters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        starts = np.linspace(0, len(characters) - sequence_length - 1, 2 * batch_size).astype("int64")
        return sequences(characters, starts)

    # Both losses and both targets are evaluated the same way, so that they can be compared: on fixed
    # sequences, on their second half, where the model has some context.
    evaluated = {"training loss": evenly_spaced(indices), "held-out loss": evenly_spaced(validation_indices)}
    second_half = (np.arange(sequence_length) >= sequence_length // 2).astype("float32")
    evaluation_weights = np.tile(second_half, (2 * batch_size, 1))
    batches = max(1, (len(indices) - 1) // (sequence_length * batch_size))
    total, done, reported, sample, clock = epochs * batches, 0, 0, "", time.perf_counter()
    for epoch in range(1, epochs + 1):
        for batch in range(1, batches + 1):
            x, y = sequences(indices, rng.integers(len(indices) - sequence_length, size=batch_size))
            model.train_on_batch(x, y, sample_weight=target_weights)
            done += 1
            if done % report_every and batch != batches and done != 1:
                continue
            speed = (done - reported) * batch_size * sequence_length / (time.perf_counter() - clock)
            losses = {}
            for name, (inputs, targets) in evaluated.items():
                model.reset_metrics()
                losses[name] = float(np.mean(model.test_on_batch(inputs, targets, sample_weight=evaluation_weights)))
            model.reset_metrics()
            if batch == batches:
                current = to_numpy(model, vocabulary)
                sample = generate_text(current, prompt, length=sample_length, temperature=temperature, seed=seed)
            yield TrainingStep(done, total, losses, epoch - (batch != batches), sample, speed)
            reported, clock = done, time.perf_counter()
