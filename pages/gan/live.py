"""Train it: a fresh GAN learns before the class; it can be held, turned while it learns, kept and taken home."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import streamlit as st

from genmodels import datasets, gan, gan_losses, gan_steps, gan_training
from genmodels.gan_steps import Controls
from genmodels.weights import WeightsError
from pages.gan import common, live_controls, live_view
from ui import code, controls, jobs, training_data
from ui.shell import explain


def show(_name: str) -> None:
    """The page's shipped model plays no part here: a training starts from nothing."""
    job, run = jobs.find("ganlive"), st.session_state.get("ganlive_run")
    left, right = st.columns([2, 9], gap="medium")
    with left:
        live_controls.setup()
        _button(busy=job is not None and job.active)
        live_controls.while_it_learns()
    if run is not None:
        for key, value in live_controls.way().items():
            setattr(run["controls"], key, value)
    with right:
        data = st.session_state["ganlive_data"] or "fashion_mnist"
        if not datasets.available(data):
            training_data.missing(live_controls.DATA[data], f"{data}.npz", "The 8 x 8 digits are")
        if job is None or run is None:
            examples, tries = st.columns(live_view.COLUMNS, gap="medium")
            with tries:
                _tries()
            with examples:
                training_data.examples(data, live_view.LEARNT, keep=live_controls.kept(data), side=8)
        else:
            jobs.panel("ganlive", partial(live_view.draw, run))
    if job is not None and run is not None and not job.active:
        if job.step is not None:
            live_view.take_home(run, job)
        with st.expander("Train another", icon=":material/model_training:"):
            _tries()
    explain(
        "No loss says how good the pictures are: each one measures one network against the other, and both may rise "
        "while the wall gets better. Watch the **accuracies** instead. Near half, the discriminator is guessing; at "
        "one on both sides it has won, and the generator learns no more. The **collapse meter** has a small "
        "classifier name 500 drawn pictures: a generator that draws few kinds of things is found out there."
    )
    lesson = [
        gan_losses.discriminator_loss,
        gan_losses.generator_loss,
        gan_steps.advance,
        gan_training.train,
        gan.build,
    ]
    code.show(
        live_view.script(run["settings"] if run else live_controls.settings()), lesson, key="ganlive", name="gan_train"
    )


def _button(*, busy: bool) -> None:
    st.button(
        "Train",
        key="ganlive_train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=busy,
        on_click=_start,
        help="Stop the running training first." if busy else "Begins from random weights.",
    )


# --- the job ------------------------------------------------------------------------------------


def _tries() -> None:
    explain("Press **Train** and watch: noise, then blobs, then things with sleeves. Or start one of these:")
    for title, values, hint in live_controls.TRIES:
        with st.container(gap=None):
            st.button(
                title,
                key=f"ganlive_try_{title}",
                icon=":material/play_arrow:",
                type="tertiary",
                on_click=_start,
                args=(values,),
            )
            st.caption(hint)


def _start(changes: dict[str, Any] | None = None) -> None:
    if (job := jobs.find("ganlive")) is not None and job.active and job.asked != "stop":
        return  # a double click
    if changes is not None:
        controls.put(live_controls.WAY | live_controls.TRICKS | live_controls.RUN | changes)
    settings = live_controls.settings()
    run: dict[str, Any] = {
        "settings": settings,
        "controls": Controls(**live_controls.way()),
        "rows": [],
        "walls": [],
        "why": "",
    }
    title = f"{live_controls.TITLES[settings['train']['architecture']]} on {live_controls.DATA[settings['data']]}"

    def steps() -> Iterator[gan_training.Step]:
        x, labels = training_data.pictures(settings["data"], "train", settings["keep"])
        run["eye"] = _classifier(run, settings["data"])
        if run["eye"] is not None:
            run["usual"] = common.measures().collapse(run["eye"], x[: gan_training.SAMPLES])
        given = settings["train"] | {"controls": run["controls"], "classifier": run["eye"]}
        for step in gan_training.train(x, labels if settings["choose"] else None, **given):
            live_view.keep(run, step)
            yield step

    st.session_state["ganlive_run"] = run
    jobs.start("ganlive", title, steps)


def _classifier(run: dict[str, Any], data: str) -> Any:
    """The network that names what is drawn; where it is not here the training goes on unmeasured."""
    if data == "digits":
        run["why"] = "For the 8 x 8 digits there is no classifier here that could name them."
        return None
    try:
        return common.measures().classifier(data)
    except WeightsError as error:
        run["why"] = str(error)
        return None
