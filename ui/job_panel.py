"""A long job on a page: progress, position in the queue, Pause, Resume and Stop, and a badge on every page."""

from collections.abc import Callable, Iterator
from typing import Any

import streamlit as st

from genmodels.jobs.job_queue import Job, JobQueue
from ui import model_loading, visitor

_POLL = 0.6  # seconds between two refreshes of a running job
_COLORS = ("#e6550d", "#3182bd")  # of the training curve and of the other one; they work on white and on black


@st.cache_resource(show_spinner=False)
def job_queue() -> JobQueue:
    """The server's job queue, shared by all visitors."""
    return JobQueue(workers=1)


def start(
    name: str,
    title: str,
    steps: Callable[[], Iterator],
    *,
    run: dict[str, Any] | None = None,
    tensorflow: bool = True,
) -> Job:
    """Queue this visitor's job `name`; an active one is returned instead.

    `steps()` is called in the worker. run: what the page shows with the job, e.g. its settings; kept as `Job.run`, to
    which `steps` may add. tensorflow: after the import of TensorFlow.
    """
    # Requested here, because the worker thread has no page context.
    tensorflow_import = model_loading.start_tensorflow_import() if tensorflow else None

    def wait_for_import() -> Iterator:
        if tensorflow_import is not None:
            tensorflow_import.result()
        return steps()

    job = job_queue().submit(_key(name), title, wait_for_import, owner=visitor.visitor_id(), run=run)
    st.session_state.setdefault("_jobs", {})[name] = job
    return job


def restart_on_change(
    name: str, title: str, signature: str, steps: Callable[[dict[str, Any]], Iterator], **facts: Any
) -> dict[str, Any] | None:
    """Start the job `name` again if the signature differs from the latest one of this session.

    Returns the run with that signature; None while the page shows another one.

    A stopped job stays stopped. After a reload and in another tab, the visitor's job is found again: an ended one if
    it has the same signature; an active one in any case, with a button that starts the job of this session.

    signature: a hash of everything the result depends on. facts: what the page shows with the result. They are the
    job's `run`, and `steps` is called with that dict, to which it may add.
    """
    key, job = f"_{name}_signature", find(name)
    latest = st.session_state.get(key)
    st.session_state[key] = signature
    is_found_again = latest is None and job is not None and (job.active or job.run["signature"] == signature)
    if latest != signature and not is_found_again:
        stop(name)
        run = {"signature": signature, **facts}
        return start(name, title, lambda: steps(run), run=run).run
    if job is None or job.run["signature"] == signature:
        return None if job is None else job.run
    if job.active:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            text = "This run has other settings than this page: it was started before, or in another tab."
            st.caption(text, width="content")
            st.button(
                "Stop it and start a new run",
                key=f"{name}_replace",
                icon=":material/restart_alt:",
                on_click=lambda: st.session_state.update({key: ""}),
            )
    return None


def find(name: str) -> Job | None:
    """This visitor's latest job of that name. The call counts as polling it (see `JobQueue`)."""
    saved = st.session_state.get("_jobs", {}).get(name)  # for an ended job that the queue has deleted
    return job_queue().get(_key(name)) or saved


def find_run(name: str) -> dict[str, Any] | None:
    """What the page shows with this visitor's latest job of that name (`Job.run`); None without a job."""
    job = find(name)
    return None if job is None else job.run


def busy(name: str) -> bool:
    """True if this visitor's job of that name is active and not stopping. At most one such job runs."""
    job = find(name)
    return job is not None and job.active and job.requested_action != "stop"


def stop(name: str) -> None:
    """Stop this visitor's job of that name after its current step, if it is active."""
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
        _notes(current, name)
        if current.state == "failed":
            st.error(f"The run ended early: {current.error}", icon=":material/error:")
        render(current)
        if was_active and not active:
            st.rerun()  # once: ends the polling and shows what follows

    live()


def badge() -> None:
    """The progress of this visitor's active jobs, in the sidebar of every page."""
    active = {job.key for job in job_queue().jobs_of(visitor.visitor_id()) if job.active}
    if not active:
        return

    @st.fragment(run_every=5.0)
    def live() -> None:
        for job in job_queue().jobs_of(visitor.visitor_id()):
            if job.active:
                st.progress(job.progress, f"{job.title}: {_state(job)}")
            elif job.key in active:
                st.caption(f"{job.title}: {_state(job)}")

    live()


def _key(name: str) -> str:
    return f"{visitor.visitor_id()}:{name}"


def _jobs_before(job: Job) -> list[Job]:
    """This visitor's other jobs for which a queued one waits."""
    if job.state != "queued":
        return []
    own = job_queue().jobs_of(job.owner)
    earlier = own[: own.index(job)] if job in own else []
    return [other for other in earlier if other.state in ("running", "queued")]


def _state(job: Job) -> str:
    if job.requested_action:
        return "stopping after this step" if job.requested_action == "stop" else "pausing after this step"
    if job.state == "queued":
        behind = "your other job" if _jobs_before(job) else "other visitors' jobs"
        return f"queued behind {behind}, position {max(1, job_queue().position(job))}"
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


def ask_to_stop(job: Job, *, key: str) -> None:
    """Ask whether to stop the visitor's active job, for which another one would have to wait."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        text = f"Your job “{job.title}” is still active ({job.progress:.0%}). Stop the running one?"
        st.caption(text, width="content")
        st.button(
            "Stop it",
            key=key,
            icon=":material/stop:",
            on_click=job_queue().stop,
            args=(job,),
            help="Stops it after its current step. Its results so far are kept on its page.",
        )


def _notes(job: Job, name: str) -> None:
    """A question for each job of the visitor for which this one waits, and a note on a job that was found again."""
    for k, other in enumerate(_jobs_before(job)):
        ask_to_stop(other, key=f"{name}_stop_other_{k}")
    if job not in st.session_state.get("_jobs", {}).values():
        st.caption("Found again: this job was started before the page was loaded, or in another tab.")


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
        help="Stops after the current step. The results so far are kept. A job whose page is closed goes on for "
        "10 minutes; open the page again to find it.",
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
