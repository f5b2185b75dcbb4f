"""The frame of every tab "Train": the run, large, at the left; its settings and the button Train at the right.

A page adds its controls, `start`, which queues the job with its run (`Job.run`), and functions that show the data
before the first run, a run, and what can be done with one that has ended.
"""

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from genmodels.jobs.job_queue import Job
from ui import job_panel
from ui.page_layout import presenter_mode, reader_text, result_and_controls

Run = dict[str, Any]
Start = Callable[[dict[str, Any] | None], None]  # with changes of the default settings; None: with the current ones
SuggestedRun = tuple[str, dict[str, Any], str]  # title, changes, what it shows


def show(
    key: str,
    start: Start,
    *,
    controls: Callable[[], None],
    controls_while_training: Callable[[], None] | None = None,
    check: Callable[[], str],
    examples: Callable[[], None],
    intro: str,
    suggestions: Sequence[SuggestedRun],
    columns: Sequence[float] = (6, 5),
    render: Callable[[Run, Job], None],
    after: Callable[[Run, Job], None],
) -> Run | None:
    """Show a training; returns the run, None before the first.

    key: of the job. controls: draws the settings. controls_while_training: draws those that a running training
    reads. check: shows a message if the data is missing or unusable; returns why Train is disabled, "" if it is
    enabled. examples: shows the data, before the first run, beside the suggested runs (`columns`: relative widths).
    intro: one sentence on what to observe. render: draws a run. after: draws what follows one that has ended.
    """
    job, run = job_panel.find(key), job_panel.find_run(key)
    result, side = result_and_controls(key, (7, 2))
    with side:
        top = st.container()  # for the button, which depends on the settings below it
        controls()
        if controls_while_training is not None:
            controls_while_training()
    with result:
        problem = check()
    with top:
        button(key, start, busy=job is not None and job.active, problem=problem)
    if job is None or run is None:
        with result:
            left, right = st.columns(columns, gap="medium")
            with left:
                examples()
                reader_text(intro)
            with right:
                suggested_runs(key, start, suggestions, disabled=bool(problem))
        return run
    with result:
        job_panel.panel(key, partial(render, run))
    if not job.active:
        if job.step is not None:
            after(run, job)
        with st.expander("Start another run", icon=":material/model_training:"):
            suggested_runs(key, start, suggestions, disabled=bool(problem))
    return run


def button(key: str, start: Start, *, busy: bool, problem: str = "") -> None:
    """Train. problem: why it is disabled."""
    st.button(
        "Train",
        key=f"{key}_train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=busy or bool(problem),
        on_click=_start_once,
        args=(key, start),
        help=problem or ("Stop the running training first." if busy else "Starts from randomly initialized weights."),
    )


def suggested_runs(key: str, start: Start, suggestions: Sequence[SuggestedRun], *, disabled: bool = False) -> None:
    """Runs that show something, each with a button that starts it."""
    with st.container(gap="xsmall"):
        st.markdown("**Things to try**")
        for title, changes, hint in suggestions:
            with st.container(gap=None):
                st.button(
                    title,
                    key=f"{key}_try_{title}",
                    icon=":material/play_arrow:",
                    type="tertiary",
                    disabled=disabled,
                    on_click=_start_once,
                    args=(key, start, changes),
                    help=hint if presenter_mode() else None,
                )
                if not presenter_mode():
                    st.caption(hint)


def weights_file(model: Any) -> bytes:
    """The weights of a Keras model as the bytes of a `.weights.h5` file, for a download."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.weights.h5"
        model.save_weights(file)
        return file.read_bytes()


def _start_once(key: str, start: Start, changes: dict[str, Any] | None = None) -> None:
    """Start, unless this is the second click of a double click."""
    if not job_panel.busy(key):
        start(changes)
