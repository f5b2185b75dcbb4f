"""What the text page's sections share: the models, and beginnings to write on from."""

from typing import Any

import streamlit as st

from genmodels import weights
from genmodels.data import text_data
from genmodels.text_generation import model as text_generation

MODELS = {"Small letters": "nietzsche", "Capitals too": "nietzsche_cased"}  # what the visitor reads: weights
KEEP: dict[str, Any] = {"bind": "query-params", "persist_state": "session"}  # a control that has a link
LONGEST = 2000  # characters of a visitor's text that are read at once

STARTS = (  # our own words, in the manner of the book that the network has read
    "The lecturer put the chalk down and said that the truth is ",
    "What is called progress may be nothing but ",
    "There are two kinds of readers: those who ",
    "Of all the arts the hardest is the art of ",
    "A machine that has read one book will believe that ",
    'He who asks "why?" too often ',
    "Perhaps the strongest argument against certainty is that ",
    "In the morning one thinks of the world as a ",
    "The philosophers of the future will be ",
    "Whoever has never been wrong in public ",
)


@st.cache_resource(show_spinner="Loading the text model")
def load(name: str) -> text_generation.CharacterModel:
    """A trained model, shared by all visitors. TensorFlow plays no part in it."""
    return text_generation.load(name)


@st.cache_data(show_spinner=False)
def measured(name: str) -> dict[str, Any]:
    """What training found out beside the weights: "words" (hashes), "roles", "cells", "r"."""
    return weights.arrays(f"text_generation_{name}", ".arrays.npz")


def start(k: int, name: str) -> str:
    """The k-th beginning, in the model's own characters."""
    return text_data.fit_text(STARTS[k % len(STARTS)], load(name).vocabulary)[0]


def fitted(text: str, vocabulary: str) -> str:
    """A visitor's text in a model's own characters; says on the page which ones were replaced."""
    text, replaced = text_data.fit_text(text, vocabulary)
    told = [f"{_named(c)} → {_named(by)}" for c, by in replaced.items() if by != c.lower()]
    if told:
        more = f" and {len(told) - 12} more" if len(told) > 12 else ""
        st.info(
            f"The network never saw some of these characters; it reads others in their place: "
            f"{', '.join(told[:12])}{more}.",
            icon=":material/swap_horiz:",
        )
    return text


def beginning(asked: str, name: str) -> str | None:
    """What a visitor typed as a beginning, in the model's own characters.

    None where there is nothing to begin with; the page then says so.
    """
    if not asked:
        st.warning("The network needs something to go on from: give it at least one character.")
        return None
    if not set(asked.lower()) & set(load(name).vocabulary):
        st.warning("The network knows none of these characters. Begin with a letter or two.")
        return None
    return fitted(asked, load(name).vocabulary)


def _named(character: str) -> str:
    names = {" ": "space", "\n": "line end", "\t": "tab", "\0": "NUL"}
    return names.get(character, f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}")
