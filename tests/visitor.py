"""Sessions of the app without a browser, and a runner for the scripts that its pages show."""

import ast
import contextlib
import io
import re
import runpy
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode

from streamlit.testing.v1 import AppTest

from genmodels.jobs.job_queue import Job
from ui import job_panel

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(page.parent.name for page in ROOT.glob("pages/*/page.py"))
DEADLINE = 120  # seconds; a training starts with compiling


def at_the_door(page: str, **state) -> AppTest:
    """A new session with a page, and widgets set by key; `run()` opens it."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=DEADLINE)
    at.run().switch_page(page)
    for key, value in state.items():
        at.session_state[key] = value
    return at


def tabs_of(page: str) -> tuple[str, list[str]]:
    """The query key of a page's tabs and their titles, read from its source; ("", []) for a page without tabs."""
    source = (ROOT / "pages" / page / "page.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "TABS":
            keys = set(re.findall(r'"(\w+_tab)"', source))
            assert len(keys) == 1, f"pages/{page}/page.py: one query key of the tabs expected, found {keys}"
            return keys.pop(), list(ast.literal_eval(node.value))
    return "", []


PAGE_TABS = [(page, tab) for page in PAGES for tab in (tabs_of(page)[1] or [""])]  # "": a page without tabs


def address(page: str, tab: str) -> str:
    """The path and query of a tab."""
    return f"{page}?{urlencode({tabs_of(page)[0]: tab})}"


def open_tab(page: str, tab: str) -> AppTest:
    """A new session on a tab of a page."""
    key, _ = tabs_of(page)
    return visit(f"pages/{page}/page.py", **({key: tab} if key else {}))


def visit(page: str, **state) -> AppTest:
    """A new session on a page, with widgets set by key."""
    return sound(at_the_door(page, **state).run())


def sound(at: AppTest) -> AppTest:
    """The page; fails if it shows an exception or an error."""
    assert not at.exception, at.exception[0].stack_trace
    assert not at.error, at.error[0].value
    return at


def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds; fails after DEADLINE seconds."""
    pulse, end = threading.Event(), monotonic() + DEADLINE
    while not condition():
        assert monotonic() < end, f"not true after {DEADLINE} s"
        pulse.wait(0.02)


def labels(at: AppTest, widget: str) -> list[str]:
    """The labels of all widgets of a type, e.g. "button"."""
    return [each.label for each in at.get(widget)]


def job(at: AppTest, name: str) -> Job:
    """The session's latest job of that name."""
    return at.session_state["_jobs"][name]


def ended(at: AppTest, name: str) -> AppTest:
    """The page after its job has ended without an error, run again as the browser would."""
    current = job(at, name)
    until(
        lambda: job_panel.job_queue().get(current.key) is None or not current.active
    )  # `get` polls, so that the job is not abandoned
    assert current.state == "done", current
    return sound(at.run())


def stop_all() -> None:
    """Stop all jobs of all sessions and wait until they have ended."""
    queue = job_panel.job_queue()
    for each in list(queue._jobs.values()):
        queue.stop(each)
    until(lambda: not any(each.active for each in queue._jobs.values()))


def run_script(source: str, folder: Path) -> str:
    """The output of a page's script that runs in `folder`.

    In this process, where TensorFlow is imported already, which saves seconds per script.
    """
    file = folder / "script.py"
    file.write_text(source, encoding="utf-8")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(str(file), run_name="__main__")
    return out.getvalue()
