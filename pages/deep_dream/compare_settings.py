"""Side by side: the same dream twice, one thing different."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.deep_dream import dream as deep_dream
from genmodels.jobs.job_queue import Job
from genmodels.vision.backbone import Backbone
from pages.deep_dream import common, script_export
from ui import code_panel, job_panel
from ui.image_display import data_url
from ui.page_layout import reader_text

Settings = dict[str, Any]
SWITCHES: dict[str, tuple[tuple[str, Settings], tuple[str, Settings], str]] = {
    "Octaves": (
        ("One octave", {"octaves": 1, "steps": 60}),
        ("Four octaves", {"octaves": 4, "steps": 15}),
        "Sixty steps each. A layer looks through a window of fixed size: at one octave everything it adds is of that "
        "size. On a smaller photo the same window holds more of it, and so there are large shapes too.",
    ),
    "Detail": (
        ("Lost detail given back", {"reinject_detail": True, "octaves": 4}),
        ("Not given back", {"reinject_detail": False, "octaves": 4}),
        "A photo that was shrunk and enlarged again is blurred. The difference between the two is known, and can be "
        "given back at each octave. Look at hair and whiskers.",
    ),
    "Border": (
        ("Border left out", {"border": 2, "jitter": 0}),
        ("Border counted", {"border": 0, "jitter": 0}),
        "Outside the photo a layer sees zeros, and answers them as if they were there. Counted, that draws frames "
        "along the edges. Jitter is off on both sides here: it would hide them.",
    ),
    "Jitter": (
        ("Shifted at random", {"jitter": 32}),
        ("Never shifted", {"jitter": 0}),
        "Pooling looks at the photo through a grid. Where the grid never moves its cells begin to show.",
    ),
    "Equal details": (
        ("Details with equal say", {"bands": 5, "palette": 0.5}),
        ("The gradient as it is", {"bands": 0, "palette": 0.0}),
        "The cheapest way up is mostly one of broad, loud colour. Taken apart into sizes of detail, each divided by "
        "its own strength, the gradient draws instead of painting over.",
    ),
}


def show(model: Backbone, photo: np.ndarray | None) -> None:
    left, right = st.columns(common.COLUMNS, gap="large")
    with left:
        wish = common.ask(model)
    with right:
        way = common.climb()
        switch = st.segmented_control(
            "What is different",
            list(SWITCHES),
            default="Octaves",
            required=True,
            key="dream_switch",
            help="The two dreams have all settings on the left in common, but for this one.",
            **common.KEEP,
        )
        one, other, lesson = SWITCHES[switch or "Octaves"]
        reader_text(lesson)
        if photo is None:
            st.info("Bring a photo above; it will be dreamt on at once.", icon=":material/add_photo_alternate:")
        elif wish is not None:
            _begin(model, photo, wish | way, one, other)
        run, job = st.session_state.get("dream_pair"), job_panel.find("dream_pair")
        if run is None or job is None:
            return
        with st.container():
            job_panel.panel("dream_pair", partial(_live, run))
    if not job.active:
        told = script_export.beside(run["model"], run["settings"], run["one"][1], run["other"][1])
        code_panel.show(told, [deep_dream.beside, deep_dream.dream], key="dream_pair", name="dream_beside")


def _begin(model: Backbone, photo: np.ndarray, settings: Settings, one: tuple, other: tuple) -> None:
    """Start both, unless just these were begun already."""
    sign, run = common.signature(model, photo, settings | {"pair": (one, other)}), st.session_state.get("dream_pair")
    if run is not None and run["signature"] == sign:
        return
    job_panel.stop("dream_pair")
    run = {"signature": sign, "photo": photo, "model": model, "settings": settings, "one": one, "other": other}
    st.session_state["dream_pair"] = run

    def steps() -> Iterator[deep_dream.Pair]:
        return deep_dream.beside(
            deep_dream.dream(photo, model=model, **(settings | one[1])),
            deep_dream.dream(photo, model=model, **(settings | other[1])),
        )

    job_panel.start("dream_pair", f"{one[0]}, or: {other[0].lower()}", steps)


def _live(run: dict[str, Any], job: Job) -> None:
    step = job.step
    for column, (title, _), which in zip(
        st.columns(2, gap="medium"), (run["one"], run["other"]), ("left", "right"), strict=True
    ):
        frame = run["photo"] if step is None else getattr(step, which).image
        told = "" if step is None else f", objective {step.losses[which]:.3g}"
        column.image(data_url(frame), width="stretch", caption=title + told)
