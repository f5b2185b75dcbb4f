"""Generate text: sample a character from the model's prediction, feed it back in, repeat.

The k-th character always uses the k-th random number of the seed, so that two temperatures can be
compared with the same randomness.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genmodels.text_generation.char_rnn import CharRNN, forward, output_logits, step
from genmodels.text_generation.rnn_cells import Clamp, State, Trace
from genmodels.text_generation.sampling import entropy, sample_index, softmax, truncate


@dataclass(eq=False, slots=True)  # not frozen: frozen=True takes 5 % of the time of generating
class Step:
    """One generated character, with everything that determined it."""

    done: int  # characters generated so far
    total: int  # characters to generate
    character: str
    index: int  # of the character in the vocabulary
    probability: float  # of the character in `distribution`
    logits: np.ndarray  # (V,) float64, output of the network
    distribution: np.ndarray  # (V,) float64, sampled from: after temperature, top-k and top-p
    random_draw: float  # u in [0, 1), see `sampling.sample_index`
    state: tuple[State, ...] = field(repr=False)  # after reading the character; to continue from
    layer_traces: tuple[Trace, ...] = field(repr=False)  # of reading the character, each (1, units)

    @property
    def traces(self) -> tuple[Trace, ...]:
        """Gates and states of reading the character, per layer: name: (units,)."""
        return tuple({name: value[0] for name, value in trace.items()} for trace in self.layer_traces)


def generate(
    model: CharRNN,
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
    """Generate `length` characters after `prompt`, one `Step` each.

    temperature: T >= 0 divides the logits; 0 is greedy, 1 the model's own distribution. To continue a
    text: `state` of its last step and `skip`, the number of its characters (the prompt is then read
    in addition, "" for none). clamp: layer: {gate: (unit, value)}, while reading and generating.
    Raises `ValueError` for a negative temperature, a top_k below 1, a top_p outside (0, 1], and for
    characters outside the vocabulary.
    """
    logits, state = _read_prompt(model, prompt, state, clamp)
    random_draws = np.random.default_rng(seed).random(skip + length)[skip:]
    for done, random_draw in enumerate(random_draws, 1):
        predicted = logits
        distribution = truncate(softmax(predicted[0], temperature), top_k, top_p)
        index = sample_index(distribution, random_draw)
        logits, state, traces = step(model, state, np.array([index]), clamp)
        yield Step(
            done=done,
            total=length,
            character=model.vocabulary[index],
            index=index,
            probability=float(distribution[index]),
            logits=predicted[0],
            distribution=distribution,
            random_draw=float(random_draw),
            state=state,
            layer_traces=traces,
        )


def generate_text(model: CharRNN, prompt: str, **options: Any) -> str:
    """The characters of `generate(model, prompt, **options)`, without the prompt."""
    return "".join(step.character for step in generate(model, prompt, **options))


def compare_temperatures(
    model: CharRNN,
    prompt: str,
    temperatures: Sequence[float],
    *,
    length: int = 400,
    seed: int = 0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> tuple[list[str], np.ndarray]:
    """Generate with the same prompt and the same random numbers at several temperatures, as one batch.

    Returns the texts, without the prompt, and the entropy of every sampling distribution:
    (temperatures, length) float64 bits. Text k is that of `generate` at temperature k.
    """
    n = len(temperatures)
    logits, state = _read_prompt(model, prompt)
    logits = np.repeat(logits, n, axis=0)  # (n, V)
    state = tuple(tuple(np.repeat(part, n, axis=0) for part in layer_state) for layer_state in state)
    indices, bits = np.empty((n, length), "int64"), np.empty((n, length))
    for t, random_draw in enumerate(np.random.default_rng(seed).random(length)):
        for k, temperature in enumerate(temperatures):
            distribution = truncate(softmax(logits[k], temperature), top_k, top_p)
            indices[k, t], bits[k, t] = sample_index(distribution, random_draw), entropy(distribution)
        logits, state, _ = step(model, state, indices[:, t])
    return ["".join(model.vocabulary[i] for i in row) for row in indices], bits


def _read_prompt(
    model: CharRNN,
    prompt: str,
    state: tuple[State, ...] | None = None,
    clamp: Mapping[int, Clamp] | None = None,
) -> tuple[np.ndarray, tuple[State, ...]]:
    """Logits (1, V) and state after the prompt."""
    if prompt:
        logits, state, _ = forward(model, prompt, clamp=clamp, state=state)
        return logits[-1:], state
    state = state or model.zero_state()
    return output_logits(model, state[-1][-1]), state


@dataclass(eq=False)
class GeneratedText:
    """A text that is generated in parts, and that can be cut, changed and continued at every character.

    prompt_state: of the model after the prompt. steps: index, logits, random number and state of
    every character. forced: positions of characters that were chosen, not sampled.
    """

    model: CharRNN
    prompt_state: tuple[State, ...]
    top_k: int | None = None
    top_p: float | None = None
    seed: int = 0
    steps: list[tuple[int, np.ndarray, float, tuple[State, ...]]] = field(default_factory=list)
    forced: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.model.vocabulary[index] for index, *_ in self.steps)

    def extend(self, length: int, temperature: float) -> None:
        """Generate until the text has `length` characters."""
        present = len(self.steps)
        for one in generate(
            self.model,
            "",
            length=max(0, length - present),
            temperature=temperature,
            top_k=self.top_k,
            top_p=self.top_p,
            seed=self.seed,
            skip=present,
            state=self._state_before(present),
        ):
            self.steps.append((one.index, one.logits, one.random_draw, one.state))

    def truncate(self, length: int) -> None:
        """Keep the first `length` characters."""
        del self.steps[length:]
        self.forced = [position for position in self.forced if position < length]

    def force_character(self, position: int, index: int) -> None:
        """Replace the character at `position` by the one with this index, and drop all after it."""
        _, logits, random_draw, _ = self.steps[position]
        state = step(self.model, self._state_before(position), np.array([index]))[1]
        self.truncate(position)
        self.steps.append((index, logits, random_draw, state))
        self.forced.append(position)

    def _state_before(self, position: int) -> tuple[State, ...]:
        return self.steps[position - 1][3] if position else self.prompt_state
