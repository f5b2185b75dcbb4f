"""Custom components: the HTML, CSS and JavaScript of each are files beside the module that mounts it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

UI = Path(__file__).parent
CANVAS = UI / "scripts" / "canvas.js"  # before the script of every component
DRAG_PLANE = UI / "scripts" / "drag_plane.js"  # `onDrag`, `sampleSheet`
STROKE_INPUT = UI / "scripts" / "stroke_input.js"  # `onStrokes`, `trace`, `small`


def component(name: str, file: str, *scripts: str | Path) -> Callable[..., Any]:
    """The component of <name>.html, <name>.css and <name>.js, those that exist, in the folder of `file`.

    name: may begin with a subfolder; its last part is unique in the app. file: `__file__` of the calling module.
    scripts: files that its script needs. A component has one script, so they are concatenated.
    """
    folder = Path(file).parent
    html, css, script = (folder / f"{name}{suffix}" for suffix in (".html", ".css", ".js"))
    return st.components.v2.component(
        Path(name).name,
        html=html.read_text(encoding="utf-8") if html.exists() else None,
        css=css.read_text(encoding="utf-8") if css.exists() else None,
        js="\n".join(_read(CANVAS, *(folder / each for each in scripts), script)) if script.exists() else None,
    )


def _read(*files: Path) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in files]
