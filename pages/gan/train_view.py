"""What is seen of a training: the data, the wall and the curves as it runs, the files after it."""

import dataclasses
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from genmodels.data import datasets
from genmodels.gan import model as gan
from genmodels.gan.model import Hyperparameters
from genmodels.gan.training import Step
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from pages.gan import charts, common
from ui import training_data
from ui.image_display import frame

COLUMNS = [6, 5]
LEARNT = "Real pictures, of the kind that it is to draw"
MIME = {"MP4": "video/mp4", "GIF": "image/gif"}


def keep(run: dict[str, Any], step: Step) -> None:
    """What is remembered of a step: its numbers, and its wall. New lists: the page may be reading the old ones."""
    row = {"done": step.done, **step.losses, **step.accuracy, "distance": step.distance}
    run["rows"] = charts.thinned([*run["rows"], row])
    run["walls"] = charts.thinned([*run["walls"], (step.done, step.image)])


def draw(run: dict[str, Any], job: Job) -> None:
    """One look at the run: the wall, the curves, the collapse meter."""
    step, walls = job.step, run["walls"]
    left, right = st.columns(COLUMNS, gap="medium")
    if step is None:
        if job.active:
            with right:
                training_data.waiting(job)
        if datasets.available(run["settings"]["data"]):
            with left:
                training_data.examples(run["settings"]["data"], LEARNT, keep=run["settings"]["keep"], side=8)
        return
    with left:
        image, done = step.image, step.done
        if not job.active and len(walls) > 1:
            last, tip = len(walls) - 1, "The same codes, from the first step to the last."
            done, image = walls[st.slider("Rewind", 0, last, last, key=f"ganlive_at_{last}", help=tip)]
        wanted = "a kind to each column" if run["settings"]["choose"] else "drawn from the same codes"
        frame(image, caption=f"{job.title}: step {done:,}, {wanted}")
    with right:
        _numbers(run, step)


def _numbers(run: dict[str, Any], step: Step) -> None:
    rows = run["rows"]
    critic = run["settings"]["train"]["hyperparameters"].objective == "wgan_gp"
    seconds = f"{step.seconds:.0f} s" if step.seconds < 90 else f"{step.seconds / 60:.1f} min"
    speed = f", {step.images_per_second:,.0f} pictures a second" if step.done > 1 else ""  # the first one compiles
    st.caption(
        f"{seconds} of training{speed}. The discriminator is right about {step.accuracy['real']:.0%} of the real "
        f"pictures and {step.accuracy['fake']:.0%} of the drawn ones"
    )
    colours = {"discriminator": common.REAL, "generator": common.FAKE}
    some = [(row["done"], who, row[who]) for row in rows for who in colours]
    charts.lines(some, colours, "score" if critic else "loss, nats", key="ganlive_losses", height=165)
    colours = {"of real ones": common.REAL, "of drawn ones": common.FAKE}
    named = {"of real ones": "real", "of drawn ones": "fake"}
    some = [(row["done"], what, row[name]) for row in rows for what, name in named.items()]
    charts.lines(some, colours, "accuracy", key="ganlive_accuracy", top=1, height=165)
    if not np.isfinite(list(step.losses.values())).all():
        st.error("A loss is no longer a number. A learning rate was too high: lower it and train again.")
    with st.container():
        _collapse(run, step)


def _collapse(run: dict[str, Any], step: Step) -> None:
    """Which kinds of things it draws, and how far its pictures are from real ones."""
    if run.get("eye") is None:
        if run["why"]:
            st.info(f"The collapse meter is off. {run['why']}", icon=":material/visibility_off:")
        return
    if step.collapse is None:
        st.caption("The collapse meter looks at 500 drawn pictures every hundred steps.")
        return
    data, usual = run["settings"]["data"], run["usual"]
    st.caption(
        f"**Collapse meter**: what a small classifier takes 500 drawn pictures for; grey: real ones.  \n"
        f"{step.collapse['effective_classes']:.1f} kinds (real: {usual['effective_classes']:.1f}), mean distance "
        f"{step.collapse['mean_pairwise_distance']:.2f} ({usual['mean_pairwise_distance']:.2f})"
    )
    names = datasets.CLASS_NAMES[data]
    charts.bars(names, step.collapse["histogram"], usual["histogram"], common.FAKE, key="ganlive_collapse")
    title, measured = "Fréchet distance", []
    for row in run["rows"]:  # a row tells what was measured last: once is enough
        if row["distance"] is not None and (not measured or row["distance"] != measured[-1][2]):
            measured.append((row["done"], title, row["distance"]))
    if len(measured) > 1:
        st.caption(f"**{title}** in the classifier's features, {step.distance:.1f}: not FID, and only to compare here")
        colours = {title: "#31a354"}
        charts.lines(measured, colours, "distance", logarithmic=True, key="ganlive_distance", height=150)


def take_home(run: dict[str, Any], job: Job) -> None:
    """The downloads of a training that has ended."""
    settings, step = run["settings"], job.step
    card = described(settings) | {"state": job.state, "steps": step.done, "losses": step.losses}
    stem = f"gan_{settings['data']}_{settings['train']['architecture']}"
    with st.container(horizontal=True):
        for label, data, ending, tip in (
            (
                "Weights",
                partial(_weights, step.model),
                "weights.h5",
                "Both networks; gan.as_keras_model(model) reads it.",
            ),
            ("Wall", images.png(step.image, scale=3), "png", "The wall as it is now."),
            ("MP4", partial(_film, run, "mp4"), "mp4", "The wall through the training. Made when you press this."),
            ("GIF", partial(_film, run, "gif"), "gif", "The same, larger as a file, for any program."),
            ("Settings", json.dumps(card, indent=2), "json", "What was trained, how, and what came of it."),
        ):
            icon = ":material/download:"
            st.download_button(
                label, data, f"{stem}.{ending}", key=f"ganlive_{label}", icon=icon, help=tip, on_click="ignore"
            )


def _film(run: dict[str, Any], kind: str) -> bytes:
    frames = np.stack([image for _, image in run["walls"]])
    return images.animate(frames, kind, fps=12, scale=2)


def _weights(model: gan.GAN) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "gan.weights.h5"
        gan.as_keras_model(model).save_weights(file)
        return file.read_bytes()


def described(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings as JSON holds them."""
    train = settings["train"]
    return settings | {"train": train | {"hyperparameters": dataclasses.asdict(train["hyperparameters"])}}


def script(settings: dict[str, Any]) -> str:
    """A file that trains the same model again."""
    train, hyperparameters = dict(settings["train"]), settings["train"]["hyperparameters"]
    changed = [
        f"{field.name}={getattr(hyperparameters, field.name)!r}"
        for field in dataclasses.fields(Hyperparameters)
        if getattr(hyperparameters, field.name) != field.default
    ]
    train.pop("hyperparameters")
    given = ", ".join(f"{key}={value!r}" for key, value in train.items())
    lines = [f"x, labels = datasets.load({settings['data']!r})"]
    if settings["keep"] is not None:
        lines.append(f"x = x[labels == {settings['keep']}]")
    if settings["data"] == "digits":
        lines.append("x = np.pad(images.resize(x, 24), ((0, 0), (2, 2), (2, 2)))")
    load = "\n        ".join(lines)
    return f"""
        import numpy as np

        from genmodels.data import datasets
        from genmodels.gan import model as gan
        from genmodels.gan import training as gan_training
        from genmodels.media import images

        {load}
        hyperparameters = gan.Hyperparameters({", ".join(changed)})
        for step in gan_training.train(x, {"labels" if settings["choose"] else "None"}, hyperparameters=hyperparameters, {given}):
            print(f"{{step.done:6}} of {{step.total}}", step.losses, step.accuracy)
        open("gan_wall.png", "wb").write(images.png(step.image, scale=3))
        gan.as_keras_model(step.model).save_weights("gan_live.weights.h5")
        """
