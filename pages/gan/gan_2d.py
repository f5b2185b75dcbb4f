"""2-D GAN: a GAN on points of a plane, with its data, samples, gradients and discriminator on one plane."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

import numpy as np
import streamlit as st

from genmodels.gan import gan_2d
from genmodels.gan.gan_2d import Controls, Step
from pages.gan import charts, gan_2d_controls
from pages.gan.components import gan_2d_view
from ui import code_panel, job_panel, presets_and_reset, training_panel
from ui.page_layout import result_and_controls

MIN_POINTS = 20  # drawn points needed for a run
STEPS_BY_HAND = 10
NUMBERS_WIDTH = 185  # pixels of layers and metrics
STACK_ON_PHONES = (
    "<style>@media (max-width: 640px) { .st-key-gan2d_plane_and_metrics { flex-direction: column; } }</style>"
)


def show(_model_name: str) -> None:
    """The page's pretrained model is not used here: training starts from untrained networks."""
    result, controls = result_and_controls("gan_2d", (5, 2))
    with controls, st.container(gap="xsmall"):
        gan_2d_controls.data_control()
        buttons = st.container()
        gan_2d_controls.training_controls()
        gan_2d_controls.more_settings()
    st.session_state.pop("gan2d_data_changed", None)
    _find_run_again()
    with result:
        points = _points()
        run = None if points is None else _run(points)
        with buttons:
            _buttons(run)
        if run is None:
            st.session_state["gan2d_run"] = None
            gan_2d_view.drawing_plane(_drawing_points(), MIN_POINTS, on_change=_store_drawing)
        elif _job_of(run) is not None:
            job_panel.panel("gan2d", lambda _job: _show_run(run))
        else:
            st.fragment(_show_run)(run)
    if run is not None and _job_of(run) is None:
        training_panel.suggested_runs("gan2d", _start_suggested, gan_2d_controls.SUGGESTED_RUNS)
    functions = [gan_2d.train_step, gan_2d.train_discriminator, gan_2d.train_generator, gan_2d.train]
    code_panel.show(gan_2d_controls.script(), functions, key="gan2d", name="gan_2d")


def _buttons(run: dict[str, Any] | None) -> None:
    job = _job_of(run)
    busy = job is not None and job.active
    other = job_panel.find("gan2d")
    if job is None and other is not None and other.active:
        job_panel.ask_to_stop(other, key="gan2d_stop_other")
    is_trained = run is not None and run["history"][-1].done > 0
    if is_trained:
        help_text = "Continues from the current weights."
    elif run is None:
        help_text = f"Training needs at least {MIN_POINTS} points; {len(_drawing_points())} are drawn."
    else:
        help_text = f"{gan_2d_controls.steps():,} training steps."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Continue training" if is_trained and not busy else "Train",
            key="gan2d_train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=busy or run is None,
            on_click=_start,
            help=help_text,
        )
        if gan_2d_controls.distribution() == "drawn" and len(_drawing_points()):
            st.button(
                "Clear",
                key="gan2d_clear_drawing",
                type="tertiary",
                icon=":material/delete:",
                on_click=_clear_drawing,
                help="Removes all points of the drawing.",
            )
        if run is None:
            st.caption(f"{len(_drawing_points())} of {MIN_POINTS} points", width="content")
            return  # without networks there is nothing to reset
        st.button(
            "Reset",
            key="gan2d_reset_networks",
            type="tertiary",
            icon=":material/restart_alt:",
            disabled=not is_trained and not busy,
            on_click=_reset_networks,
            help="Initializes both networks again, with the same settings.",
        )


# --- data -------------------------------------------------------------------------------------


def _points() -> np.ndarray | None:
    """Training data (n, 2); None while too few points are drawn."""
    distribution = gan_2d_controls.distribution()
    if distribution != "drawn":
        return gan_2d.sample_data(distribution)
    points = _drawing_points()
    return gan_2d.sample_data(points) if len(points) >= MIN_POINTS else None


def _drawing_points() -> np.ndarray:
    """The visitor's drawing, (m, 2); kept across tabs and pages."""
    try:
        raw = base64.b64decode(st.session_state.get("gan2d_drawing", ""), validate=True)
        points = np.frombuffer(raw, "<f4").reshape(-1, 2)
    except (binascii.Error, ValueError):
        return np.zeros((0, 2), "float32")
    return points[np.isfinite(points).all(axis=1)]


def _store_drawing() -> None:
    points = st.session_state["gan2d_plane"].get("points")
    if isinstance(points, str):
        st.session_state["gan2d_drawing"] = points
        st.session_state["gan2d_data_changed"] = True


def _clear_drawing() -> None:
    st.session_state["gan2d_drawing"] = ""
    st.session_state["gan2d_data_changed"] = True


# --- training ---------------------------------------------------------------------------------


def _find_run_again() -> None:
    """In a new session, e.g. after a reload: the visitor's latest run, with the drawing that it learns."""
    if "gan2d_run" in st.session_state:
        return
    run = st.session_state["gan2d_run"] = job_panel.find_run("gan2d")
    if run is not None and run["drawing"] is not None:
        st.session_state.setdefault("gan2d_drawing", run["drawing"])


def _job_of(run: dict[str, Any] | None) -> job_panel.Job | None:
    """The job of the run; None if it has not been started, or another run has been started since."""
    job = job_panel.find("gan2d")
    return job if job is not None and job.run is run else None


def _run(points: np.ndarray) -> dict[str, Any]:
    """The run with the present settings: the current one, or a new one where data or networks changed."""
    network = gan_2d_controls.network_settings()
    distribution = gan_2d_controls.distribution()
    drawing = st.session_state.get("gan2d_drawing") if distribution == "drawn" else None
    signature = (distribution, drawing, *network.values())
    run = st.session_state["gan2d_run"]
    if run is None or run["signature"] != signature:
        if _job_of(run) is not None:
            job_panel.stop("gan2d")
        state = gan_2d.build(**network)
        run = {
            "signature": signature,
            "drawing": drawing,
            "state": state,
            "points": points,
            "history": [gan_2d.report(state, points, gan_2d_controls.steps())],
            "controls": Controls(),
        }
    st.session_state["gan2d_run"] = run
    for name, value in gan_2d_controls.training_settings().items():
        setattr(run["controls"], name, value)
    return run


def _reset_networks() -> None:
    if _job_of(st.session_state["gan2d_run"]) is not None:
        job_panel.stop("gan2d")
    st.session_state["gan2d_run"] = None


def _start_suggested(changes: dict[str, Any] | None) -> None:
    defaults = gan_2d_controls.TRAINING_DEFAULTS | gan_2d_controls.NETWORK_DEFAULTS
    ring = {"gan2d_data_distribution": gan_2d_controls.RING}
    presets_and_reset.set_widgets(defaults | ring | (changes or {}))
    _run(_points())
    _start()
    st.session_state["gan2d_data_changed"] = True


def _start() -> None:
    run = st.session_state.get("gan2d_run")
    if run is None or job_panel.busy("gan2d"):
        return  # a double click
    steps = gan_2d_controls.steps()

    def train() -> Iterator[Step]:
        for step in gan_2d.train(run["points"], steps=steps, controls=run["controls"], state=run["state"]):
            _append(run, step)
            yield step

    distribution = gan_2d_controls.distribution()
    title = f"2-D GAN on {'a drawing' if distribution == 'drawn' else f'the {distribution}'}"
    job_panel.start("gan2d", title, train, run=run, tensorflow=False)


def _append(run: dict[str, Any], step: Step) -> None:
    # A new list: the page may be reading the old one.
    run["history"] = charts.drop_every_second([*run["history"], step])


def _is_training(job: job_panel.Job | None) -> bool:
    """Whether the worker is changing, or about to change, the networks of the job's run."""
    return job is not None and job.state in ("running", "queued")


def _train_by_hand(run: dict[str, Any], network: str) -> None:
    """`STEPS_BY_HAND` training steps of one network, unless the worker is training."""
    if _is_training(_job_of(run)):
        return
    settings = gan_2d_controls.training_settings() | {"networks_to_update": network, "pause_seconds": 0.0}
    for _ in range(STEPS_BY_HAND):
        losses, accuracy = gan_2d.train_step(run["state"], run["points"], Controls(**settings))
    _append(run, gan_2d.report(run["state"], run["points"], run["history"][-1].total, losses, accuracy))


def _show_run(run: dict[str, Any]) -> None:
    """The plane, its layers and metrics; below them the curves."""
    if st.session_state.pop("gan2d_data_changed", False):
        st.rerun()  # the whole page: a fragment alone would keep the former run
    history, is_training = run["history"], _is_training(_job_of(run))
    st.html(STACK_ON_PHONES)
    with st.container(horizontal=True, gap="small", key="gan2d_plane_and_metrics"):
        plane = st.container()
        numbers = st.container(width=NUMBERS_WIDTH)
    with numbers:
        layers = gan_2d_view.layer_control()
        step = history[-1]
        if len(history) > 2 and not is_training:
            steps = {each.done: each for each in history}
            help_text = "The training step that is shown."
            key = f"gan2d_step_{step.done}"
            step = steps[st.select_slider("Training step", list(steps), step.done, key=key, help=help_text)]
        gan_2d_view.modes(step, gan_2d_controls.distribution())
        gan_2d_view.metrics(step)
    with plane:
        is_drawing = gan_2d_controls.distribution() == "drawn"
        drawing = _drawing_points() if is_drawing else None
        gan_2d_view.data_plane(run["points"], step, layers, drawing, on_change=_store_drawing)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Run {STEPS_BY_HAND} training steps:", width="content")
        for network in ("discriminator", "generator"):
            reason = " Pause the training first." if is_training else ""
            st.button(
                f"{network.title()} only",
                key=f"gan2d_train_{network}",
                disabled=is_training,
                on_click=_train_by_hand,
                args=(run, network),
                help=f"Updates the {network} {STEPS_BY_HAND} times; the other network is fixed.{reason}",
            )
    if len(history) > 1:
        gan_2d_view.curves(history, step)
