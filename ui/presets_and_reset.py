"""Reset buttons and presets: both set widgets to known values."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ui.page_layout import presenter_mode, text_width


def set_widgets(values: Mapping[str, Any]) -> None:
    """Set widgets by key. Call it in a callback, before the widgets are drawn."""
    for key, value in values.items():
        st.session_state[key] = value


def reset(defaults: Mapping[str, Any], *, key: str, help: str = "Restore the default values.") -> None:
    """A small button that sets a group of controls to their defaults."""
    st.button(
        "Reset",
        key=key,
        icon=":material/restart_alt:",
        type="tertiary",
        help=help,
        on_click=set_widgets,
        args=(defaults,),
    )


def presets(choices: Sequence[tuple[str, Mapping[str, Any]]], *, key: str) -> None:
    """A menu of named settings with buttons for the previous and the next; arrow keys in presentation mode."""
    names = [name for name, _ in choices]

    def step(direction: int) -> None:
        current = st.session_state.get(key)
        index = names.index(current) + direction if current in names else (0 if direction > 0 else len(names) - 1)
        st.session_state[key] = names[index % len(names)]
        set_widgets(choices[index % len(names)][1])

    def select() -> None:
        if st.session_state[key] in names:
            set_widgets(choices[names.index(st.session_state[key])][1])

    left, right = ("Left", "Right") if presenter_mode() else (None, None)
    width = text_width(250) + (16 if presenter_mode() else 0)  # the buttons show the arrow keys
    with st.container(horizontal=True, gap="xsmall", wrap=False, width=width):
        st.button(
            "",
            key=f"{key}_back",
            icon=":material/chevron_left:",
            help="Previous preset",
            shortcut=left,
            on_click=step,
            args=(-1,),
        )
        st.selectbox(
            "Presets",
            names,
            index=None,
            key=key,
            placeholder="Presets",
            on_change=select,
            label_visibility="collapsed",
            width="stretch",
        )
        st.button(
            "",
            key=f"{key}_next",
            icon=":material/chevron_right:",
            help="Next preset",
            shortcut=right,
            on_click=step,
            args=(1,),
        )
