"""After a training: more reconstructions, a comparison with the pretrained model, downloads."""

import json
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels import weights
from genmodels.autoencoders import denoising, training
from genmodels.autoencoders import model as autoencoders
from genmodels.autoencoders.model import Autoencoder
from genmodels.jobs.job_queue import Job
from genmodels.media import images
from pages.autoencoders import common, train_view
from ui.image_display import show
from ui.training_panel import weights_file

ROWS, COLUMNS = 3, 12  # of reconstructions


def show_result(run: dict[str, Any], job: Job) -> None:
    """More reconstructions, a comparison with the pretrained model, and the downloads of an ended training."""
    common.autoencoders_module()  # shows a message while TensorFlow is imported
    if "reconstructions" not in run:
        run["reconstructions"] = _reconstructions(run["model"], run["test_images"])
        run["error"] = float(autoencoders.squared_error(run["model"], run["test_images"]).mean())
    st.subheader("Result of the training", anchor=False)
    left, right = st.columns([6, 7], gap="medium")
    with left:
        corrupted = run["model"].config.noise_type != "none"
        what = "Test images, corrupted as in training" if corrupted else "More test images"
        show(run["reconstructions"], caption=f"{what}, each above its reconstruction")
    with right:
        _compare_with_pretrained(run, job)
        _downloads(run, job)


def _reconstructions(model: Autoencoder, test_images: np.ndarray) -> np.ndarray:
    """Test images, corrupted as in training, above their reconstructions."""
    config, others = model.config, test_images[training.N_EXAMPLES :]  # the first ones were shown during the training
    x = denoising.corrupt(others[: ROWS * COLUMNS], config.noise_type, config.noise_level, seed=0)
    return training.reconstruction_sheet(model, x, ROWS, COLUMNS)


def _compare_with_pretrained(run: dict[str, Any], job: Job) -> None:
    settings, model = run["settings"], run["model"]
    epochs = job.step.done * settings["train"]["epochs"] / job.step.total
    data = train_view.DATA[settings["data"]]
    table = [_row("Your model", data, f"{epochs:.3g}", model, run["error"])]
    name = settings["model"]
    try:
        card, pretrained = weights.model_card(f"autoencoders_{name}"), common.load(name)
    except weights.WeightsError as error:
        st.table(table, border="horizontal")
        st.info(str(error), icon=":material/broken_image:")
        return
    if "pretrained_error" not in run:
        run["pretrained_error"] = float(autoencoders.squared_error(pretrained, run["test_images"]).mean())
    trained_on = train_view.DATA["fashion_mnist"]
    table.append(_row("Pretrained", trained_on, str(card["epochs"]), pretrained, run["pretrained_error"]))
    st.table(table, border="horizontal")
    test_error = card["held_out"]["mean_squared_error"]
    st.caption(
        f"Mean squared error on the same {len(run['test_images'])} test images of {data}. On Fashion-MNIST's test "
        f"images the pretrained model has {test_error:.4f}."
    )


def _row(name: str, data: str, epochs: str, model: Autoencoder, error: float) -> dict[str, str]:
    return {
        "": name,
        "Trained on": data,
        "Epochs": epochs,
        "Code size": str(model.config.code_size),
        "Parameters": f"{model.parameters:,}",
        "Test MSE": f"{error:.4f}",
    }


def _downloads(run: dict[str, Any], job: Job) -> None:
    settings = run["settings"]
    progress = {"state": job.state, "batches": job.step.done, "phase": job.step.phase, "losses": job.step.losses}
    card = settings | progress | {"test_error": run["error"], "parameters": run["model"].parameters}
    stem = f"autoencoder_{settings['data']}_{settings['model']}"
    with st.container(horizontal=True):
        for label, data, ending, tip in (
            ("Weights", partial(_weights, run["model"]), "weights.h5", "The script below shows how to load them."),
            ("Image", images.png(run["reconstructions"], scale=3), "png", "The reconstructions on the left."),
            ("Settings", json.dumps(card, indent=2), "json", "The settings and the losses of this training."),
        ):
            icon = ":material/download:"
            st.download_button(
                label, data, f"{stem}.{ending}", key=f"ae_train_{label}", icon=icon, help=tip, on_click="ignore"
            )


def _weights(model: Autoencoder) -> bytes:
    copy = autoencoders.build(model.config).full_model  # without the state of the optimizer
    copy.set_weights(model.full_model.get_weights())
    return weights_file(copy)
