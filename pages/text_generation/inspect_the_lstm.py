"""Tab "Inspect the LSTM": gates and states of one cell under the characters, or one gate clamped to a fixed value."""

import streamlit as st

from pages.text_generation import clamp_gate, common, gate_activations, text_and_cell_picker
from pages.text_generation.common import describe_character
from pages.text_generation.text_and_cell_picker import Reading
from ui import model_loading, presets_and_reset
from ui.page_layout import result_and_controls

MAX_FIGURE_CHARACTERS = 110  # the figure shows as many as fit into its width
FIRST_CHARACTER = 120  # default start of the figure: shortly before a quotation
MIN_FIGURE_CHARACTERS = 40  # at the end of the text
VIEWS = ("Gate activations", "Clamp a gate")


@st.fragment  # a moved slider reruns this tab only
@model_loading.show_weight_errors()
def show(name: str) -> None:
    result, controls = result_and_controls("inspect_the_lstm")
    # earlier links have no view: with a clamped gate they open the view that shows it
    clamped = any(key.startswith("clamp_") for key in st.query_params)
    with controls:
        view = st.segmented_control(
            "View",
            VIEWS,
            default=VIEWS[clamped],
            required=True,
            key="inspect_view",
            **common.URL_BOUND,
            help="Gate activations: what one cell computes at each character. Clamp a gate: does the network use this "
            "cell? One gate is set to a fixed value while the network reads and generates.",
        )
    if view == VIEWS[1]:
        clamp_gate.show(name, result, controls)
        return
    with controls:
        text = text_and_cell_picker.pick_text(name)
        if not text:
            return
        layer, unit = text_and_cell_picker.pick_cell(name, text)
        start = _start_slider(len(text))
        defaults = text_and_cell_picker.default_state(name)
        defaults |= {"traces_start": FIRST_CHARACTER, "traces_selected": None}
        presets_and_reset.reset(defaults, key="inspect_reset")
    reading = text_and_cell_picker.read(name, text)
    with result:
        selected = _activations(reading, layer, unit, start)
    _equations(reading, layer, unit, selected)


def _start_slider(length: int) -> int:
    """The first character of the figure."""
    last = max(0, length - MIN_FIGURE_CHARACTERS)
    if not last:
        return 0
    if st.session_state.get("traces_start", 0) > last:  # set for a longer text
        st.session_state["traces_start"] = last
    return st.slider(
        "Start",
        0,
        last,
        min(FIRST_CHARACTER, last),
        key="traces_start",
        **common.URL_BOUND,
        help="Position in the text of the first character in the figure.",
    )


def _activations(reading: Reading, layer: int, unit: int, start: int) -> int:
    """A part of the text with the gates and states of one cell. Returns the position of the selected character."""
    end = start + MAX_FIGURE_CHARACTERS
    selected = st.session_state.get("traces_selected")
    if not isinstance(selected, int) or not start <= selected < min(end, len(reading.text)):
        # a quotation mark: the default cell reacts to it
        selected = start + max(0, reading.text[start : start + MIN_FIGURE_CHARACTERS].find('"'))

    def on_select(k: int) -> None:
        st.session_state["traces_selected"] = start + k

    trace = {gate: values[:, unit] for gate, values in reading.traces[layer].items()}
    gate_activations.show(
        reading.text[start:end],
        {gate: values[start:end] for gate, values in trace.items()},
        float(trace["cell"][start - 1]) if start else 0.0,
        key="gate_activations",
        selected=selected - start,
        on_select=on_select,
    )
    return selected


def _equations(reading: Reading, layer: int, unit: int, selected: int) -> None:
    """The equations of the cell, and with the values of the selected character."""
    trace = {gate: float(values[selected, unit]) for gate, values in reading.traces[layer].items()}
    previous = float(reading.traces[layer]["cell"][selected - 1, unit]) if selected else 0.0
    general, values = st.columns([1.1, 1], gap="large")
    with general:
        st.latex(
            r"\begin{aligned} i, f, o &= \sigma(x W + h U + b) \\ g &= \tanh(x W + h U + b) \\ "
            r"c' &= f \cdot c + i \cdot g \\ h' &= o \cdot \tanh(c') \end{aligned}"
        )
    with values:
        character = describe_character(reading.text[selected])
        st.markdown(f"**Values for {character}** (click a column to select another character)")
        st.latex(
            rf"\begin{{aligned}} c' &= {trace['forget']:.2f} \cdot {_factor(previous)} + {trace['input']:.2f} \cdot "
            rf"{_factor(trace['candidate'])} = \mathbf{{{_plain(trace['cell'])}}} \\ h' &= {trace['output']:.2f} \cdot "
            rf"\tanh({_plain(trace['cell'])}) = \mathbf{{{_plain(trace['state'])}}} \end{{aligned}}"
        )


def _plain(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}"


def _factor(value: float) -> str:
    return f"({_plain(value)})" if _plain(value).startswith("-") else _plain(value)
