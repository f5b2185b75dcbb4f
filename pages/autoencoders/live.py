"""Train it: a fresh autoencoder learns before the class, and can be stopped, kept and taken home."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import streamlit as st

from genmodels import autoencoder_training, autoencoders, datasets
from pages.autoencoders import live_after, live_controls, live_view
from ui import code, controls, jobs, training_data
from ui.shell import explain

TRIES: list[tuple[str, str, dict[str, Any], str]] = [  # what to train, which member, and what to look for
    ("A layer at a time", "Layer by layer", {}, "Three trainings in one: outer layers, inner layers, then all."),
    ("Two numbers", "Stacked", {"ae_live_codings": 2}, "What is alike becomes the same: far too little room."),
    ("Loud noise", "Denoising, Gaussian", {"ae_live_amount": 0.6}, "It never sees a clean picture, and draws them."),
    (
        "Silence is cheap",
        "Sparse, L1",
        {"ae_live_weight": "0.005"},
        "The penalty wins: every number off, one grey blur.",
    ),
    ("Far too fast", "Stacked", {"ae_live_rate": 0.05}, "The first steps overshoot, and no way leads back."),
]


def show() -> None:
    job, run = jobs.find("ae_live"), st.session_state.get("ae_live_run")
    left, right = st.columns([2, 9], gap="medium")
    with left:
        live_controls.setup()
        _button(busy=job is not None and job.active)
    with right:
        data = st.session_state["ae_live_data"]
        if not datasets.available(data):
            training_data.missing(live_view.DATA[data], f"{data}.npz", "The 8 x 8 digits are")
        if job is None or run is None:
            examples, tries = st.columns([6, 7], gap="medium")
            with tries:
                _tries()
            with examples:
                training_data.examples(data, live_view.LEARNT)
        else:
            jobs.panel("ae_live", partial(live_view.draw, run))
    if job is not None and run is not None and not job.active:
        if job.step is not None:
            live_after.look_inside(run, job)
        with st.expander("Train another", icon=":material/model_training:"):
            _tries()
    explain(
        "Nobody tells it what is in the pictures: the picture that goes in is also the answer that is wanted. Shapes "
        "that many pictures share come first, details last. Held-out pictures are never trained on: where their curve "
        "turns up while the other still falls, the network has begun to learn by heart."
    )
    lesson = [autoencoder_training.train, autoencoder_training.phases, autoencoders.build, autoencoders.squared_error]
    code.show(
        live_view.script(run["settings"] if run else live_controls.settings()),
        lesson,
        key="ae_live",
        name="autoencoder_train",
    )


def _button(*, busy: bool) -> None:
    st.button(
        "Train",
        key="ae_live_train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=busy,
        on_click=_start,
        help="Stop the running training first." if busy else "Begins from random weights.",
    )


# --- the job ------------------------------------------------------------------------------------


def _tries() -> None:
    explain("Press **Train** and watch: grey mush, then one blur for all, then shapes. Or start one of these:")
    for title, member, values, hint in TRIES:
        with st.container(gap=None):
            given = (values | {"ae_live_member": member},)
            icon = ":material/play_arrow:"
            st.button(title, key=f"ae_live_try_{title}", icon=icon, type="tertiary", on_click=_start, args=given)
            st.caption(hint)


def _start(changes: dict[str, Any] | None = None) -> None:
    if (job := jobs.find("ae_live")) is not None and job.active and job.asked != "stop":
        return  # a double click
    if changes is not None:
        controls.put({"ae_live_member": changes["ae_live_member"]})
        controls.put(live_controls.defaults() | changes)
    settings = live_controls.settings()
    run: dict[str, Any] = {"settings": settings, "phases": []}  # the worker leaves the model here: Stop keeps it

    def steps() -> Iterator[autoencoder_training.Step]:
        x, _ = training_data.pictures(settings["data"], "train")
        run["held_out"] = training_data.pictures(settings["data"], "test")[0][: live_view.HELD_OUT]
        run["model"] = autoencoders.build(live_view.recipe(settings), seed=settings["train"]["seed"])
        for step in autoencoder_training.train(run["model"], x, held_out=run["held_out"], **settings["train"]):
            if not run["phases"] or run["phases"][-1][1] != step.phase:
                run["phases"] = [*run["phases"], (step.done, step.phase)]  # a new list: the page may be reading
            yield step

    st.session_state["ae_live_run"] = run
    numbers = f"{settings['changes']['codings']} numbers"
    jobs.start(
        "ae_live", f"{st.session_state['ae_live_member']}, {numbers}, on {live_view.DATA[settings['data']]}", steps
    )
