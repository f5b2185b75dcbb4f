"""View Unsupervised pretraining: accuracy of classifiers with few labeled images, from scratch and pretrained."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import training, unsupervised_pretraining
from genmodels.autoencoders.config import MODELS
from genmodels.data import datasets
from genmodels.weights import WeightsError
from pages.autoencoders import common, pretraining_chart
from ui import code_panel, job_panel, presets_and_reset, training_data
from ui.page_layout import result_and_controls

DATA = pretraining_chart.DATA
LABELS = (20, 50, 100, 200, 500, 1000)
DEFAULTS: dict[str, Any] = {
    "pretraining_labels": [50, 200, 1000],
    "pretraining_repetitions": 2,
    "pretraining_training_steps": 300,
}
N_TEST = 2000  # test images per classifier
INTRO = (
    "Unlabeled images are plentiful, labels are expensive: an autoencoder is trained without labels, then its encoder "
    "is reused in a classifier."
)


@st.cache_data(show_spinner=False)
def _stored_results() -> tuple[unsupervised_pretraining.Result, ...]:
    return unsupervised_pretraining.load_results()


def show() -> None:
    stored: tuple[unsupervised_pretraining.Result, ...] = ()
    job = job_panel.find("pretraining")
    run = None if job is None else job.run
    result, controls = result_and_controls("pretraining", (7, 2))
    with controls:
        _controls(busy=job is not None and job.active)
    with result:
        try:
            stored = _stored_results()
        except WeightsError as error:
            st.warning(str(error), icon=":material/broken_image:")
        data = st.session_state["pretraining_data"]
        if not datasets.available(data):
            training_data.missing(DATA[data], f"{data}.npz", "The 8 x 8 digits are")
        if job is not None and run is not None:
            job_panel.panel("pretraining", partial(pretraining_chart.render, run, stored))
        elif stored:
            pretraining_chart.chart(stored, key="pretraining_stored")
            st.caption(INTRO)
    if stored:
        if job is not None and run is not None and run["settings"]["data"] != "fashion_mnist":
            pretraining_chart.chart(stored, key="pretraining_stored")
        pretraining_chart.conclusions(stored)
    functions = [
        unsupervised_pretraining.stratified_subset,
        unsupervised_pretraining.build,
        unsupervised_pretraining.fit,
        unsupervised_pretraining.compare,
    ]
    source = script(run["settings"] if run else _settings())
    code_panel.show(source, functions, key="pretraining", name="unsupervised_pretraining")


# --- controls -----------------------------------------------------------------------------------


def _controls(*, busy: bool) -> None:
    button = st.container()  # drawn last, because it depends on the settings
    st.selectbox(
        "Data",
        list(DATA),
        index=0 if datasets.available("fashion_mnist") else 1,
        format_func=DATA.__getitem__,
        key="pretraining_data",
        help="Fashion-MNIST: the pretrained stacked autoencoder, trained on 60,000 images without labels. Digits: an "
        "autoencoder is first trained on 1,500 digits without labels, in seconds.",
        **common.URL_BOUND,
    )
    tip = "Labeled training images, balanced over the classes. Each selected value adds training runs."
    default = DEFAULTS["pretraining_labels"]
    st.pills(
        "Labels", LABELS, selection_mode="multi", default=default, key="pretraining_labels", help=tip, wrap=True,
        **common.URL_BOUND,
    )  # fmt: skip
    tip = "Number of repetitions with different labeled subsets and initial weights."
    default = DEFAULTS["pretraining_repetitions"]
    st.slider("Repetitions (seeds)", 2, 5, default, key="pretraining_repetitions", help=tip, **common.URL_BOUND)
    tip = "Training steps per classifier (batch size 32); 1,500 in the stored chart. With few, frozen falls behind."
    options, default = (100, 300, 600, 1500), DEFAULTS["pretraining_training_steps"]
    st.select_slider("Training steps", options, default, key="pretraining_training_steps", help=tip, **common.URL_BOUND)
    presets_and_reset.reset(DEFAULTS, key="pretraining_reset")
    settings = _settings()
    count = len(settings["labels"]) * settings["repetitions"] * len(unsupervised_pretraining.INITIALIZATIONS)
    button.button(
        f"Train {count} classifiers" if count else "Train",
        key="pretraining_train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=busy or not count,
        on_click=_start,
        help="Stop the running training first." if busy else "Some seconds each. Select at least one number of labels.",
    )


def _settings() -> dict[str, Any]:
    state = st.session_state
    return {
        "data": state["pretraining_data"],
        "labels": sorted(state["pretraining_labels"]),
        "repetitions": state["pretraining_repetitions"],
        "training_steps": state["pretraining_training_steps"],
    }


# --- the job ------------------------------------------------------------------------------------


def _start() -> None:
    if job_panel.busy("pretraining"):
        return  # the second click of a double click
    settings = _settings()
    run: dict[str, Any] = {"settings": settings}
    title = f"Unsupervised pretraining, {DATA[settings['data']]}"
    job_panel.start("pretraining", title, partial(_steps, settings, run), run=run)


def _steps(settings: dict[str, Any], run: dict[str, Any]) -> Iterator[unsupervised_pretraining.Step]:
    """The comparison and, on digits, the training of the autoencoder before it; `done` counts batches."""
    train, test = (training_data.load_images(settings["data"], split) for split in ("train", "test"))
    training_steps, seeds = settings["training_steps"], range(settings["repetitions"])
    n_classifiers = len(settings["labels"]) * len(seeds) * len(unsupervised_pretraining.INITIALIZATIONS)
    autoencoder_batches = 0
    if settings["data"] == "digits":
        pretrained = autoencoders.build(MODELS["stacked"])
        options = pretraining_chart.DIGITS_TRAINING
        for report in training.train(pretrained, train[0], test_images=test[0], **options):
            run["image"], autoencoder_batches = report.image, report.total
            total = autoencoder_batches + n_classifiers * training_steps
            yield unsupervised_pretraining.Step(report.done, total, ())
    else:
        pretrained = autoencoders.load("stacked")
    comparison = unsupervised_pretraining.compare(
        pretrained,
        train,
        (test[0][:N_TEST], test[1][:N_TEST]),
        labels=settings["labels"],
        seeds=seeds,
        training_steps=training_steps,
    )
    total = autoencoder_batches + n_classifiers * training_steps
    for step in comparison:
        yield replace(step, done=autoencoder_batches + step.done * training_steps, total=total)


def script(settings: dict[str, Any]) -> str:
    """A script that repeats the comparison."""
    options = ", ".join(f"{key}={value!r}" for key, value in pretraining_chart.DIGITS_TRAINING.items())
    if settings["data"] == "digits":
        prepare = f"""
        def enlarge(images_, labels):
            return np.pad(images.resize(images_, 24), ((0, 0), (2, 2), (2, 2))), labels

        train, test = (enlarge(*datasets.load("digits", split)) for split in ("train", "test"))
        pretrained = autoencoders.build(MODELS["stacked"])
        for step in training.train(pretrained, train[0], test_images=test[0], {options}):
            print(f"{{step.done:6}} of {{step.total}}, test error {{step.losses['test error']:.4f}}")"""
        imports = """import numpy as np

        from genmodels.autoencoders import model as autoencoders
        from genmodels.autoencoders import training, unsupervised_pretraining
        from genmodels.autoencoders.config import MODELS
        from genmodels.data import datasets
        from genmodels.media import images"""
    else:
        prepare = """
        train, test = (datasets.load("fashion_mnist", split) for split in ("train", "test"))
        pretrained = autoencoders.load("stacked")"""
        imports = """from genmodels.autoencoders import model as autoencoders
        from genmodels.autoencoders import unsupervised_pretraining
        from genmodels.data import datasets"""
    return f"""
        {imports}
        {prepare}
        run = unsupervised_pretraining.compare(
            pretrained,
            train,
            (test[0][:{N_TEST}], test[1][:{N_TEST}]),
            labels={settings["labels"]!r},
            seeds=range({settings["repetitions"]}),
            training_steps={settings["training_steps"]},
        )
        for step in run:
            print(step.results[-1])
        for row in unsupervised_pretraining.summary(step.results):
            print(f"{{row.labels:5}} labels, {{row.initialization:9}} {{row.mean:.1%}} +- {{row.deviation:.1%}}")
        """
