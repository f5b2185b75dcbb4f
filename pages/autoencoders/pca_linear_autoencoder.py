"""View PCA vs. linear autoencoder: the plane of a linear autoencoder during its training, beside that of PCA."""

import base64
from typing import Any

import numpy as np
import streamlit as st

from genmodels.autoencoders import linear
from pages.autoencoders import common
from ui import code_panel, presets_and_reset
from ui.class_colors import COLORS
from ui.component import component
from ui.page_layout import result_and_controls

DEFAULTS = {"pca_learning_rate": 0.1, "pca_steps": 300, "pca_noise": 0.1, "pca_seed": 0}
MAX_REPORTS = 100  # of a training, about: enough for a smooth animation
STABLE_RATE = 0.5  # learning rates up to this one converge

_view = component("components/pca_view", __file__, "components/pca_draw.js")


def show() -> None:
    result, controls = result_and_controls("latent_projections")
    with controls:
        learning_rate, steps, noise, seed = _controls()
    training, warning = recorded_training(learning_rate, steps, noise, seed)
    with result:
        if warning:
            st.warning(f"{warning} Up to {STABLE_RATE} it converges here.", icon=":material/trending_up:")
        _view(key="pca_view", data=training)
    with controls:
        if not warning:
            st.caption(_convergence_message(training, steps))
        st.caption(
            "The codes equal the PCA scores up to a linear transformation. A thin line is the reconstruction error of "
            "a point."
        )
    script = f"""
        from genmodels.autoencoders import linear

        points = linear.sample_points(noise={noise})  # (300, 3)
        run = linear.train(points, learning_rate={learning_rate}, steps={steps}, seed={seed}, report_every=20)
        for step in run:
            error, pca_error = step.losses["autoencoder"], step.losses["PCA"]
            print(f"step {{step.done:4d}}: {{step.angle:5.2f}} degrees, error {{error:.4f}}, PCA {{pca_error:.4f}}")
        """
    functions = [linear.train, linear.principal_plane, linear.angle_between]
    code_panel.show(script, functions, key="pca", name="linear_autoencoder")


def _controls() -> tuple[float, int, float, int]:
    tip = "Step size of gradient descent. 0.01: slow convergence. Above 0.6: divergence."
    rate = st.slider("Learning rate", 0.01, 1.0, 0.1, 0.01, key="pca_learning_rate", help=tip, **common.URL_BOUND)
    tip = "Steps of gradient descent, each on all 300 points. The training is computed before the animation starts."
    steps = st.slider("Steps", 50, 1000, 300, 50, key="pca_steps", help=tip, **common.URL_BOUND)
    tip = "Standard deviation of the points' distance from the strip. At 0 the error of PCA is 0."
    noise = st.slider("Noise", 0.0, 0.4, 0.1, 0.05, key="pca_noise", help=tip, **common.URL_BOUND)
    tip = "Seed of the initial weights. Every seed leads to the same plane, with other codes."
    seed = st.number_input("Seed", 0, 999, 0, key="pca_seed", help=tip, **common.URL_BOUND)
    presets_and_reset.reset(DEFAULTS, key="pca_reset")
    return rate, steps, noise, int(seed)


@st.cache_data(show_spinner=False, max_entries=64)
def recorded_training(learning_rate: float, steps: int, noise: float, seed: int) -> tuple[dict[str, Any], str | None]:
    """A whole training as the component needs it, and the message of `linear.Diverged`, if it did."""
    points, reports, warning = linear.sample_points(noise=noise), [], None
    report_every = -(-steps // MAX_REPORTS) if learning_rate <= STABLE_RATE else 1  # divergence takes few steps
    run = linear.train(points, steps=steps, learning_rate=learning_rate, seed=seed, report_every=report_every)
    try:
        for report in run:
            reports.append(report)
    except linear.Diverged as error:
        warning = str(error)
    mean, components = linear.principal_plane(points)
    scores = linear.pca_scores(points, mean, components)
    half_sizes = linear.plane_half_sizes(scores)
    return (
        {
            "token": f"{learning_rate} {steps} {noise} {seed}",
            "steps": [report.done for report in reports],
            "angles": [round(report.angle, 3) for report in reports],
            "losses": [round(report.losses["autoencoder"], 5) for report in reports],
            "pca_loss": reports[0].losses["PCA"],
            "points": _pack(points),
            "scores": _pack(scores),
            "encoders": _pack([np.vstack([report.encoder, report.encoder_bias]) for report in reports]),  # 4 x 2 each
            "decoders": _pack([np.vstack([report.decoder, report.decoder_bias]) for report in reports]),  # 3 x 3 each
            "alignments": _pack(
                [linear.alignment_to_pca(report, mean, components) for report in reports]
            ),  # 3 x 2 each
            "planes": _pack([linear.plane_corners(report, mean, components, half_sizes) for report in reports]),
            "pca_plane": _pack(linear.rectangle(mean, components, half_sizes)),
            "colors": list(COLORS[:2]),  # orange: the autoencoder, blue: PCA
        },
        warning,
    )


def _pack(values: Any) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def _convergence_message(training: dict[str, Any], steps: int) -> str:
    losses, pca_loss = training["losses"], training["pca_loss"]
    message = (
        f"After {steps} steps the angle between the planes is **{training['angles'][-1]:.1f}°**; the MSE is "
        f"{losses[-1]:.4f}, that of PCA {pca_loss:.4f}."
    )
    return {
        "converged": message,
        "oscillating": f"{message} The lowest MSE was {min(losses):.4f}: with this learning rate it oscillates and "
        "does not converge.",
        "not converged": f"{message} Not converged: use more steps or a higher learning rate.",
    }[linear.convergence(losses, pca_loss)]
