"""Text generation: a character LSTM, and every decision it takes."""

import streamlit as st

from pages.text_generation.common import MODELS
from ui.page_layout import page_header, tabs
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "It writes": "generator",
    "Four temperatures": "temperatures",
    "Surprise": "surprisal",
    "Inside the LSTM": "lstm_inspector",
    "Train it": "train",
    "How it works": "theory",
}

STORY = [  # presets, in the order a lecture takes them
    ("It writes", {"text_tab": "It writes", "write_temperature": 0.5}),
    ("Greedy", {"text_tab": "It writes", "write_temperature": 0.0}),
    ("As the network believes", {"text_tab": "It writes", "write_temperature": 1.0}),
    ("Too hot", {"text_tab": "It writes", "write_temperature": 1.8}),
    ("Four at once", {"text_tab": "Four temperatures"}),
    ("What surprises it", {"text_tab": "Surprise", "surprise_by": "Surprise"}),
    ("A cell that knows quotation marks", {"text_tab": "Surprise", "surprise_by": "A cell or gate"}),
    ("One memory cell", {"text_tab": "Inside the LSTM"}),
    (
        "A layer that never forgets",
        {
            "text_tab": "Inside the LSTM",
            "clamp_gate": "Forget gate f",
            "clamp_at": "1",
            "clamp_scope": "Whole layer",
        },
    ),
]

side = page_header(
    "Text, character by character",
    "A network that has read one book guesses the next character. Draw one of its guesses, let it read what was "
    "drawn, and guess again: it writes. The temperature says how much chance has to say in it.",
)
with side:
    presets(STORY, key="text_story")
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.segmented_control(
            "Network",
            list(MODELS),
            default="Small letters",
            required=True,
            key="text_model",
            label_visibility="collapsed",
            bind="query-params",
            persist_state="session",
        )
model = st.session_state["text_model"] or "Small letters"  # an address may name none
tabs("pages.text_generation", TABS, "text_tab", MODELS[model])
