"""Two dimensions: a GAN whose pictures are points, so that the whole game is on the screen."""

import base64
import binascii
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.gan import gan_2d
from genmodels.gan.gan_2d import Controls, Step
from pages.gan import charts, gan_2d_controls
from pages.gan.components import gan_2d_view
from ui import code_panel, job_panel, presets_and_reset, training_panel
from ui.page_layout import reader_text

ENOUGH = 20  # drawn points to begin with


def show(_name: str) -> None:
    """The page's shipped model plays no part here: this game begins from nothing."""
    left, right = st.columns([2, 9], gap="medium")
    with left:
        gan_2d_controls.setup()
        begin = st.container()
        gan_2d_controls.while_it_learns()
    st.session_state.pop("plane_anew", None)
    with right:
        points = _points()
        run = None if points is None else _run(points)
        with begin:
            _button(run)
        if run is None:
            st.session_state.pop("plane_run", None)
            gan_2d_view.sheet(_drawn(), heard=_heard)
        elif run["started"]:
            job_panel.panel("plane", partial(_look, run))
        else:
            st.fragment(_look)(run, None)
    reader_text(
        "The **discriminator** is the landscape: blue where it takes a point for real. The **generator** bends a "
        "square of noise, orange, until it lies on the data; small cells of it are dense ones. Each made point is "
        "pushed up the landscape. Where both have learnt all there is, the landscape is flat, and nobody is pushed."
    )
    lesson = [gan_2d.advance, gan_2d.discriminator_turn, gan_2d.generator_turn, gan_2d.train]
    code_panel.show(gan_2d_controls.script(), lesson, key="plane", name="gan_plane")


def _button(run: dict[str, Any] | None) -> None:
    job = job_panel.find("plane") if run and run["started"] else None
    busy = job is not None and job.active
    again = run is not None and run["film"][-1].done > 0
    st.button(
        "Go on" if again and not busy else "Train",
        key="plane_train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=busy or run is None,
        on_click=_start,
        help="From where it stands." if again else "Takes some seconds.",
    )
    st.button(
        "Forget all",
        key="plane_again",
        type="tertiary",
        icon=":material/restart_alt:",
        disabled=not again and not busy,
        on_click=_forget,
        help="Two fresh networks, with the same settings.",
    )


# --- the data ---------------------------------------------------------------------------------


def _points() -> np.ndarray | None:
    """(n, 2): what there is to learn; None while too little is drawn."""
    shape = gan_2d_controls.shape()
    if shape != "drawn":
        return gan_2d.data(shape)
    points = _drawn()
    return gan_2d.data(points) if len(points) >= ENOUGH else None


def _drawn() -> np.ndarray:
    """What the hand has drawn, (m, 2); kept over tabs and pages."""
    try:
        raw = base64.b64decode(st.session_state.get("plane_drawn", ""), validate=True)
        points = np.frombuffer(raw, "<f4").reshape(-1, 2)
    except (binascii.Error, ValueError):
        return np.zeros((0, 2), "float32")
    return points[np.isfinite(points).all(axis=1)]


def _heard() -> None:
    points = st.session_state["plane_sheet"].get("points")
    if isinstance(points, str):
        st.session_state["plane_drawn"] = points
        st.session_state["plane_anew"] = True


# --- the game ---------------------------------------------------------------------------------


def _run(points: np.ndarray) -> dict[str, Any]:
    """The game that the settings ask for: the one there is, or a fresh one."""
    objective, units, steps, seed = gan_2d_controls.networks()
    shape = gan_2d_controls.shape()
    sign = (shape, st.session_state.get("plane_drawn") if shape == "drawn" else None, objective, units, seed)
    run = st.session_state.get("plane_run")
    if run is None or run["signature"] != sign:
        _stop()
        game = gan_2d.build(units=units, objective=objective, seed=seed)
        first = gan_2d.look(game, points, steps)
        run = {
            "signature": sign,
            "game": game,
            "points": points,
            "film": [first],
            "controls": Controls(),
            "started": False,
        }
        st.session_state["plane_run"] = run
    for key, value in gan_2d_controls.way().items():
        setattr(run["controls"], key, value)
    return run


def _stop() -> None:
    if (job := job_panel.find("plane")) is not None and job.active:
        job_panel.job_queue().stop(job)


def _forget() -> None:
    _stop()
    st.session_state.pop("plane_run", None)


def _try(changes: dict[str, Any] | None) -> None:
    presets_and_reset.set_widgets(
        gan_2d_controls.WAY | gan_2d_controls.NETWORKS | {"plane_data": "Ring"} | (changes or {})
    )
    _run(_points())
    _start()
    st.session_state["plane_anew"] = True


def _start() -> None:
    run = st.session_state.get("plane_run")
    if run is None or job_panel.busy("plane"):
        return  # a double click
    _, _, steps, _ = gan_2d_controls.networks()
    run["started"] = True

    def play() -> Iterator[Step]:
        for step in gan_2d.train(run["points"], steps=steps, controls=run["controls"], game=run["game"]):
            _keep(run, step)
            yield step

    what = gan_2d_controls.shape()
    job_panel.start("plane", f"2-D GAN on {'a drawing' if what == 'drawn' else f'the {what}'}", play, tensorflow=False)


def _keep(run: dict[str, Any], step: Step) -> None:
    run["film"] = charts.thinned([*run["film"], step])  # a new list: the page may be reading the old one


def _turns(run: dict[str, Any], who: str, n: int) -> None:
    """Some turns of one of them, by hand, while no training has the game."""
    job = job_panel.find("plane") if run["started"] else None
    if job is not None and job.state in ("running", "queued"):
        return  # the worker has it
    way = Controls(**gan_2d_controls.way() | {"train": who, "pause_between": 0.0})
    for _ in range(n):
        losses, accuracy = gan_2d.advance(run["game"], run["points"], way)
    _keep(run, gan_2d.look(run["game"], run["points"], run["film"][-1].total, losses, accuracy))


def _look(run: dict[str, Any], job: job_panel.Job | None) -> None:
    """One look at the game: the plane, and what is to be read off it."""
    if st.session_state.pop("plane_anew", False):
        st.rerun()  # all of the page, not only this fragment: it is another game
    film, held = run["film"], job is not None and job.state in ("running", "queued")
    wide, narrow = st.columns([6, 4], gap="medium")
    step = film[-1]
    with narrow:
        if len(film) > 2 and not held:
            last = len(film) - 1
            tip = "Every look at this game, from its first."
            step = film[st.slider("Rewind", 0, last, last, key=f"plane_at_{last}", help=tip)]
    with wide:
        drawing = gan_2d_controls.shape() == "drawn"
        gan_2d_view.plane(run["points"], step, _drawn() if drawing else None, game=id(run["game"]), heard=_heard)
    with narrow:
        gan_2d_view.numbers(film, step)
        if len(film) == 1 and job is None:
            training_panel.suggested_runs("plane", _try, gan_2d_controls.TRIES)
        st.caption("Ten turns by hand")
        with st.container(horizontal=True):
            for who in ("discriminator", "generator"):
                st.button(
                    who.title(),
                    key=f"plane_turn_{who}",
                    disabled=held,
                    on_click=_turns,
                    args=(run, who, 10),
                    help=f"Of the {who} alone, by hand: pause the training first." if held else f"Of the {who} alone.",
                )
