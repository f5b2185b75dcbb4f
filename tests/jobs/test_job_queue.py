import logging
import threading
from dataclasses import dataclass, field
from time import monotonic  # by name: two tests replace time.monotonic

import pytest

from genmodels.jobs import job_queue
from genmodels.vision.pretrained_backbones import DownloadError

DEADLINE = 20.0  # seconds until a wait counts as failed; nothing here should take one


@dataclass(frozen=True)
class Step:
    done: int
    total: int
    losses: dict = field(default_factory=dict)


class Work:
    """A generator that takes a step each time it is let to, and tells what happened to it."""

    def __init__(self, total=5):
        self.total = total
        self.entered, self.closed = threading.Event(), threading.Event()
        self._let = threading.Semaphore(0)
        self.threads = set()

    def let(self, steps=1):
        self._let.release(steps)

    def __call__(self):
        try:
            for done in range(1, self.total + 1):
                self.threads.add(threading.current_thread())
                self.entered.set()
                assert self._let.acquire(timeout=DEADLINE)
                yield Step(done, self.total, {"loss": 1 / done})
        finally:
            self.closed.set()


@pytest.fixture
def line():
    return job_queue.JobQueue()


def until(condition):
    """Look until a condition on jobs holds; a wait in vain is a failure."""
    pulse, end = threading.Event(), monotonic() + DEADLINE
    while not condition():
        assert monotonic() < end, f"waited {DEADLINE:.0f} s in vain"
        pulse.wait(0.005)


def free(total):
    """Work that waits for nobody."""
    return lambda: (Step(i, total, {"loss": 1 / i}) for i in range(1, total + 1))


def test_a_job_runs_to_its_end_in_a_daemon_thread(line):
    work = Work(3)
    assert line.get("a") is None
    job = line.submit("a", "Training", work)
    assert (job.key, job.title, job.active) == ("a", "Training", True)
    assert line.get("a") is job
    work.let(3)
    until(lambda: job.state == "done")
    assert not job.active and job.error == "" and job.step == Step(3, 3, {"loss": 1 / 3})
    assert job.history == [(1, {"loss": 1.0}), (2, {"loss": 0.5}), (3, {"loss": 1 / 3})]
    assert threading.current_thread() not in work.threads and all(t.daemon for t in work.threads)


def test_no_thread_before_the_first_submit():
    before = threading.active_count()
    line = job_queue.JobQueue(workers=3)
    assert threading.active_count() == before
    line.submit("a", "", free(1))
    assert threading.active_count() == before + 3


def test_a_double_click_does_not_start_two(line):
    first, second = Work(1), Work(1)
    job = line.submit("a", "", first)
    assert line.submit("a", "", second) is job
    first.let()
    until(lambda: job.state == "done")
    again = line.submit("a", "", second)
    assert again is not job and line.get("a") is again
    second.let()
    until(lambda: again.state == "done")


def test_steps_without_losses_leave_no_history(line):
    job = line.submit("a", "", lambda: iter([type("Bare", (), {"done": 1, "total": 1})()]))
    until(lambda: job.state == "done")
    assert job.history == [] and job.step.done == 1


def test_one_at_a_time_and_in_order(line):
    works = [Work(1) for _ in range(3)]
    queue = [line.submit(str(i), "", work) for i, work in enumerate(works)]
    until(works[0].entered.is_set)
    assert [job.state for job in queue] == ["running", "queued", "queued"]
    assert [line.position(job) for job in queue] == [0, 1, 2]
    assert not works[1].entered.is_set()
    works[0].let()
    until(works[1].entered.is_set)
    assert queue[0].state == "done" and line.position(queue[2]) == 1
    works[1].let()
    works[2].let()
    until(lambda: queue[2].state == "done")


def test_two_workers_run_two():
    line, works = job_queue.JobQueue(workers=2), [Work(1), Work(1)]
    for i, work in enumerate(works):
        line.submit(str(i), "", work)
    until(lambda: all(work.entered.is_set() for work in works))
    for work in works:
        work.let()


def test_stop_ends_a_running_job_within_one_step(line):
    work = Work(100)
    job = line.submit("a", "", work)
    until(work.entered.is_set)
    line.stop(job)
    assert job.state == "running" and job.asked == "stop"  # its worker is in the middle of a step
    work.let(100)
    until(lambda: job.state == "stopped")
    assert job.step.done == 1 and work.closed.is_set() and job.asked == ""


def test_a_stopping_job_makes_room_for_a_new_one_of_its_key(line):
    old, new = Work(100), Work(1)
    first = line.submit("a", "", old)
    until(old.entered.is_set)
    line.stop(first)
    second = line.submit("a", "", new)
    assert second is not first
    old.let()
    new.let()
    until(lambda: second.state == "done")
    assert first.state == "stopped"


def test_stop_ends_a_queued_job_at_once(line):
    busy, work = Work(1), Work(1)
    line.submit("busy", "", busy)
    until(busy.entered.is_set)
    job = line.submit("a", "", work)
    line.stop(job)
    assert job.state == "stopped" and line.position(job) == 0
    busy.let()
    until(lambda: line.get("busy").state == "done")
    assert not work.entered.is_set()


def test_a_paused_job_gives_its_worker_back_and_goes_on_where_it_was(line):
    work, other = Work(3), Work(1)
    job = line.submit("a", "", work)
    until(work.entered.is_set)
    line.pause(job)
    assert job.asked == "pause"
    work.let()
    until(lambda: job.state == "paused")
    assert job.active and not work.closed.is_set() and job.step.done == 1
    second = line.submit("b", "", other)  # the worker is free for it
    until(other.entered.is_set)
    line.resume(job)
    assert job.state == "queued" and line.position(job) == 1
    work.let(2)
    assert job.step.done == 1  # still b's turn
    other.let()
    until(lambda: job.state == "done")
    assert second.state == "done" and [done for done, _ in job.history] == [1, 2, 3]


def test_stop_ends_a_paused_job_at_once_and_closes_it(line):
    work = Work(3)
    job = line.submit("a", "", work)
    until(work.entered.is_set)
    line.pause(job)
    work.let()
    until(lambda: job.state == "paused")
    assert not work.closed.is_set()
    line.stop(job)
    assert job.state == "stopped" and work.closed.is_set()
    line.resume(job)
    assert job.state == "stopped"


def test_a_queued_job_can_be_paused_before_it_began(line):
    busy, work = Work(1), Work(1)
    line.submit("busy", "", busy)
    until(busy.entered.is_set)
    job = line.submit("a", "", work)
    line.pause(job)
    assert job.state == "paused" and line.position(job) == 0
    busy.let()
    until(lambda: line.get("busy").state == "done")
    assert not work.entered.is_set()
    line.resume(job)
    work.let()
    until(lambda: job.state == "done")


def test_resume_takes_back_a_pause_that_had_no_effect_yet(line):
    work = Work(2)
    job = line.submit("a", "", work)
    until(work.entered.is_set)
    line.pause(job)
    line.resume(job)
    work.let(2)
    until(lambda: not job.active)
    assert job.state == "done" and job.step.done == 2


def test_stop_wins_over_pause_and_resume(line):
    work = Work(10)
    job = line.submit("a", "", work)
    until(work.entered.is_set)
    line.stop(job)
    line.pause(job)
    line.resume(job)
    work.let(10)
    until(lambda: not job.active)
    assert job.state == "stopped" and job.step.done == 1


@pytest.mark.parametrize("verb", ["pause", "resume", "stop"])
def test_nothing_happens_to_an_ended_job(line, verb):
    job = line.submit("a", "", free(2))
    until(lambda: job.state == "done")
    getattr(line, verb)(job)
    assert (job.state, job.asked, line.position(job)) == ("done", "", 0)


def test_a_failure_is_told_and_the_next_job_runs(line, caplog):
    closed = threading.Event()

    def bad():
        try:
            yield Step(1, 2)
            raise ValueError("the pictures are odd\nand a second line")
        finally:
            closed.set()

    with caplog.at_level(logging.ERROR, logger="genmodels.jobs.job_queue"):
        job, after = line.submit("a", "", bad), line.submit("b", "", free(1))
        until(lambda: after.state == "done")
    assert job.state == "failed" and job.error == "ValueError: the pictures are odd"
    assert job.step.done == 1 and closed.is_set() and not job.active
    assert "Traceback" in caplog.text and "in bad" in caplog.text


def test_a_failure_to_start_is_told_too(line):
    def start():
        raise MemoryError

    job = line.submit("a", "", start)
    until(lambda: not job.active)
    assert (job.state, job.error) == ("failed", "MemoryError")


def test_an_error_of_ours_speaks_for_itself(line):
    def start():
        raise DownloadError("vgg19 could not be fetched: no network.")

    job = line.submit("a", "", start)
    until(lambda: not job.active)
    assert (job.state, job.error) == ("failed", "vgg19 could not be fetched: no network.")


def test_a_generator_that_fails_to_clean_up_does_not_take_the_worker_with_it(line):
    work = Work(2)

    def rude():
        try:
            yield from work()
        finally:
            raise RuntimeError("no")

    job, after = line.submit("a", "", rude), line.submit("b", "", free(1))
    until(work.entered.is_set)
    line.stop(job)
    work.let()
    until(lambda: after.state == "done")
    assert job.state == "stopped"


def test_a_running_job_that_nobody_looks_at_is_stopped():
    line, work = job_queue.JobQueue(orphan_s=0.1), Work(1_000_000)
    job = line.submit("a", "", work)
    until(lambda: work.let() or job.state == "stopped")
    assert work.closed.is_set() and job.step.done < 1_000_000


def test_a_queued_job_that_nobody_looks_at_is_stopped():
    line, watched, work = job_queue.JobQueue(orphan_s=1.0), Work(1_000_000), Work(1)
    line.submit("watched", "", watched)
    until(watched.entered.is_set)
    job = line.submit("a", "", work)
    until(lambda: (line.get("watched") and watched.let()) or job.state == "stopped")
    assert line.get("watched").state == "running" and not work.entered.is_set()
    line.stop(line.get("watched"))
    watched.let()


def test_a_paused_job_that_nobody_looks_at_is_stopped():
    line, work = job_queue.JobQueue(orphan_s=1.0), Work(2)
    job = line.submit("a", "", work)
    until(work.entered.is_set)
    line.pause(job)
    work.let()
    until(lambda: job.state == "paused")
    until(lambda: job.state == "stopped")
    until(work.closed.is_set)


def test_ended_jobs_do_not_pile_up():
    line = job_queue.JobQueue(forget_s=0.0)
    ended = [line.submit(str(i), "", free(1)) for i in range(50)]
    until(lambda: not any(job.active for job in ended))
    until(lambda: all(line.get(job.key) is None for job in ended))


def test_history_is_bounded_and_keeps_the_latest(line):
    job = line.submit("a", "", free(3 * job_queue.HISTORY))
    until(lambda: job.state == "done")
    done = [d for d, _ in job.history]
    assert job_queue.HISTORY / 2 <= len(done) <= job_queue.HISTORY
    assert done == sorted(set(done)) and done[-1] == 3 * job_queue.HISTORY


def test_steps_with_their_own_progress_are_not_counted(line):
    @dataclass(frozen=True)
    class Grown(Step):
        progress: float = 0.0

    job = line.submit("a", "", lambda: iter([Grown(1, 2, progress=0.2), Grown(2, 2, progress=1.0)]))
    until(lambda: not job.active)
    assert job.share == 1.0
    job.step = Grown(1, 2, progress=0.2)
    assert job.share == 0.2


def test_seconds_left(line, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(job_queue.time, "monotonic", lambda: now[0])

    def steps():
        now[0] += 30  # loading: not part of the pace
        yield Step(10, 100)
        now[0] += 5
        yield Step(20, 100)
        now[0] += 15
        yield Step(30, 100)
        gate.wait(DEADLINE)

    gate = threading.Event()
    job = line.submit("a", "", steps)
    assert line.submit("b", "", free(1)).seconds_left() is None
    until(lambda: job.step is not None and job.step.done == 30)
    assert job.seconds_left() == pytest.approx(70)  # 20 s for 20 batches, 70 to go
    gate.set()
    until(lambda: not job.active)
    assert job.seconds_left() is None


def test_a_pause_does_not_count_as_work(line, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(job_queue.time, "monotonic", lambda: now[0])
    gates = [threading.Event(), threading.Event()]

    def steps():
        yield Step(1, 4)
        now[0] += 2
        gates[0].wait(DEADLINE)
        yield Step(2, 4)
        now[0] += 2
        gates[1].wait(DEADLINE)
        yield Step(3, 4)

    job = line.submit("a", "", steps)
    until(lambda: job.step is not None)
    line.pause(job)
    gates[0].set()
    until(lambda: job.state == "paused")
    assert job.seconds_left() == pytest.approx(4)
    now[0] += 50
    line.resume(job)
    until(lambda: job.state == "running")
    line.pause(job)
    gates[1].set()
    until(lambda: job.state == "paused")
    assert job.seconds_left() == pytest.approx(2)
    line.stop(job)


def test_many_threads_at_once():
    line = job_queue.JobQueue(workers=2)
    errors = []

    def visitor(n):
        try:
            for i in range(20):
                job = line.submit(f"{n}-{i % 3}", "", free(5))
                for verb in (line.pause, line.resume, line.position, line.stop if i % 2 else line.resume):
                    verb(job)
                line.get(job.key)
                line.resume(job)
        except Exception as error:
            errors.append(error)

    visitors = [threading.Thread(target=visitor, args=(n,)) for n in range(8)]
    for thread in visitors:
        thread.start()
    for thread in visitors:
        thread.join(DEADLINE)
    assert errors == []
    left = [line.get(f"{n}-{i}") for n in range(8) for i in range(3)]
    until(lambda: all(job.state in ("done", "stopped") for job in left if line.resume(job) is None))
