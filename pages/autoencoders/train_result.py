"""What there is of a training that has ended: more pictures, a comparison with the shipped member, files."""

import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders import training as autoencoder_training
from genmodels.autoencoders.model import Autoencoder
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from pages.autoencoders import common, train_view
from ui.image_display import show

PAIRS = (3, 12)  # rows and columns


def look_inside(run: dict[str, Any], job: Job) -> None:
    """More pictures, a comparison with the shipped member, and the downloads of a training that has ended."""
    common.module()  # the model was built where TensorFlow is: this tells a visitor who has to wait for it
    if "pairs" not in run:  # once: the model learns no more
        run["pairs"] = _pairs(run["model"], run["held_out"])
        run["error"] = float(autoencoders.squared_error(run["model"], run["held_out"]).mean())
    st.subheader("Look inside", anchor=False)
    left, right = st.columns([6, 7], gap="medium")
    with left:
        damaged = run["model"].recipe.corruption != "none"
        what = "Held-out pictures, damaged as it learnt to mend them" if damaged else "More held-out pictures"
        show(run["pairs"], caption=f"{what}, and below each what comes back")
    with right:
        _beside_the_shipped(run, job)
        _downloads(run, job)


def _pairs(model: Autoencoder, held_out: np.ndarray) -> np.ndarray:
    """Rows of pictures as it learnt to see them, each above a row of what it makes of them."""
    rows, columns = PAIRS
    kind, others = model.recipe, held_out[autoencoder_training.SHOWN :]  # than those that were seen all the time
    seen = autoencoders.corrupted(others[: rows * columns], kind.corruption, kind.amount, seed=0)
    both = np.stack([seen, autoencoders.reconstruct(model, seen)]).reshape(2, rows, columns, *seen.shape[1:])
    return images.tile(both.swapaxes(0, 1).reshape(2 * rows, columns, *seen.shape[1:]), gap=2)


def _beside_the_shipped(run: dict[str, Any], job: Job) -> None:
    settings, model = run["settings"], run["model"]
    seen = job.step.done * settings["train"]["epochs"] / job.step.total
    data = train_view.DATA[settings["data"]]
    table = [_row("Just trained", data, f"{seen:.3g}", model, run["error"])]
    name = settings["member"]
    try:
        card, shipped = weights.model_card(f"autoencoders_{name}"), common.load(name)
    except weights.WeightsError as error:
        st.table(table, border="horizontal")
        st.info(str(error), icon=":material/broken_image:")
        return
    if "shipped_error" not in run:
        run["shipped_error"] = float(autoencoders.squared_error(shipped, run["held_out"]).mean())
    table.append(_row("Shipped", train_view.DATA["fashion_mnist"], str(card["epochs"]), shipped, run["shipped_error"]))
    st.table(table, border="horizontal")
    held_out = card["held_out"]["mean_squared_error"]
    st.caption(
        f"Mean squared error on the same {len(run['held_out'])} held-out pictures of {data}. On all of Fashion-MNIST's "
        f"held-out rows, the shipped one's card says {held_out:.4f}."
    )


def _row(who: str, data: str, epochs: str, model: Autoencoder, error: float) -> dict[str, str]:
    numbers, parameters = str(model.recipe.codings), f"{model.parameters:,}"
    return {
        "": who,
        "Learnt": data,
        "Epochs": epochs,
        "Numbers in a code": numbers,
        "Parameters": parameters,
        "Held-out error": f"{error:.4f}",
    }


def _downloads(run: dict[str, Any], job: Job) -> None:
    settings = run["settings"]
    told = {"state": job.state, "batches": job.step.done, "phase": job.step.phase, "losses": job.step.losses}
    card = settings | told | {"held_out_error": run["error"], "parameters": run["model"].parameters}
    stem = f"autoencoder_{settings['data']}_{settings['member']}"
    with st.container(horizontal=True):
        for label, data, ending, tip in (
            ("Weights", partial(_weights, run["model"]), "weights.h5", "The script below says what reads them."),
            ("Picture", images.png(run["pairs"], scale=3), "png", "The pictures on the left."),
            ("Settings", json.dumps(card, indent=2), "json", "What was trained, how, and what came of it."),
        ):
            icon = ":material/download:"
            st.download_button(
                label, data, f"{stem}.{ending}", key=f"ae_live_{label}", icon=icon, help=tip, on_click="ignore"
            )


def _weights(model: Autoencoder) -> bytes:
    fresh = autoencoders.build(model.recipe).whole  # without what only the training needed
    fresh.set_weights(model.whole.get_weights())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "autoencoder.weights.h5"
        fresh.save_weights(file)
        return file.read_bytes()
