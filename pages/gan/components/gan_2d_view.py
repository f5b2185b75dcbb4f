"""The result of the tab "2-D GAN": the data plane in layers, and the metrics beside and below it."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from genmodels.gan import gan_2d
from genmodels.gan.gan_2d import Step
from pages.gan import charts, common
from ui.component import component

LAYERS = ("Discriminator heatmap", "Generator manifold", "Gradients", "Real samples", "Fake samples")
MAX_REAL = 600  # real samples shown

_data_plane = component("gan_2d", __file__)


def layer_control() -> list[str]:
    """The layers to show; of `LAYERS`."""
    return st.pills(
        "Layers",
        LAYERS,
        selection_mode="multi",
        default=LAYERS,
        key="gan2d_layers",
        wrap=True,
        help="Discriminator heatmap: D(x) at every point of the plane. Generator manifold: the latent square mapped to "
        "the plane; darker cells have higher density. Gradients: direction in which the generator's loss moves each "
        "fake sample.",
        **common.URL_BOUND,
    )


def data_plane(
    points: np.ndarray, step: Step, layers: Sequence[str], drawing: np.ndarray | None, *, on_change: Callable[[], None]
) -> None:
    """The plane at one step. drawing: points (m, 2) that the pointer may add to; None where it may not."""
    metrics = step.metrics
    _mount(
        {
            "run": str(id(step.state)),
            "step": step.done,
            "real": _base64(points[:MAX_REAL]),
            "drawn": _base64(drawing) if drawing is not None else "",
            "draw": drawing is not None,
            "samples": _base64(step.samples),
            "gradients": _base64(step.gradients),
            "manifold": _base64(step.manifold),
            "heatmap": _base64(step.heatmap),
            "layers": list(layers),
            "label": f"Data plane after {step.done} training steps: precision {metrics['precision']:.0%}, "
            f"recall {metrics['recall']:.0%}",
        },
        on_change,
    )


def drawing_plane(drawing: np.ndarray, needed: int, *, on_change: Callable[[], None]) -> None:
    """A plane to draw a data distribution on, (m, 2), of at least `needed` points."""
    empty = dict.fromkeys(("real", "samples", "gradients", "manifold", "heatmap"), "")
    data = {"run": "", "step": 0, "drawn": _base64(drawing), "draw": True, "layers": []}
    _mount(empty | data | {"label": "Empty data plane to draw on"}, on_change)
    st.info(
        f"Draw a data distribution (dots, lines, a letter) of at least {needed} points, then press **Train**.",
        icon=":material/draw:",
    )


def _mount(data: dict[str, Any], on_change: Callable[[], None]) -> None:
    _data_plane(key="gan2d_plane", data=data | {"half_width": gan_2d.HALF_WIDTH}, on_points_change=on_change)


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def metrics(step: Step) -> None:
    st.metric(
        "Precision (fidelity)",
        f"{step.metrics['precision']:.0%}",
        help=f"Fraction of fake samples closer than {gan_2d.ON_DATA_DISTANCE} to a real sample.",
    )
    st.metric(
        "Recall (coverage)",
        f"{step.metrics['recall']:.0%}",
        help="Fraction of real samples with a fake sample close to them. High precision with low recall is mode "
        "collapse.",
    )


def modes(step: Step, distribution: str) -> None:
    """Two lines on the modes of a mixture of Gaussians; nothing for other data."""
    if distribution in gan_2d.MODE_STD:
        values = gan_2d.mode_metrics(distribution, step.samples)
        st.markdown(
            f"**{values['modes_covered']} of {len(gan_2d.mode_centers(distribution))}** modes covered  \n"
            f"**{values['high_quality_samples']:.0%}** within 3 σ",
            help="A mode (one Gaussian) is covered if a fake sample lies within 3 standard deviations σ of its center. "
            "Percentage: fake samples within 3 σ of a mode (real samples: 99 %).",
        )


def curves(history: Sequence[Step], step: Step) -> None:
    """Losses, precision and recall over the training, and the discriminator's accuracy at one step."""
    if step.accuracy:
        st.caption(
            f"Step {step.done:,}: discriminator accuracy {step.accuracy['real']:.0%} on real and "
            f"{step.accuracy['fake']:.0%} on fake samples."
        )
    left, right = st.columns(2, gap="medium")
    with left:
        rows = [(each.done, network, value) for each in history for network, value in each.losses.items()]
        colors = {"discriminator": common.REAL, "generator": common.FAKE}
        charts.lines(rows, colors, "loss", key="gan2d_losses", height=200)
    with right:
        rows = [(each.done, metric, value) for each in history for metric, value in each.metrics.items()]
        colors = {"precision": "#31a354", "recall": "#8c6bb1"}
        charts.lines(rows, colors, "fraction", key="gan2d_metrics", top=1, height=200)
