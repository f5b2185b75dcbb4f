"""The frame of every "Train it": settings at the left, the run at the right, trainings to try before and after it.

What a page adds: its settings, `begin`, which puts the job in line and leaves what belongs to it in the session
under "<key>_run", and how a run is drawn.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genmodels.data import datasets
from genmodels.jobs.job_queue import Job
from ui import job_panel, training_data
from ui.page_layout import reader_text

Run = dict[str, Any]
Begin = Callable[[dict[str, Any] | None], None]  # with changes of the usual settings, or with those that are set
SuggestedRun = tuple[str, dict[str, Any], str]  # its title, the changes, what to look for


def show(
    key: str,
    begin: Begin,
    *,
    data: Mapping[str, str],
    settings: Callable[[], None],
    meanwhile: Callable[[], None] | None = None,
    examples: Callable[[str], None],
    lead: str,
    tries: Sequence[SuggestedRun],
    columns: Sequence[float],
    draw: Callable[[Run, Job], None],
    after: Callable[[Run, Job], None],
) -> Run | None:
    """A training on pictures; gives the run, None before the first.

    key: of the job; the data set is chosen under "<key>_data", by a name of `data`, which says what the visitor
    reads. settings: draws the controls. meanwhile: those that a running training listens to. examples: shows
    pictures of a data set. columns: widths of examples and tries. after: what a run that has ended leaves.
    """
    job, run = job_panel.find(key), st.session_state.get(f"{key}_run")
    busy = job is not None and job.active
    left, right = st.columns([2, 9], gap="medium")
    with left:
        settings()
        button(key, begin, busy=busy)
        if meanwhile is not None:
            meanwhile()
    with right:
        name = st.session_state[f"{key}_data"] or next(iter(data))
        if not datasets.available(name):
            training_data.missing(data[name], f"{name}.npz", "The 8 x 8 digits are")
        if job is None or run is None:
            shown, offered = st.columns(columns, gap="medium")
            with offered:
                suggested_runs(key, begin, lead, tries)
            with shown:
                examples(name)
        else:
            job_panel.panel(key, partial(draw, run))
    if job is not None and run is not None and not job.active:
        if job.step is not None:
            after(run, job)
        with st.expander("Train another", icon=":material/model_training:"):
            suggested_runs(key, begin, lead, tries)
    return run


def button(key: str, begin: Begin, *, busy: bool, problem: str = "", place: DeltaGenerator | None = None) -> None:
    """Train. problem: why it cannot be pressed; place: where it goes, if not here."""
    (place or st).button(
        "Train",
        key=f"{key}_train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=busy or bool(problem),
        on_click=_once,
        args=(key, begin),
        help=problem or ("Stop the running training first." if busy else "Begins from random weights."),
    )


def suggested_runs(key: str, begin: Begin, lead: str, tries: Sequence[SuggestedRun], *, disabled: bool = False) -> None:
    """Trainings that show something, each with a button that begins it."""
    reader_text(lead)
    for title, changes, hint in tries:
        with st.container(gap=None):
            st.button(
                title,
                key=f"{key}_try_{title}",
                icon=":material/play_arrow:",
                type="tertiary",
                disabled=disabled,
                on_click=_once,
                args=(key, begin, changes),
            )
            st.caption(hint)


def _once(key: str, begin: Begin, changes: dict[str, Any] | None = None) -> None:
    """Begin, unless this was the second of two clicks."""
    if (job := job_panel.find(key)) is None or not job.active or job.asked == "stop":
        begin(changes)
