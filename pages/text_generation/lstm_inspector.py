"""One memory cell at work: its gates under the characters, the sums they do, and what happens when one is held."""

import numpy as np
import streamlit as st

from genmodels.data import text_data
from genmodels.text_generation import model as text_generation
from genmodels.text_generation import rnn_cells
from genmodels.text_generation.rnn_cells import Clamp
from pages.text_generation import common, gate_activations, text_and_cell_picker, text_heatmap
from ui import code_panel, model_loading, presets_and_reset
from ui.page_layout import reader_text

ACROSS = 110  # characters of the figure at most; it shows as many as the screen has room for
BEGIN = 120  # the character that the figure begins at, at first: shortly before a quotation
SHORTEST = 40  # characters that the end of the text still shows
LENGTH = 300  # characters that are written with a gate held
HELD = {"Forget gate f": "forget", "Input gate i": "input", "Output gate o": "output", "Cell state c": "cell"}
SCOPES = ("This cell", "Whole layer")
CLAMP = {
    "clamp_gate": "Forget gate f",
    "clamp_at": "1",
    "clamp_state": 0.0,
    "clamp_scope": SCOPES[1],
    "clamp_prompt": common.STARTS[0],
    "clamp_temperature": 0.5,
    "clamp_seed": 0,
}


@st.fragment  # a moved slider redraws this tab only, not the page around it
@model_loading.show_weight_errors()
def show(name: str) -> None:
    reader_text(
        "A cell of the LSTM is one number, *c*, with three gates around it: how much of the old number is kept, how "
        "much of a new one is let in, how much of the result is shown to the rest of the network. Read down a column: "
        "that is what one cell did when it read that character."
    )
    what, again = st.columns([6, 1], vertical_alignment="bottom", gap="medium")
    with again:
        defaults = text_and_cell_picker.begin(name) | {"inside_from": BEGIN, "inside_at": None}
        presets_and_reset.reset(defaults, key="inside_reset")
    text = text_and_cell_picker.choose_text(name, what)
    if not text:
        return
    layer, unit = text_and_cell_picker.choose_cell(name, text)
    read = text_and_cell_picker.read(name, text)
    at = _traces(read, layer, unit)
    _equations(read, layer, unit, at)
    st.divider()
    _clamp(name, layer, unit)


def _traces(read: text_and_cell_picker.Reading, layer: int, unit: int) -> int:
    """A window of the text over the traces of one cell; the character that is picked."""
    last = max(0, len(read.text) - SHORTEST)
    start = 0
    if last:
        if st.session_state.get("inside_from", 0) > last:  # of a longer text
            st.session_state["inside_from"] = last
        start = st.slider(
            "From character",
            0,
            last,
            min(BEGIN, last),
            key="inside_from",
            **common.KEEP,
            help="The figure shows what the screen has room for; move along the text.",
        )
    end = start + ACROSS
    at = st.session_state.get("inside_at")
    if not isinstance(at, int) or not start <= at < min(end, len(read.text)):
        at = start + max(0, read.text[start : start + SHORTEST].find('"'))  # something happens there

    def pick(k: int) -> None:
        st.session_state["inside_at"] = start + k

    trace = {gate: values[:, unit] for gate, values in read.traces[layer].items()}
    gate_activations.show(
        read.text[start:end],
        {gate: values[start:end] for gate, values in trace.items()},
        float(trace["cell"][start - 1]) if start else 0.0,
        key="inside_traces",
        picked=at - start,
        on_pick=pick,
    )
    return at


def _equations(read: text_and_cell_picker.Reading, layer: int, unit: int, at: int) -> None:
    now = {gate: float(values[at, unit]) for gate, values in read.traces[layer].items()}
    before = float(read.traces[layer]["cell"][at - 1, unit]) if at else 0.0
    general, numbers = st.columns([1.1, 1], gap="large")
    with general:
        st.latex(
            r"\begin{aligned} i, f, o &= \sigma(x W + h U + b) \\ g &= \tanh(x W + h U + b) \\ "
            r"c' &= f \cdot c + i \cdot g \\ h' &= o \cdot \tanh(c') \end{aligned}"
        )
    with numbers:
        st.markdown(f"**When it read {text_and_cell_picker.named(read.text[at])}** (click a column for another)")
        st.latex(
            rf"\begin{{aligned}} c' &= {now['forget']:.2f} \cdot {_factor(before)} + {now['input']:.2f} \cdot "
            rf"{_factor(now['candidate'])} = \mathbf{{{_plain(now['cell'])}}} \\ h' &= {now['output']:.2f} \cdot "
            rf"\tanh({_plain(now['cell'])}) = \mathbf{{{_plain(now['state'])}}} \end{{aligned}}"
        )


def _plain(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"


def _factor(value: float) -> str:
    return f"({_plain(value)})" if _plain(value).startswith("-") else _plain(value)


# --- holding a gate ---------------------------------------------------------------------------


@st.cache_data(show_spinner="Writing with the gate held", max_entries=64)
def written(
    name: str, prompt: str, temperature: float, seed: int, clamp: dict[int, dict[str, tuple[int | None, float]]] | None
) -> str:
    """What the network writes after a prompt, with a gate held or without; unit None is the whole layer."""
    steps = text_generation.generate(
        common.load(name), prompt, length=LENGTH, temperature=temperature, seed=seed, clamp=_sliced(clamp)
    )
    return "".join(step.character for step in steps)


@st.cache_data(show_spinner=False, max_entries=64)
def cost(name: str, clamp: dict[int, dict[str, tuple[int | None, float]]]) -> tuple[float, float]:
    """Mean nats of our essay without and with a gate held, its first character left out."""
    model = common.load(name)
    text = text_data.fit_text(next(iter(text_and_cell_picker.PASSAGES.values())), model.vocabulary)[0]
    logits, _, _ = text_generation.run(model, text, clamp=_sliced(clamp))
    index = text_data.indices(text, model.vocabulary)
    with_it = text_generation.surprise(logits[:-1], index[1:])
    return float(text_and_cell_picker.read(name, text).nats[1:].mean()), float(with_it.mean())


def _sliced(clamp: dict[int, dict[str, tuple[int | None, float]]] | None) -> dict[int, Clamp] | None:
    whole = slice(None)  # which cannot be part of a cache's key
    return clamp and {
        layer: {gate: (whole if unit is None else unit, value) for gate, (unit, value) in gates.items()}
        for layer, gates in clamp.items()
    }


def _clamp(name: str, layer: int, unit: int) -> None:
    st.subheader("Hold a gate", anchor=False)
    cells = sum(one.units for one in common.load(name).layers)
    reader_text(
        "Does the network need what this cell does? Hold one of its gates while it reads and writes, with the same "
        f"random numbers. One cell of {cells} costs little: the others know most of it too. A gate of a whole layer "
        "can cost everything: with forget gates at 1 nothing is ever forgotten, and the text falls apart."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        gate = HELD[
            st.selectbox(
                "Hold the",
                list(HELD),
                key="clamp_gate",
                width=160,
                **common.KEEP,
                help="A forget gate at 0 makes it forget at every character, at 1 it never forgets; an input gate at 0 "
                "lets nothing in; an output gate at 0 shows nothing.",
            )
        ]
        if gate == "cell":
            value = st.slider(
                "at",
                -5.0,
                5.0,
                0.0,
                0.5,
                key="clamp_state",
                width=150,
                **common.KEEP,
                help="Hold the cell of the quotation marks where it stands inside them (see its row above), and "
                "look for quotation marks in what the network writes.",
            )
        else:
            value = float(
                st.segmented_control(
                    "at",
                    ["0", "1"],
                    default="1",
                    required=True,
                    key="clamp_at",
                    **common.KEEP,
                    help="0: shut. 1: open.",
                )
            )
        scope = st.segmented_control(
            "of",
            SCOPES,
            default=SCOPES[1],
            required=True,
            key="clamp_scope",
            **common.KEEP,
            help="This cell only, or all cells of the layer that is chosen above.",
        )
        temperature = st.slider(
            "Temperature",
            0.0,
            1.5,
            0.5,
            0.1,
            key="clamp_temperature",
            width=150,
            **common.KEEP,
            help="At 0 no chance is involved: every difference is the gate's.",
        )
        seed = st.number_input(
            "Seed", 0, 9999, 0, key="clamp_seed", width=90, **common.KEEP, help="Other random numbers, for both texts."
        )
        presets_and_reset.reset(CLAMP, key="clamp_reset")
    prompt = st.text_input(
        "Both begin with",
        common.STARTS[0],
        key="clamp_prompt",
        max_chars=300,
        **common.KEEP,
        help="May be empty: then the network begins from nothing.",
    )
    prompt = common.fitted(prompt, common.load(name).vocabulary)
    clamp = {layer: {gate: (None if scope == SCOPES[1] else unit, value)}}
    free, held = written(name, prompt, temperature, seed, None), written(name, prompt, temperature, seed, clamp)
    without, with_it = cost(name, clamp)
    st.markdown(_verdict(free, held, without, with_it))
    left, right = st.columns(2, gap="large")
    changed = np.array([a != b for a, b in zip(free, held, strict=True)], float)
    for place, title, text, marks in (
        (left, "As it is", free, 0 * changed),
        (right, "With the gate held", held, changed),
    ):
        with place:
            st.markdown(f"**{title}**")
            text_heatmap.text(text, marks, key=f"clamp_{title}", label=title, high=2.0)
    script = f"""
        from genmodels.text_generation import model as text_generation

        model = text_generation.load({name!r})
        clamp = {{{layer}: {{{gate!r}: ({"slice(None)" if scope == SCOPES[1] else unit}, {value})}}}}
        for held in (None, clamp):
            steps = text_generation.generate(
                model, {prompt!r}, length={LENGTH}, temperature={temperature}, seed={seed}, clamp=held
            )
            print("".join(step.character for step in steps), end="\\n\\n")
        """
    code_panel.show(
        script, [rnn_cells.lstm, text_generation.step, text_generation.generate], key="inside", name="text_clamp"
    )


def _verdict(free: str, held: str, without: float, with_it: float) -> str:
    """What the held gate did, in two sentences."""
    first = next((k for k, (a, b) in enumerate(zip(free, held, strict=True)) if a != b), None)
    if first is None:
        changed = f"Not one of {len(free)} characters changed."
    else:
        changed = f"The first {first} characters are the same." if first else "The very first character is another."
    more = with_it - without
    told = f"costs **{text_and_cell_picker.number(more)} nats per character**" if more >= 0 else "costs nothing"
    return f"{changed} On our essay it {told}: {without:.3f} as it is, {with_it:.3f} with the gate held."
