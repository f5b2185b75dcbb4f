"""Jobs belong to a visitor: found again after a reload and in another tab; one job asks before another one waits."""

import threading
from concurrent.futures import Future

import pytest
from streamlit.testing.v1 import AppTest

from genmodels.jobs.job_queue import JobQueue
from tests.visitor import labels, sound, stop_all, until
from ui import job_panel, visitor

ANA, BEN = "a" * 32, "b" * 32


@pytest.fixture(autouse=True)
def release(monkeypatch):
    """A queue of its own, and an event that lets the jobs run to their end."""
    queue, tensorflow = JobQueue(), Future()
    tensorflow.set_result(None)
    monkeypatch.setattr(job_panel, "job_queue", lambda: queue)
    monkeypatch.setattr(job_panel.model_loading, "start_tensorflow_import", lambda: tensorflow)
    page.release = threading.Event()
    yield page.release
    page.release.set()
    stop_all()


def page():
    """A page with a job of 100 steps that starts again when the setting changes, and one that a button starts."""
    from types import SimpleNamespace

    import streamlit as st

    from tests.ui import test_job_panel
    from ui import job_panel

    release = test_job_panel.page.release

    def steps(_run=None):
        for done in range(1, 101):
            release.wait(0.01)
            yield SimpleNamespace(done=done, total=100)

    job_panel.badge()
    setting = st.text_input("Setting", "a", key="setting")
    if st.session_state.get("auto"):
        run = job_panel.restart_on_change("auto", f"Auto {setting}", setting, steps, setting=setting)
        st.session_state["shown"] = run and run["setting"]
        job_panel.panel("auto", lambda job: st.write(job.run["setting"]))
    st.button("Start", on_click=lambda: job_panel.start("long", "Long training", steps, run={"x": 1}, tensorflow=False))
    job_panel.panel("long", lambda job: st.write(f"x = {job.run['x']}"))


def session(visitor_id: str, **state) -> AppTest:
    """A new session of a visitor: a reload, or another tab."""
    at = AppTest.from_function(page, default_timeout=60)
    for key, value in {"_visitor": visitor_id, **state}.items():
        at.session_state[key] = value
    return sound(at.run())


def texts(at: AppTest) -> str:
    return "\n".join(each.value for each in [*at.caption, *at.markdown])


def test_a_session_without_a_cookie_has_its_own_visitor(monkeypatch):
    monkeypatch.setattr(visitor, "_stored_id", lambda: None)
    first, second = (AppTest.from_function(page, default_timeout=60).run() for _ in range(2))
    assert first.session_state["_visitor"] != second.session_state["_visitor"]
    assert all(len(at.session_state["_visitor"]) == 32 for at in (first, second))


@pytest.mark.parametrize(("cookie", "valid"), [(ANA, True), ("", False), (ANA[1:], False), ("[x](http://y)", False)])
def test_only_a_valid_cookie_names_a_visitor(monkeypatch, cookie, valid):
    monkeypatch.setattr(visitor.st, "context", type("Context", (), {"cookies": {visitor.COOKIE: cookie}}))
    assert visitor._stored_id() == (cookie if valid else None)


def test_a_running_job_is_found_again_in_a_new_session():
    first = session(ANA)
    first.button[0].click().run()
    job = job_panel.job_queue().jobs_of(ANA)[0]
    until(lambda: job.step is not None)
    again = session(ANA)
    assert "Found again" in texts(again) and "x = 1" in texts(again)
    assert "Found again" not in texts(sound(first.run()))
    again.button(key="long_stop").click().run()
    until(lambda: job.state == "stopped")
    assert "x = 1" in texts(session(ANA)), "the run stays after its end"
    assert "x = 1" not in texts(session(BEN))


def test_a_second_job_of_a_visitor_asks_whether_to_stop_the_first():
    first = session(ANA)
    first.button[0].click().run()
    until(lambda: job_panel.job_queue().jobs_of(ANA)[0].step is not None)
    other_page = session(ANA, auto=True)
    training, auto = job_panel.job_queue().jobs_of(ANA)
    assert auto.state == "queued" and "queued behind your other job" in job_panel._state(auto)
    assert "“Long training” is still active" in texts(other_page)
    other_page.button(key="auto_stop_other_0").click().run()
    until(lambda: training.state == "stopped" and auto.step is not None)
    assert "still active" not in texts(sound(other_page.run()))


def test_a_job_of_another_visitor_asks_nothing():
    session(ANA).button[0].click().run()
    at = session(BEN, auto=True)
    [auto] = job_panel.job_queue().jobs_of(BEN)
    assert "other visitors' jobs" in job_panel._state(auto) and "still active" not in texts(at)


def test_the_same_settings_in_a_new_session_continue_the_run():
    session(ANA, auto=True)
    [job] = job_panel.job_queue().jobs_of(ANA)
    again = session(ANA, auto=True)
    assert job_panel.job_queue().jobs_of(ANA) == [job] and job.active
    assert again.session_state["shown"] == "a"


def test_other_settings_in_a_new_session_ask_before_they_replace_an_active_run():
    first = session(ANA, auto=True)
    [job] = job_panel.job_queue().jobs_of(ANA)
    second = session(ANA, auto=True, setting="b")
    assert job.active and second.session_state["shown"] is None and "Auto a" in texts(second) + str(job)
    sound(first.run()), sound(second.run())  # neither tab replaces the run of the other one
    assert job_panel.job_queue().jobs_of(ANA) == [job]
    second.button(key="auto_replace").click().run()
    [new] = job_panel.job_queue().jobs_of(ANA)
    assert new.run["setting"] == "b" and second.session_state["shown"] == "b"
    sound(first.run())
    assert job_panel.job_queue().jobs_of(ANA) == [new]


def test_a_changed_setting_replaces_the_run_of_another_session():
    session(ANA, auto=True)
    second = session(ANA, auto=True)
    second.text_input[0].set_value("c").run()
    [job] = job_panel.job_queue().jobs_of(ANA)
    assert job.run["setting"] == "c" and "auto_replace" not in [each.key for each in second.button]


def test_an_ended_run_with_other_settings_is_replaced_in_a_new_session(release):
    release.set()
    session(ANA, auto=True)
    [job] = job_panel.job_queue().jobs_of(ANA)
    until(lambda: job.state == "done")
    session(ANA, auto=True, setting="b")
    assert job_panel.job_queue().jobs_of(ANA)[0].run["setting"] == "b"


def test_the_badge_lists_the_jobs_of_the_visitor_in_every_session():
    first = session(ANA)
    first.button[0].click().run()
    again = session(ANA)
    assert any("Long training" in str(each.proto) for each in again.get("progress"))
    assert labels(session(BEN), "button") == ["Start"]
