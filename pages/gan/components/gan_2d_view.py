"""What is seen of the two-dimensional game: the plane itself, and the numbers beside it."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from genmodels.gan import gan_2d
from genmodels.gan.gan_2d import Step
from pages.gan import charts, common
from ui.component import component

LAYERS = ("Landscape", "Noise", "Pushes", "Real", "Made")

_plane = component("gan_2d", __file__)


def plane(points: np.ndarray, step: Step, drawn: np.ndarray | None, *, game: int, heard: Callable[[], None]) -> None:
    """One look at the game. drawn: the points (m, 2) that the hand may add to; None where it may not."""
    layers = st.pills(
        "Show",
        LAYERS,
        selection_mode="multi",
        default=LAYERS,
        key="plane_show",
        label_visibility="collapsed",
        help="Landscape: what the discriminator believes. Noise: where the generator puts its square of noise. "
        "Pushes: which way its loss sends each made point.",
        **common.KEEP,
    )
    fit = step.fit
    _canvas(
        {
            "game": str(game),
            "look": step.done,
            "real": _packed(points[:600]),
            "drawn": _packed(drawn) if drawn is not None else "",
            "draw": drawn is not None,
            "samples": _packed(step.samples),
            "arrows": _packed(step.arrows),
            "mesh": _packed(step.manifold),
            "heat": _packed(step.heat),
            "show": list(layers),
            "label": f"The plane after {step.done} steps: {fit['fidelity']:.0%} of the made points lie on the data, "
            f"{fit['coverage']:.0%} of the data are covered",
        },
        heard,
    )


def sheet(drawn: np.ndarray, *, heard: Callable[[], None]) -> None:
    """An empty plane to draw on."""
    wide, narrow = st.columns([6, 4], gap="medium")
    with narrow:
        st.info("Draw what is to be learnt: dots, lines, a letter. Then press **Train**.", icon=":material/draw:")
    empty = dict.fromkeys(("real", "samples", "arrows", "mesh", "heat"), "")
    with wide:
        _canvas(
            empty
            | {"game": "", "look": 0, "drawn": _packed(drawn), "draw": True, "show": [], "label": "A plane to draw on"},
            heard,
        )


def _canvas(data: dict[str, Any], heard: Callable[[], None]) -> None:
    _plane(key="plane_sheet", data=data | {"side": gan_2d.SIDE}, on_points_change=heard)


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def numbers(film: Sequence[Step], step: Step) -> None:
    """How good the made points are, who is ahead, and how both went."""
    fidelity, coverage = st.columns(2)
    fidelity.metric(
        "Fidelity",
        f"{step.fit['fidelity']:.0%}",
        help="Of the made points, those that lie on the data: nearer than a twentieth of its width.",
    )
    coverage.metric(
        "Coverage",
        f"{step.fit['coverage']:.0%}",
        help="Of the real points, those with a made one as near. Fidelity without coverage is mode collapse.",
    )
    if len(film) == 1:
        st.caption("Untrained: the square of noise lies somewhere, and the landscape says nothing yet.")
        return
    if step.accuracy:
        st.caption(
            f"After {step.done:,} steps the discriminator is right about {step.accuracy['real']:.0%} of the real "
            f"points and {step.accuracy['fake']:.0%} of the made ones"
        )
    rows = [(each.done, who, value) for each in film for who, value in each.losses.items()]
    colours = {"discriminator": common.REAL, "generator": common.FAKE}
    charts.lines(rows, colours, "loss", key="plane_losses", height=200)
    rows = [(each.done, what, value) for each in film for what, value in each.fit.items()]
    charts.lines(rows, {"fidelity": "#31a354", "coverage": "#8c6bb1"}, "share", key="plane_fit", top=1, height=200)
