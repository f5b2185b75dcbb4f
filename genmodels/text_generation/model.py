"""A network that guesses the next character, and writes by believing its guesses.

It reads a text character by character, carries a state, and after each one gives a probability to
every character that could come next. Draw one of them, let the network read it, and draw again:
that is a text. The *temperature* decides how far the draw trusts the network: near zero it always
takes the likeliest character, far above one it takes anything.

Deep Learning with Python, section 8.1; Graves 2013, "Generating Sequences With Recurrent Neural
Networks", arXiv:1308.0850; Karpathy, Johnson & Fei-Fei 2015, "Visualizing and Understanding
Recurrent Networks", arXiv:1506.02078. Where we differ from the book:

- The network reads on and on with its state, instead of reading the last 60 characters anew for
  every character that it writes: the same weights, thousands of times faster.
- It learns from every character of a window ("N characters to the N shifted by one"), where the
  book's learns from the one that follows it. `train` can do both.
- Everything is computed from logits, in float64. The book's code takes the logarithm of
  probabilities that may be zero, and divides by the temperature, which may be zero too.
- Two layers of 384 with dropout, trained on long streams, in place of one of 128.

Sampling and scoring are plain NumPy (`recurrent.py`); only `build` and `train` need Keras, and
import it when they are called.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genmodels.data.text_data import indices
from genmodels.text_generation.char_rnn import (  # noqa: F401
    NAMES,
    CharacterModel,
    load,
    logits_of,
    predict,
    read,
    run,
    score,
    step,
    surprise,
)
from genmodels.text_generation.rnn_cells import Clamp, Layer, State, Trace

# Some of these are used by pages and scripts only: whoever reads about sampling looks for them here.
from genmodels.text_generation.sampling import draw, entropy, reweight, softmax, truncate  # noqa: F401

CELLS = ("lstm", "gru", "simple_rnn")
MODES = ("shifted", "next")  # what a window of N characters teaches: N characters shifted by one, or the next one


@dataclass(eq=False, slots=True)  # not frozen: that alone would take a twentieth of the time of writing
class Step:
    """One character, as it was decided."""

    done: int  # characters written
    total: int  # characters asked for
    character: str
    index: int  # its place in the vocabulary
    probability: float  # that it had in the draw
    logits: np.ndarray  # (V,) float64, what the network put out
    distribution: np.ndarray  # (V,) float64, what was drawn from: after temperature, top-k and top-p
    number: float  # the random number in [0, 1) that the draw used
    state: tuple[State, ...] = field(repr=False)  # after reading the character: go on from here
    gates: tuple[Trace, ...] = field(repr=False)  # what it did as it read the character, see `traces`

    @property
    def traces(self) -> tuple[Trace, ...]:
        """A layer each: gate: (units,), as the network read the character."""
        return tuple({gate: value[0] for gate, value in trace.items()} for trace in self.gates)


def generate(
    model: CharacterModel,
    prompt: str,
    *,
    length: int = 400,
    temperature: float = 0.5,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int = 0,
    skip: int = 0,
    state: tuple[State, ...] | None = None,
    clamp: Mapping[int, Clamp] | None = None,
) -> Iterator[Step]:
    """Write `length` characters after `prompt`, one `Step` each.

    The k-th character is drawn with the k-th random number of `seed`, whatever the temperature, so
    that two temperatures can be compared. To go on from a text: `skip` numbers that it has used,
    and give the `state` of the step before (the prompt is then what to read on top, "" for nothing).
    clamp: layer: {gate: (unit, value)}, held while it reads and writes. Raises `ValueError` on a
    negative temperature, a top_k below 1, a top_p outside (0, 1], and on characters outside the
    vocabulary.
    """
    logits, state, _ = _begin(model, prompt, state, clamp)
    numbers = np.random.default_rng(seed).random(skip + length)[skip:]
    for done, number in enumerate(numbers, 1):
        before = logits
        distribution = truncate(softmax(before[0], temperature), top_k, top_p)
        index = draw(distribution, number)
        logits, state, gates = step(model, state, np.array([index]), clamp)
        yield Step(
            done=done,
            total=length,
            character=model.vocabulary[index],
            index=index,
            probability=float(distribution[index]),
            logits=before[0],
            distribution=distribution,
            number=float(number),
            state=state,
            gates=gates,
        )


def _begin(
    model: CharacterModel, prompt: str, state: tuple[State, ...] | None, clamp: Mapping[int, Clamp] | None
) -> tuple[np.ndarray, tuple[State, ...], tuple[Trace, ...]]:
    if prompt:
        logits, state, traces = run(model, prompt, clamp=clamp, state=state)
        return logits[-1:], state, traces
    state = state or model.zero_state()
    return logits_of(model, state[-1][-1]), state, ()


def write(
    model: CharacterModel,
    prompt: str,
    temperatures: Sequence[float],
    *,
    length: int = 400,
    seed: int = 0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> tuple[list[str], np.ndarray]:
    """The same beginning and the same random numbers at several temperatures, written side by side.

    Returns the texts, without the prompt, and the entropy of every draw: (temperatures, length)
    float64 bits. Column k is what `generate` writes at temperature k.
    """
    n = len(temperatures)
    logits, state, _ = _begin(model, prompt, None, None)
    logits = np.repeat(logits, n, axis=0)
    state = tuple(tuple(np.repeat(part, n, axis=0) for part in layer) for layer in state)
    chosen, bits = np.empty((n, length), "int64"), np.empty((n, length))
    for t, number in enumerate(np.random.default_rng(seed).random(length)):
        for k, temperature in enumerate(temperatures):
            distribution = truncate(softmax(logits[k], temperature), top_k, top_p)
            chosen[k, t], bits[k, t] = draw(distribution, number), entropy(distribution)
        logits, state, _ = step(model, state, chosen[:, t])
    return ["".join(model.vocabulary[i] for i in row) for row in chosen], bits


# --- training ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrainingStep:
    """One report of a running training."""

    done: int  # batches
    total: int  # batches
    losses: dict[str, float]  # nats per character: "training loss", "held-out loss"
    epoch: int  # passes over the text that are complete
    sample: str  # what the network wrote at the end of the latest epoch, "" before
    characters_per_second: float  # read in training


def build(
    vocabulary: str,
    *,
    cell: str = "lstm",
    units: int | Sequence[int] = 128,
    embedding: int = 32,
    dropout: float = 0.0,
    batch_size: int | None = None,
    seed: int = 0,
) -> Any:
    """A fresh Keras model: (n, T) int32 characters to (n, T, V) logits of the one after each.

    cell: one of `CELLS`. units: of one layer, or of several. embedding: numbers that stand for a
    character. dropout: share of each layer's outputs that training drops. batch_size: None for
    independent windows; a number makes it stateful (each row goes on where it was in the batch
    before). Raises `ValueError` on an unknown cell, a vocabulary of fewer than two characters or one
    that repeats itself.
    """
    if cell not in CELLS:
        raise ValueError(f"unknown cell {cell!r}: expected one of {', '.join(CELLS)}")
    if len(set(vocabulary)) != len(vocabulary) or len(vocabulary) < 2:
        raise ValueError(f"a vocabulary needs two different characters or more, each once, got {vocabulary!r}")
    import keras
    from keras import layers

    kind = {"lstm": layers.LSTM, "gru": layers.GRU, "simple_rnn": layers.SimpleRNN}[cell]
    sizes = (units,) if isinstance(units, int) else tuple(units)
    seeds = iter(range(1000 * seed, 1000 * seed + 1000))  # own seeds: set_random_seed is process-wide
    init = keras.initializers
    text = keras.Input(batch_shape=(batch_size, None), dtype="int32", name="text")
    uniform = init.RandomUniform(-0.05, 0.05, seed=next(seeds))
    x = layers.Embedding(len(vocabulary), embedding, embeddings_initializer=uniform, name="embedding")(text)
    for k, size in enumerate(sizes):
        x = kind(
            size,
            return_sequences=True,
            stateful=batch_size is not None,
            kernel_initializer=init.GlorotUniform(seed=next(seeds)),
            recurrent_initializer=init.Orthogonal(seed=next(seeds)),
            name=f"{cell}_{k}",
        )(x)  # (n, T, units)
        x = layers.Dropout(dropout, seed=next(seeds))(x)
    logits = layers.Dense(len(vocabulary), kernel_initializer=init.GlorotUniform(seed=next(seeds)), name="logits")(x)
    return keras.Model(text, logits, name="text_generation")


def freeze(model: Any, vocabulary: str) -> CharacterModel:
    """The weights of a Keras model as they are now, copied into arrays that can write and score."""
    recurrent = [layer for layer in model.layers if layer.name.rpartition("_")[0] in CELLS]
    cell = recurrent[0].name.rpartition("_")[0]
    (embedding,) = model.get_layer("embedding").get_weights()
    return CharacterModel(
        vocabulary,
        embedding,
        tuple(Layer(cell, *layer.get_weights()[:3]) for layer in recurrent),
        *model.get_layer("logits").get_weights(),
    )


def train(
    model: Any,
    vocabulary: str,
    text: str,
    *,
    held_out: str,
    mode: str = "shifted",
    window: int = 60,
    epochs: int = 10,
    batch_size: int = 64,
    learning_rate: float = 3e-3,
    report_every: int = 20,
    prompt: str = "",
    sample_length: int = 240,
    temperature: float = 0.5,
    seed: int = 0,
) -> Iterator[TrainingStep]:
    """Fit `model` (from `build`, not stateful) to `text` with Adam, reporting every `report_every` batches.

    mode: `"shifted"`: each window of `window` characters teaches to predict every character in it
    from those before; `"next"`: only the one that follows it. An epoch shows as many characters as
    the text has. After each epoch the network writes a sample after `prompt` (in its own
    characters). The generator may be dropped after any step; the model keeps what it learnt.
    Raises `ValueError` on an unknown mode, and where text or held_out is shorter than one window
    and a character.
    """
    import time

    import keras

    if mode not in MODES:
        raise ValueError(f"unknown mode {mode!r}: expected one of {', '.join(MODES)}")
    for what, characters in (("text", text), ("held-out text", held_out)):
        if len(characters) < window + 1:
            raise ValueError(f"the {what} has {len(characters)} characters; a window of {window} needs {window + 1}")
    ids, held_ids = indices(text, vocabulary), indices(held_out, vocabulary)
    counts = np.ones((1, window), "float32")  # which predictions the loss looks at
    if mode == "next":
        counts[:, :-1] = 0
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
    optimizer = keras.optimizers.Adam(learning_rate, clipnorm=1.0)
    model.compile(optimizer=optimizer, loss=loss, jit_compile=False)
    rng = np.random.default_rng(seed)

    def windows(characters: np.ndarray, begins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        places = begins[:, None] + np.arange(window)
        return characters[places], characters[places + 1]

    def spread(characters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return windows(characters, np.linspace(0, len(characters) - window - 1, 2 * batch_size).astype("int64"))

    # Both losses are measured alike, so that they can be compared, and one mode with the other: on
    # fixed windows, from the middle on, where the network has read something.
    measured = {"training loss": spread(ids), "held-out loss": spread(held_ids)}
    late = np.repeat(np.arange(window)[None] >= window // 2, 2 * batch_size, axis=0).astype("float32")
    batches = max(1, (len(ids) - 1) // (window * batch_size))
    total, done, last, sample, clock = epochs * batches, 0, 0, "", time.perf_counter()
    for epoch in range(1, epochs + 1):
        for b in range(1, batches + 1):
            x, y = windows(ids, rng.integers(len(ids) - window, size=batch_size))
            model.train_on_batch(x, y, sample_weight=np.repeat(counts, batch_size, axis=0))
            done += 1
            if done % report_every and b != batches and done != 1:
                continue
            speed = (done - last) * batch_size * window / (time.perf_counter() - clock)
            losses = {}
            for name, (seen, wanted) in measured.items():
                model.reset_metrics()
                losses[name] = float(np.mean(model.test_on_batch(seen, wanted, sample_weight=late)))
            model.reset_metrics()
            if b == batches:
                (sample,), _ = write(freeze(model, vocabulary), prompt, [temperature], length=sample_length, seed=seed)
            yield TrainingStep(done, total, losses, epoch - (b != batches), sample, speed)
            last, clock = done, time.perf_counter()
