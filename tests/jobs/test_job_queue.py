"""The job queue: order, pause, resume, stop, failures, abandoned jobs, progress."""

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
    """A generator that takes a step for each call of `allow`, and records what happened to it."""

    def __init__(self, total=5):
        self.total = total
        self.entered, self.closed = threading.Event(), threading.Event()
        self._allowed = threading.Semaphore(0)
        self.threads = set()

    def allow(self, steps=1):
        self._allowed.release(steps)

    def __call__(self):
        try:
            for done in range(1, self.total + 1):
                self.threads.add(threading.current_thread())
                self.entered.set()
                assert self._allowed.acquire(timeout=DEADLINE)
                yield Step(done, self.total, {"loss": 1 / done})
        finally:
            self.closed.set()


@pytest.fixture
def queue():
    return job_queue.JobQueue()


def until(condition):
    """Wait until a condition holds; fails after DEADLINE seconds."""
    pulse, end = threading.Event(), monotonic() + DEADLINE
    while not condition():
        assert monotonic() < end, f"not true after {DEADLINE:.0f} s"
        pulse.wait(0.005)


def unblocked(total):
    """Steps that do not wait for `allow`."""
    return lambda: (Step(i, total, {"loss": 1 / i}) for i in range(1, total + 1))


def test_a_job_runs_to_its_end_in_a_daemon_thread(queue):
    work = Work(3)
    assert queue.get("a") is None
    job = queue.submit("a", "Training", work)
    assert (job.key, job.title, job.active) == ("a", "Training", True)
    assert queue.get("a") is job
    work.allow(3)
    until(lambda: job.state == "done")
    assert not job.active and job.error == "" and job.step == Step(3, 3, {"loss": 1 / 3})
    assert job.history == [(1, {"loss": 1.0}), (2, {"loss": 0.5}), (3, {"loss": 1 / 3})]
    assert threading.current_thread() not in work.threads and all(t.daemon for t in work.threads)


def test_no_thread_before_the_first_submit():
    before = threading.active_count()
    queue = job_queue.JobQueue(workers=3)
    assert threading.active_count() == before
    queue.submit("a", "", unblocked(1))
    assert threading.active_count() == before + 3


def test_a_double_click_starts_one_job(queue):
    first, second = Work(1), Work(1)
    job = queue.submit("a", "", first)
    assert queue.submit("a", "", second) is job
    first.allow()
    until(lambda: job.state == "done")
    again = queue.submit("a", "", second)
    assert again is not job and queue.get("a") is again
    second.allow()
    until(lambda: again.state == "done")


def test_steps_without_losses_leave_no_history(queue):
    job = queue.submit("a", "", lambda: iter([type("StepWithoutLosses", (), {"done": 1, "total": 1})()]))
    until(lambda: job.state == "done")
    assert job.history == [] and job.step.done == 1


def test_jobs_run_one_at_a_time_in_order(queue):
    works = [Work(1) for _ in range(3)]
    jobs = [queue.submit(str(i), "", work) for i, work in enumerate(works)]
    until(works[0].entered.is_set)
    assert [job.state for job in jobs] == ["running", "queued", "queued"]
    assert [queue.position(job) for job in jobs] == [0, 1, 2]
    assert not works[1].entered.is_set()
    works[0].allow()
    until(works[1].entered.is_set)
    assert jobs[0].state == "done" and queue.position(jobs[2]) == 1
    works[1].allow()
    works[2].allow()
    until(lambda: jobs[2].state == "done")


def test_two_workers_run_two_jobs():
    queue, works = job_queue.JobQueue(workers=2), [Work(1), Work(1)]
    for i, work in enumerate(works):
        queue.submit(str(i), "", work)
    until(lambda: all(work.entered.is_set() for work in works))
    for work in works:
        work.allow()


def test_stop_ends_a_running_job_within_one_step(queue):
    work = Work(100)
    job = queue.submit("a", "", work)
    until(work.entered.is_set)
    queue.stop(job)
    assert job.state == "running" and job.requested_action == "stop"  # in the middle of a step
    work.allow(100)
    until(lambda: job.state == "stopped")
    assert job.step.done == 1 and work.closed.is_set() and job.requested_action == ""


def test_a_stopping_job_is_replaced_by_a_new_one_of_its_key(queue):
    old, new = Work(100), Work(1)
    first = queue.submit("a", "", old)
    until(old.entered.is_set)
    queue.stop(first)
    second = queue.submit("a", "", new)
    assert second is not first
    old.allow()
    new.allow()
    until(lambda: second.state == "done")
    assert first.state == "stopped"


def test_stop_ends_a_queued_job_at_once(queue):
    busy, work = Work(1), Work(1)
    queue.submit("busy", "", busy)
    until(busy.entered.is_set)
    job = queue.submit("a", "", work)
    queue.stop(job)
    assert job.state == "stopped" and queue.position(job) == 0
    busy.allow()
    until(lambda: queue.get("busy").state == "done")
    assert not work.entered.is_set()


def test_a_paused_job_frees_its_worker_and_resumes_with_its_next_step(queue):
    work, other = Work(3), Work(1)
    job = queue.submit("a", "", work)
    until(work.entered.is_set)
    queue.pause(job)
    assert job.requested_action == "pause"
    work.allow()
    until(lambda: job.state == "paused")
    assert job.active and not work.closed.is_set() and job.step.done == 1
    second = queue.submit("b", "", other)  # the worker is free
    until(other.entered.is_set)
    queue.resume(job)
    assert job.state == "queued" and queue.position(job) == 1
    work.allow(2)
    assert job.step.done == 1  # b runs
    other.allow()
    until(lambda: job.state == "done")
    assert second.state == "done" and [done for done, _ in job.history] == [1, 2, 3]


def test_stop_ends_a_paused_job_at_once_and_closes_it(queue):
    work = Work(3)
    job = queue.submit("a", "", work)
    until(work.entered.is_set)
    queue.pause(job)
    work.allow()
    until(lambda: job.state == "paused")
    assert not work.closed.is_set()
    queue.stop(job)
    assert job.state == "stopped" and work.closed.is_set()
    queue.resume(job)
    assert job.state == "stopped"


def test_a_queued_job_can_be_paused_before_it_starts(queue):
    busy, work = Work(1), Work(1)
    queue.submit("busy", "", busy)
    until(busy.entered.is_set)
    job = queue.submit("a", "", work)
    queue.pause(job)
    assert job.state == "paused" and queue.position(job) == 0
    busy.allow()
    until(lambda: queue.get("busy").state == "done")
    assert not work.entered.is_set()
    queue.resume(job)
    work.allow()
    until(lambda: job.state == "done")


def test_resume_cancels_a_requested_pause(queue):
    work = Work(2)
    job = queue.submit("a", "", work)
    until(work.entered.is_set)
    queue.pause(job)
    queue.resume(job)
    work.allow(2)
    until(lambda: not job.active)
    assert job.state == "done" and job.step.done == 2


def test_stop_overrides_pause_and_resume(queue):
    work = Work(10)
    job = queue.submit("a", "", work)
    until(work.entered.is_set)
    queue.stop(job)
    queue.pause(job)
    queue.resume(job)
    work.allow(10)
    until(lambda: not job.active)
    assert job.state == "stopped" and job.step.done == 1


@pytest.mark.parametrize("verb", ["pause", "resume", "stop"])
def test_pause_resume_and_stop_have_no_effect_on_an_ended_job(queue, verb):
    job = queue.submit("a", "", unblocked(2))
    until(lambda: job.state == "done")
    getattr(queue, verb)(job)
    assert (job.state, job.requested_action, queue.position(job)) == ("done", "", 0)


def test_a_failure_is_reported_and_the_next_job_runs(queue, caplog):
    closed = threading.Event()

    def failing():
        try:
            yield Step(1, 2)
            raise ValueError("the images differ\nand a second line")
        finally:
            closed.set()

    with caplog.at_level(logging.ERROR, logger="genmodels.jobs.job_queue"):
        job, after = queue.submit("a", "", failing), queue.submit("b", "", unblocked(1))
        until(lambda: after.state == "done")
    assert job.state == "failed" and job.error == "ValueError: the images differ"
    assert job.step.done == 1 and closed.is_set() and not job.active
    assert "Traceback" in caplog.text and "in failing" in caplog.text


def test_a_failure_to_start_is_reported(queue):
    def start():
        raise MemoryError

    job = queue.submit("a", "", start)
    until(lambda: not job.active)
    assert (job.state, job.error) == ("failed", "MemoryError")


def test_the_message_of_our_own_errors_has_no_class_name(queue):
    def start():
        raise DownloadError("vgg19 could not be fetched: no network.")

    job = queue.submit("a", "", start)
    until(lambda: not job.active)
    assert (job.state, job.error) == ("failed", "vgg19 could not be fetched: no network.")


def test_the_worker_survives_a_generator_that_fails_to_clean_up(queue):
    work = Work(2)

    def failing_cleanup():
        try:
            yield from work()
        finally:
            raise RuntimeError("no")

    job, after = queue.submit("a", "", failing_cleanup), queue.submit("b", "", unblocked(1))
    until(work.entered.is_set)
    queue.stop(job)
    work.allow()
    until(lambda: after.state == "done")
    assert job.state == "stopped"


def test_a_running_job_that_is_not_polled_is_stopped():
    queue, work = job_queue.JobQueue(abandon_after_s=0.1), Work(1_000_000)
    job = queue.submit("a", "", work)
    until(lambda: work.allow() or job.state == "stopped")
    assert work.closed.is_set() and job.step.done < 1_000_000


def test_a_queued_job_that_is_not_polled_is_stopped():
    queue, watched, work = job_queue.JobQueue(abandon_after_s=1.0), Work(1_000_000), Work(1)
    queue.submit("watched", "", watched)
    until(watched.entered.is_set)
    job = queue.submit("a", "", work)
    until(lambda: (queue.get("watched") and watched.allow()) or job.state == "stopped")
    assert queue.get("watched").state == "running" and not work.entered.is_set()
    queue.stop(queue.get("watched"))
    watched.allow()


def test_a_paused_job_that_is_not_polled_is_stopped():
    queue, work = job_queue.JobQueue(abandon_after_s=1.0), Work(2)
    job = queue.submit("a", "", work)
    until(work.entered.is_set)
    queue.pause(job)
    work.allow()
    until(lambda: job.state == "paused")
    until(lambda: job.state == "stopped")
    until(work.closed.is_set)


def test_ended_jobs_are_deleted():
    queue = job_queue.JobQueue(keep_finished_s=0.0)
    ended = [queue.submit(str(i), "", unblocked(1)) for i in range(50)]
    until(lambda: not any(job.active for job in ended))
    until(lambda: all(queue.get(job.key) is None for job in ended))


def test_a_job_keeps_its_owner_and_its_run(queue):
    run = {"settings": 1}
    job = queue.submit("a", "", unblocked(1), owner="ana", run=run)
    queue.submit("b", "", unblocked(1), owner="ben")
    assert job.run is run and queue.jobs_of("ana") == [job] and queue.jobs_of("nobody") == []
    until(lambda: not job.active)
    second, again = (queue.submit(key, "", unblocked(1), owner="ana") for key in ("c", "a"))
    assert queue.jobs_of("ana") == [second, again] and again.run == {}


def test_a_job_that_nobody_looks_at_lets_the_others_go_first_and_then_continues():
    queue, absent, present = job_queue.JobQueue(yield_after_s=0.1), Work(1_000_000), Work(2)
    job = queue.submit("absent", "", absent)
    until(lambda: absent.allow() or (job.step is not None and monotonic() - job._polled_at > 0.1))
    assert job.state == "running"  # alone, it goes on
    other = queue.submit("present", "", present)
    present.allow(2)
    until(lambda: absent.allow() or (queue.get("present") and other.state == "done"))
    reached = job.step.done
    until(lambda: absent.allow() or job.step.done > reached)
    assert job.state == "running" and not absent.closed.is_set()
    queue.stop(job)
    absent.allow()


def test_a_job_that_its_visitor_looks_at_does_not_yield():
    queue, watched, other = job_queue.JobQueue(yield_after_s=30.0), Work(50), Work(1)
    job, second = queue.submit("watched", "", watched), queue.submit("other", "", other)
    watched.allow(50)
    until(lambda: job.state == "done")
    other.allow()
    until(lambda: second.state == "done")


def test_history_is_bounded_and_keeps_the_latest(queue):
    job = queue.submit("a", "", unblocked(3 * job_queue.HISTORY))
    until(lambda: job.state == "done")
    done = [d for d, _ in job.history]
    assert job_queue.HISTORY / 2 <= len(done) <= job_queue.HISTORY
    assert done == sorted(set(done)) and done[-1] == 3 * job_queue.HISTORY


def test_progress_of_a_step_overrides_done_per_total(queue):
    @dataclass(frozen=True)
    class StepWithProgress(Step):
        progress: float = 0.0

    job = queue.submit(
        "a", "", lambda: iter([StepWithProgress(1, 2, progress=0.2), StepWithProgress(2, 2, progress=1.0)])
    )
    until(lambda: not job.active)
    assert job.progress == 1.0
    job.step = StepWithProgress(1, 2, progress=0.2)
    assert job.progress == 0.2


def test_seconds_left(queue, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(job_queue.time, "monotonic", lambda: now[0])

    def steps():
        now[0] += 30  # loading does not count
        yield Step(10, 100)
        now[0] += 5
        yield Step(20, 100)
        now[0] += 15
        yield Step(30, 100)
        gate.wait(DEADLINE)

    gate = threading.Event()
    job = queue.submit("a", "", steps)
    assert queue.submit("b", "", unblocked(1)).seconds_left() is None
    until(lambda: job.step is not None and job.step.done == 30)
    assert job.seconds_left() == pytest.approx(70)  # 20 s for 20 steps, 70 steps left
    gate.set()
    until(lambda: not job.active)
    assert job.seconds_left() is None


def test_a_pause_does_not_count_as_run_time(queue, monkeypatch):
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

    job = queue.submit("a", "", steps)
    until(lambda: job.step is not None)
    queue.pause(job)
    gates[0].set()
    until(lambda: job.state == "paused")
    assert job.seconds_left() == pytest.approx(4)
    now[0] += 50
    queue.resume(job)
    until(lambda: job.state == "running")
    queue.pause(job)
    gates[1].set()
    until(lambda: job.state == "paused")
    assert job.seconds_left() == pytest.approx(2)
    queue.stop(job)


def test_many_threads_use_the_queue_at_once():
    queue = job_queue.JobQueue(workers=2)
    errors = []

    def user(n):
        try:
            for i in range(20):
                job = queue.submit(f"{n}-{i % 3}", "", unblocked(5))
                for verb in (queue.pause, queue.resume, queue.position, queue.stop if i % 2 else queue.resume):
                    verb(job)
                queue.get(job.key)
                queue.resume(job)
        except Exception as error:
            errors.append(error)

    users = [threading.Thread(target=user, args=(n,)) for n in range(8)]
    for thread in users:
        thread.start()
    for thread in users:
        thread.join(DEADLINE)
    assert errors == []
    remaining = [queue.get(f"{n}-{i}") for n in range(8) for i in range(3)]
    until(lambda: all(job.state in ("done", "stopped") for job in remaining if queue.resume(job) is None))
