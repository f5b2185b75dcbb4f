"""A first-in, first-out queue of long jobs, such as trainings, that can be paused, resumed and stopped.

A job is a generator of steps: objects with `done` and `total`, and `progress` (0 to 1) if the steps differ in
duration. A worker thread takes one step after the other and pauses or stops the job between two steps, so the
generator needs no code for it. With one worker, a class of thirty students trains one network at a time.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Any

HISTORY = 2000  # entries; beyond this number, every second one is dropped

_log = logging.getLogger(__name__)
_END = object()  # returned by next() after the last step


@dataclass(eq=False)  # compared by identity: steps hold arrays, which have no single truth value
class Job:
    """A job. Created by `JobQueue.submit`; read-only for others.

    state: queued, running, paused, done, stopped or failed. requested_action: "pause" or "stop" from the request
    until the current step has ended and the state has changed, else "". step: the latest step, None before the
    first. history: (done, losses) of the steps that have `losses`, oldest first, at most `HISTORY` of them. error:
    one sentence for the user if the state is failed, else "". owner: the visitor who started it. run: settings, data
    and results that the pages keep with it.
    """

    key: str
    title: str
    owner: str = ""
    run: dict[str, Any] = field(default_factory=dict, repr=False)
    state: str = "queued"
    requested_action: str = ""
    step: Any = None
    history: list[tuple[int, dict[str, float]]] = field(default_factory=list, repr=False)
    error: str = ""
    _start: Callable[[], Iterator] | None = field(default=None, repr=False)
    _steps: Iterator | None = field(default=None, repr=False)
    _polled_at: float = field(default_factory=time.monotonic, repr=False)  # of the latest call of `get`
    _run_time: float = field(default=0.0, repr=False)  # seconds
    _first: tuple[float, float] | None = field(default=None, repr=False)  # progress and run time at the first step

    @property
    def active(self) -> bool:
        """True if the job has not ended: queued, running or paused."""
        return self.state in ("queued", "running", "paused")

    @property
    def progress(self) -> float:
        """Fraction of the work that is done, 0 to 1: the step's own `progress` if it has one, else done / total."""
        if self.step is None:
            return 0.0
        return min(1.0, getattr(self.step, "progress", self.step.done / self.step.total))

    def seconds_left(self) -> float | None:
        """Estimated run time left in seconds, without waiting times; None if there is no estimate yet.

        Measured from the first step on: the time before it is mostly loading and compiling.
        """
        first = self._first
        if not self.active or first is None or self.progress <= first[0]:
            return None
        return (self._run_time - first[1]) / (self.progress - first[0]) * (1 - self.progress)

    def _next(self) -> Any:
        if self._steps is None:
            assert self._start is not None  # set until the first call
            self._steps, self._start = iter(self._start()), None
        return next(self._steps, _END)

    def _record(self, step: Any, seconds: float) -> None:
        self._run_time += seconds
        self.step = step
        if self._first is None:
            self._first = self.progress, self._run_time
        losses = getattr(step, "losses", None)
        if losses is not None:
            self.history.append((step.done, losses))
        if len(self.history) > HISTORY:  # a new list, because a page may be reading the old one
            self.history = self.history[(len(self.history) - 1) % 2 :: 2]  # keeps the latest


class JobQueue:
    """A queue of jobs and the worker threads that run them. All methods are thread-safe.

    workers: number of jobs that run at the same time. The other times are in seconds without a call of `get` or
    `jobs_of` for a job. yield_after_s: a running job goes to the end of the queue if the visitor of another job
    waits, because its own visitor does not look at it. abandon_after_s: an active job is stopped, because its visitor
    is gone. keep_finished_s: an ended job is deleted.
    """

    def __init__(
        self,
        workers: int = 1,
        *,
        yield_after_s: float = 90.0,
        abandon_after_s: float = 600.0,
        keep_finished_s: float = 3600.0,
    ):
        self._workers, self._yield_after_s = workers, yield_after_s
        self._abandon_after_s, self._keep_finished_s = abandon_after_s, keep_finished_s
        self._jobs: dict[str, Job] = {}
        self._queue: deque[Job] = deque()
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()  # guards all of the above, and the state of every job

    def submit(
        self,
        key: str,
        title: str,
        start: Callable[[], Iterator],
        *,
        owner: str = "",
        run: dict[str, Any] | None = None,
    ) -> Job:
        """Queue a job. `start()` is called in the worker and returns the generator of steps.

        An active job of the same key is returned instead, so that a double click starts one job; a job that has
        ended or is stopping is replaced.
        """
        with self._changed:
            job = self._jobs.get(key)
            if job is not None and job.active and job.requested_action != "stop":
                job._polled_at = time.monotonic()
                return job
            self._jobs.pop(key, None)  # so that the new one is the latest in `jobs_of`
            job = self._jobs[key] = Job(key, title, owner, {} if run is None else run, _start=start)
            self._queue.append(job)
            while len(self._threads) < self._workers:
                name = f"jobs-{len(self._threads)}"
                self._threads.append(threading.Thread(target=self._work, name=name, daemon=True))
                self._threads[-1].start()
            self._changed.notify_all()
        return job

    def get(self, key: str) -> Job | None:
        """The latest job of the key, or None. Poll it while it is active: see `abandon_after_s`."""
        with self._changed:
            job = self._jobs.get(key)
            if job is not None:
                job._polled_at = time.monotonic()
            return job

    def jobs_of(self, owner: str) -> list[Job]:
        """The latest jobs of a visitor, oldest first. The call counts as polling all of them."""
        with self._changed:
            jobs = [job for job in self._jobs.values() if job.owner == owner]
            for job in jobs:
                job._polled_at = time.monotonic()
            return jobs

    def position(self, job: Job) -> int:
        """The job's position in the queue, 1 for the next; 0 if it is not queued."""
        with self._changed:
            return self._queue.index(job) + 1 if job in self._queue else 0

    def pause(self, job: Job) -> None:
        """Pause the job after its current step, so that the next one can run. No effect on an ended job."""
        with self._changed:
            job._polled_at = time.monotonic()
            if job.state == "queued":
                self._queue.remove(job)
                job.state = "paused"
            elif job.state == "running" and not job.requested_action:
                job.requested_action = "pause"

    def resume(self, job: Job) -> None:
        """Queue a paused job again; it continues with its next step. No effect on other jobs."""
        with self._changed:
            job._polled_at = time.monotonic()
            if job.state == "paused":
                job.state = "queued"
                self._queue.append(job)
                self._changed.notify_all()
            elif job.requested_action == "pause":  # not paused yet
                job.requested_action = ""

    def stop(self, job: Job) -> None:
        """Stop the job: at once if it is queued or paused, else after its current step. No effect on an ended job."""
        with self._changed:
            job._polled_at = time.monotonic()
            idle = self._end(job)
        if idle:
            _close(job)

    # --- worker threads -------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            self._run(self._take())

    def _take(self) -> Job:
        """Wait for the next queued job; stop abandoned ones at the same time."""
        while True:
            self._sweep()
            with self._changed:
                if self._queue:
                    job = self._queue.popleft()
                    job.state = "running"
                    return job
                deadline = min((job._polled_at + self._timeout(job) for job in self._jobs.values()), default=inf)
                self._changed.wait(min(3600.0, max(0.0, deadline - time.monotonic())))

    def _run(self, job: Job) -> None:
        """Take steps until the job has ended or is paused."""
        while True:
            started = time.monotonic()
            step, error = _attempt(job, job._next)
            seconds = time.monotonic() - started
            self._sweep()
            with self._changed:
                if error:
                    state = "failed"
                elif step is _END:
                    state = "done"
                else:
                    job._record(step, seconds)
                    if not job.requested_action:
                        if self._must_yield(job):
                            job.state = "queued"
                            self._queue.append(job)
                            return
                        continue
                    state = "stopped" if job.requested_action == "stop" else "paused"
                if state == "paused":
                    job.state, job.requested_action = state, ""
                    self._changed.notify_all()
                    return
            _close(job)
            with self._changed:
                job.error, job.requested_action, job.state = (
                    error,
                    "",
                    state,
                )  # in this order: pages read without the lock
                self._changed.notify_all()
            return

    def _must_yield(self, job: Job) -> bool:
        """With the lock held: True if nobody looks at the job, and somebody looks at a queued one."""
        latest = time.monotonic() - self._yield_after_s
        return job._polled_at < latest and any(other._polled_at >= latest for other in self._queue)

    def _sweep(self) -> None:
        """Stop abandoned jobs and delete old ended ones."""
        with self._changed:
            now = time.monotonic()
            old = [job for job in self._jobs.values() if now - job._polled_at >= self._timeout(job)]
            idle = [job for job in old if self._end(job)]
            for job in old:
                if not job.active and job not in idle:
                    del self._jobs[job.key]
        for job in idle:
            _close(job)

    def _timeout(self, job: Job) -> float:
        if job.requested_action == "stop":
            return inf  # it ends after its current step
        return self._abandon_after_s if job.active else self._keep_finished_s

    def _end(self, job: Job) -> bool:
        """With the lock held: stop a waiting job (returns True: close it), or request it of a running one."""
        if job.state == "running":
            job.requested_action = "stop"
        if job.state not in ("queued", "paused"):
            return False
        if job.state == "queued":
            self._queue.remove(job)
        job.state = "stopped"
        self._changed.notify_all()
        return True


def _attempt(job: Job, action: Callable[[], Any]) -> tuple[Any, str]:
    """The return value of `action()`, and an error message, "" if it succeeded."""
    try:
        return action(), ""
    except Exception as error:  # of any kind: the worker must survive for the next job
        _log.exception("job %s (%s) failed", job.key, job.title)
        return None, _error_message(error)


def _error_message(error: Exception) -> str:
    """The error's class and first line; without the class for our own errors, which are sentences for users."""
    cls, text = type(error), str(error).strip().partition("\n")[0]
    if text and cls.__module__.partition(".")[0] == __package__.partition(".")[0]:
        return text
    return f"{cls.__name__}: {text}" if text else cls.__name__


def _close(job: Job) -> None:
    """Close the generator of a job that no worker runs, so that it frees its memory."""
    steps, job._steps, job._start = job._steps, None, None
    close = getattr(steps, "close", None)  # iterators other than generators have none
    if close is not None:
        _attempt(job, close)
