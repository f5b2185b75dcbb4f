"""What is seen of a training as it runs: what comes back, the curve, the phase; and the script that repeats it."""

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from genmodels.autoencoders.model import FAMILY, Recipe
from genmodels.data import datasets
from genmodels.jobs.job_queue import Job
from ui import image_display, training_data

DATA = {"digits": "8 x 8 digits", "mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
LEARNT = "Held-out pictures, of the kind it learns from"
HELD_OUT = 500  # pictures to measure on: enough for a smooth curve, quick enough not to slow it
LINES = {"training": "#e6550d", "held-out": "#3182bd"}  # colours that work on white and on black
AVERAGE = {"digits": 0.042, "mnist": 0.068, "fashion_mnist": 0.088}  # error of one average picture for all of them
TOO_FAST = 0.01  # learning rate from which on it is to blame for a training that leads nowhere
TICKS = [each * 10.0**power for power in range(-4, 3) for each in (1, 2, 5)]  # of a logarithmic axis
PHASES = {  # of a greedy training, and what happens in each
    "outer layers": "They learn to pass on the picture by themselves; the inner ones are not there yet.",
    "inner layers": "The outer ones stand still. The inner ones, new and random, learn to pass on what these say: "
    "its error is not of pixels, and is left out here.",
    "all layers": "Everything learns together, for the last touch.",
}


def recipe(settings: dict[str, Any]) -> Recipe:
    """The member that is trained: the shipped one's recipe, changed."""
    return replace(FAMILY[settings["member"]], **settings["changes"])


# --- while it runs ------------------------------------------------------------------------------


def draw(run: dict[str, Any], job: Job) -> None:
    """One look at the run: what comes back, the curve, and of a greedy one the phase."""
    settings, step = run["settings"], job.step
    if step is None:
        examples, says = st.columns([6, 7], gap="medium")
        if job.active:
            with says:
                training_data.waiting(job)
        if datasets.available(settings["data"]):
            with examples:
                training_data.examples(settings["data"], LEARNT)
        return
    image_display.frame(step.image, caption=f"{job.title}: held-out pictures above, and below each what comes back")
    if said := _wrong(settings, job):
        st.error(said, icon=":material/speed:")
    left, right = st.columns([8, 3], gap="medium", vertical_alignment="center")
    with left:
        _curve(run, job)
    with right:
        st.metric("Held-out error", f"{step.losses['held-out error']:.4f}", help="Mean squared; pixels in [0, 1].")
        average = AVERAGE[settings["data"]]
        st.caption(f"One and the same average picture for all would have {average:.3f}.")
        st.caption(f"{step.images_per_second:,.0f} pictures a second")
        if recipe(settings).greedy:
            _phases(step.phase)


def _phases(now: str) -> None:
    names = list(PHASES)
    badges = [
        f":{'orange' if name == now else 'gray'}-badge[{number} {name.capitalize()}]"
        for number, name in enumerate(names, 1)
    ]
    st.markdown(" ".join(badges))
    st.caption(PHASES[now])


def _curve(run: dict[str, Any], job: Job) -> None:
    """Both errors as the run goes on, on a logarithmic scale; a line where a phase begins."""
    batch, phases = run["settings"]["train"]["batch_size"], run["phases"]
    named = [next(name for begun, name in reversed(phases) if begun <= done) for done, _ in job.history]
    rows: dict[str, list] = {"pictures": [], "which": [], "error": [], "phase": []}

    def point(done: int, which: str, error: float, phase: str) -> None:
        for column, value in zip(rows, (done * batch, which, error, phase), strict=True):
            rows[column].append(value)

    for (done, losses), name in zip(job.history, named, strict=True):
        for which in LINES:
            error = losses[f"{which} error"]
            if np.isfinite(error) and not (which == "training" and name == "inner layers"):
                point(done, which, error, name)
    x = {"field": "pictures", "type": "quantitative", "title": "pictures seen", "axis": {"format": "~s", "grid": False}}
    y = {
        "field": "error",
        "type": "quantitative",
        "title": "mean squared error",
        "scale": {"type": "log", "nice": False},
        "axis": {"values": TICKS, "format": "~g"},
    }
    colour = {
        "field": "which",
        "type": "nominal",
        "scale": {"domain": list(LINES), "range": list(LINES.values())},
        "legend": {"orient": "top", "title": None, "offset": 4, "labelFontSize": 15},
    }
    # The phase is part of the grouping, so that no line is drawn across the gap that one leaves.
    encoding = {"x": x, "y": y, "color": colour, "detail": {"field": "phase"}}
    layers: list[dict[str, Any]] = [{"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": encoding}]
    if len(phases) > 1 or run["settings"]["member"] == "greedy":
        begun = {"values": [{"pictures": done * batch if done > 1 else 0, "phase": name} for done, name in phases]}
        grey = {"color": "#8a8a8a"}
        layers.append({"data": begun, "mark": {"type": "rule", "strokeDash": [4, 4], **grey}, "encoding": {"x": x}})
        text = {"type": "text", "align": "left", "baseline": "top", "dx": 6, "fontSize": 15, **grey}
        where = {"x": x, "y": {"value": 2}, "text": {"field": "phase"}}
        layers.append({"data": begun, "mark": text, "encoding": where})
    st.vega_lite_chart(rows, {"layer": layers}, height=300, key="ae_live_curve")


def _wrong(settings: dict[str, Any], job: Job) -> str:
    """One sentence where the learning rate has spoilt the training, else nothing."""
    step, rate = job.step, settings["train"]["learning_rate"]
    if not np.isfinite(list(step.losses.values())).all():
        return "The error is no longer a number: the learning rate was too high. Lower it and train again."
    stuck = step.losses["held-out error"] > AVERAGE[settings["data"]] and job.progress > 0.1
    if stuck and step.phase != "inner layers" and rate >= TOO_FAST:
        return (
            f"A learning rate of {rate:g} is too high: the first steps overshot, and what comes back is worse than one "
            "average picture for all would be. Lower it and train again."
        )
    return ""


# --- and again ----------------------------------------------------------------------------------


def script(settings: dict[str, Any]) -> str:
    """A file that trains the same model again."""
    changes, train = (", ".join(f"{k}={v!r}" for k, v in settings[part].items()) for part in ("changes", "train"))
    enlarge = "x, held_out = (np.pad(images.resize(each, 24), ((0, 0), (2, 2), (2, 2))) for each in (x, held_out))"
    return f"""
        from dataclasses import replace

        import numpy as np

        from genmodels.autoencoders import training as autoencoder_training
        from genmodels.autoencoders import model as autoencoders
        from genmodels.data import datasets
        from genmodels.media import images

        x, _ = datasets.load({settings["data"]!r}, "train")
        held_out = datasets.load({settings["data"]!r}, "test")[0][:{HELD_OUT}]
        {enlarge if settings["data"] == "digits" else ""}
        recipe = replace(autoencoders.FAMILY[{settings["member"]!r}], {changes})
        model = autoencoders.build(recipe, seed={settings["train"]["seed"]})
        for step in autoencoder_training.train(model, x, held_out=held_out, {train}):
            told = {{name: round(error, 4) for name, error in step.losses.items()}}
            print(f"{{step.done:6}} of {{step.total}}, {{step.phase}}", told)
        open("autoencoder_pictures.png", "wb").write(images.png(step.image, scale=3))
        model.whole.save_weights("autoencoder_live.weights.h5")  # autoencoders.build(recipe).whole.load_weights(...)
        """
