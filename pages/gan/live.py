"""Train it: a fresh GAN learns before the class; it can be held, turned while it learns, kept and taken home."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from genmodels import gan, gan_losses, gan_steps, gan_training
from genmodels.gan_steps import Controls
from genmodels.weights import WeightsError
from pages.gan import common, live_controls, live_view
from ui import code, controls, jobs, train_it, training_data
from ui.shell import explain


def show(_name: str) -> None:
    """The page's shipped model plays no part here: a training starts from nothing."""
    run = train_it.show(
        "ganlive",
        _start,
        data=live_controls.DATA,
        settings=live_controls.setup,
        meanwhile=_meanwhile,
        examples=lambda data: training_data.examples(data, live_view.LEARNT, keep=live_controls.kept(data), side=8),
        lead="Press **Train** and watch: noise, then blobs, then things with sleeves. Or start one of these:",
        tries=live_controls.TRIES,
        columns=live_view.COLUMNS,
        draw=live_view.draw,
        after=live_view.take_home,
    )
    explain(
        "No loss says how good the pictures are: each one measures one network against the other, and both may rise "
        "while the wall gets better. Watch the **accuracies** instead. Near half, the discriminator is guessing; at "
        "one on both sides it has won, and the generator may learn no more. The **collapse meter** has a small "
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


def _meanwhile() -> None:
    """The controls that a running training listens to, and handing them on."""
    live_controls.while_it_learns()
    if (run := st.session_state.get("ganlive_run")) is not None:
        for key, value in live_controls.way().items():
            setattr(run["controls"], key, value)


# --- the job ------------------------------------------------------------------------------------


def _start(changes: dict[str, Any] | None) -> None:
    if changes is not None:
        controls.put(live_controls.WAY | live_controls.TRICKS | live_controls.RUN | changes)
    settings = live_controls.settings()
    run: train_it.Run = {
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


def _classifier(run: train_it.Run, data: str) -> Any:
    """The network that names what is drawn; where it is not here the training goes on unmeasured."""
    if data == "digits":
        run["why"] = "For the 8 x 8 digits there is no classifier here that could name them."
        return None
    try:
        return common.measures().classifier(data)
    except WeightsError as error:
        run["why"] = str(error)
        return None
