"""Train it: a fresh autoencoder learns before the class, and can be stopped, kept and taken home."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import training as autoencoder_training
from pages.autoencoders import train_controls, train_result, train_view
from ui import code_panel, job_panel, presets_and_reset, training_data, training_panel
from ui.page_layout import reader_text

TRIES: list[training_panel.SuggestedRun] = [  # what to train, with which member, and what to look for
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
    run = training_panel.show(
        "ae_live",
        _start,
        controls=train_controls.setup,
        check=lambda: training_data.check(train_view.DATA, st.session_state["ae_live_data"]),
        examples=lambda: training_data.examples(st.session_state["ae_live_data"], train_view.LEARNT),
        intro="Press **Train** and watch: grey mush, then one blur for all, then shapes.",
        suggestions=TRIES,
        render=train_view.draw,
        after=train_result.look_inside,
    )
    reader_text(
        "Nobody tells it what is in the pictures: the picture that goes in is also the answer that is wanted. Shapes "
        "that many pictures share come first, details last. Held-out pictures are never trained on: where their curve "
        "turns up while the other still falls, the network has begun to learn by heart."
    )
    lesson = [autoencoder_training.train, autoencoder_training.phases, autoencoders.build, autoencoders.squared_error]
    code_panel.show(
        train_view.script(run["settings"] if run else train_controls.settings()),
        lesson,
        key="ae_live",
        name="autoencoder_train",
    )


def _start(changes: dict[str, Any] | None) -> None:
    if changes is not None:
        presets_and_reset.set_widgets({"ae_live_member": changes["ae_live_member"]})
        presets_and_reset.set_widgets(train_controls.defaults() | changes)
    settings = train_controls.settings()
    run: training_panel.Run = {"settings": settings, "phases": []}  # the worker leaves the model here: Stop keeps it

    def steps() -> Iterator[autoencoder_training.Step]:
        x, _ = training_data.load_images(settings["data"], "train")
        run["held_out"] = training_data.load_images(settings["data"], "test")[0][: train_view.HELD_OUT]
        run["model"] = autoencoders.build(train_view.recipe(settings), seed=settings["train"]["seed"])
        for step in autoencoder_training.train(run["model"], x, held_out=run["held_out"], **settings["train"]):
            if not run["phases"] or run["phases"][-1][1] != step.phase:
                run["phases"] = [*run["phases"], (step.done, step.phase)]  # a new list: the page may be reading
            yield step

    st.session_state["ae_live_run"] = run
    numbers = f"{settings['changes']['codings']} numbers"
    job_panel.start(
        "ae_live", f"{st.session_state['ae_live_member']}, {numbers}, on {train_view.DATA[settings['data']]}", steps
    )
