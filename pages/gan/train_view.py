"""The result of the tab "Train": training images, samples and curves of a run, downloads, and the script."""

import dataclasses
import json
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import datasets
from genmodels.gan import model as gan
from genmodels.gan.model import Hyperparameters
from genmodels.gan.training import N_SAMPLES, Step
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from pages.gan import charts, common
from ui import code_panel, training_data, training_panel
from ui.image_display import frame

CHART_HEIGHT = 165  # pixels


def training_images(data: str, only_class: int | None) -> None:
    training_data.examples(data, "Training images", only_class=only_class, n=8)


def append(run: dict[str, Any], step: Step) -> None:
    """Store a step's numbers and samples. New lists: the page may be reading the old ones."""
    row = {"done": step.done, **step.losses, **step.accuracy, "frechet_distance": step.frechet_distance}
    run["rows"] = charts.drop_every_second([*run["rows"], row])
    run["sample_grids"] = charts.drop_every_second([*run["sample_grids"], (step.done, step.image)])


def show_run(run: dict[str, Any], job: Job) -> None:
    """The samples at one step; beside them the curves and the mode-collapse monitor."""
    step, settings = job.step, run["settings"]
    left, right = st.columns([6, 5], gap="medium")
    if step is None:
        if job.active:
            with right:
                training_data.waiting(job)
        if datasets.available(settings["data"]):
            with left:
                training_images(settings["data"], settings["only_class"])
        return
    with left:
        image, done = step.image, step.done
        if not job.active and len(run["sample_grids"]) > 1:
            grids = dict(run["sample_grids"])
            help_text = "The training step whose samples are shown; always from the same latent vectors."
            key = f"gan_train_step_{done}"
            done = st.select_slider("Training step", list(grids), done, key=key, help=help_text)
            image = grids[done]
        layout = "one class per column" if settings["conditional"] else "from fixed latent vectors"
        frame(image, caption=f"{job.title}: samples at step {done:,}, {layout}")
    with right:
        _curves(run, step)


def _curves(run: dict[str, Any], step: Step) -> None:
    rows = run["rows"]
    is_critic = run["settings"]["train"]["hyperparameters"].objective == "wgan_gp"
    seconds = f"{step.seconds:.0f} s" if step.seconds < 90 else f"{step.seconds / 60:.1f} min"
    speed = f", {step.images_per_second:,.0f} images per second" if step.done > 1 else ""  # the first step compiles
    st.caption(
        f"{seconds} of training{speed}. Discriminator accuracy: {step.accuracy['real']:.0%} on real, "
        f"{step.accuracy['fake']:.0%} on fake images."
    )
    colors = {"discriminator": common.REAL, "generator": common.FAKE}
    points = [(row["done"], network, row[network]) for row in rows for network in colors]
    charts.lines(points, colors, "score" if is_critic else "loss, nats", key="gan_train_losses", height=CHART_HEIGHT)
    colors = {"on real": common.REAL, "on fake": common.FAKE}
    points = [(row["done"], name, row[name.removeprefix("on ")]) for row in rows for name in colors]
    charts.lines(points, colors, "accuracy of D", key="gan_train_accuracy", top=1, height=CHART_HEIGHT)
    if not np.isfinite(list(step.losses.values())).all():
        st.error("A loss is NaN or infinite. Choose a lower learning rate and train again.")
    with st.container():
        _mode_collapse_monitor(run, step)


def _mode_collapse_monitor(run: dict[str, Any], step: Step) -> None:
    """The distribution of the predicted classes of generated images, and the Fréchet distance to real ones."""
    if run["classifier"] is None:
        if run["why_no_classifier"]:
            reason = run["why_no_classifier"]
            st.info(f"The mode-collapse monitor is off. {reason}", icon=":material/visibility_off:")
        return
    if step.diversity is None:
        st.caption(f"Mode-collapse monitor: evaluated on {N_SAMPLES} generated images every 100 steps.")
        return
    data, real, fake = run["settings"]["data"], run["real_diversity"], step.diversity
    st.caption(
        f"**Mode-collapse monitor**: classifier labels of {N_SAMPLES} generated images; gray: real data.  \n"
        f"Effective number of classes {fake['effective_classes']:.1f} (real {real['effective_classes']:.1f}), "
        f"mean pairwise distance {fake['mean_pairwise_distance']:.2f} ({real['mean_pairwise_distance']:.2f})"
    )
    names = datasets.CLASS_NAMES[data]
    charts.bars(names, fake["histogram"], real["histogram"], common.FAKE, key="gan_train_classes_chart")
    title, points = "Fréchet distance", []
    for row in run["rows"]:  # a row repeats the last measurement: use each one once
        distance = row["frechet_distance"]
        if distance is not None and (not points or distance != points[-1][2]):
            points.append((row["done"], title, distance))
    if len(points) > 1:
        st.caption(f"**{title}** in the classifier's features (not FID): {step.frechet_distance:.1f}")
        colors = {title: "#31a354"}
        charts.lines(points, colors, "distance", logarithmic=True, key="gan_train_distance", height=150)


def downloads(run: dict[str, Any], job: Job) -> None:
    """The downloads of a run that has ended."""
    settings, step = run["settings"], job.step
    summary = as_json(settings) | {"state": job.state, "steps": step.done, "losses": step.losses}
    stem = f"gan_{settings['data']}_{settings['train']['architecture']}"
    with st.container(horizontal=True):
        for label, content, suffix, help_text in (
            ("Weights", partial(_weights, step.model), "weights.h5", "Both networks; for gan.as_keras_model(model)."),
            ("Samples", images.png(step.image, scale=3), "png", "The grid of samples after the last step."),
            ("MP4", partial(_video, run, "mp4"), "mp4", "The grid of samples over the training, as a video."),
            ("GIF", partial(_video, run, "gif"), "gif", "The grid of samples over the training, as an animated GIF."),
            ("Settings", json.dumps(summary, indent=2), "json", "The settings of the run and its final losses."),
        ):
            st.download_button(
                label,
                content,
                f"{stem}.{suffix}",
                key=f"gan_train_{label.lower()}",
                icon=":material/download:",
                help=help_text,
                on_click="ignore",
            )


def _video(run: dict[str, Any], format: str) -> bytes:
    frames = np.stack([image for _, image in run["sample_grids"]])
    return images.animate(frames, format, fps=12, scale=2)


def _weights(model: gan.GAN) -> bytes:
    return training_panel.weights_file(gan.as_keras_model(model))


def as_json(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings in types that JSON can hold."""
    train = settings["train"]
    return settings | {"train": train | {"hyperparameters": dataclasses.asdict(train["hyperparameters"])}}


def script(settings: dict[str, Any]) -> str:
    """A Python file that trains the same model."""
    arguments = dict(settings["train"])
    hyperparameters = arguments.pop("hyperparameters")
    changed = ", ".join(
        f"{field.name}={getattr(hyperparameters, field.name)!r}"
        for field in dataclasses.fields(Hyperparameters)
        if getattr(hyperparameters, field.name) != field.default
    )
    others = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
    lines = [f"x, labels = datasets.load({settings['data']!r})"]
    if settings["only_class"] is not None:
        lines.append(f"x = x[labels == {settings['only_class']}]")
    if settings["data"] == "digits":
        lines.append("x = np.pad(images.resize(x, 24), ((0, 0), (2, 2), (2, 2)))")
    load = "\n        ".join(lines)
    labels = "labels" if settings["conditional"] else "None"
    return f"""
        import numpy as np
        from matplotlib.figure import Figure

        from genmodels.data import datasets
        from genmodels.gan import model as gan
        from genmodels.gan import training
        from genmodels.media import images

        {load}
        hyperparameters = gan.Hyperparameters({changed})
        history = []
        for step in training.train(x, {labels}, hyperparameters=hyperparameters, {others}):
            print(f"{{step.done:6}} of {{step.total}}", step.losses, step.accuracy)
            history.append((step.done, step.losses))
        {code_panel.loss_figure("gan_losses.png", "loss")}
        open("gan_samples.png", "wb").write(images.png(step.image, scale=3))
        gan.as_keras_model(step.model).save_weights("gan_trained.weights.h5")
        """
