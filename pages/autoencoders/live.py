"""Train it: a fresh autoencoder learns before the class, and can be stopped, kept and taken home."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from genmodels import autoencoder_training, autoencoders
from pages.autoencoders import live_after, live_controls, live_view
from ui import code, controls, jobs, train_it, training_data
from ui.shell import explain

TRIES: list[train_it.Try] = [  # what to train, with which member, and what to look for
    (
        "A layer at a time",
        {"ae_live_member": "Layer by layer"},
        "Three trainings in one: outer layers, inner layers, then all.",
    ),
    (
        "Two numbers",
        {"ae_live_member": "Stacked", "ae_live_codings": 2},
        "What is alike becomes the same: far too little room.",
    ),
    (
        "Loud noise",
        {"ae_live_member": "Denoising, Gaussian", "ae_live_amount": 0.6},
        "It never sees a clean picture, and draws them.",
    ),
    (
        "Silence is cheap",
        {"ae_live_member": "Sparse, L1", "ae_live_weight": "0.005"},
        "The penalty wins: every number off, one grey blur.",
    ),
    (
        "Far too fast",
        {"ae_live_member": "Stacked", "ae_live_rate": 0.05},
        "The first steps overshoot, and no way leads back.",
    ),
]


def show() -> None:
    run = train_it.show(
        "ae_live",
        _start,
        data=live_view.DATA,
        settings=live_controls.setup,
        examples=lambda data: training_data.examples(data, live_view.LEARNT),
        lead="Press **Train** and watch: grey mush, then one blur for all, then shapes. Or start one of these:",
        tries=TRIES,
        columns=[6, 7],
        draw=live_view.draw,
        after=live_after.look_inside,
    )
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


def _start(changes: dict[str, Any] | None) -> None:
    if changes is not None:
        controls.put({"ae_live_member": changes["ae_live_member"]})
        controls.put(live_controls.defaults() | changes)
    settings = live_controls.settings()
    run: train_it.Run = {"settings": settings, "phases": []}  # the worker leaves the model here: Stop keeps it

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
