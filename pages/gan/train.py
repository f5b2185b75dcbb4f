"""Train: a new GAN trains live; it can be paused, its controls changed, its weights and samples downloaded."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from genmodels.gan import losses, train_step, training
from genmodels.gan import model as gan
from genmodels.gan.train_step import Controls
from genmodels.weights import WeightsError
from pages.gan import common, train_controls, train_view
from ui import code_panel, job_panel, presets_and_reset, training_data, training_panel


def show(_model_name: str) -> None:
    """The page's pretrained model is not used here: training starts from untrained networks."""
    run = training_panel.show(
        "gan_train",
        _start,
        controls=_controls,
        controls_while_training=_update_running_training,
        check=lambda: training_data.check(train_controls.DATA, train_controls.data_set()),
        examples=_examples,
        intro="Press **Train**, or start one of these runs. GAN losses do not measure image quality: watch the "
        "discriminator accuracy (0.5: it is guessing; 1: it is too strong) and the mode-collapse monitor.",
        suggestions=train_controls.SUGGESTED_RUNS,
        render=train_view.show_run,
        after=train_view.downloads,
    )
    functions = [
        losses.discriminator_loss,
        losses.generator_loss,
        train_step.train_step,
        training.train,
        gan.build,
    ]
    script = train_view.script(run["settings"] if run else train_controls.settings())
    code_panel.show(script, functions, key="gan_train", name="gan_train")


def _examples() -> None:
    data = train_controls.data_set()
    train_view.training_images(data, train_controls.only_class(data))


def _controls() -> None:
    with st.container(gap="xsmall"):
        train_controls.setup()
        train_controls.controls_while_training()
        train_controls.more_settings()


def _update_running_training() -> None:
    if (run := job_panel.find_run("gan_train")) is not None:
        for name, value in train_controls.training_settings().items():
            setattr(run["controls"], name, value)


# --- the job ------------------------------------------------------------------------------------


def _start(changes: dict[str, Any] | None) -> None:
    if changes is not None:
        defaults = train_controls.TRAINING_DEFAULTS | train_controls.HYPERPARAMETER_DEFAULTS
        presets_and_reset.set_widgets(defaults | train_controls.RUN_DEFAULTS | changes)
    settings = train_controls.settings()
    run: training_panel.Run = {
        "settings": settings,
        "controls": Controls(**train_controls.training_settings()),
        "rows": [],
        "sample_grids": [],
        "classifier": None,
        "why_no_classifier": "",
    }
    title = f"{train_controls.TITLES[settings['train']['architecture']]} on {train_controls.DATA[settings['data']]}"

    def steps() -> Iterator[training.Step]:
        x, labels = training_data.load_images(settings["data"], "train", settings["only_class"])
        classifier = run["classifier"] = _classifier(run, settings["data"])
        if classifier is not None:
            run["real_diversity"] = common.metrics().diversity_metrics(classifier, x[: training.N_SAMPLES])
        arguments = settings["train"] | {"controls": run["controls"], "classifier": classifier}
        for step in training.train(x, labels if settings["conditional"] else None, **arguments):
            train_view.append(run, step)
            yield step

    job_panel.start("gan_train", title, steps, run=run)


def _classifier(run: training_panel.Run, data: str) -> Any:
    """The classifier of the mode-collapse monitor; None, with the reason in the run, if there is none."""
    if data == "digits":
        run["why_no_classifier"] = "There is no classifier for the 8 x 8 digits."
        return None
    try:
        return common.metrics().load_classifier(data)
    except WeightsError as error:
        run["why_no_classifier"] = str(error)
        return None
