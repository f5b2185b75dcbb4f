"""Values in the address that no widget of Streamlit holds, and one history entry per page visit.

A widget with `bind="query-params"` is read and written by Streamlit. A component, such as a latent plane, keeps its
value in the session; these functions keep it in the address too, under the same rules: the address counts when the page
is opened and after Back and Forward, and a default is not written.
"""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

# Keys of which the page reads any text: text inputs, and a component that checks its own value.
TEXTS = (
    "clamp_prompt",
    "compare_prompt",
    "own_text",
    "style_gan_column_seeds",
    "style_gan_row_seeds",
    "text_train_prompt",
    "write_prompt",
    "write_temperature",
)
# Keys of widgets with several values, of which none may be selected.
MULTIPLE = ("fast_style_styles_to_blend", "gan2d_layers", "pretraining_labels", "style_gan_styles", "style_image")

_SCRIPT = Path(__file__).parent / "scripts" / "history_entries.js"


def keep_one_history_entry() -> None:
    """Let a page change its address without a history entry of its own; call before anything that changes it."""
    script = _SCRIPT.read_text(encoding="utf-8")
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def usable(query: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The query without values that no widget should get: its default is shown then.

    Empty ones, with which Streamlit clears a pill although it is required, and numbers without an end, for which its
    number input fails.
    """
    return {
        key: list(values)
        for key, values in query.items()
        if key in TEXTS or not any((not each and key not in MULTIPLE) or _is_infinite(each) for each in values)
    }


def _is_infinite(text: str) -> bool:
    try:
        return math.isinf(float(text))
    except ValueError:
        return False


def counts(key: str) -> bool:
    """True if the address decides on the session's value `key`: there is none yet, or this run answers Back."""
    context = get_script_run_ctx()
    return key not in st.session_state or (context is not None and context.is_history_navigation)


def write(values: Mapping[str, str | None]) -> None:
    """Set query parameters; None removes one. Unchanged ones are not sent to the browser."""
    for key, value in values.items():
        if value is None:
            if key in st.query_params:
                del st.query_params[key]
        elif st.query_params.get_all(key) != [value]:
            st.query_params[key] = value


def as_inline_code(text: str) -> str:
    """The text as inline code on one line, in which no link, image, HTML, formula or directive has an effect.

    CommonMark, section 6.1: the fence is longer than every row of backticks in the text. Backslashes would not be
    enough: GitHub's extension makes a link of every web address in other text.
    """
    line = " ".join(text.split())
    fence = "`" * (1 + max((len(row) for row in re.findall("`+", line)), default=0))
    return f"{fence} {line} {fence}" if line else "“”"
