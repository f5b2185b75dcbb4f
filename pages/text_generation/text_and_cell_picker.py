"""Pickers of the tabs "Surprisal" and "Inspect the LSTM": a text to read, and one cell of the network."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from genmodels.data import text_data
from genmodels.text_generation import char_rnn, interpretable_cells
from genmodels.text_generation.rnn_cells import Trace
from pages.text_generation import common
from pages.text_generation.common import format_number
from ui import presets_and_reset

LAST_GENERATED = "Last generated text"
OWN = "My own text"

PASSAGES = {  # our own words; the first three in the style of the training text
    "An old essay": """\
It is said that a clock on the desk makes an honest man of nobody; and
yet, who among us has not looked up from his work and felt accused?
"I have time," says the idler; "time has me," says the diligent man
(he says it with pride, as if it were a virtue to be owned). Perhaps
both of them are mistaken. Time, considered as a possession, is the
most curious of all possessions: one cannot save it, one cannot lend
it, and the thief who steals it (it is always a friend) has nothing
of it in his hands.

What follows from this? "Nothing at all," the philosopher will reply,
and he will write a book in order to prove it.""",
    "A quarrel about music": """\
"The song was better before you explained it," said the pupil to his
master. "That is because you heard it with your ears," said the
master, "and now you hear it with mine."

There is a kind of knowledge which takes away more than it gives
(every teacher has some of it, and the best have the most); there is
also a kind of ignorance which is only a form of good taste. The old
musicians knew this: they kept their rules to themselves, they spoke
of rules only to their rivals, and to the public they said: "listen!"
""",
    "A spelling mistake": """\
There are opinions which one holds, and opinions by which one is held.
The first are like a coat: one puts them on when the wind is cold, and
one forgets them at the house of a friend. The seconnd are like skin.
It is not known that anybody ever took them off without some pain, and
it is not knwon either that anybody thanked the teacher who helped him
to do so. For this reason the wise man will praise the coats of others
and he will be modest about everything taht lies underneath.""",
    "Some Python": """\
def reverse(words):
    found = []
    for word in words:
        found.insert(0, word)
    return found

print(reverse(["one", "two", "three"]))""",
    "A recipe": """\
pancakes, for 4: sift 250 g of flour into a bowl, add 3 eggs, 500 ml
of milk and a pinch of salt, and whisk until no lumps are left. let it
rest for 30 minutes. heat some butter in a pan, pour in a ladle of
batter, and turn the pancake over once its edges are brown. serve with
lemon, sugar or jam.""",
}
LAYERS = ("Layer 1", "Layer 2")
GATE_NAMES = {
    "cell": "Cell state c",
    "state": "Hidden state h",
    "input": "Input gate i",
    "forget": "Forget gate f",
    "output": "Output gate o",
    "candidate": "Candidate g",
}


@dataclass(frozen=True, eq=False)
class Reading:
    """A text, and the outputs of the network while it read it."""

    text: str
    nats: np.ndarray  # (n,) float64, surprisal of each character
    logits: np.ndarray  # (n, V) float64, predicted before each character
    traces: tuple[Trace, ...]  # per layer: gate: (n, units)


@st.cache_resource(show_spinner="Reading the text", max_entries=4)  # about 40 MB each for the longest text
def read(name: str, text: str) -> Reading:
    """Read a text, in the model's vocabulary, from the zero state. Shared by all users: read-only."""
    model = common.load(name)
    after, _, traces = char_rnn.forward(model, text)
    logits = np.concatenate([np.log(char_rnn.predict(model, ""))[None], after[:-1]])
    nats = char_rnn.surprisal(logits, text_data.character_indices(text, model.vocabulary))
    return Reading(text, nats, logits, traces)


@st.cache_data(show_spinner=False, max_entries=32)
def correlations(name: str, text: str, gate: str) -> dict[str, np.ndarray]:
    """Pearson's r of each cell with each feature of this text: name to (layers, units)."""
    return interpretable_cells.correlations(text, read(name, text).traces, gate)


@st.cache_data(show_spinner=False)
def best_cells(name: str) -> dict[str, interpretable_cells.Cell]:
    """The best cell of each feature on held-out text: (layer, unit, r)."""
    return interpretable_cells.load_best_cells(name)


def default_state(name: str) -> dict[str, object]:
    """The default values of the widgets of this module, by key."""
    layer, unit, _ = best_cells(name).get("inside quotation marks", (0, 0, 0.0))
    return {
        "text_choice": next(iter(PASSAGES)),
        "own_text": "",
        f"cell_{name}_layer": LAYERS[layer],
        f"cell_{name}_unit": unit,
        f"cell_{name}_feature": None,
    }


def pick_text(name: str) -> str:
    """Controls for a text. Returns it in the model's vocabulary, or "" if a message says why there is none."""
    generated = st.session_state.get("write_text")
    has_generated = isinstance(generated, str) and bool(generated.strip())
    choice = st.selectbox(
        "Text",
        [*PASSAGES, *([LAST_GENERATED] if has_generated else []), OWN],
        key="text_choice",
        **common.URL_BOUND,
        help="The first three are similar to the training text, the others are not.",
    )
    if choice == OWN:
        text = st.text_area(
            "My own text",
            key="own_text",
            persist_state="session",
            height=140,
            placeholder="Paste or type English text",
            help=f"At most {common.MAX_CHARACTERS:,} characters are read. Press Ctrl+Enter to apply.",
        )
    else:
        text = generated if choice == LAST_GENERATED else PASSAGES[choice]
    text = text.replace("\r\n", "\n")
    if not text.strip():
        st.info("There is no text yet: paste or type one.", icon=":material/edit:")
        return ""
    if len(text) > common.MAX_CHARACTERS:
        st.info(
            f"This text has {len(text):,} characters; its first {common.MAX_CHARACTERS:,} are read.",
            icon=":material/content_cut:",
        )
    text = common.to_vocabulary(text[: common.MAX_CHARACTERS], common.load(name).vocabulary)
    text = text[: common.MAX_CHARACTERS]  # a dash may have become two characters
    if not text.strip():
        st.info("None of these characters is in the vocabulary: no text is left.", icon=":material/block:")
        return ""
    return text


def pick_cell(name: str, text: str, gate: str = "cell") -> tuple[int, int]:
    """Controls for one cell, also by the feature that it correlates with. Returns (layer, unit), from 0."""
    model, best, defaults = common.load(name), best_cells(name), default_state(name)
    feature_key, layer_key, unit_key = (f"cell_{name}_{part}" for part in ("feature", "layer", "unit"))

    def select(layer: int, unit: int) -> None:
        presets_and_reset.set_widgets({layer_key: LAYERS[layer], unit_key: unit})

    def select_best() -> None:
        if st.session_state[feature_key] in best:
            select(*best[st.session_state[feature_key]][:2])

    feature = st.selectbox(
        "Find a cell correlated with",
        list(best),
        index=None,
        format_func=lambda feature: f"{feature} (r = {format_number(best[feature][2])})",
        key=feature_key,
        on_change=select_best,
        placeholder="feature of the text",
        help="The cell whose state correlates most with this feature, on held-out text. r: Pearson correlation, "
        "from −1 to 1.",
    )
    layer = st.segmented_control(
        "Layer",
        LAYERS[: len(model.layers)],
        default=defaults[layer_key],
        required=True,
        key=layer_key,
        **common.URL_BOUND,
        help="Layer 1 reads the characters, layer 2 reads the outputs of layer 1.",
    )
    unit = st.slider(
        "Cell",
        0,
        model.layers[LAYERS.index(layer)].units - 1,
        defaults[unit_key],
        key=unit_key,
        **common.URL_BOUND,
        help="Index of the cell in this layer. Most cells have no obvious interpretation.",
    )
    if feature:
        _best_in_text(correlations(name, text, gate).get(feature), feature, select)
    return LAYERS.index(layer), unit


def _best_in_text(r: np.ndarray | None, feature: str, select: Callable[[int, int], None]) -> None:
    if r is None:
        st.caption(f'"{feature}" is constant in this text, so no correlation can be computed.')
        return
    st.caption("Most correlated in this text:")
    with st.container(horizontal=True, gap="xsmall"):
        for k, (layer, unit, value) in enumerate(interpretable_cells.top_correlations(r)):
            st.button(
                f"{layer + 1}/{unit}: {format_number(value)}",
                key=f"cell_best_{k}",
                on_click=select,
                args=(layer, unit),
                help="Layer / cell: r. The best of hundreds of cells on one short text is partly chance: check it on "
                "another text.",
            )
