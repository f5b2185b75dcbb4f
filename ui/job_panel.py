"""Long work on a page: progress, place in line, Pause and Stop, and a badge on every other page."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import streamlit as st

from genmodels.jobs.job_queue import Job, JobQueue
from ui import model_loading

_POLL = 0.6  # seconds between two looks at a running job
_LINES = {"training": "#e6550d", "held-out": "#3182bd"}  # colours that work on white and on black


@st.cache_resource(show_spinner=False)
def job_queue() -> JobQueue:
    """The server's one line of heavy work, shared by all visitors."""
    return JobQueue(workers=1)


def start(name: str, title: str, steps: Callable[[], Iterator], *, tensorflow: bool = True) -> Job:
    """Put this visitor's job `name` in line; where it is active already, that one is returned.

    `steps()` is called in the worker, once TensorFlow is there; where it needs none, at once.
    """
    import_of_it = (
        model_loading.start_tensorflow_import() if tensorflow else None
    )  # looked up here: the worker belongs to no page

    def awake() -> Iterator:
        if import_of_it is not None:
            import_of_it.result()
        return steps()

    job = job_queue().submit(_key(name), title, awake)
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
    """This visitor's latest job of that name. Looking keeps it alive."""
    held = st.session_state.get("_jobs", {}).get(name)  # stays when the line has forgotten an ended one
    return job_queue().get(_key(name)) or held


def busy(name: str) -> bool:
    """True while this visitor's job of that name is active and was not told to stop: no second one is to start."""
    job = find(name)
    return job is not None and job.active and job.requested_action != "stop"


def stop(name: str) -> None:
    """End this visitor's job of that name after the step it is in, if it is active."""
    if (job := find(name)) is not None and job.active:
        job_queue().stop(job)


def panel(name: str, draw: Callable[[Job], None]) -> None:
    """The running job, drawn again and again by `draw` until it ends; nothing where there is none.

    When it ends the page runs once more, so that it can show what comes after.
    """
    job = find(name)
    if job is None:
        return

    was_active = job.active

    @st.fragment(run_every=_POLL if was_active else None)
    def live() -> None:
        # Looked up by name, not held: polling is what tells the line that somebody is still here.
        current = find(name) or job
        active = current.active  # once: the worker goes on while this is drawn
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _progress(current)
            if active:
                _buttons(current, name)
        if current.state == "failed":
            st.error(f"The run ended early: {current.error}", icon=":material/error:")
        draw(current)
        if was_active and not active:
            st.rerun()  # once: leaves polling, and lets the page show what comes after

    live()


def badge() -> None:
    """A line in the sidebar while one of this visitor's jobs is active, on whatever page."""
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
    visitor = st.session_state.setdefault("_visitor", uuid.uuid4().hex)
    return f"{visitor}:{name}"


def _state(job: Job) -> str:
    if job.requested_action:
        return "stopping after this step" if job.requested_action == "stop" else "pausing after this step"
    if job.state == "queued":
        ahead = job_queue().position(job)
        place = "next in line" if ahead <= 1 else f"number {ahead} in line"
        return f"waiting for other visitors' work, {place}"
    if job.step is None:
        return "getting ready" if job.state == "running" else job.state
    count = f"{job.step.done:,} of {job.step.total:,} steps"
    if job.state != "running":
        return f"{job.state}, {count}"
    left = job.seconds_left()
    return count + ("" if left is None else f", {_format_duration(left)} left")


def _format_duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _progress(job: Job) -> None:
    text = _state(job)
    st.progress(job.progress, text[:1].upper() + text[1:])


def _buttons(job: Job, name: str) -> None:
    if job.state == "paused":
        st.button("Go on", key=f"{name}_resume", icon=":material/play_arrow:", on_click=job_queue().resume, args=(job,))
    else:
        st.button(
            "Pause",
            key=f"{name}_pause",
            icon=":material/pause:",
            disabled=bool(job.requested_action),
            on_click=job_queue().pause,
            args=(job,),
            help="Holds the run after the step it is in and lets the next visitor's work begin.",
        )
    st.button(
        "Stop",
        key=f"{name}_stop",
        icon=":material/stop:",
        disabled=job.requested_action == "stop",
        on_click=job_queue().stop,
        args=(job,),
        help="Ends the run after the step it is in; what was learnt so far is kept.",
    )


def curves(
    job: Job, term: str, title: str, *, x: str | None = None, scale: float = 1, legend: bool = False, height: int = 200
) -> None:
    """One term of the losses as the run goes on, a line each for "training <term>" and "held-out <term>".

    title: of the vertical axis, with its unit; it need not start at zero. x: title of the other
    one, which counts steps times `scale`. legend: which line is which, above. height: pixels.
    """
    # The first steps are far off the scale of the rest. The spec stays the same from look to look:
    # then only new points travel, and the chart does not flicker.
    points = job.history[len(job.history) // 20 + (len(job.history) > 2) :]
    rows = [(done * scale, which, losses[f"{which} {term}"]) for done, losses in points for which in _LINES]
    table = dict(zip(("x", "rows", "y"), zip(*rows, strict=True), strict=True))
    spec = {
        "mark": {"type": "line", "strokeWidth": 2.5},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "title": x, "axis": {"format": "~s", "tickCount": 5}},
            "y": {"field": "y", "type": "quantitative", "title": title, "scale": {"zero": False}},
            "color": {
                "field": "rows",
                "type": "nominal",
                "scale": {"domain": list(_LINES), "range": list(_LINES.values())},
                "legend": {"orient": "top", "title": None, "offset": 4} if legend else None,
            },
        },
    }
    st.vega_lite_chart(table, spec, height=height, key=f"{job.key}_{term}")
