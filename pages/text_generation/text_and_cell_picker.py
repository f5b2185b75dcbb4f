"""What the tabs "Surprise" and "Inside the LSTM" share: a text that the network reads, and one of its cells."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.data import text_data
from genmodels.text_generation import interpretable_cells
from genmodels.text_generation import model as text_generation
from genmodels.text_generation.rnn_cells import Trace
from pages.text_generation import common
from ui import presets_and_reset

WRITTEN = "What the network wrote last"
OWN = "My own text"

PASSAGES = {  # our own words; the first three in the manner of the book that the network has read
    "An old essay": """\
It is said that a clock on the wall makes an honest man of nobody; and
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
and he will be silent about everything taht lies underneath.""",
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
LAYERS = ("First", "Second")
GATE_NAMES = {
    "cell": "Cell state c",
    "state": "Output h",
    "input": "Input gate i",
    "forget": "Forget gate f",
    "output": "Output gate o",
    "candidate": "Candidate g",
}


@dataclass(frozen=True, eq=False)
class Reading:
    """A text and what the network did while it read it."""

    text: str
    nats: np.ndarray  # (n,) float64, the surprise of each character
    logits: np.ndarray  # (n, V) float64, what it expected at each character, before it read it
    traces: tuple[Trace, ...]  # a layer each: gate: (n, units)


@st.cache_resource(show_spinner="Reading the text", max_entries=4)  # some 40 MB each, for the longest text
def read(name: str, text: str) -> Reading:
    """The model reads a text in its own characters, from its zero state. Shared: nobody changes it."""
    model = common.load(name)
    after, _, traces = text_generation.run(model, text)
    expected = np.concatenate([np.log(text_generation.predict(model, ""))[None], after[:-1]])
    nats = text_generation.surprise(expected, text_data.indices(text, model.vocabulary))
    return Reading(text, nats, expected, traces)


@st.cache_data(show_spinner=False, max_entries=32)
def correlations(name: str, text: str, gate: str) -> dict[str, np.ndarray]:
    """How closely each cell follows each thing that can be read off this text: name to (layers, units), Pearson's r."""
    return interpretable_cells.correlations(text, read(name, text).traces, gate)


def closest(r: np.ndarray, count: int = 5) -> list[tuple[int, int, float]]:
    """The cells with the largest r of either sign: (layer, unit, r), largest first. r: (layers, units)."""
    places = np.argsort(-np.abs(r), axis=None, kind="stable")[:count]
    return [(int(k // r.shape[1]), int(k % r.shape[1]), float(r.flat[k])) for k in places]


def begin(name: str) -> dict[str, object]:
    """Where the controls of this module stand at first, by key."""
    layer, unit, _ = _measured(name).get("inside quotation marks", (0, 0, 0.0))
    return {
        "read_what": next(iter(PASSAGES)),
        "read_own": "",
        f"cell_{name}_layer": LAYERS[layer],
        f"cell_{name}_unit": unit,
        f"cell_{name}_role": None,
    }


def choose_text(name: str, place: DeltaGenerator) -> str:
    """Controls for a text; the text in the model's own characters, or "" once it was said why there is none.

    place: where the choice is drawn; what it needs more room for goes below.
    """
    written = st.session_state.get("write_text")
    sources = [*PASSAGES, *([WRITTEN] if isinstance(written, str) and written.strip() else []), OWN]
    what = place.selectbox(
        "Text",
        sources,
        key="read_what",
        **common.KEEP,
        help="The first three resemble what the network has read, the others do not. With your own, see what it takes "
        "for granted and what it does not.",
    )
    if what == OWN:
        text = st.text_area(
            "My own text",
            key="read_own",
            persist_state="session",
            height=160,
            placeholder="Paste or type some English here",
            help=f"Up to {common.LONGEST:,} characters are read. Press Ctrl and Enter when you are done.",
        )
    else:
        text = written if what == WRITTEN else PASSAGES[what]
    text = text.replace("\r\n", "\n")
    if not text.strip():
        st.info("There is no text yet: paste or type some above.", icon=":material/edit:")
        return ""
    if len(text) > common.LONGEST:
        st.info(
            f"This text has {len(text):,} characters; its first {common.LONGEST:,} are read.",
            icon=":material/content_cut:",
        )
    text = common.fitted(text[: common.LONGEST], common.load(name).vocabulary)[
        : common.LONGEST
    ]  # a dash may have become two
    if not text.strip():
        st.info("The network knows none of these characters: nothing is left to read.", icon=":material/block:")
        return ""
    return text


def choose_cell(name: str, text: str, gate: str = "cell") -> tuple[int, int]:
    """Controls for one cell, and ways to find one that follows something: (layer, unit), from 0."""
    model, measured, first = common.load(name), _measured(name), begin(name)
    role_key, layer_key, unit_key = (f"cell_{name}_{part}" for part in ("role", "layer", "unit"))

    def go(layer: int, unit: int) -> None:
        presets_and_reset.set_widgets({layer_key: LAYERS[layer], unit_key: unit})

    def jump() -> None:
        if st.session_state[role_key] in measured:
            go(*measured[st.session_state[role_key]][:2])

    find, which, slide = st.columns([4, 3, 5], vertical_alignment="bottom", gap="medium")
    with find:
        role = st.selectbox(
            "Find a cell that follows",
            list(measured),
            index=None,
            format_func=lambda role: f"{role} (r = {number(measured[role][2])})",
            key=role_key,
            on_change=jump,
            placeholder="Find a cell that follows ...",
            help="Of all cells the one whose state goes with it most closely, on text that the network was not trained "
            "on. r is Pearson's correlation: 1 or -1 would be perfect, 0 is nothing.",
        )
    with which:
        layer = st.segmented_control(
            "Layer",
            LAYERS[: len(model.layers)],
            default=first[layer_key],
            required=True,
            key=layer_key,
            **common.KEEP,
            help="The first reads characters; the second reads what the first makes of them.",
        )
    with slide:
        unit = st.slider(
            "Cell",
            0,
            model.layers[LAYERS.index(layer)].units - 1,
            first[unit_key],
            key=unit_key,
            **common.KEEP,
            help="Drag through the cells of this layer. Most follow nothing that has a name.",
        )
    if role:
        _best_here(correlations(name, text, gate).get(role), role, go)
    return LAYERS.index(layer), unit


def _best_here(r: np.ndarray | None, role: str, go: Callable[[int, int], None]) -> None:
    if r is None:
        st.caption(f'This text cannot tell which cells follow "{role}": it is the same at all of its characters.')
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("Closest in this text:", width="content")
        for k, (layer, unit, value) in enumerate(closest(r)):
            st.button(
                f"{LAYERS[layer]} {unit}: {number(value)}",
                key=f"cell_best_{k}",
                on_click=go,
                args=(layer, unit),
                help="Layer, cell and r. The best of hundreds on one short text is partly luck: see whether it holds "
                "on another.",
            )


def _measured(name: str) -> dict[str, tuple[int, int, float]]:
    found = common.measured(name)
    rows = zip(found["roles"], found["cells"], found["r"], strict=True)
    return {str(role): (int(layer), int(unit), float(r)) for role, (layer, unit), r in rows}


def number(value: float) -> str:
    """With two decimals and a real minus; never "-0.00"."""
    return f"{round(float(value), 2) + 0.0:.2f}".replace("-", "−")


def named(character: str) -> str:
    """A character as one reads it in a sentence."""
    return {" ": "a space", "\n": "a line end", '"': "a quotation mark"}.get(character, f"“{character}”")
