"""The code behind what is on the screen."""

import base64
import inspect
from collections.abc import Callable, Iterable, Sequence
from textwrap import dedent, wrap

import numpy as np
import streamlit as st


def show(script: str, functions: list[Callable], *, key: str, name: str) -> None:
    """Two folded panels' worth in one: the module's real source, and a script that repeats the result.

    script: Python source with the current settings in it; it runs as a file in the project's
    folder. functions: what was just called, in reading order.
    """
    with st.expander("Show the code", icon=":material/code:", key=f"{key}_code", on_change="rerun") as panel:
        if not panel.open:
            return
        source, repeat = st.tabs(["What was just done", "Copy as script"])
        with source:
            for function in functions:
                st.caption(f"{function.__module__}.{function.__name__}")
                st.code(inspect.getsource(function), language="python")
        with repeat:
            st.caption("With the settings on the screen. Save it in the project's folder and run it with Python.")
            st.code(dedent_script(script), language="python")
            st.download_button(
                "Download",
                dedent_script(script),
                f"{name}.py",
                "text/x-python",
                key=f"{key}_script",
                on_click="ignore",
                icon=":material/download:",
            )


def equations(parts: Iterable[tuple[str, str, str]]) -> None:
    """How something works: a title and what it says on the left, its formula, in LaTeX, on the right."""
    for title, text, formula in parts:
        words, equation = st.columns([2, 3], gap="large", vertical_alignment="center")
        words.markdown(f"**{title}** {text}")
        equation.latex(formula)


def sources(functions: Sequence[Callable]) -> None:
    """The real source of functions, a tab each."""
    for tab, function in zip(st.tabs([function.__name__ for function in functions]), functions, strict=True):
        with tab:
            st.caption(f"{function.__module__}.{function.__name__}")
            st.code(inspect.getsource(function), language="python")


def image_literal(pixels: np.ndarray, name: str = "picture") -> str:
    """Lines of a script that make (1, 28, 28) uint8 of a visitor's small picture, indented as our scripts are."""
    packed = wrap(base64.b64encode(pixels.tobytes()).decode(), 96)
    lines = [
        "import base64",
        "import numpy as np",
        "",
        "pixels = (",
        *(f'    "{line}"' for line in packed),
        f")  # {pixels.shape[0]} x {pixels.shape[1]} grey levels, light on dark",
        f'{name} = np.frombuffer(base64.b64decode(pixels), "uint8").reshape(1, {pixels.shape[0]}, {pixels.shape[1]})',
    ]
    return ("\n" + 8 * " ").join(lines)


def dedent_script(script: str) -> str:
    return dedent(script).strip() + "\n"
