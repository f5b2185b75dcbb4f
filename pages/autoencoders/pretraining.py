"""Few labels: what an encoder that learnt without any is worth where labels are dear."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import training as autoencoder_training
from genmodels.autoencoders import unsupervised_pretraining
from genmodels.data import datasets
from genmodels.weights import WeightsError
from pages.autoencoders import common, pretraining_view
from ui import code_panel, job_panel, presets_and_reset, training_data
from ui.page_layout import reader_text

DATA = pretraining_view.DATA
LABELS = (20, 50, 100, 200, 500, 1000)
DEFAULTS: dict[str, Any] = {"ae_few_labels": [50, 200, 1000], "ae_few_seeds": 2, "ae_few_batches": 300}
HELD_OUT = 2000  # pictures that each classifier is asked about here


@st.cache_data(show_spinner=False)
def _shipped() -> tuple[unsupervised_pretraining.Result, ...]:
    return unsupervised_pretraining.shipped()


def show() -> None:
    reader_text(
        "Pictures are plenty, but somebody has to say what each of them shows. An autoencoder needs no such labels: "
        "let it learn from all the pictures there are, then take its encoder, put one layer on top, and teach that "
        "with the few labels that you can pay for. The encoder goes on learning (**tuned**) or stands still "
        "(**frozen**); the latter is what *Hands-On Machine Learning*, chapter 17, advises where labels are very few. "
        "Is it worth it? The yardstick is the same network, from random weights (**scratch**)."
    )
    results: tuple[unsupervised_pretraining.Result, ...] = ()
    try:
        results = _shipped()
    except WeightsError as error:
        st.warning(str(error), icon=":material/broken_image:")
    if results:
        chart, says = st.columns([8, 4], gap="large", vertical_alignment="center")
        with chart:
            pretraining_view.chart(results, key="ae_few_shipped")
        with says:
            pretraining_view.words(results)
    st.subheader("Here and now", anchor=False)
    job, run = job_panel.find("ae_few"), st.session_state.get("ae_few_run")
    left, right = st.columns(common.COLUMNS, gap="medium")
    with left:
        _controls(busy=job is not None and job.active)
    with right:
        data = st.session_state["ae_few_data"]
        if not datasets.available(data):
            training_data.missing(DATA[data], f"{data}.npz", "The 8 x 8 digits are")
        if job is None or run is None:
            _before(data)
        else:
            job_panel.panel("ae_few", partial(pretraining_view.draw, run, results))
    lesson = [
        unsupervised_pretraining.few,
        unsupervised_pretraining.build,
        unsupervised_pretraining.fit,
        unsupervised_pretraining.compare,
    ]
    source = script(run["settings"] if run else _settings())
    code_panel.show(source, lesson, key="ae_few", name="few_labels")


# --- controls -----------------------------------------------------------------------------------


def _controls(*, busy: bool) -> None:
    st.selectbox(
        "Data",
        list(DATA),
        index=0 if datasets.available("fashion_mnist") else 1,
        format_func=DATA.__getitem__,
        key="ae_few_data",
        help="Clothes: the shipped stacked autoencoder, which learnt from 60,000 pictures without labels. Digits: that "
        "one knows nothing of digits, so another one first learns from 1,500 of them, in seconds.",
        **common.KEEP,
    )
    tip = "How many pictures have a label, as many of each kind. More numbers, more trainings."
    chosen = {"selection_mode": "multi", "default": DEFAULTS["ae_few_labels"]}
    st.pills("Labels", LABELS, key="ae_few_labels", help=tip, wrap=True, **chosen, **common.KEEP)
    tip = "How often each is repeated, with other labelled pictures and other random weights: luck plays a part."
    st.slider("Seeds", 2, 5, DEFAULTS["ae_few_seeds"], key="ae_few_seeds", help=tip, **common.KEEP)
    tip = "How long each classifier learns: batches of 32. The curve above had 1,500. With few, frozen lags behind."
    usual = DEFAULTS["ae_few_batches"]
    st.select_slider("Batches", (100, 300, 600, 1500), usual, key="ae_few_batches", help=tip, **common.KEEP)
    presets_and_reset.reset(DEFAULTS, key="ae_few_reset")
    settings = _settings()
    count = len(settings["labels"]) * settings["seeds"] * len(unsupervised_pretraining.STARTS)
    st.button(
        f"Train {count} classifiers" if count else "Train",
        key="ae_few_train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=busy or not count,
        on_click=_start,
        help="Stop the running ones first." if busy else "Some seconds each. Choose at least one number of labels.",
    )


def _before(data: str) -> None:
    if data == "digits":
        st.caption(
            "On digits the encoder that learnt clothes makes little sense. So the same job first trains an autoencoder "
            "on the 1,500 digits, whose labels it does not look at, and then compares."
        )
    pretraining_view.starts()


def _settings() -> dict[str, Any]:
    state = st.session_state
    labels, seeds, batches = (state[f"ae_few_{key}"] for key in ("labels", "seeds", "batches"))
    return {"data": state["ae_few_data"], "labels": sorted(labels), "seeds": seeds, "batches": batches}


# --- the job ------------------------------------------------------------------------------------


def _start() -> None:
    if job_panel.busy("ae_few"):
        return  # a double click
    settings = _settings()
    run: dict[str, Any] = {"settings": settings}
    st.session_state["ae_few_run"] = run
    job_panel.start("ae_few", f"Few labels, {DATA[settings['data']]}", partial(_steps, settings, run))


def _steps(settings: dict[str, Any], run: dict[str, Any]) -> Iterator[unsupervised_pretraining.Step]:
    """The comparison, and before it, on digits, the autoencoder that it needs; what is counted is batches."""
    train, test = (training_data.load_images(settings["data"], split) for split in ("train", "test"))
    batches, seeds = settings["batches"], range(settings["seeds"])
    trainings = len(settings["labels"]) * len(seeds) * len(unsupervised_pretraining.STARTS)
    before = 0
    if settings["data"] == "digits":
        pretrained = autoencoders.build(autoencoders.FAMILY["stacked"])
        learning = pretraining_view.FIRST
        for learnt in autoencoder_training.train(pretrained, train[0], held_out=test[0], **learning):
            run["image"], before = learnt.image, learnt.total
            yield unsupervised_pretraining.Step(learnt.done, before + trainings * batches, ())
    else:
        pretrained = autoencoders.load("stacked")
    few = unsupervised_pretraining.compare(
        pretrained,
        train,
        (test[0][:HELD_OUT], test[1][:HELD_OUT]),
        labels=settings["labels"],
        seeds=seeds,
        batches=batches,
    )
    for step in few:
        yield replace(step, done=before + step.done * batches, total=before + trainings * batches)


def script(settings: dict[str, Any]) -> str:
    """A file that makes the same comparison."""
    first = ", ".join(f"{key}={value!r}" for key, value in pretraining_view.FIRST.items())
    if settings["data"] == "digits":
        prepare = f"""
        def enlarged(images_, labels):
            return np.pad(images.resize(images_, 24), ((0, 0), (2, 2), (2, 2))), labels

        train, test = (enlarged(*datasets.load("digits", split)) for split in ("train", "test"))
        pretrained = autoencoders.build(autoencoders.FAMILY["stacked"])
        for step in training.train(pretrained, train[0], held_out=test[0], {first}):
            print(f"{{step.done:6}} of {{step.total}}, held-out error {{step.losses['held-out error']:.4f}}")"""
        imports = """import numpy as np

        from genmodels.autoencoders import model as autoencoders
        from genmodels.autoencoders import training, unsupervised_pretraining
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
        held_out = test[0][:{HELD_OUT}], test[1][:{HELD_OUT}]
        run = unsupervised_pretraining.compare(
            pretrained,
            train,
            held_out,
            labels={settings["labels"]!r},
            seeds=range({settings["seeds"]}),
            batches={settings["batches"]},
        )
        for step in run:
            print(step.results[-1])
        for row in unsupervised_pretraining.summary(step.results):
            print(f"{{row.labels:5}} labels, {{row.start:8}} {{row.mean:.1%}} +- {{row.deviation:.1%}}")
        """
