"""Four temperatures: the same beginning, the same random numbers, four texts side by side."""

from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from genmodels.data import text_data
from genmodels.text_generation import model as text_generation
from pages.text_generation import common
from ui import code_panel, presets_and_reset

TEMPERATURES = (0.2, 0.5, 1.0, 1.2)  # those of the textbook
SWEEP = tuple(round(0.2 * k, 1) for k in range(11))
DEFAULTS: dict[str, Any] = {"four_prompt": common.STARTS[1], "four_length": 300, "four_seed": 0}
DEFAULTS |= {f"four_{k}": temperature for k, temperature in enumerate(TEMPERATURES)}

_STYLE = """<style>
.four { white-space: pre-wrap; overflow-wrap: anywhere; font: 1.02rem/1.5 Georgia, "DejaVu Serif", serif; }
.four .given { opacity: 0.55; }
.four .new { text-decoration: underline wavy #e6550d 0.09em; text-underline-offset: 0.22em; }
.measures { display: flex; justify-content: space-between; gap: 0.5rem; font-size: 0.8rem; }
.measures b { display: block; font-size: 1.45rem; font-weight: 500; line-height: 1.25; }
.measures span { opacity: 0.9; }
</style>"""


def show(name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Beginning",
            key="four_prompt",
            value=DEFAULTS["four_prompt"],
            max_chars=common.LONGEST,
            help="What the network reads first, at all four temperatures.",
            **common.KEEP,
        )
        st.button(
            "Write again",
            key="four_again",
            icon=":material/casino:",
            type="primary",
            on_click=_again,
            help="Other random numbers, the same ones for all four.",
        )
        with st.popover("More", icon=":material/tune:"):
            st.select_slider(
                "Length", (100, 200, 300, 600, 1000), 300, key="four_length", help="Characters each.", **common.KEEP
            )
            st.number_input(
                "Seed", 0, 9999, key="four_seed", help="The same seed draws the same random numbers.", **common.KEEP
            )
        presets_and_reset.reset(DEFAULTS, key="four_reset")
    columns = st.columns(4, gap="medium")
    for k, column in enumerate(columns):
        column.number_input(
            "Temperature",
            0.0,
            5.0,
            TEMPERATURES[k],
            0.1,
            format="%.1f",
            key=f"four_{k}",
            help="0 always takes the likeliest character, 1 draws as the network believes, more trusts chance.",
            **common.KEEP,
        )
    with st.container():
        prompt = common.beginning(st.session_state["four_prompt"], name)
    if prompt is None:
        return
    temperatures = tuple(st.session_state[f"four_{k}"] for k in range(4))
    length, seed = st.session_state["four_length"], st.session_state["four_seed"]
    written, bits = _written(name, prompt, temperatures, length, seed)
    st.html(_STYLE)
    for column, text, entropies in zip(columns, written, bits, strict=True):
        with column:
            known, repeated = _measures(name, text)
            st.html(_numbers(entropies.mean(), known, repeated))
            with st.container(border=True):
                st.html(_marked(prompt, text, name))
    st.caption(
        "Underlined: words that the book does not have. Bits: how open each draw was, on average. Known: the share of "
        "its words that the book has. Repeats: the share of its 12-character pieces that stood in it before."
    )
    st.subheader("From greedy to chance", anchor=False)
    _sweep(name, prompt, length, seed, temperatures)
    script = f"""
        from genmodels.text_generation import model as text_generation

        model = text_generation.load({name!r})
        temperatures = {temperatures!r}
        written, bits = text_generation.write(model, {prompt!r}, temperatures, length={length}, seed={seed})
        for temperature, text, entropy in zip(temperatures, written, bits.mean(axis=1)):
            print(f"--- temperature {{temperature}}, {{entropy:.2f}} bits a character\\n{{text}}\\n")
        """
    functions = [
        text_generation.write,
        text_generation.softmax,
        text_generation.entropy,
        text_data.out_of_vocabulary_words,
    ]
    code_panel.show(script, [*functions, text_data.ngram_repetition_rate], key="four", name="four_temperatures")


def _again() -> None:
    st.session_state["four_seed"] = (st.session_state["four_seed"] + 1) % 10_000


@st.cache_data(show_spinner=False, max_entries=200)
def _written(
    name: str, prompt: str, temperatures: tuple[float, ...], length: int, seed: int
) -> tuple[list[str], np.ndarray]:
    return text_generation.write(common.load(name), prompt, temperatures, length=length, seed=seed)


def _measures(name: str, text: str) -> tuple[float, float]:
    """Share of known words, and of repeated pieces."""
    new, all_words = (
        len(text_data.out_of_vocabulary_words(text, common.measured(name)["words"])),
        len(text_data.words(text)),
    )
    return 1 - new / max(1, all_words), text_data.ngram_repetition_rate(text)


def _numbers(bits: float, known: float, repeated: float) -> str:
    parts = (("bits", f"{bits:.2f}"), ("known", f"{known:.0%}"), ("repeats", f"{repeated:.0%}"))
    return f'<div class="measures">{"".join(f"<span><b>{value}</b>{label}</span>" for label, value in parts)}</div>'


def _marked(prompt: str, text: str, name: str) -> str:
    """The text as HTML, invented words underlined."""
    parts, last = [f'<span class="given">{escape(prompt)}</span>'], 0
    for begin, end in text_data.out_of_vocabulary_words(text, common.measured(name)["words"]):
        parts += [escape(text[last:begin]), f'<span class="new">{escape(text[begin:end])}</span>']
        last = end
    return f'<div class="four">{"".join(parts)}{escape(text[last:])}</div>'


def _sweep(name: str, prompt: str, length: int, seed: int, temperatures: tuple[float, ...]) -> None:
    """Entropy, known words and repeats from temperature 0 to 2, with the four marked."""
    written, bits = _written(name, prompt, SWEEP, length, seed)
    measures = [_measures(name, text) for text in written]
    most = float(np.log2(len(common.load(name).vocabulary)))
    lines = {
        "entropy, share of the most possible": [float(row.mean()) / most for row in bits],
        "known words": [known for known, _ in measures],
        "repeats": [repeated for _, repeated in measures],
    }
    table = pd.DataFrame({"temperature": SWEEP} | lines).melt("temperature", var_name="what", value_name="share")
    x = {"field": "temperature", "type": "quantitative", "title": "temperature", "axis": {"tickCount": 10}}
    spec = {
        "layer": [
            {
                "data": {"values": [{"temperature": t} for t in temperatures if t <= SWEEP[-1]]},
                "mark": {"type": "rule", "strokeDash": [4, 4], "opacity": 0.5, "strokeWidth": 1.5},
                "encoding": {"x": x},
            },
            {
                "mark": {"type": "line", "point": {"size": 60}, "strokeWidth": 3},
                "encoding": {
                    "x": x,
                    "y": {"field": "share", "type": "quantitative", "title": None, "axis": {"format": "%"}},
                    "color": {
                        "field": "what",
                        "type": "nominal",
                        "scale": {"domain": list(lines), "range": ["#3182bd", "#31a354", "#e6550d"]},
                        "legend": {"orient": "top", "title": None, "labelLimit": 400},
                    },
                },
            },
        ]
    }
    st.vega_lite_chart(table, spec, height=300)
    st.caption(
        f"Greedy is minimum entropy: always the likeliest character, and the text runs in circles. Maximum entropy, "
        f"{most:.2f} bits, would be a uniform draw from {len(common.load(name).vocabulary)} characters."
    )
