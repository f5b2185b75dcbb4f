"""A linear autoencoder learns PCA's plane: both in space, as the training goes on."""

import base64
from typing import Any

import numpy as np
import streamlit as st

from genmodels.autoencoders import linear as linear_autoencoder
from genmodels.autoencoders.linear import Diverged
from pages.autoencoders import common
from ui import code_panel, presets_and_reset
from ui.class_colors import COLORS
from ui.component import component
from ui.page_layout import reader_text

DEFAULTS = {"pca_rate": 0.1, "pca_steps": 300, "pca_noise": 0.1, "pca_seed": 0}
OURS, THEIRS = COLORS[:2]  # orange: the autoencoder, blue: PCA
LOOKS = 100  # reports of a training, about: as many as the film needs to be smooth
MARGIN = 1.15  # how far a plane is drawn beyond the outermost points

_view = component("pca_view", __file__, "pca_draw.js")


def show() -> None:
    reader_text(
        "Take the activations out of an autoencoder, let three numbers pass through two, and train it: it learns the "
        "plane that lies closest to the points, which is the plane of the first two principal components. Nobody told "
        "it to. It does not find the components themselves: its two codes are PCA's, turned and stretched."
    )
    rate, steps, noise, seed = _controls()
    film, trouble = filmed(rate, steps, noise, seed)
    if trouble:
        st.warning(f"{trouble} Choose a smaller one; up to 0.5 all goes well here.", icon=":material/trending_up:")
    _view(key="pca_view", data=film)
    if not trouble:
        st.markdown(_verdict(film, steps))
    reader_text(
        "Each thin line is what one point loses on its way through two numbers, and the squared error is the mean of "
        "their squared lengths: no plane makes it smaller than PCA's does. Another **start** ends on the same plane, "
        "with other codes: whichever two directions span it are as good."
    )
    script = f"""
        from genmodels.autoencoders import linear as linear_autoencoder

        points = linear_autoencoder.cloud(noise={noise})  # (300, 3)
        run = linear_autoencoder.train(points, learning_rate={rate}, steps={steps}, seed={seed}, report_every=20)
        for step in run:
            error, best = step.losses["autoencoder"], step.losses["PCA"]
            print(f"step {{step.done:4d}}: {{step.angle:5.2f}} degrees apart, error {{error:.4f}}, PCA's {{best:.4f}}")
        """
    functions = [linear_autoencoder.train, linear_autoencoder.principal_plane, linear_autoencoder.angle_between]
    code_panel.show(script, functions, key="pca", name="autoencoder_pca")


def _controls() -> tuple[float, int, float, int]:
    columns = st.columns([4, 4, 4, 3, 2], gap="medium", vertical_alignment="bottom")
    tip = "How far each step goes down the slope. At 0.01 it needs patience, beyond 0.6 it overshoots and never lands."
    rate = columns[0].slider("Learning rate", 0.01, 1.0, 0.1, 0.01, key="pca_rate", help=tip, **common.KEEP)
    tip = "Steps of gradient descent, each on all 300 points. It is all computed before the film begins."
    steps = columns[1].slider("Steps", 50, 1000, 300, 50, key="pca_steps", help=tip, **common.KEEP)
    tip = "How far the points lie off their plane. With none, PCA's error is zero; with much, the plane is hard to see."
    noise = columns[2].slider("Noise", 0.0, 0.4, 0.1, 0.05, key="pca_noise", help=tip, **common.KEEP)
    tip = "The random weights it begins with. Each ends on the same plane, with other codes."
    seed = columns[3].number_input("Start", 0, 999, 0, key="pca_seed", help=tip, **common.KEEP)
    with columns[4]:
        presets_and_reset.reset(DEFAULTS, key="pca_reset")
    return rate, steps, noise, int(seed)


@st.cache_data(show_spinner=False, max_entries=64)
def filmed(rate: float, steps: int, noise: float, seed: int) -> tuple[dict[str, Any], str | None]:
    """A whole training as the browser draws it, and a sentence where it went wrong."""
    points, looks, trouble = linear_autoencoder.cloud(noise=noise), [], None
    every = -(-steps // LOOKS) if rate <= 0.5 else 1  # what goes wrong goes wrong within a few steps
    try:
        for look in linear_autoencoder.train(points, steps=steps, learning_rate=rate, seed=seed, report_every=every):
            looks.append(look)
    except Diverged as error:
        trouble = str(error)
    mean, components = linear_autoencoder.principal_plane(points)
    scores = (points - mean) @ components.T
    sides = MARGIN * np.abs(scores).max(axis=0)
    sheets = [linear_autoencoder.sheet(look, mean, components, sides) for look in looks]
    return {
        "token": f"{rate} {steps} {noise} {seed}",
        "steps": [look.done for look in looks],
        "angles": [round(look.angle, 3) for look in looks],
        "losses": [round(look.losses["autoencoder"], 5) for look in looks],
        "best": looks[0].losses["PCA"],
        "points": _packed(points),
        "scores": _packed(scores),
        "encoders": _packed([np.vstack([look.encoder, look.bias]) for look in looks]),  # 4 x 2 each
        "decoders": _packed([np.vstack([look.plane, look.middle]) for look in looks]),  # 3 x 3 each
        "readers": _packed([linear_autoencoder.reader(look, mean, components) for look in looks]),  # 3 x 2 each
        "sheets": _packed(sheets),
        "sheet": _packed(linear_autoencoder.corners(mean, components, sides)),
        "colours": [OURS, THEIRS],
    }, trouble


def _packed(values: Any) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def _verdict(film: dict[str, Any], steps: int) -> str:
    angle, error, best = film["angles"][-1], film["losses"][-1], film["best"]
    said = f"After {steps} steps the planes are **{angle:.1f}°** apart; the error is {error:.4f}, PCA's is {best:.4f}."
    if error <= 1.05 * best + 1e-3:
        return said
    lowest = min(film["losses"])
    if error > 1.5 * lowest + 1e-3:
        return (
            f"{said} It has been as low as {lowest:.4f}: with this learning rate it leaps to and fro and never lands."
        )
    return f"{said} It is not there yet: give it more steps, or longer ones."
