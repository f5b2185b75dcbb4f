"""The run of the tab "Train": decoded grid and loss curves; after it, the latent space, reconstructions, downloads."""

import json
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from genmodels.data import datasets
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from pages.vae import common
from ui import code_panel, image_display, job_panel, training_data, training_panel
from ui.class_colors import COLORS

COLUMNS = (1, 1)
EXAMPLES_CAPTION = "Test images of this data set"
HELD_OUT = 500  # test images for the held-out loss and the plots


def render(run: dict[str, Any], job: Job) -> None:
    """One report of the run: the decoded grid and the two loss curves."""
    settings, step = run["settings"], job.step
    left, right = st.columns(COLUMNS, gap="medium")
    if step is None:
        if job.active:
            with right:
                training_data.waiting(job)
        if datasets.available(settings["data"]):
            with left:
                training_data.examples(settings["data"], EXAMPLES_CAPTION)
        return
    batch_size, nats, variational = settings["train"]["batch_size"], step.losses, settings["build"]["variational"]
    with left:
        two = settings["build"]["latent_dim"] == 2
        source = "latent plane from −2.5 to 2.5" if two else "100 fixed samples z ~ N(0, I)"
        image_display.frame(step.image, caption=f"{job.title}: {source}, decoded")
    with right:
        loss = f"reconstruction {nats['held-out reconstruction']:.1f}"
        if variational:
            total = nats["held-out reconstruction"] + nats["held-out kl"]
            loss = f"**{total:.1f}** = {loss} + KL {nats['held-out kl']:.1f}"
        st.caption(f"Held-out loss, nats: {loss}  \n{step.images_per_second:,.0f} images per second")
        height = 190 if variational else 300
        title = None if variational else "training images"
        job_panel.curves(
            job, "reconstruction", "reconstruction, nats", x=title, scale=batch_size, legend=True, height=height
        )
        if variational:
            job_panel.curves(job, "kl", "KL, nats", x="training images", scale=batch_size, height=height)
    if not np.isfinite(list(nats.values())).all():
        st.error("The loss is not finite. The learning rate was too high: lower it and train again.")


def show_result(run: dict[str, Any], job: Job) -> None:
    """The latent space, reconstructions and downloads of a run that has ended."""
    vae, settings, model = common.module(), run["settings"], run["model"]
    if "posterior" not in run:  # computed once: the training has ended
        run["posterior"] = vae.encode(model, run["held_out"])
        x = run["held_out"][:30]
        pairs = np.stack([x / 255, vae.reconstruct(model, x)]).reshape(2, 3, 10, *x.shape[1:])
        run["pairs"] = images.tile(pairs.swapaxes(0, 1).reshape(6, *pairs.shape[2:]), gap=2)
    st.subheader("Result", anchor=False)
    left, right = st.columns(COLUMNS, gap="medium")
    with left:
        _show_latent_space(settings, *run["posterior"], run["labels"])
    with right:
        image_display.show(run["pairs"], caption="Held-out images (top) and their reconstructions (bottom)")
        _downloads(settings, model, job)


def _downloads(settings: dict[str, Any], model: Any, job: Job) -> None:
    card = settings | {"state": job.state, "batches": job.step.done, "nats": job.step.losses}
    latent_dim = settings["build"]["latent_dim"]
    files = (
        (
            "Weights",
            partial(training_panel.weights_file, model),
            "weights.h5",
            f"Load with vae.build({latent_dim}).load_weights(…).",
        ),
        ("Grid", images.png(job.step.image, scale=3), "png", "The decoded grid."),
        ("Settings", json.dumps(card, indent=2), "json", "Settings and losses of this run."),
    )
    with st.container(horizontal=True):
        for label, data, suffix, help in files:
            st.download_button(
                label,
                data,
                f"vae_{settings['data']}_{latent_dim}d.{suffix}",
                key=f"vae_train_{label.lower()}",
                icon=":material/download:",
                help=help,
                on_click="ignore",
            )


def _show_latent_space(settings: dict[str, Any], mean: np.ndarray, log_var: np.ndarray, labels: np.ndarray) -> None:
    """2-D: the posterior means of the held-out images. Otherwise: the KL per dimension."""
    names = datasets.CLASS_NAMES[settings["data"]]
    if settings["build"]["latent_dim"] == 2:
        table = pd.DataFrame({"z1": mean[:, 0], "z2": mean[:, 1], "class": np.array(names)[labels]})
        color = {"domain": names, "range": COLORS}
        spec = {
            "mark": {"type": "circle", "size": 45, "opacity": 0.85},
            "encoding": {
                "x": {"field": "z1", "type": "quantitative", "title": "z₁"},
                "y": {"field": "z2", "type": "quantitative", "title": "z₂"},
                "color": {"field": "class", "type": "nominal", "scale": color, "legend": {"title": None}},
            },
        }
        st.vega_lite_chart(table, spec, height=420)
        st.caption("Latent means of the held-out images")
    elif settings["build"]["variational"]:
        kl = np.sort(np.asarray(common.module().kl_divergence(mean, log_var)).mean(axis=0))[::-1]
        table = pd.DataFrame({"KL": kl})
        st.bar_chart(table, x_label="latent dimensions, sorted by KL", y_label="KL, nats", height=420)
        st.caption("KL per latent dimension; those near 0 are inactive")


def script(settings: dict[str, Any]) -> str:
    """Source of a file that repeats the training."""
    build, train = (
        ", ".join(f"{name}={value!r}" for name, value in settings[part].items()) for part in ("build", "train")
    )
    enlarge = "x, held_out = (np.pad(images.resize(each, 24), ((0, 0), (2, 2), (2, 2))) for each in (x, held_out))"
    return f"""
        import numpy as np
        from matplotlib.figure import Figure

        from genmodels.data import datasets
        from genmodels.media import images
        from genmodels.vae import model as vae

        x, _ = datasets.load({settings["data"]!r}, "train")
        held_out = datasets.load({settings["data"]!r}, "test")[0][:{HELD_OUT}]
        {enlarge if settings["data"] == "digits" else ""}
        model = vae.build({build})
        history = []
        for step in vae.train(model, x, held_out=held_out, {train}):
            print(f"{{step.done:6}} of {{step.total}}", {{name: round(nats, 1) for name, nats in step.losses.items()}})
            history.append((step.done, step.losses))
        {code_panel.loss_figure("vae_losses.png", "nats per image")}
        open("vae_grid.png", "wb").write(images.png(step.image, scale=3))
        model.save_weights("vae_trained.weights.h5")
        """
