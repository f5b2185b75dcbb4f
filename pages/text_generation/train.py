"""Tab "Train": train a new network on a text; stop it, generate with it and download it."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import streamlit as st

from genmodels.data import text_data
from genmodels.jobs.job_queue import Job
from genmodels.text_generation import char_rnn, generation, training
from pages.text_generation import train_controls, train_result, train_view
from pages.text_generation.train_controls import CELLS, CORPORA, DEFAULTS
from ui import code_panel, job_panel, presets_and_reset, training_panel

INTRO = "During training the samples change from noise to letters, to words, to the layout of the text."
SUGGESTED_RUNS: list[training_panel.SuggestedRun] = [  # title, settings, expected effect
    (
        "Next-character target",
        {"text_train_training_target": "next"},
        "One target per sequence instead of sixty, as in the book.",
    ),
    (
        "SimpleRNN instead of LSTM",
        {"text_train_cell": "simple_rnn"},
        "No gates: faster per character, but a shorter memory.",
    ),
    ("32 units only", {"text_train_units": 32}, "Letters and short words, but many spelling errors."),
    (
        "Overfitting",
        {"text_train_text_length": 20_000, "text_train_epochs": 100},
        "Little text, many epochs: the training loss falls, the held-out loss does not.",
    ),
    (
        "Learning rate too high",
        {"text_train_learning_rate": 0.05},
        "Five times the default: the steps overshoot, and the loss stays higher.",
    ),
]


def show(name: str) -> None:
    """`name`, the pretrained model of the page, is not used: training starts from random weights."""
    run = training_panel.show(
        "text_train",
        _start,
        controls=train_controls.show,
        check=train_controls.check,
        examples=_examples,
        intro=INTRO,
        suggestions=SUGGESTED_RUNS,
        columns=train_view.COLUMNS,
        render=_render,
        after=train_result.show,
    )
    settings = run["settings"] if run else train_controls.settings()
    functions = [training.train, char_rnn.build, char_rnn.to_numpy, generation.generate_text]
    code_panel.show(train_result.script(settings), functions, key="text_train", name="text_train")


def _examples() -> None:
    """The text, and the training targets of one sequence of it."""
    text, _ = train_controls.text()
    if text is not None:
        title = CORPORA[st.session_state["text_train_corpus"]]
        length, sequence = (st.session_state[f"text_train_{key}"] for key in ("text_length", "sequence_length"))
        train_view.describe(title, text, length, sequence)
    target = st.session_state["text_train_training_target"]
    train_view.training_targets(text or train_controls.load_text("python"), target)


def _render(run: training_panel.Run, job: Job) -> None:
    train_view.render(run, job)
    if job.active:
        text, _ = train_controls.text()
        target = run["settings"]["train"]["training_target"]
        train_view.training_targets(text or train_controls.load_text("python"), target)


def _start(changes: dict[str, Any] | None) -> None:
    if changes is not None:
        presets_and_reset.set_widgets(DEFAULTS | changes)
    text, problem = train_controls.text()
    if problem:
        return  # the page shows it
    settings = train_controls.settings()
    run: dict[str, Any] = {"settings": settings, "samples": []}  # filled by the worker, so that Stop keeps it

    def steps() -> Iterator[training.TrainingStep]:
        whole = text_data.load(settings["corpus"]) if text is None else text
        prepared = training.prepare(whole[: settings["text_length"]], settings["train"]["sequence_length"])
        run.update(asdict(prepared))
        vocabulary, prompt = prepared.vocabulary, prepared.prompt
        model = run["model"] = char_rnn.build(vocabulary, **settings["build"])
        untrained = char_rnn.to_numpy(model, vocabulary)
        sample = generation.generate_text(untrained, prompt, length=240, temperature=1.0)
        run["samples"].append((0, sample, prepared.uniform_loss))
        options = {"validation_text": prepared.validation_text, "prompt": prompt, **settings["train"]}
        for step in training.train(model, vocabulary, prepared.text, **options):
            if step.epoch == len(run["samples"]):
                run["samples"].append((step.epoch, step.sample, step.losses["held-out loss"]))
            yield step

    units = " + ".join(map(str, settings["build"]["units"]))
    title = f"{CELLS[settings['build']['cell']]}({units}) on {CORPORA[settings['corpus']]}"
    if settings["train"]["training_target"] == "next":
        title += ", next-character target"
    st.session_state.pop("text_train_prompt", None)
    job_panel.start("text_train", title, steps, run=run)
