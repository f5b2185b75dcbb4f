"""Tab "Compare temperatures": the same prompt and random numbers at four temperatures."""

import re
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from genmodels.data import text_data
from genmodels.text_generation import generation, sampling
from pages.text_generation import common
from ui import address, code_panel, presets_and_reset
from ui.page_layout import result_and_controls

TEMPERATURES = (0.2, 0.5, 1.0, 1.2)  # those of Deep Learning with Python
KEYS = tuple(f"compare_temperature_{k}" for k in range(1, 5))
SWEEP = tuple(round(0.2 * k, 1) for k in range(11))  # 0 to 2
DEFAULTS: dict[str, Any] = {"compare_prompt": common.PROMPTS[1], "compare_length": 200, "compare_seed": 0}
DEFAULTS |= dict(zip(KEYS, TEMPERATURES, strict=True))

_STYLE = """<style>
.temperatures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 0.8rem; }
.temperatures article { border: 1px solid rgb(128 128 128 / 0.35); border-radius: 0.5rem;
  padding: 0.4rem 0.7rem 0.5rem; }
.temperatures header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.5rem; font-size: 0.8rem; }
.temperatures header b { font-size: 1.2rem; margin-right: auto; }
.temperatures p { margin: 0.2rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 1.1rem/1.38 Georgia, "DejaVu Serif", serif; }
.temperatures .prompt { opacity: 0.55; }
.temperatures .unknown { text-decoration: underline wavy #e6550d 0.09em; text-underline-offset: 0.22em; }
</style>"""


def show(name: str) -> None:
    result, controls = result_and_controls("compare_temperatures")
    with controls:
        _controls()
    temperatures = tuple(st.session_state[key] for key in KEYS)
    length, seed = st.session_state["compare_length"], st.session_state["compare_seed"]
    with result:
        with st.container():
            prompt = common.check_prompt(st.session_state["compare_prompt"], name)
        if prompt is None:
            return
        texts, bits = _generate(name, prompt, temperatures, length, seed)
        articles = [
            _article(temperature, prompt, text, entropies.mean(), name)
            for temperature, text, entropies in zip(temperatures, texts, bits, strict=True)
        ]
        st.html(f'{_STYLE}<div class="temperatures">{"".join(articles)}</div>')
    st.caption(
        "Underlined: words not in the training text. Bits: mean entropy of the sampling distribution. Known: share of "
        "words found in the training text. Repeats: share of repeated 12-character n-grams."
    )
    st.subheader("Temperature sweep", anchor=False)
    _sweep(name, prompt, length, seed, temperatures)
    script = f"""
        from genmodels.text_generation import char_rnn, generation

        model = char_rnn.load({name!r})
        temperatures = {temperatures!r}
        texts, bits = generation.compare_temperatures(model, {prompt!r}, temperatures, length={length}, seed={seed})
        for temperature, text, entropy in zip(temperatures, texts, bits.mean(axis=1)):
            print(f"--- temperature {{temperature}}, {{entropy:.2f}} bits per character\\n{{text}}\\n")
        """
    functions = [
        generation.compare_temperatures,
        sampling.softmax,
        sampling.entropy,
        text_data.out_of_vocabulary_words,
        text_data.ngram_repetition_rate,
    ]
    code_panel.show(script, functions, key="compare", name="compare_temperatures")


def _controls() -> None:
    for key, temperature in zip(KEYS, TEMPERATURES, strict=True):
        if address.counts(key) and key in st.query_params:  # links may hold values up to 5
            st.session_state[key] = common.temperature_from_url(key, temperature)
    columns = st.columns(2, gap="small")
    for k, (key, temperature) in enumerate(zip(KEYS, TEMPERATURES, strict=True)):
        columns[k % 2].number_input(
            f"Temperature {k + 1}",
            0.0,
            common.MAX_TEMPERATURE,
            temperature,
            0.1,
            format="%.1f",
            key=key,
            help="0: greedy (argmax). 1: the model's own distribution. Above 1: flatter, more random.",
            **common.URL_BOUND,
        )
    st.text_input(
        "Prompt",
        key="compare_prompt",
        value=DEFAULTS["compare_prompt"],
        max_chars=common.MAX_CHARACTERS,
        help="Text the model reads before it generates, at all four temperatures.",
        **common.URL_BOUND,
    )
    st.button(
        "Regenerate",
        key="compare_regenerate",
        icon=":material/casino:",
        type="primary",
        width="stretch",
        on_click=_regenerate,
        help="New random seed, shared by all four.",
    )
    st.select_slider(
        "Length",
        (100, 200, 300, 600, 1000),
        DEFAULTS["compare_length"],
        key="compare_length",
        help="Characters of each text.",
        **common.URL_BOUND,
    )
    st.number_input(
        "Seed",
        0,
        9999,
        key="compare_seed",
        help="Seed of the random numbers: the same seed gives the same texts.",
        **common.URL_BOUND,
    )
    presets_and_reset.reset(DEFAULTS, key="compare_reset")


def _regenerate() -> None:
    st.session_state["compare_seed"] = (st.session_state["compare_seed"] + 1) % 10_000


@st.cache_data(show_spinner=False, max_entries=200)
def _generate(
    name: str, prompt: str, temperatures: tuple[float, ...], length: int, seed: int
) -> tuple[list[str], np.ndarray]:
    return generation.compare_temperatures(common.load(name), prompt, temperatures, length=length, seed=seed)


def _article(temperature: float, prompt: str, text: str, bits: float, name: str) -> str:
    """One text with its metrics, as HTML; words that are not in the training text are underlined."""
    known = common.known_hashes(name)
    text = re.sub(r"(?<!\n)\n(?!\n)", " ", text)  # the line ends of the training text would break the narrow lines
    parts, last = [f'<span class="prompt">{escape(prompt)}</span>'], 0
    for start, end in text_data.out_of_vocabulary_words(text, known):
        parts += [escape(text[last:start]), f'<span class="unknown">{escape(text[start:end])}</span>']
        last = end
    metrics = (
        f"<span>{bits:.2f} bits</span><span>{text_data.known_word_rate(text, known):.0%} known</span>"
        f"<span>{text_data.ngram_repetition_rate(text):.0%} repeats</span>"
    )
    return (
        f"<article><header><b>T = {temperature:g}</b>{metrics}</header>"
        f"<p>{''.join(parts)}{escape(text[last:])}</p></article>"
    )


def _sweep(name: str, prompt: str, length: int, seed: int, temperatures: tuple[float, ...]) -> None:
    """Entropy, known words and repeats from temperature 0 to 2; the four temperatures are marked."""
    texts, bits = _generate(name, prompt, SWEEP, length, seed)
    known, maximum = common.known_hashes(name), float(np.log2(len(common.load(name).vocabulary)))
    metrics = {
        "entropy / maximum entropy": [float(row.mean()) / maximum for row in bits],
        "known words": [text_data.known_word_rate(text, known) for text in texts],
        "repeats": [text_data.ngram_repetition_rate(text) for text in texts],
    }
    table = pd.DataFrame({"temperature": SWEEP} | metrics).melt("temperature", var_name="metric", value_name="value")
    x = {"field": "temperature", "type": "quantitative", "title": "temperature", "axis": {"tickCount": 10}}
    spec = {
        "layer": [
            {
                "data": {"values": [{"temperature": temperature} for temperature in temperatures]},
                "mark": {"type": "rule", "strokeDash": [4, 4], "opacity": 0.5, "strokeWidth": 1.5},
                "encoding": {"x": x},
            },
            {
                "mark": {"type": "line", "point": {"size": 60}, "strokeWidth": 3},
                "encoding": {
                    "x": x,
                    "y": {"field": "value", "type": "quantitative", "title": None, "axis": {"format": "%"}},
                    "color": {
                        "field": "metric",
                        "type": "nominal",
                        "scale": {"domain": list(metrics), "range": ["#3182bd", "#31a354", "#e6550d"]},
                        "legend": {"orient": "top", "title": None, "labelLimit": 400},
                    },
                },
            },
        ]
    }
    st.vega_lite_chart(table, spec, height=300)
    st.caption(
        f"Temperature 0 (greedy) has minimum entropy: always the most likely character, so the text soon repeats "
        f"itself. The maximum entropy is that of the uniform distribution over {len(common.load(name).vocabulary)} "
        f"characters: {maximum:.2f} bits."
    )
