"""Tab "Surprisal": a text heatmap of the surprisal of each character, or of the activation of one cell or gate."""

import html

import numpy as np
import streamlit as st

from genmodels.text_generation import char_rnn, interpretable_cells, metrics, sampling
from genmodels.text_generation.rnn_cells import SIGMOID_GATES
from pages.text_generation import common, text_and_cell_picker, text_heatmap
from pages.text_generation.common import describe_character, format_number
from pages.text_generation.text_and_cell_picker import GATE_NAMES, Reading
from ui import code_panel, model_loading, presets_and_reset
from ui.page_layout import presenter_mode, reader_text, result_and_controls

MAX_COLOR_NATS = 6.0  # the strongest color: a character of probability 1 in 400
COLOR_BY = ("Surprisal", "Cell or gate")
_PASSAGES_STYLE = """<style>
.passages { border-collapse: collapse; width: 100%; font-family: var(--st-code-font, monospace); font-size: 0.95rem; }
.passages td { padding: 0.22rem 0; white-space: pre; }
.passages td:nth-child(1) { text-align: right; width: 1%; opacity: 0.6; }
.passages td:nth-child(2) { width: 1%; background: rgb(230 85 13 / 0.32); }
.passages td:nth-child(3) { opacity: 0.6; }
.passages td:nth-child(4) { text-align: right; width: 1%; padding-left: 1rem; font-variant-numeric: tabular-nums; }
</style>"""

_CORRELATIONS_STYLE = """<style>
.correlations { display: grid; grid-template-columns: 1fr max-content; gap: 0.1rem 0.6rem; margin: 0; }
.correlations span { margin-top: 0.35rem; font-variant-numeric: tabular-nums; }
.correlations div { grid-column: 1 / 3; height: 0.5rem; position: relative; border-radius: 3px;
  background: rgb(128 128 128 / 0.16); }
.correlations i { position: absolute; top: 0; bottom: 0; border-radius: 2px; }
</style>"""


@st.fragment  # a moved slider reruns this tab only
@model_loading.show_weight_errors()
def show(name: str) -> None:
    result, controls = result_and_controls("surprisal")
    vocabulary, gate, cell = common.load(name).vocabulary, "cell", None
    with controls:
        text = text_and_cell_picker.pick_text(name)
        color_by = st.segmented_control(
            "Color by",
            COLOR_BY,
            default=COLOR_BY[0],
            required=True,
            key="heatmap_value",
            **common.URL_BOUND,
            help="Surprisal of each character, or the activation of one cell or gate.",
        )
        if color_by == COLOR_BY[1]:
            gate = st.selectbox(
                "Cell state or gate",
                list(GATE_NAMES),
                format_func=GATE_NAMES.__getitem__,
                key="heatmap_gate",
                **common.URL_BOUND,
                help="The cell state and the hidden state are values; the three gates are between 0 (closed) and 1 "
                "(open). The tab Inspect the LSTM shows all of them at once.",
            )
            if text:
                cell = text_and_cell_picker.pick_cell(name, text, gate)
    if not text:
        with controls:
            _reset(name)
        return
    reading = text_and_cell_picker.read(name, text)
    with result:
        selected = _heatmap(reading, cell, gate, vocabulary)
        _mean(reading)
    with controls:
        if cell is None:
            _prediction(reading, selected, vocabulary)
        else:
            _correlations(text_and_cell_picker.correlations(name, text, gate), cell)
        _reset(name)
    _hardest_passages(reading)
    _code(name, text, cell, gate)


def _reset(name: str) -> None:
    defaults = {"heatmap_value": COLOR_BY[0], "heatmap_gate": "cell", "heatmap_selected": None}
    presets_and_reset.reset(text_and_cell_picker.default_state(name) | defaults, key="surprisal_reset")


def _heatmap(reading: Reading, cell: tuple[int, int] | None, gate: str, vocabulary: str) -> int:
    """The text heatmap. Returns the selected character, by default the one with the highest surprisal."""
    selected = st.session_state.get("heatmap_selected")
    if not isinstance(selected, int) or selected >= len(reading.text):
        selected = int(reading.nats.argmax())

    def on_select(k: int) -> None:
        st.session_state["heatmap_selected"] = k

    if cell is None:
        text_heatmap.show(
            reading.text,
            reading.nats,
            key="heatmap",
            label="Text heatmap of the surprisal. Arrow keys move through it, Enter selects a character.",
            high=MAX_COLOR_NATS,
            unit="nats",
            legend="Surprisal",
            notes=[sampling.most_likely(row, vocabulary, 4) for row in sampling.softmax(reading.logits)],
            selected=selected,
            on_select=on_select,
        )
        return selected
    layer, unit = cell
    values = reading.traces[layer][gate][:, unit]
    is_gate = gate in SIGMOID_GATES
    gates = [(symbol, reading.traces[layer][each][:, unit]) for symbol, each in zip("ifo", SIGMOID_GATES, strict=False)]
    text_heatmap.show(
        reading.text,
        values,
        key="heatmap",
        label=f"Text heatmap of {GATE_NAMES[gate]}. Arrow keys move through it, Enter selects a character.",
        high=1.0 if is_gate else max(0.1, float(np.quantile(np.abs(values), 0.9))),
        legend=f"{GATE_NAMES[gate]}, cell {unit}",
        diverging=not is_gate,
        notes=[[(symbol, float(trace[k])) for symbol, trace in gates] for k in range(len(values))],
        selected=selected,
        on_select=on_select,
    )
    return selected


def _mean(reading: Reading) -> None:
    mean, n = float(reading.nats.mean()), len(reading.text)
    st.markdown(
        f"**{mean:.2f} nats per character** = {mean / np.log(2):.2f} bits, perplexity {np.exp(mean):.1f}, over "
        f"{n:,} character{'' if n == 1 else 's'}."
    )


def _correlations(table: dict[str, np.ndarray], cell: tuple[int, int]) -> None:
    """The features of this text that this cell correlates with."""
    if not table:
        st.caption("No feature varies in this text, so there is nothing to correlate with.")
        return
    ranked = sorted(((feature, float(r[cell])) for feature, r in table.items()), key=lambda pair: -abs(pair[1]))
    rows = "".join(
        f"<span>{html.escape(feature)}</span><span>{format_number(r)}</span>"
        f'<div><i style="{"left" if r > 0 else "right"}: 50%; width: {50 * abs(r):.1f}%; '
        f'background: {text_heatmap.WARM if r > 0 else text_heatmap.COLD}"></i></div>'
        for feature, r in ranked[:6]
    )
    st.markdown("**Features it correlates with, in this text**")
    st.html(f'{_CORRELATIONS_STYLE}<div class="correlations">{rows}</div>')
    reader_text(
        "Pearson's r. Correlation is not causation: clamp a gate in the tab *Inspect the LSTM* to test whether the "
        "network uses the cell."
    )


def _prediction(reading: Reading, selected: int, vocabulary: str) -> None:
    """The predicted distribution at the selected character."""
    probabilities = sampling.softmax(reading.logits[selected])
    actual = reading.text[selected]
    rows = sampling.most_likely(probabilities, vocabulary, 8)
    if actual not in dict(rows):
        rows[-1] = (actual, float(probabilities[vocabulary.index(actual)]))
    context = reading.text[max(0, selected - 18) : selected].replace("\n", " ").strip()
    st.markdown(
        f"**Actual character: {describe_character(actual)}**, surprisal {reading.nats[selected]:.2f} nats"
        + (f", context “… {_escape_markdown(context)}”" if context else ", first character")
    )
    table = {
        "character": [{" ": "space", "\n": "↵"}.get(c, c) for c, _ in rows],
        "probability": [p for _, p in rows],
        "actual": [c == actual for c, _ in rows],
    }
    spec = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2, "height": {"band": 0.72}},
        "encoding": {
            "y": {
                "field": "character",
                "type": "nominal",
                "sort": "-x",
                "title": None,
                "axis": {
                    "labelFontSize": 15,
                    "labelFont": "monospace",
                    "labelOverlap": False,
                    "ticks": False,
                    "domain": False,
                },
            },
            "x": {
                "field": "probability",
                "type": "quantitative",
                "title": "predicted probability",
                "axis": {"format": ".0%", "tickCount": 4, "grid": False},
                "scale": {"domainMin": 0},
            },
            "color": {
                "field": "actual",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": [True, False], "range": [text_heatmap.WARM, text_heatmap.COLD]},
            },
        },
    }
    st.vega_lite_chart(table, spec, height=280, key="surprisal_prediction")


def _escape_markdown(text: str) -> str:
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!<>$~:|" else c for c in text)


def _hardest_passages(reading: Reading) -> None:
    passages = metrics.highest_loss_passages(reading.nats)
    if not passages:
        return
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        st.markdown(f"**Highest-loss passages** (mean nats over {metrics.PASSAGE_LENGTH} characters)")
        context = 14 if presenter_mode() else 20
        rows = "".join(_passage(reading.text, k, mean, context) for k, mean in passages)
        st.html(f'{_PASSAGES_STYLE}<table class="passages">{rows}</table>')
    with right:
        _running_mean(reading.nats)


def _passage(text: str, k: int, mean: float, context: int) -> str:
    end = k + metrics.PASSAGE_LENGTH
    parts = text[max(0, k - context) : k], text[k:end], text[end : end + context]
    cells = "".join(f"<td>{html.escape(part.replace(chr(10), '↵'))}</td>" for part in parts)
    return f"<tr>{cells}<td>{mean:.2f}</td></tr>"


def _running_mean(nats: np.ndarray) -> None:
    """The mean loss of all characters so far: whether the network adapts to the text."""
    characters, means = metrics.running_mean(nats)
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5, "color": text_heatmap.WARM},
        "encoding": {
            "x": {"field": "characters", "type": "quantitative", "title": "characters read"},
            "y": {
                "field": "nats",
                "type": "quantitative",
                "title": "running mean loss, nats per character",
                "scale": {"zero": False},
                "axis": {"tickCount": 5},
            },
        },
    }
    table = {"characters": characters.tolist(), "nats": means.tolist()}
    st.vega_lite_chart(table, spec, height=220, key="surprisal_running_mean")


def _code(name: str, text: str, cell: tuple[int, int] | None, gate: str) -> None:
    script = f"""
        import numpy as np
        from genmodels.text_generation import char_rnn

        model = char_rnn.load({name!r})
        text = {text!r}
        nats = char_rnn.negative_log_likelihood(model, text)
        print(f"{{nats.mean():.3f}} nats, {{nats.mean() / np.log(2):.3f}} bits per character")
        for k in np.argsort(-nats)[:10]:
            print(f"{{nats[k]:5.2f}} {{text[max(0, k - 20):k]!r}} -> {{text[k]!r}}")
        """
    functions = [char_rnn.negative_log_likelihood, char_rnn.surprisal]
    if cell:
        layer, unit = cell
        script += f"""
        _, _, traces = char_rnn.forward(model, text)
        values = traces[{layer}][{gate!r}][:, {unit}]  # one per character
        for c, value in zip(text, values):
            print(f"{{c!r}} {{value:+.2f}}")
        """
        functions = [char_rnn.forward, interpretable_cells.correlations, interpretable_cells.text_features]
    code_panel.show(script, functions, key="surprisal", name="surprisal")
