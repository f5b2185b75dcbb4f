"""Two runs side by side that differ in one setting: what the tabs "Compare settings" share."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from genmodels.jobs.job_queue import Job
from genmodels.vision import comparison as comparison_steps
from ui import job_panel
from ui.image_display import data_url

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """A setting with two values. left, right: title of each run, and the settings in which it differs."""

    left: tuple[str, Settings]
    right: tuple[str, Settings]
    explanation: str  # what to look at, and why it differs


def choose(comparisons: Mapping[str, Comparison], *, key: str) -> Comparison:
    """The comparison that the visitor chose under `key`, with its explanation below the menu."""
    names = list(comparisons)
    name = st.selectbox(
        "Setting to compare",
        names,
        key=key,
        help="All other settings are the same for both runs.",
        bind="query-params",
        persist_state="session",
    )
    chosen = comparisons[name or names[0]]
    st.caption(chosen.explanation)
    return chosen


def start(
    name: str,
    signature: str,
    comparison: Comparison,
    run: Callable[[Settings], Iterator],
    *,
    original: np.ndarray,
    loss: str,
    **facts: Any,
) -> None:
    """Starts both runs as the visitor's job `name`, unless the latest one has the same signature.

    signature: a hash of everything the two runs depend on. run: from the settings of one side to its generator of
    steps. original: (H, W, 3) uint8, shown before the first step. loss: the key of `losses` that is compared. facts:
    what the script export needs; all of it is kept as `Job.run`.
    """

    def steps(_: dict[str, Any]) -> Iterator:
        left, right = run(comparison.left[1]), run(comparison.right[1])
        return comparison_steps.side_by_side(left, right, loss=loss)

    title = f"{comparison.left[0]} / {comparison.right[0]}"
    facts |= {"comparison": comparison, "original": original, "loss": loss}
    job_panel.restart_on_change(name, title, signature, steps, **facts)


def show(name: str, below: Callable[[dict[str, Any], Job], None] | None = None) -> tuple[dict[str, Any], Job] | None:
    """Draws both runs of the job `name`, live, and returns its facts and the job; None before the first start.

    below: draws what belongs under the two images, e.g. the curves of both losses.
    """
    job = job_panel.find(name)
    if job is None:
        return None
    run = job.run

    def draw(job: Job) -> None:
        sides = run["comparison"].left, run["comparison"].right
        for column, (title, _), side in zip(st.columns(2, gap="small"), sides, ("left", "right"), strict=True):
            image, caption = run["original"], title
            if job.step is not None:
                image = getattr(job.step, side).image
                caption = f"{title}, {run['loss']} {job.step.losses[side]:.3g}"
            column.image(data_url(image), width="stretch", caption=caption)
        if below is not None:
            below(run, job)

    with st.container():
        job_panel.panel(name, draw)
    return run, job
