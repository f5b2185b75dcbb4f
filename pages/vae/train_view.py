"""What is seen of a training: the data, the grid and the curves as it runs, the numbers and files after it."""

import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from genmodels.data import datasets
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from pages.vae import common
from ui import job_panel, training_data
from ui.class_colors import COLORS
from ui.image_display import frame, show

COLUMNS = [6, 7]
LEARNT = "Held-out pictures, of the kind it learns from"
HELD_OUT = 500  # pictures to measure on: enough for a smooth curve, quick enough not to slow it


def draw(run: dict[str, Any], job: Job) -> None:
    """One look at the run: the grid and the two curves."""
    settings, step = run["settings"], job.step
    left, right = st.columns(COLUMNS, gap="medium")
    if step is None:
        if job.active:
            with right:
                training_data.waiting(job)
        if datasets.available(settings["data"]):
            with left:
                training_data.examples(settings["data"], LEARNT)
        return
    two = settings["build"]["latent_dim"] == 2
    what = "the plane from -2.5 to 2.5" if two else "100 codes drawn once from the prior"
    frame(step.image, place=left, caption=f"{job.title}: {what}")
    batch, nats = settings["train"]["batch_size"], step.losses
    variational = settings["build"]["variational"]
    total = f"reconstruction {nats['held-out reconstruction']:.1f}"
    if variational:
        both = nats["held-out reconstruction"] + nats["held-out kl"]
        total = f"**{both:.1f}** = {total} + KL {nats['held-out kl']:.1f}"
    with right:
        st.caption(f"Held-out nats: {total}  \n{step.images_per_second:,.0f} pictures a second")
        job_panel.curves(
            job,
            "reconstruction",
            "reconstruction, nats",
            x=None if variational else "pictures seen",
            scale=batch,
            legend=True,
        )
        if variational:
            job_panel.curves(job, "kl", "KL, nats", x="pictures seen", scale=batch)
    if not np.isfinite(list(nats.values())).all():
        st.error("The loss is no longer a number. The learning rate was too high: lower it and train again.")


def look_inside(run: dict[str, Any], job: Job) -> None:
    """The codes, the reconstructions and the downloads of a training that has ended."""
    vae, settings, model = common.module(), run["settings"], run["model"]
    if "codes" not in run:  # once: the model learns no more
        run["codes"] = vae.encode(model, run["held_out"])
        some = run["held_out"][:30]
        both = np.stack([some / 255, vae.reconstruct(model, some)]).reshape(2, 3, 10, *some.shape[1:])
        run["pairs"] = images.tile(both.swapaxes(0, 1).reshape(6, *both.shape[2:]), gap=2)
    st.subheader("Look inside", anchor=False)
    left, right = st.columns(COLUMNS, gap="medium")
    with left:
        _codes(settings, *run["codes"], run["labels"])
    with right:
        show(run["pairs"], caption="Held-out pictures, and below each what comes back")
        card = settings | {"state": job.state, "batches": job.step.done, "nats": job.step.losses}
        latent_dim = settings["build"]["latent_dim"]
        stem = f"vae_{settings['data']}_{latent_dim}d"
        with st.container(horizontal=True):
            for label, data, ending, help in (
                (
                    "Weights",
                    partial(_weights, model),
                    "weights.h5",
                    f"vae.build({latent_dim}).load_weights(...) reads it.",
                ),
                ("Grid", images.png(job.step.image, scale=3), "png", "The grid as it is now."),
                ("Settings", json.dumps(card, indent=2), "json", "What was trained, how, and what came of it."),
            ):
                icon = ":material/download:"
                st.download_button(
                    label, data, f"{stem}.{ending}", key=f"live_{label}", icon=icon, help=help, on_click="ignore"
                )


def _codes(settings: dict[str, Any], mean: np.ndarray, log_var: np.ndarray, labels: np.ndarray) -> None:
    names = datasets.CLASS_NAMES[settings["data"]]
    if settings["build"]["latent_dim"] == 2:
        table = pd.DataFrame({"z1": mean[:, 0], "z2": mean[:, 1], "class": np.array(names)[labels]})
        colour = {"domain": names, "range": COLORS}
        spec = {
            "mark": {"type": "circle", "size": 45, "opacity": 0.85},
            "encoding": {
                "x": {"field": "z1", "type": "quantitative", "title": "first number"},
                "y": {"field": "z2", "type": "quantitative", "title": "second number"},
                "color": {"field": "class", "type": "nominal", "scale": colour, "legend": {"title": None}},
            },
        }
        st.vega_lite_chart(table, spec, height=420)
        st.caption("Where the encoder puts the held-out pictures")
    elif settings["build"]["variational"]:
        kl = np.sort(np.asarray(common.module().kl_divergence(mean, log_var)).mean(axis=0))[::-1]
        st.bar_chart(pd.DataFrame({"KL": kl}), x_label="dimensions, most alive first", y_label="KL, nats", height=420)
        st.caption("What each number tells of the picture: those near zero are not used")


def _weights(model: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "vae.weights.h5"
        model.save_weights(file)
        return file.read_bytes()


def script(settings: dict[str, Any]) -> str:
    """A file that trains the same model again."""
    build, train = (
        ", ".join(f"{key}={value!r}" for key, value in settings[part].items()) for part in ("build", "train")
    )
    enlarge = "x, held_out = (np.pad(images.resize(each, 24), ((0, 0), (2, 2), (2, 2))) for each in (x, held_out))"
    return f"""
        import numpy as np

        from genmodels.data import datasets
        from genmodels.media import images
        from genmodels.vae import model as vae

        x, _ = datasets.load({settings["data"]!r}, "train")
        held_out = datasets.load({settings["data"]!r}, "test")[0][:{HELD_OUT}]
        {enlarge if settings["data"] == "digits" else ""}
        model = vae.build({build})
        for step in vae.train(model, x, held_out=held_out, {train}):
            print(f"{{step.done:6}} of {{step.total}}", {{name: round(nats, 1) for name, nats in step.losses.items()}})
        open("vae_grid.png", "wb").write(images.png(step.image, scale=3))
        model.save_weights("vae_live.weights.h5")
        """
