"""Our own components: each lies in three files beside the module that shows it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

DRAG_PLANE = Path(__file__).with_name(
    "drag_plane.js"
)  # `handOn` and `readSheet`: a hand on a plane that can be dragged
STROKE_INPUT = Path(__file__).with_name(
    "stroke_input.js"
)  # `strokesOn`, `trace`, `small`: a hand that draws on a canvas


def component(name: str, stem: Path, *before: Path) -> Callable[..., Any]:
    """The component of stem.html, stem.css and stem.js, of those that there are.

    before: scripts that its own one needs, e.g. `HAND`; a component has one script only, so they are put together.
    """
    html, css, own = (stem.with_suffix(suffix) for suffix in (".html", ".css", ".js"))
    return st.components.v2.component(
        name,
        html=html.read_text(encoding="utf-8"),
        css=css.read_text(encoding="utf-8") if css.exists() else None,
        js="\n".join(file.read_text(encoding="utf-8") for file in (*before, own)) if own.exists() else None,
    )
