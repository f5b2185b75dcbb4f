"""Text generation: a character-level LSTM, and how each character is sampled."""

import streamlit as st

from pages.text_generation.common import DEFAULT_MODEL, MODELS, URL_BOUND
from ui.page_layout import page_header, tabs, text_width
from ui.presets_and_reset import presets

TABS = {  # title: the module of this folder that shows it
    "Generate": "generate",
    "Compare temperatures": "compare_temperatures",
    "Surprisal": "surprisal",
    "Inspect the LSTM": "inspect_the_lstm",
    "Train": "train",
    "How it works": "theory",
}

PRESETS = [  # in the order of a lecture
    ("Generate", {"text_tab": "Generate", "write_temperature": 0.5}),
    ("Temperature 0 (greedy)", {"text_tab": "Generate", "write_temperature": 0.0}),
    ("Temperature 1", {"text_tab": "Generate", "write_temperature": 1.0}),
    ("Temperature 1.8", {"text_tab": "Generate", "write_temperature": 1.8}),
    ("Four temperatures side by side", {"text_tab": "Compare temperatures"}),
    ("Per-character surprisal", {"text_tab": "Surprisal", "heatmap_value": "Surprisal"}),
    ("A quote-detecting cell", {"text_tab": "Surprisal", "heatmap_value": "Cell or gate"}),
    ("Gates of one LSTM cell", {"text_tab": "Inspect the LSTM", "inspect_view": "Gate activations"}),
    (
        "Forget gates clamped to 1",
        {
            "text_tab": "Inspect the LSTM",
            "inspect_view": "Clamp a gate",
            "clamp_gate": "Forget gate f",
            "clamp_value": "1",
            "clamp_units": "Whole layer",
        },
    ),
]

header = page_header(
    "Character LSTM",
    "A character-level language model predicts the next character; sampling from it generates text.",
)
with header:
    presets(PRESETS, key="text_preset")
    st.selectbox(
        "Model", list(MODELS), key="text_model", width=text_width(160), label_visibility="collapsed", **URL_BOUND
    )
model = st.session_state["text_model"] or DEFAULT_MODEL
tabs("pages.text_generation", TABS, "text_tab", MODELS[model])
