"""Shared by the tabs of the text page: the pretrained models, example prompts, and checks of user input."""

import math
import string
import unicodedata
from typing import Any

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.data import text_data
from genmodels.text_generation import char_rnn
from ui.address import as_inline_code

MODELS = {"Lower case": "nietzsche", "Mixed case": "nietzsche_cased"}  # title: name of the weights
DEFAULT_MODEL = "Lower case"
URL_BOUND: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # a widget with a link
MAX_CHARACTERS = 2000  # of a user's text
MAX_TEMPERATURE = 2.0  # of every slider and input of the page

PROMPTS = (  # our own words, in the style of the training text
    "The lecturer put the chalk down and said that the truth is ",
    "What is called progress may be nothing but ",
    "There are two kinds of readers: those who ",
    "Of all the arts the hardest is the art of ",
    "A machine that has read one book will claim that ",
    'He who asks "why?" too often ',
    "Perhaps the strongest argument against certainty is that ",
    "In the morning one thinks of the world as a ",
    "The philosophers of the future will be ",
    "Whoever has never been wrong in public ",
)


@st.cache_resource(show_spinner="Loading the text model")
def load(name: str) -> char_rnn.CharRNN:
    """A pretrained model, shared by all users. Needs no TensorFlow."""
    return char_rnn.load(name)


@st.cache_data(show_spinner=False)
def known_hashes(name: str) -> np.ndarray:
    """Hashes of the words of a model's training text: (m,) uint32."""
    return weights.arrays(f"text_generation_{name}", ".arrays.npz")["words"]


def example_prompt(k: int, name: str) -> str:
    """The k-th example prompt, in the model's vocabulary."""
    return text_data.map_to_vocabulary(PROMPTS[k % len(PROMPTS)], load(name).vocabulary)[0]


def to_vocabulary(text: str, vocabulary: str) -> str:
    """A user's text in a model's vocabulary; lists the replaced characters on the page, except for lower case."""
    text, replaced = text_data.map_to_vocabulary(text, vocabulary)
    pairs = [
        f"{_code(old)} → {_code(new)}"
        for old, new in replaced.items()
        if unicodedata.normalize("NFC", new) not in (old, old.lower())
    ]
    if pairs:
        more = f" and {len(pairs) - 12} more" if len(pairs) > 12 else ""
        st.info(
            f"Characters outside the vocabulary were replaced: {', '.join(pairs[:12])}{more}.",
            icon=":material/swap_horiz:",
        )
    return text


def check_prompt(prompt: str, name: str) -> str | None:
    """A user's prompt in the model's vocabulary; None, with a message on the page, if it cannot be used."""
    if not prompt:
        st.warning("Enter a prompt of at least one character.")
        return None
    vocabulary = load(name).vocabulary
    if prompt.strip() and not text_data.map_to_vocabulary(prompt, vocabulary)[0].strip():
        st.warning("None of these characters is in the vocabulary. Start the prompt with a letter.")
        return None
    return to_vocabulary(prompt, vocabulary)


def temperature_from_url(key: str, default: float) -> float:
    """The temperature that the URL sets, limited to 0 to 2; `default`, with a message, if it is not a number."""
    requested = st.query_params.get(key)
    if requested is None:
        return default
    try:
        value = float(requested)
    except ValueError:
        value = math.nan
    temperature = default if math.isnan(value) else min(max(value, 0.0), MAX_TEMPERATURE)
    if temperature != value:
        st.info(
            f"Invalid temperature {as_inline_code(requested[:40])} in the URL (allowed: 0 to 2). Using {temperature:g}."
        )
    return temperature


def describe_character(character: str) -> str:
    """A character as it is written in a sentence, in Markdown."""
    literal = f"\\{character}" if character in string.punctuation else character
    return {" ": "a space", "\n": "a line end", '"': "a quotation mark"}.get(character, f"“{literal}”")


def format_number(value: float) -> str:
    """Two decimals, a real minus sign, and never "-0.00"."""
    return f"{round(float(value), 2) + 0.0:.2f}".replace("-", "−")


def _code(character: str) -> str:
    names = {"": "nothing", "`": "backtick", " ": "space", "\n": "line end", "\t": "tab", "\0": "NUL"}
    return names.get(character, f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}")
