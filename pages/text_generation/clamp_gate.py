"""View "Clamp a gate" of the tab "Inspect the LSTM": the same text with one gate set to a fixed value."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.data import text_data
from genmodels.text_generation import char_rnn, generation, rnn_cells
from genmodels.text_generation.rnn_cells import Clamp
from pages.text_generation import common, text_and_cell_picker, text_heatmap
from pages.text_generation.common import format_number
from ui import code_panel, presets_and_reset

LENGTH = 300  # characters of the two generated texts
GATES = {"Forget gate f": "forget", "Input gate i": "input", "Output gate o": "output", "Cell state c": "cell"}
SCOPES = ("This cell", "Whole layer")
CLAMP_DEFAULTS = {
    "clamp_gate": "Forget gate f",
    "clamp_value": "1",
    "clamp_cell_value": 0.0,
    "clamp_units": SCOPES[1],
    "clamp_prompt": common.PROMPTS[0],
    "clamp_temperature": 0.5,
    "clamp_seed": 0,
}

ClampSettings = dict[int, dict[str, tuple[int | None, float]]]  # layer: {gate: (unit, None for all; value)}


def show(name: str, result: DeltaGenerator, controls: DeltaGenerator) -> None:
    with controls:
        gate, value, scope = _clamp_controls()
        temperature, prompt, seed = _generation_controls()
        text = _essay(name)
        layer, unit = text_and_cell_picker.pick_cell(name, text)
        presets_and_reset.reset(CLAMP_DEFAULTS, key="clamp_reset")
    with result:
        prompt = common.to_vocabulary(prompt, common.load(name).vocabulary)
        clamp: ClampSettings = {layer: {gate: (None if scope == SCOPES[1] else unit, value)}}
        baseline = generated_text(name, prompt, temperature, seed, None)
        clamped = generated_text(name, prompt, temperature, seed, clamp)
        st.markdown(_summary(baseline, clamped, *clamped_loss(name, clamp)))
        different = np.array([a != b for a, b in zip(baseline, clamped, strict=True)], float)
        for column, title, generated, marks in zip(
            st.columns(2, gap="medium"),
            ("Baseline", "Gate clamped"),
            (baseline, clamped),
            (0 * different, different),
            strict=True,
        ):
            with column:
                st.markdown(f"**{title}**")
                text_heatmap.show(generated, marks, key=f"clamp_{title}", label=title, high=2.0)
    script = f"""
        from genmodels.text_generation import char_rnn, generation

        model = char_rnn.load({name!r})
        clamp = {{{layer}: {{{gate!r}: ({"slice(None)" if scope == SCOPES[1] else unit}, {value})}}}}
        options = {{"length": {LENGTH}, "temperature": {temperature}, "seed": {seed}}}
        for gates in (None, clamp):
            print(generation.generate_text(model, {prompt!r}, clamp=gates, **options), end="\\n\\n")
        """
    functions = [rnn_cells.lstm, char_rnn.step, generation.generate]
    code_panel.show(script, functions, key="inspect", name="clamp_a_gate")


def _clamp_controls() -> tuple[str, float, str]:
    gate = GATES[
        st.selectbox(
            "Gate to clamp",
            list(GATES),
            key="clamp_gate",
            **common.URL_BOUND,
            help="Forget gate 0: the old cell state is dropped at every character; 1: it is kept completely. Input "
            "gate 0: the cell state takes no input. Output gate 0: the hidden state is zero.",
        )
    ]
    left, right = st.columns([2, 3], gap="small")
    if gate == "cell":
        value = left.slider(
            "Value",
            -5.0,
            5.0,
            0.0,
            0.5,
            key="clamp_cell_value",
            **common.URL_BOUND,
            help="Clamp the quote-detecting cell to its value inside quotes (see its row in Gate activations), and "
            "check the quotation marks in the generated text.",
        )
    else:
        value = float(
            left.segmented_control(
                "Value",
                ["0", "1"],
                default="1",
                required=True,
                key="clamp_value",
                **common.URL_BOUND,
                help="0: closed. 1: open.",
            )
        )
    scope = right.selectbox(
        "Scope",
        SCOPES,
        index=1,
        key="clamp_units",
        **common.URL_BOUND,
        help="The selected cell only, or all cells of its layer. One cell has little effect, because others carry the "
        "same information. With all forget gates of a layer at 1 nothing is forgotten, and the text falls apart.",
    )
    return gate, value, scope


def _generation_controls() -> tuple[float, str, int]:
    temperature = st.slider(
        "Temperature",
        0.0,
        common.MAX_TEMPERATURE,
        0.5,
        0.1,
        key="clamp_temperature",
        **common.URL_BOUND,
        help="At 0 (greedy) sampling is deterministic, so every difference is caused by the clamped gate.",
    )
    left, right = st.columns([3, 2], gap="small")
    prompt = left.text_input(
        "Prompt",
        common.PROMPTS[0],
        key="clamp_prompt",
        max_chars=300,
        **common.URL_BOUND,
        help="Prompt of both texts. If empty, generation starts from the zero state.",
    )
    seed = right.number_input(
        "Seed", 0, 9999, 0, key="clamp_seed", **common.URL_BOUND, help="Seed of the random numbers of both texts."
    )
    return temperature, prompt, seed


def _essay(name: str) -> str:
    """The first passage, on which the loss is measured, in the model's vocabulary."""
    passage = next(iter(text_and_cell_picker.PASSAGES.values()))
    return text_data.map_to_vocabulary(passage, common.load(name).vocabulary)[0]


@st.cache_data(show_spinner="Generating", max_entries=64)
def generated_text(name: str, prompt: str, temperature: float, seed: int, clamp: ClampSettings | None) -> str:
    """The text after a prompt, with a clamped gate or without."""
    options = {"length": LENGTH, "temperature": temperature, "seed": seed}
    return generation.generate_text(common.load(name), prompt, clamp=_with_slices(clamp), **options)


@st.cache_data(show_spinner=False, max_entries=64)
def clamped_loss(name: str, clamp: ClampSettings) -> tuple[float, float]:
    """Mean nats per character of the first passage, without its first character: baseline and with a clamped gate."""
    nats = char_rnn.negative_log_likelihood(common.load(name), _essay(name), clamp=_with_slices(clamp))
    baseline = text_and_cell_picker.read(name, _essay(name)).nats
    return float(baseline[1:].mean()), float(nats[1:].mean())


def _with_slices(clamp: ClampSettings | None) -> dict[int, Clamp] | None:
    """None for all units, which can be a cache key, replaced by a slice, which cannot."""
    return clamp and {
        layer: {gate: (slice(None) if unit is None else unit, value) for gate, (unit, value) in gates.items()}
        for layer, gates in clamp.items()
    }


def _summary(baseline: str, clamped: str, baseline_loss: float, loss: float) -> str:
    """The effect of the clamped gate on the generated text and on the loss, in two sentences."""
    same = next((k for k, (a, b) in enumerate(zip(baseline, clamped, strict=True)) if a != b), None)
    if same is None:
        effect = f"All {len(baseline)} characters are equal."
    else:
        effect = f"The first {same} characters are equal." if same else "The first character already differs."
    increase = loss - baseline_loss
    change = f"**+{format_number(increase)} nats per character**" if increase >= 0 else "no increase"
    return f"{effect} Loss on the essay: {change} ({baseline_loss:.3f} baseline, {loss:.3f} with the gate clamped)."
