"""A text coloured by what the network did not expect, or by what one of its cells does."""

import html

import numpy as np
import streamlit as st

from genmodels.text_generation import interpretable_cells
from genmodels.text_generation import model as text_generation
from genmodels.text_generation.rnn_cells import BETWEEN_0_AND_1
from pages.text_generation import common, text_and_cell_picker, text_heatmap
from ui import code_panel, model_loading, presets_and_reset
from ui.page_layout import presenter_mode, reader_text

STRONGEST = 6.0  # nats: a character that the network gave one chance in 400
WINDOW = 12  # characters of a passage, about two words
BY = ("Surprise", "A cell or gate")
_KWIC = """<style>
.kwic { border-collapse: collapse; width: 100%; font-family: var(--st-code-font, monospace); font-size: 0.95rem; }
.kwic td { padding: 0.22rem 0; white-space: pre; }
.kwic td:nth-child(1) { text-align: right; width: 1%; opacity: 0.6; }
.kwic td:nth-child(2) { width: 1%; background: rgb(230 85 13 / 0.32); }
.kwic td:nth-child(3) { opacity: 0.6; }
.kwic td:nth-child(4) { text-align: right; width: 1%; padding-left: 1rem; font-variant-numeric: tabular-nums; }
</style>"""

_FOLLOWS = """<style>
.follows { display: grid; grid-template-columns: 1fr max-content; gap: 0.1rem 0.6rem; margin: 0; }
.follows span { margin-top: 0.35rem; font-variant-numeric: tabular-nums; }
.follows div { grid-column: 1 / 3; height: 0.5rem; position: relative; border-radius: 3px;
  background: rgb(128 128 128 / 0.16); }
.follows i { position: absolute; top: 0; bottom: 0; border-radius: 2px; }
</style>"""


@st.fragment  # a moved slider redraws this tab only, not the page around it
@model_loading.show_weight_errors()
def show(name: str) -> None:
    reader_text(
        "Before each character the network says how likely it is; its surprise is the negative logarithm of that. "
        "Nothing for what was certain, 0.7 nats for a coin's throw, 6 for one chance in 400. Or colour the text by one "
        "of the numbers that it keeps while it reads: some cells follow something that has a name."
    )
    what, by, gate_place, again = st.columns([4, 3.4, 3, 1.2], vertical_alignment="bottom", gap="medium")
    with by:
        colour = st.segmented_control(
            "Colour by",
            BY,
            default=BY[0],
            required=True,
            key="surprise_by",
            **common.KEEP,
            help="What the network did not expect, or one of the numbers inside it.",
        )
    gate = "cell"
    if colour == BY[1]:
        gate = gate_place.selectbox(
            "Number",
            list(text_and_cell_picker.GATE_NAMES),
            format_func=text_and_cell_picker.GATE_NAMES.__getitem__,
            key="surprise_gate",
            **common.KEEP,
            help="The cell state is what a cell keeps; the gates, from 0 shut to 1 open, say what it lets in, keeps "
            "and shows. The tab Inside the LSTM shows all of them at once.",
        )
    with again:
        defaults = text_and_cell_picker.begin(name) | {
            "surprise_by": BY[0],
            "surprise_gate": "cell",
            "surprise_at": None,
        }
        presets_and_reset.reset(defaults, key="surprise_reset")
    text = text_and_cell_picker.choose_text(name, what)
    if not text:
        return
    read = text_and_cell_picker.read(name, text)
    cell = text_and_cell_picker.choose_cell(name, text, gate) if colour == BY[1] else None
    wide, narrow = st.columns([3, 1.15], gap="large")
    with wide:
        at = _text(read, cell, gate, common.load(name).vocabulary)
        _numbers(read)
    with narrow:
        if cell is None:
            _expected(read, at, common.load(name).vocabulary)
        else:
            _follows(text_and_cell_picker.correlations(name, text, gate), cell)
    _hardest(read)
    _code(name, text, cell, gate)


def _text(read: text_and_cell_picker.Reading, cell: tuple[int, int] | None, gate: str, vocabulary: str) -> int:
    """The coloured text; the character that is picked, at first the most surprising one."""
    at = st.session_state.get("surprise_at")
    if not isinstance(at, int) or at >= len(read.text):
        at = int(read.nats.argmax())

    def pick(k: int) -> None:
        st.session_state["surprise_at"] = k

    if cell is None:
        text_heatmap.text(
            read.text,
            read.nats,
            key="surprise_text",
            label="Text coloured by surprise. Arrow keys move through it, Enter picks a character.",
            high=STRONGEST,
            unit="nats",
            legend="Surprise",
            notes=[top(row, vocabulary, 4) for row in text_generation.softmax(read.logits)],
            picked=at,
            on_pick=pick,
        )
        return at
    layer, unit = cell
    values = read.traces[layer][gate][:, unit]
    open_or_shut = gate in BETWEEN_0_AND_1
    gates = [(sign, read.traces[layer][each][:, unit]) for each, sign in zip(BETWEEN_0_AND_1[:3], "ifo", strict=True)]
    text_heatmap.text(
        read.text,
        values,
        key="surprise_text",
        label=f"Text coloured by {text_and_cell_picker.GATE_NAMES[gate]}. Arrow keys move through it, Enter picks a character.",
        high=1.0 if open_or_shut else max(0.1, float(np.quantile(np.abs(values), 0.9))),
        legend=f"{text_and_cell_picker.GATE_NAMES[gate]}, cell {unit}",
        diverging=not open_or_shut,
        notes=[[(sign, float(trace[k])) for sign, trace in gates] for k in range(len(values))],
        picked=at,
        on_pick=pick,
    )
    return at


def top(probabilities: np.ndarray, vocabulary: str, count: int) -> list[tuple[str, float]]:
    """The likeliest characters with their probabilities, likeliest first."""
    return [(vocabulary[k], float(probabilities[k])) for k in np.argsort(-probabilities, kind="stable")[:count]]


def hardest(nats: np.ndarray, width: int = WINDOW, count: int = 5) -> list[tuple[int, float]]:
    """Passages of `width` characters with the highest mean, none on another: (start, mean), highest first."""
    means = np.convolve(nats, np.ones(width) / width, mode="valid") if len(nats) >= width else np.zeros(0)
    found = []
    while len(found) < count and (means >= 0).any():
        k = int(means.argmax())
        found.append((k, float(means[k])))
        means[max(0, k - width + 1) : k + width] = -1.0
    return found


def _numbers(read: text_and_cell_picker.Reading) -> None:
    mean, n = float(read.nats.mean()), len(read.text)
    st.markdown(
        f"#### {mean:.2f} nats per character\n"
        f"{mean / np.log(2):.2f} bits, or a choice among {np.exp(mean):.1f} equally likely characters (the "
        f"perplexity), over {n:,} character{'' if n == 1 else 's'}."
    )


def _follows(table: dict[str, np.ndarray], cell: tuple[int, int]) -> None:
    """What this one cell goes with, in this text."""
    if not table:
        st.caption("Nothing changes in this text that a cell could follow.")
        return
    found = sorted(((role, float(r[cell])) for role, r in table.items()), key=lambda pair: -abs(pair[1]))
    rows = "".join(
        f"<span>{html.escape(role)}</span><span>{text_and_cell_picker.number(r)}</span>"
        f'<div><i style="{"left" if r > 0 else "right"}: 50%; width: {50 * abs(r):.1f}%; '
        f'background: {text_heatmap.WARM if r > 0 else text_heatmap.COLD}"></i></div>'
        for role, r in found[:6]
    )
    st.markdown("**What it goes with, in this text**")
    st.html(f'{_FOLLOWS}<div class="follows">{rows}</div>')
    reader_text("Pearson's r. Whether the network *uses* the cell for that, holding a gate shows: Inside the LSTM.")


def _expected(read: text_and_cell_picker.Reading, at: int, vocabulary: str) -> None:
    """What the network expected in place of one character."""
    probabilities = text_generation.softmax(read.logits[at])
    came = read.text[at]
    rows = top(probabilities, vocabulary, 8)
    if came not in dict(rows):
        rows[-1] = (came, float(probabilities[vocabulary.index(came)]))
    before = read.text[max(0, at - 18) : at].replace("\n", " ").strip()
    st.markdown(
        f"**Here came {text_and_cell_picker.named(came)}**: {read.nats[at]:.2f} nats"
        + (f", after “… {_escaped(before)}”" if before else ", at the very beginning")
    )
    table = {
        "character": [{" ": "space", "\n": "↵"}.get(c, c) for c, _ in rows],
        "probability": [p for _, p in rows],
        "came": [c == came for c, _ in rows],
    }
    spec = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2, "height": {"band": 0.72}},
        "encoding": {
            "y": {
                "field": "character",
                "type": "nominal",
                "sort": "-x",
                "title": None,
                "axis": {"labelFontSize": 16, "ticks": False, "domain": False, "labelFont": "monospace"},
            },
            "x": {
                "field": "probability",
                "type": "quantitative",
                "title": "expected here",
                "axis": {"format": ".0%", "tickCount": 4, "grid": False},
                "scale": {"domainMin": 0},
            },
            "color": {
                "field": "came",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": [True, False], "range": [text_heatmap.WARM, text_heatmap.COLD]},
            },
        },
    }
    st.vega_lite_chart(table, spec, height=255, key="surprise_expected")
    reader_text("Click another character, or hover over the text.")


def _escaped(text: str) -> str:
    """For Markdown: nothing in it is a command."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!<>$~:|" else c for c in text)


def _hardest(read: text_and_cell_picker.Reading) -> None:
    passages = hardest(read.nats)
    if not passages:
        return
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        st.markdown("**Where it was most surprised**, mean nats of twelve characters")
        context = 14 if presenter_mode() else 20
        rows = "".join(_row(read.text, k, mean, context) for k, mean in passages)
        st.html(f'{_KWIC}<table class="kwic">{rows}</table>')
    with right:
        _running(read.nats)


def _row(text: str, k: int, mean: float, context: int) -> str:
    parts = text[max(0, k - context) : k], text[k : k + WINDOW], text[k + WINDOW : k + WINDOW + context]
    cells = "".join(f"<td>{html.escape(part.replace(chr(10), '↵'))}</td>" for part in parts)
    return f"<tr>{cells}<td>{mean:.2f}</td></tr>"


def _running(nats: np.ndarray) -> None:
    """The mean of all characters so far: the network warms to a text, or does not."""
    so_far = np.cumsum(nats) / np.arange(1, len(nats) + 1)
    every = max(1, len(nats) // 300)
    places = np.arange(min(10, len(nats) - 1), len(nats), every)  # the first few leap about
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5, "color": text_heatmap.WARM},
        "encoding": {
            "x": {"field": "characters", "type": "quantitative", "title": "characters read"},
            "y": {
                "field": "nats",
                "type": "quantitative",
                "title": "nats, mean so far",
                "scale": {"zero": False},
                "axis": {"tickCount": 5},
            },
        },
    }
    table = {"characters": (places + 1).tolist(), "nats": so_far[places].tolist()}
    st.vega_lite_chart(table, spec, height=200, key="surprise_running")


def _code(name: str, text: str, cell: tuple[int, int] | None, gate: str) -> None:
    script = f"""
        import numpy as np
        from genmodels.text_generation import model as text_generation

        model = text_generation.load({name!r})
        text = {text!r}
        nats = text_generation.score(model, text)
        print(f"{{nats.mean():.3f}} nats, {{nats.mean() / np.log(2):.3f}} bits per character")
        for k in np.argsort(-nats)[:10]:
            print(f"{{nats[k]:5.2f}} {{text[max(0, k - 20):k]!r}} -> {{text[k]!r}}")
        """
    functions = [text_generation.score, text_generation.surprise]
    if cell:
        layer, unit = cell
        script += f"""
        _, _, traces = text_generation.run(model, text)
        values = traces[{layer}][{gate!r}][:, {unit}]  # one number for each character
        for c, value in zip(text, values):
            print(f"{{c!r}} {{value:+.2f}}")
        """
        functions = [text_generation.run, interpretable_cells.correlations, interpretable_cells.readings]
    code_panel.show(script, functions, key="surprise", name="text_surprise")
