"""One heavy thing at a time, fairly.

Long work is a generator of steps (any objects with `done` and `total`, and `progress` where steps
differ in what they cost) that knows nothing of jobs. A worker thread takes its steps one after the
other; between two of them the visitor may pause, resume or stop it. A class of thirty waits in
line, first come first served, instead of training thirty networks at once on two cores.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Any

HISTORY = 2000  # entries; above it every second one is dropped

_log = logging.getLogger(__name__)
_END = object()  # what the last call of next() gives


@dataclass(eq=False)  # two jobs are never the same, and steps hold arrays, which do not compare
class Job:
    """One piece of long work, as a page sees it. Made by `Jobs.submit`; read it, do not write it.

    state: queued, running, paused, done, stopped or failed. A running job is paused or stopped
    only once its worker has left it, at the end of the step it is in; until then `asked` says
    "pause" or "stop". step: the latest step, None before the first. history: (done, losses) of
    the steps that have `losses`, oldest first, at most `HISTORY` of them. error: one sentence
    for the visitor where the state is failed, else "".
    """

    key: str
    title: str
    state: str = "queued"
    asked: str = ""
    step: Any = None
    history: list[tuple[int, dict[str, float]]] = field(default_factory=list, repr=False)
    error: str = ""
    _start: Callable[[], Iterator] | None = field(default=None, repr=False)
    _steps: Iterator | None = field(default=None, repr=False)
    _looked: float = field(default_factory=time.monotonic, repr=False)  # when somebody last looked at it
    _ran: float = field(default=0.0, repr=False)  # seconds in a worker's hands
    _first: tuple[float, float] | None = field(default=None, repr=False)  # share and seconds at the first step

    @property
    def active(self) -> bool:
        """True while there may be more steps to come: queued, running or paused."""
        return self.state in ("queued", "running", "paused")

    @property
    def share(self) -> float:
        """How much of the work is done, 0 to 1: what the step itself says where steps differ in what they cost."""
        if self.step is None:
            return 0.0
        return min(1.0, getattr(self.step, "progress", self.step.done / self.step.total))

    def seconds_left(self) -> float | None:
        """Seconds of work left at the pace so far, waiting not counted; None while nobody can know.

        The pace is measured from the first step on: what comes before it is mostly loading and compiling.
        """
        first = self._first
        if not self.active or first is None or self.share <= first[0]:
            return None
        return (self._ran - first[1]) / (self.share - first[0]) * (1 - self.share)

    def _next(self) -> Any:
        if self._steps is None:
            assert self._start is not None  # only a job that never ran has no steps yet
            self._steps, self._start = iter(self._start()), None
        return next(self._steps, _END)

    def _record(self, step: Any, seconds: float) -> None:
        self._ran += seconds
        self.step = step
        if self._first is None:
            self._first = self.share, self._ran
        losses = getattr(step, "losses", None)
        if losses is not None:
            self.history.append((step.done, losses))
        if len(self.history) > HISTORY:  # a new list: a page may be reading the old one
            self.history = self.history[(len(self.history) - 1) % 2 :: 2]  # the latest one stays


class JobQueue:
    """A line of jobs and the worker threads that take them from it. All methods are thread-safe.

    workers: jobs that run at the same time. orphan_s: seconds after which a job that nobody
    looked at (`get`) is stopped, queued and paused ones too: its browser tab is closed.
    forget_s: seconds after which an ended job that nobody looked at is dropped.
    """

    def __init__(self, workers: int = 1, orphan_s: float = 90.0, *, forget_s: float = 1800.0):
        self._workers, self._orphan_s, self._forget_s = workers, orphan_s, forget_s
        self._jobs: dict[str, Job] = {}
        self._line: deque[Job] = deque()
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()  # guards all of the above, and the state of every job

    def submit(self, key: str, title: str, start: Callable[[], Iterator]) -> Job:
        """Put a job in line. `start()` is called in the worker and gives the generator of steps.

        Where a job of that key is active already it is returned instead, so that a double click
        does not start two; one that has ended, or was told to stop, is replaced.
        """
        with self._changed:
            job = self._jobs.get(key)
            if job is not None and job.active and job.asked != "stop":
                job._looked = time.monotonic()
                return job
            job = self._jobs[key] = Job(key, title, _start=start)
            self._line.append(job)
            while len(self._threads) < self._workers:
                name = f"jobs-{len(self._threads)}"
                self._threads.append(threading.Thread(target=self._work, name=name, daemon=True))
                self._threads[-1].start()
            self._changed.notify_all()
        return job

    def get(self, key: str) -> Job | None:
        """The latest job of that key, or None. Counts as looking at it: poll it while it is active."""
        with self._changed:
            job = self._jobs.get(key)
            if job is not None:
                job._looked = time.monotonic()
            return job

    def position(self, job: Job) -> int:
        """The job's place in line, 1 for the next; 0 where it is not waiting."""
        with self._changed:
            return self._line.index(job) + 1 if job in self._line else 0

    def pause(self, job: Job) -> None:
        """Hold the job where it is and let the next one work. No effect on one that has ended."""
        with self._changed:
            job._looked = time.monotonic()
            if job.state == "queued":
                self._line.remove(job)
                job.state = "paused"
            elif job.state == "running" and not job.asked:
                job.asked = "pause"

    def resume(self, job: Job) -> None:
        """Put a paused job in line again; it goes on where it was. No effect on any other."""
        with self._changed:
            job._looked = time.monotonic()
            if job.state == "paused":
                job.state = "queued"
                self._line.append(job)
                self._changed.notify_all()
            elif job.asked == "pause":  # its worker has not left it yet
                job.asked = ""

    def stop(self, job: Job) -> None:
        """End the job: at once where it waits, else after the step it is in. No effect on an ended one."""
        with self._changed:
            job._looked = time.monotonic()
            idle = self._end(job)
        if idle:
            _close(job)

    # --- the workers' side ----------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            self._run(self._take())

    def _take(self) -> Job:
        """The next job in line; waits for one, and looks for abandoned ones meanwhile."""
        while True:
            self._sweep()
            with self._changed:
                if self._line:
                    job = self._line.popleft()
                    job.state = "running"
                    return job
                first = min((job._looked + self._patience(job) for job in self._jobs.values()), default=inf)
                self._changed.wait(min(3600.0, max(0.0, first - time.monotonic())))

    def _run(self, job: Job) -> None:
        """Take steps until the job has ended or gives its worker back."""
        while True:
            began = time.monotonic()
            step, error = _attempt(job, job._next)
            seconds = time.monotonic() - began
            self._sweep()
            with self._changed:
                if error:
                    state = "failed"
                elif step is _END:
                    state = "done"
                else:
                    job._record(step, seconds)
                    if not job.asked:
                        continue
                    state = "stopped" if job.asked == "stop" else "paused"
                if state == "paused":
                    job.state, job.asked = state, ""
                    self._changed.notify_all()
                    return
            _close(job)
            with self._changed:
                job.error, job.asked, job.state = error, "", state  # in this order: pages read without the lock
                self._changed.notify_all()
            return

    def _sweep(self) -> None:
        """Stop the jobs nobody looks at any more, drop the ended ones nobody asks for."""
        with self._changed:
            now = time.monotonic()
            old = [job for job in self._jobs.values() if now - job._looked >= self._patience(job)]
            idle = [job for job in old if self._end(job)]
            for job in old:
                if not job.active and job not in idle:
                    del self._jobs[job.key]
        for job in idle:
            _close(job)

    def _patience(self, job: Job) -> float:
        if job.asked == "stop":
            return inf  # its worker is about to leave it
        return self._orphan_s if job.active else self._forget_s

    def _end(self, job: Job) -> bool:
        """With the lock held: stop a waiting job (True: close it), or tell a running one to stop."""
        if job.state == "running":
            job.asked = "stop"
        if job.state not in ("queued", "paused"):
            return False
        if job.state == "queued":
            self._line.remove(job)
        job.state = "stopped"
        self._changed.notify_all()
        return True


def _attempt(job: Job, action: Callable[[], Any]) -> tuple[Any, str]:
    """What `action()` gave, and a sentence on what went wrong, "" where nothing did."""
    try:
        return action(), ""
    except Exception as error:  # any model may fail in any way: the worker must live on for the next job
        _log.exception("job %s (%s) failed", job.key, job.title)
        return None, _error_message(error)


def _error_message(error: Exception) -> str:
    """Its first line, and before it what kind of error it is; our own ones are sentences for visitors already."""
    kind, text = type(error), str(error).strip().partition("\n")[0]
    if text and kind.__module__.partition(".")[0] == __package__.partition(".")[0]:
        return text
    return f"{kind.__name__}: {text}" if text else kind.__name__


def _close(job: Job) -> None:
    """Let the generator clean up and let go of what it holds. No worker is in it, and none takes it again."""
    steps, job._steps, job._start = job._steps, None, None
    close = getattr(steps, "close", None)  # a plain iterator has none
    if close is not None:
        _attempt(job, close)
