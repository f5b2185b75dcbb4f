"""The code behind a result: the source of the functions, a script that reproduces it, and equations."""

import base64
import inspect
from collections.abc import Callable, Iterable, Sequence
from textwrap import dedent, wrap

import numpy as np
import streamlit as st


def show(script: str, functions: list[Callable], *, key: str, name: str) -> None:
    """The folded panel "Show the code": the source of the functions, and a script that reproduces the result.

    script: Python source with the current settings; it runs as a file in the project folder. functions: those that
    computed the result, in reading order. name: of the downloaded file, without ".py".
    """
    with st.expander("Show the code", icon=":material/code:", key=f"{key}_code", on_change="rerun") as panel:
        if not panel.open:
            return
        source, standalone = st.tabs(["Functions used", "Standalone script"])
        with source:
            for function in functions:
                st.caption(f"{function.__module__}.{function.__name__}")
                st.code(inspect.getsource(function), language="python")
        with standalone:
            st.caption(
                "Reproduces this result with the current settings. Save it in the project folder and run it with "
                "Python."
            )
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
    """A row for each (title, text, equation in LaTeX): title and text at the left, the equation at the right."""
    for title, text, formula in parts:
        left, right = st.columns([2, 3], gap="large", vertical_alignment="center")
        left.markdown(f"**{title}** {text}")
        right.latex(formula)


def sources(functions: Sequence[Callable]) -> None:
    """The source of functions, one expander each, so that the page's tabs stay the only tabs."""
    for function in functions:
        with st.expander(f"`{function.__module__}.{function.__name__}`", icon=":material/code:"):
            st.code(inspect.getsource(function), language="python")


def image_literal(pixels: np.ndarray, name: str = "image") -> str:
    """Lines of a script that define a small image as (1, h, w) uint8, indented as the pages' scripts are.

    pixels: (h, w) uint8. name: of the variable.
    """
    packed = wrap(base64.b64encode(pixels.tobytes()).decode(), 96)
    lines = [
        "import base64",
        "import numpy as np",
        "",
        "pixels = (",
        *(f'    "{line}"' for line in packed),
        f")  # {pixels.shape[0]} x {pixels.shape[1]} gray levels, light on dark",
        f'{name} = np.frombuffer(base64.b64decode(pixels), "uint8").reshape(1, {pixels.shape[0]}, {pixels.shape[1]})',
    ]
    return ("\n" + 8 * " ").join(lines)


def loss_figure(file: str, unit: str) -> str:
    """Lines of a script that plot `history`, a list of (training step, losses), into a file; indented as our scripts.

    unit: of the losses, for the axis. The script imports `matplotlib.figure.Figure`.
    """
    lines = [
        "figure = Figure(figsize=(7, 4))",
        "axes = figure.subplots()",
        "for name in history[-1][1]:",
        "    axes.plot(*zip(*((done, losses[name]) for done, losses in history if name in losses)), label=name)",
        f'axes.set(xlabel="training step", ylabel="{unit}")',
        "axes.legend()",
        f'figure.savefig("{file}")',
    ]
    return ("\n" + 8 * " ").join(lines)


def dedent_script(script: str) -> str:
    return dedent(script).strip() + "\n"
