"""A long job on a page: progress, position in the queue, Pause, Resume and Stop, and a badge on every page."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import streamlit as st

from genmodels.jobs.job_queue import Job, JobQueue
from ui import model_loading

_POLL = 0.6  # seconds between two refreshes of a running job
_COLORS = ("#e6550d", "#3182bd")  # of the training curve and of the other one; they work on white and on black


@st.cache_resource(show_spinner=False)
def job_queue() -> JobQueue:
    """The server's job queue, shared by all users."""
    return JobQueue(workers=1)


def start(name: str, title: str, steps: Callable[[], Iterator], *, tensorflow: bool = True) -> Job:
    """Queue this user's job `name`; an active one is returned instead.

    `steps()` is called in the worker. tensorflow: after the import of TensorFlow.
    """
    # Requested here, because the worker thread has no page context.
    tensorflow_import = model_loading.start_tensorflow_import() if tensorflow else None

    def wait_for_import() -> Iterator:
        if tensorflow_import is not None:
            tensorflow_import.result()
        return steps()

    job = job_queue().submit(_key(name), title, wait_for_import)
    st.session_state.setdefault("_jobs", {})[name] = job
    return job


def restart_on_change(
    name: str, title: str, signature: str, steps: Callable[[dict[str, Any]], Iterator], **facts: Any
) -> None:
    """Start the job `name` again unless the latest one has the same signature: a stopped job stays stopped.

    signature: a hash of everything the result depends on. facts: what the page shows with the result. They are kept
    in `st.session_state[f"{name}_run"]`, and `steps` is called with that dict, to which it may add.
    """
    latest = st.session_state.get(f"{name}_run")
    if latest is not None and latest["signature"] == signature:
        return
    stop(name)
    run = st.session_state[f"{name}_run"] = {"signature": signature, **facts}
    start(name, title, lambda: steps(run))


def find(name: str) -> Job | None:
    """This user's latest job of that name. The call counts as polling it (see `JobQueue`)."""
    saved = st.session_state.get("_jobs", {}).get(name)  # for an ended job that the queue has deleted
    return job_queue().get(_key(name)) or saved


def busy(name: str) -> bool:
    """True if this user's job of that name is active and not stopping. At most one such job runs."""
    job = find(name)
    return job is not None and job.active and job.requested_action != "stop"


def stop(name: str) -> None:
    """Stop this user's job of that name after its current step, if it is active."""
    if (job := find(name)) is not None and job.active:
        job_queue().stop(job)


def panel(name: str, render: Callable[[Job], None]) -> None:
    """The job with its progress, rendered by `render` at regular intervals until it ends; nothing without a job.

    When it ends the page runs once more, so that it can show what follows.
    """
    job = find(name)
    if job is None:
        return

    was_active = job.active

    @st.fragment(run_every=_POLL if was_active else None)
    def live() -> None:
        # Found by name, because this polling tells the queue that the page is still open.
        current = find(name) or job
        active = current.active  # read once: the worker continues at the same time
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _progress(current)
            if active:
                _buttons(current, name)
        if current.state == "failed":
            st.error(f"The run ended early: {current.error}", icon=":material/error:")
        render(current)
        if was_active and not active:
            st.rerun()  # once: ends the polling and shows what follows

    live()


def badge() -> None:
    """The progress of this user's active jobs, in the sidebar of every page."""
    names = [name for name in st.session_state.get("_jobs", {}) if (job := find(name)) and job.active]
    if not names:
        return

    @st.fragment(run_every=5.0)
    def live() -> None:
        for name in names:
            if (job := find(name)) is None:
                continue
            if job.active:
                st.progress(job.progress, f"{job.title}: {_state(job)}")
            else:
                st.caption(f"{job.title}: {_state(job)}")

    live()


def _key(name: str) -> str:
    user = st.session_state.setdefault("_user", uuid.uuid4().hex)
    return f"{user}:{name}"


def _state(job: Job) -> str:
    if job.requested_action:
        return "stopping after this step" if job.requested_action == "stop" else "pausing after this step"
    if job.state == "queued":
        return f"queued behind other users' jobs, position {max(1, job_queue().position(job))}"
    if job.step is None:
        return "starting" if job.state == "running" else job.state
    count = f"{job.step.done:,} of {job.step.total:,} steps"
    if job.state != "running":
        return f"{job.state}, {count}"
    remaining = job.seconds_left()
    return count + ("" if remaining is None else f", {_format_duration(remaining)} left")


def _format_duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _progress(job: Job) -> None:
    text = _state(job)
    st.progress(job.progress, text[:1].upper() + text[1:])


def _buttons(job: Job, name: str) -> None:
    if job.state == "paused":
        st.button(
            "Resume", key=f"{name}_resume", icon=":material/play_arrow:", on_click=job_queue().resume, args=(job,)
        )
    else:
        st.button(
            "Pause",
            key=f"{name}_pause",
            icon=":material/pause:",
            disabled=bool(job.requested_action),
            on_click=job_queue().pause,
            args=(job,),
            help="Pauses after the current step so that the next queued job can run.",
        )
    st.button(
        "Stop",
        key=f"{name}_stop",
        icon=":material/stop:",
        disabled=job.requested_action == "stop",
        on_click=job_queue().stop,
        args=(job,),
        help="Stops after the current step. The results so far are kept.",
    )


def curves(
    job: Job, term: str, title: str, *, x: str | None = None, scale: float = 1, legend: bool = False, height: int = 200
) -> None:
    """The curves of one loss term over the steps: "training <term>" and the same term on other data.

    title: of the vertical axis, with its unit; the axis need not start at zero. x: title of the horizontal axis,
    steps times `scale`. legend: show it, above. height: pixels.
    """
    # Without the first steps, whose losses would stretch the axis. The spec stays the same at each refresh, so that
    # only new points are sent and the chart does not flicker.
    points = job.history[len(job.history) // 20 + (len(job.history) > 2) :]
    names = [name.removesuffix(f" {term}") for name in job.history[-1][1] if name.endswith(f" {term}")]
    rows = [(done * scale, name, losses[f"{name} {term}"]) for done, losses in points for name in names]
    table = dict(zip(("x", "name", "y"), zip(*rows, strict=True), strict=True))
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "title": x, "axis": {"format": "~s", "tickCount": 5}},
            "y": {"field": "y", "type": "quantitative", "title": title, "scale": {"zero": False}},
            "color": {
                "field": "name",
                "type": "nominal",
                "scale": {"domain": names, "range": _COLORS[: len(names)]},
                "legend": {"orient": "top", "title": None, "offset": 4} if legend else None,
            },
        },
    }
    st.vega_lite_chart(table, spec, height=height, key=f"{job.key}_{term}")
