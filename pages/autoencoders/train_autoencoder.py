"""View Train an autoencoder: a training that can be watched, stopped and downloaded."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import training
from pages.autoencoders import train_controls, train_result, train_view
from ui import code_panel, job_panel, presets_and_reset, training_data, training_panel

SUGGESTED_RUNS: list[training_panel.SuggestedRun] = [
    (
        "Greedy layer-wise training",
        {"ae_train_model": "Greedy layer-wise"},
        "Three phases: outer layers, inner layers, all layers.",
    ),
    (
        "Code size 2",
        {"ae_train_model": "Stacked", "ae_train_code_size": 2},
        "The code is too small: similar images get the same reconstruction.",
    ),
    (
        "High noise level",
        {"ae_train_model": "Denoising, Gaussian", "ae_train_noise_level": 0.6},
        "All inputs are noisy, but the reconstructions are clean.",
    ),
    (
        "Sparsity weight too high",
        {"ae_train_model": "Sparse, L1", "ae_train_sparsity_weight": "0.005"},
        "The penalty dominates: all units inactive, constant output.",
    ),
    (
        "Learning rate too high",
        {"ae_train_model": "Stacked", "ae_train_learning_rate": 0.05},
        "Training diverges in the first steps.",
    ),
]


def show() -> None:
    run = training_panel.show(
        "ae_train",
        _start,
        controls=train_controls.controls,
        check=lambda: training_data.check(train_view.DATA, st.session_state["ae_train_data"]),
        examples=lambda: training_data.examples(st.session_state["ae_train_data"], train_view.EXAMPLES_CAPTION),
        intro="The reconstructions first show the mean image, then shapes, then details.",
        suggestions=SUGGESTED_RUNS,
        render=train_view.render,
        after=train_result.show_result,
    )
    functions = [training.train, training.training_phases, autoencoders.build, autoencoders.squared_error]
    settings = run["settings"] if run else train_controls.settings()
    code_panel.show(train_view.script(settings), functions, key="ae_train", name="autoencoder_train")


def _start(changes: dict[str, Any] | None) -> None:
    if changes is not None:
        presets_and_reset.set_widgets({"ae_train_model": changes["ae_train_model"]})
        presets_and_reset.set_widgets(train_controls.defaults() | changes)
    settings = train_controls.settings()
    run: training_panel.Run = {"settings": settings, "phases": []}  # the worker stores the model here

    def steps() -> Iterator[training.Step]:
        x, _ = training_data.load_images(settings["data"], "train")
        run["test_images"] = training_data.load_images(settings["data"], "test")[0][: train_view.N_TEST]
        run["model"] = autoencoders.build(train_view.config(settings), seed=settings["train"]["seed"])
        for step in training.train(run["model"], x, test_images=run["test_images"], **settings["train"]):
            if not run["phases"] or run["phases"][-1][1] != step.phase:
                run["phases"] = [*run["phases"], (step.done, step.phase)]  # a new list: the page may be reading
            yield step

    title = f"{st.session_state['ae_train_model']}, code size {settings['changes']['code_size']}"
    job_panel.start("ae_train", f"{title}, {train_view.DATA[settings['data']]}", steps, run=run)
