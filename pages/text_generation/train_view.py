"""Views of the tab "Train": the text, the training targets, and a run with its samples and losses."""

import html
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import text_data
from genmodels.jobs.job_queue import Job
from genmodels.text_generation import training
from ui import job_panel, training_data

COLUMNS = [7, 5]
EXCERPT = 200  # characters
MONO = "Source Code Pro,ui-monospace,monospace"  # the font of the theme
BOX = f"white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45;font-family:{MONO};font-size:"
TARGET_ROWS = {"shifted": "target: shifted", "next": "target: next"}
CHOSEN, OTHER = "background:#c2410c;color:#fff;border-color:#c2410c", "background:#8883"


def describe(title: str, whole: str, length: int, sequence_length: int) -> None:
    """Length, split and beginning of the training text."""
    text = whole[:length]
    training_text, validation_text = training.split(text, sequence_length)
    more = "or more " if len(whole) == text_data.MAX_CHARACTERS else ""
    used = f"the first {length:,} of {len(whole):,} " if len(whole) > length else f"{len(whole):,} "
    st.markdown(
        f"**{title}:** {used}{more}characters, vocabulary of {len(set(text))}. {len(training_text):,} to train on, "
        f"the last {len(validation_text):,} held out."
    )
    with st.container(border=True):
        st.html(f"<div style='{BOX}0.95rem'>{html.escape(whole[:EXCERPT].strip())} …</div>")


def training_targets(text: str, chosen: str) -> None:
    """The targets of one sequence, a row for each of `training.TRAINING_TARGETS`; the chosen one in color."""
    line = " ".join(text[:400].split())[:11]
    n = len(line) - 1
    targets = {"shifted": list(line[1:]), "next": [""] * (n - 1) + [line[-1]]}
    rows = [_row("input", list(line[:-1]), "")]
    rows += [_row(TARGET_ROWS[name], targets[name], CHOSEN if name == chosen else OTHER) for name in targets]
    st.html(
        "<div style='overflow-x:auto'><table style='border-collapse:separate;border-spacing:2px;"
        f"font:600 1.05rem {MONO}'>{''.join(rows)}</table></div>"
    )
    mark = {name: " (chosen)" if name == chosen else "" for name in targets}
    st.caption(
        f"Targets in this sequence of {n} characters: shifted{mark['shifted']}: {n}; next character "
        f"only{mark['next']}: 1."
    )


def _row(title: str, characters: list[str], style: str) -> str:
    cells = "".join(
        "<td style='min-width:1.25em;height:1.5em;padding:0;text-align:center;border-radius:4px;border:1px solid #8886;"
        f"{style if c else ''}'>{html.escape(c.replace(' ', '␣'))}</td>"
        for c in characters
    )
    title_style = "font:400 0.95rem Source Sans,sans-serif;padding:0 .5em 0 0;white-space:nowrap;border:0"
    return f"<tr><td style='{title_style}'>{title}</td>{cells}</tr>"


def render(run: dict[str, Any], job: Job) -> None:
    """The state of a run: its samples, the newest first, and its losses."""
    step = job.step
    if step is None:
        if job.active:
            training_data.waiting(job)
        return
    left, right = st.columns(COLUMNS, gap="medium")
    with left:
        st.caption(f"{job.title}: samples after each epoch, newest first")
        with st.container(height=400, border=True):
            _samples(run)
    with right:
        settings, nats = run["settings"]["train"], step.losses
        # the first step includes the compilation
        speed = f", {step.characters_per_second:,.0f} characters per second" if step.done > 1 else ""
        st.caption(f"Epoch {min(step.epoch + 1, settings['epochs'])} of {settings['epochs']}{speed}")
        per_step = settings["batch_size"] * settings["sequence_length"]
        job_panel.curves(
            job, "loss", "nats per character", x="characters read", scale=per_step, legend=True, height=240
        )
        if not np.isfinite(list(nats.values())).all():
            st.error("The loss is NaN: training diverged. Lower the learning rate and train again.")
            return
        st.markdown(
            f"Held-out loss **{nats['held-out loss']:.2f}** nats per character, perplexity "
            f"{np.exp(nats['held-out loss']):.1f}.  \n"
            f"Uniform baseline: ln {len(run['vocabulary'])} = {run['uniform_loss']:.2f}. "
            f"Unigram baseline: {run['unigram_loss']:.2f}."
        )


def _samples(run: dict[str, Any]) -> None:
    prompt = html.escape(run["prompt"])
    parts = []
    for rank, (epoch, sample, nats) in enumerate(reversed(run["samples"])):
        title = f"Epoch {epoch}: held-out loss {nats:.2f} nats" if epoch else "Untrained"
        size, margin = ("1.1rem", "0") if rank == 0 else ("0.95rem", "1.1em")
        parts.append(
            f"<div style='font-weight:600;margin:{margin} 0 .25em'>{title}</div>"
            f"<div style='{BOX}{size}'><span style='opacity:.65'>{prompt}</span>{html.escape(sample)}</div>"
        )
    st.html("".join(parts))
