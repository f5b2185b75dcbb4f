"""Train it: a fresh GAN learns before the class; it can be held, turned while it learns, kept and taken home."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from genmodels.gan import losses as gan_losses
from genmodels.gan import model as gan
from genmodels.gan import train_step
from genmodels.gan import training as gan_training
from genmodels.gan.train_step import Controls
from genmodels.weights import WeightsError
from pages.gan import common, train_controls, train_view
from ui import code_panel, job_panel, presets_and_reset, training_data, training_panel
from ui.page_layout import reader_text


def show(_name: str) -> None:
    """The page's shipped model plays no part here: a training starts from nothing."""
    run = training_panel.show(
        "ganlive",
        _start,
        controls=train_controls.setup,
        controls_while_training=_controls_while_training,
        check=lambda: training_data.check(train_controls.DATA, _data()),
        examples=_examples,
        intro="Press **Train** and watch: noise, then blobs, then things with sleeves.",
        suggestions=train_controls.TRIES,
        render=train_view.draw,
        after=train_view.take_home,
    )
    reader_text(
        "No loss says how good the pictures are: each one measures one network against the other, and both may rise "
        "while the wall gets better. Watch the **accuracies** instead. Near half, the discriminator is guessing; at "
        "one on both sides it has won, and the generator may learn no more. The **collapse meter** has a small "
        "classifier name 500 drawn pictures: a generator that draws few kinds of things is found out there."
    )
    lesson = [
        gan_losses.discriminator_loss,
        gan_losses.generator_loss,
        train_step.advance,
        gan_training.train,
        gan.build,
    ]
    code_panel.show(
        train_view.script(run["settings"] if run else train_controls.settings()),
        lesson,
        key="ganlive",
        name="gan_train",
    )


def _data() -> str:
    return st.session_state["ganlive_data"] or "fashion_mnist"


def _examples() -> None:
    training_data.examples(_data(), train_view.LEARNT, keep=train_controls.kept(_data()), side=8)


def _controls_while_training() -> None:
    """The controls that a running training reads, passed on to it."""
    train_controls.while_it_learns()
    if (run := st.session_state.get("ganlive_run")) is not None:
        for key, value in train_controls.way().items():
            setattr(run["controls"], key, value)


# --- the job ------------------------------------------------------------------------------------


def _start(changes: dict[str, Any] | None) -> None:
    if changes is not None:
        presets_and_reset.set_widgets(train_controls.WAY | train_controls.TRICKS | train_controls.RUN | changes)
    settings = train_controls.settings()
    run: training_panel.Run = {
        "settings": settings,
        "controls": Controls(**train_controls.way()),
        "rows": [],
        "walls": [],
        "why": "",
    }
    title = f"{train_controls.TITLES[settings['train']['architecture']]} on {train_controls.DATA[settings['data']]}"

    def steps() -> Iterator[gan_training.Step]:
        x, labels = training_data.load_images(settings["data"], "train", settings["keep"])
        run["eye"] = _classifier(run, settings["data"])
        if run["eye"] is not None:
            run["usual"] = common.measures().collapse(run["eye"], x[: gan_training.SAMPLES])
        given = settings["train"] | {"controls": run["controls"], "classifier": run["eye"]}
        for step in gan_training.train(x, labels if settings["choose"] else None, **given):
            train_view.keep(run, step)
            yield step

    st.session_state["ganlive_run"] = run
    job_panel.start("ganlive", title, steps)


def _classifier(run: training_panel.Run, data: str) -> Any:
    """The network that names what is drawn; where it is not here the training goes on unmeasured."""
    if data == "digits":
        run["why"] = "For the 8 x 8 digits there is no classifier here that could name them."
        return None
    try:
        return common.measures().load_classifier(data)
    except WeightsError as error:
        run["why"] = str(error)
        return None
