"""A running training: reconstructions, learning curve and phase; and the script that repeats it."""

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from genmodels.autoencoders.config import MODELS, Config
from genmodels.data import datasets
from genmodels.jobs.job_queue import Job
from ui import code_panel, image_display, training_data

DATA = {"digits": "8 x 8 digits", "mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
EXAMPLES_CAPTION = "Test images of the data set"
N_TEST = 500  # test images: a smooth curve at little cost
LINES = {"training": "#e6550d", "test": "#3182bd"}  # colors for light and dark backgrounds
BASELINE = {"digits": 0.042, "mnist": 0.068, "fashion_mnist": 0.088}  # MSE of the mean image as every reconstruction
HIGH_LEARNING_RATE = 0.01  # from here on a training above the baseline is attributed to the learning rate
TICKS = [each * 10.0**power for power in range(-4, 3) for each in (1, 2, 5)]  # of the logarithmic axis
PHASES = {  # of greedy layer-wise training
    "outer layers": "Phase 1: outer layers trained as a shallow autoencoder.",
    "inner layers": "Phase 2: inner layers trained on the activations of the frozen outer layers. Their training error "
    "is not of pixels and is left out of the chart.",
    "all layers": "Phase 3: all layers trained together.",
}


def config(settings: dict[str, Any]) -> Config:
    """The configuration of the trained model: that of the pretrained one with the changes."""
    return replace(MODELS[settings["model"]], **settings["changes"])


# --- a running training -------------------------------------------------------------------------


def render(run: dict[str, Any], job: Job) -> None:
    """Draw the current state: reconstructions, learning curve and, in greedy training, the phase."""
    settings, step = run["settings"], job.step
    if step is None:
        if job.active:
            training_data.waiting(job)
        if datasets.available(settings["data"]):
            with st.columns([6, 7])[0]:
                training_data.examples(settings["data"], EXAMPLES_CAPTION)
        return
    image_display.frame(step.image, caption=f"{job.title}: test images above, reconstructions below")
    if message := _divergence_message(settings, job):
        st.error(message, icon=":material/speed:")
    left, right = st.columns([8, 3], gap="medium", vertical_alignment="center")
    with left:
        _learning_curve(run, job)
    with right:
        st.metric("Test MSE", f"{step.losses['test error']:.4f}", help="Mean squared error; pixels in [0, 1].")
        st.caption(f"Baseline (mean image): {BASELINE[settings['data']]:.3f}")
        st.caption(f"{step.images_per_second:,.0f} images per second")
    if config(settings).greedy:
        _phase(step.phase)


def _phase(current: str) -> None:
    badges = [
        f":{'orange' if name == current else 'gray'}-badge[{number} {name.capitalize()}]"
        for number, name in enumerate(PHASES, 1)
    ]
    st.markdown(" ".join(badges))
    st.caption(PHASES[current])


def _learning_curve(run: dict[str, Any], job: Job) -> None:
    """Training and test error on a logarithmic scale; a line where a phase begins."""
    batch_size, phases = run["settings"]["train"]["batch_size"], run["phases"]
    phase_of = [next(name for first, name in reversed(phases) if first <= done) for done, _ in job.history]
    rows = [
        {"images": done * batch_size, "line": line, "error": losses[f"{line} error"], "phase": phase}
        for (done, losses), phase in zip(job.history, phase_of, strict=True)
        for line in LINES
        if np.isfinite(losses[f"{line} error"]) and not (line == "training" and phase == "inner layers")
    ]
    data = {key: [row[key] for row in rows] for key in ("images", "line", "error", "phase")}
    x = {"field": "images", "type": "quantitative", "title": "training images", "axis": {"format": "~s", "grid": False}}
    y = {
        "field": "error",
        "type": "quantitative",
        "title": "mean squared error",
        "scale": {"type": "log", "nice": False},
        "axis": {"values": TICKS, "format": "~g"},
    }
    color = {
        "field": "line",
        "type": "nominal",
        "scale": {"domain": list(LINES), "range": list(LINES.values())},
        "legend": {"orient": "top", "title": None, "offset": 4, "labelFontSize": 15},
    }
    # Grouped by phase, so that no line is drawn across the phase that is left out.
    encoding = {"x": x, "y": y, "color": color, "detail": {"field": "phase"}}
    layers: list[dict[str, Any]] = [{"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": encoding}]
    if config(run["settings"]).greedy:
        starts = [{"images": first * batch_size if first > 1 else 0, "phase": name} for first, name in phases]
        gray = {"color": "#8a8a8a"}
        rule = {"type": "rule", "strokeDash": [4, 4], **gray}
        layers.append({"data": {"values": starts}, "mark": rule, "encoding": {"x": x}})
        text = {"type": "text", "align": "left", "baseline": "top", "dx": 6, "fontSize": 15, **gray}
        position = {"x": x, "y": {"value": 2}, "text": {"field": "phase"}}
        layers.append({"data": {"values": starts}, "mark": text, "encoding": position})
    st.vega_lite_chart(data, {"layer": layers}, height=240, key="ae_train_curve")


def _divergence_message(settings: dict[str, Any], job: Job) -> str:
    """A sentence if the learning rate was too high, else ""."""
    step, rate = job.step, settings["train"]["learning_rate"]
    if not np.isfinite(list(step.losses.values())).all():
        return "The error is not a number: the learning rate was too high. Lower it and train again."
    above_baseline = step.losses["test error"] > BASELINE[settings["data"]] and job.progress > 0.1
    if above_baseline and step.phase != "inner layers" and rate >= HIGH_LEARNING_RATE:
        return (
            f"A learning rate of {rate:g} is too high: the training diverged, and the error is above the baseline of "
            "the mean image. Lower it and train again."
        )
    return ""


# --- script export ------------------------------------------------------------------------------


def script(settings: dict[str, Any]) -> str:
    """A script that repeats the training."""
    changes, train = (", ".join(f"{k}={v!r}" for k, v in settings[part].items()) for part in ("changes", "train"))
    enlarge = "x, test_images = (np.pad(images.resize(a, 24), ((0, 0), (2, 2), (2, 2))) for a in (x, test_images))"
    return f"""
        from dataclasses import replace

        import numpy as np
        from matplotlib.figure import Figure

        from genmodels.autoencoders import model as autoencoders
        from genmodels.autoencoders import training
        from genmodels.autoencoders.config import MODELS
        from genmodels.data import datasets
        from genmodels.media import images

        x, _ = datasets.load({settings["data"]!r}, "train")
        test_images = datasets.load({settings["data"]!r}, "test")[0][:{N_TEST}]
        {enlarge if settings["data"] == "digits" else ""}
        config = replace(MODELS[{settings["model"]!r}], {changes})
        model = autoencoders.build(config, seed={settings["train"]["seed"]})
        history = []
        for step in training.train(model, x, test_images=test_images, {train}):
            losses = {{name: round(error, 4) for name, error in step.losses.items()}}
            print(f"{{step.done:6}} of {{step.total}}, {{step.phase}}", losses)
            history.append((step.done, step.losses))
        {code_panel.loss_figure("autoencoder_losses.png", "mean squared error")}
        open("autoencoder_reconstructions.png", "wb").write(images.png(step.image, scale=3))
        model.full_model.save_weights("autoencoder.weights.h5")  # build(config).full_model.load_weights(...)
        """
