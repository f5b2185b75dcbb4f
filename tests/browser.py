"""One server and one browser for all tests here; every page is watched for what no page may do."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent
SIZE = {"width": 1280, "height": 900}  # pixels of a page
START = 60  # seconds a server may take until it answers
PATIENCE = 45_000  # milliseconds that an expectation waits; TensorFlow is slow to come on a busy machine
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and run it last: while Playwright runs, its event loop holds the main thread."""
    for item in items:
        if item.path.name.startswith("test_browser"):
            item.add_marker("browser")
    items.sort(key=lambda item: item.path.name.startswith("test_browser"))


# --- the server -------------------------------------------------------------------------------


@contextlib.contextmanager
def running() -> Iterator[str]:
    """A studio of its own on a free port; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--server.fileWatcherType=none"]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            if not _healthy(f"http://127.0.0.1:{port}/_stcore/health", process):
                pytest.fail(f"the server did not answer within {START} s (exit status {process.poll()}){_all(output)}")
            yield f"http://127.0.0.1:{port}"
            if process.poll() is not None:
                pytest.fail(f"the server ended by itself (exit status {process.poll()}){_all(output)}")
        finally:
            _end(process)


def _all(output: IO[str]) -> str:
    output.seek(0)
    return f":\n{output.read()}"


def _healthy(address: str, process: subprocess.Popen) -> bool:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(address, timeout=5) as answer:
            if answer.status == 200:
                return True
        time.sleep(0.1)
    return False


def _end(process: subprocess.Popen) -> None:
    for way in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, way)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            return


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a running studio."""
    with running() as address:
        yield address


@pytest.fixture
def fresh_server() -> Iterator[str]:
    """The address of a studio that has shown no page yet."""
    with running() as address:
        yield address


# --- the browser ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    try:
        from playwright.sync_api import expect, sync_playwright
    except ImportError:
        pytest.skip("Playwright is not installed: pip install -r tests/requirements.txt")
    executable = _chromium()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def regular(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser that has been here before: it keeps the scripts it fetched, which halves the time of a visit."""
    context = browser.browser_type.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=_chromium(),
        args=list(FLAGS),
        viewport=SIZE,
    )
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def _chromium() -> str:
    """Where Chromium is, the one without windows first: it does the same in two thirds of the time. Skips without."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("GENMODELS_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("no browser: install Debian's chromium-headless-shell, or set GENMODELS_CHROMIUM to one")
    return found


@pytest.fixture(scope="session")
def expect(browser: Any) -> Callable:
    """Playwright's assertions, which wait."""
    from playwright.sync_api import expect

    return expect


@pytest.fixture
def open_page(browser: Any, regular: Any) -> Iterator[Callable]:
    """`open_page(**options)` gives a page; with options, e.g. `has_touch=True`, in a context of its own.

    The test fails at its end if one of them made a request to another machine, had an uncaught
    error, or shows an exception.
    """
    pages, wrong = [], []

    def watch(kind: str, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
            wrong.append(f"{kind} to another machine: {url}")

    def open_one(**options: Any) -> Any:
        context = browser.new_context(**{"viewport": SIZE, **options}) if options else regular
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("request", lambda request: watch("a request", request.url))
        page.on("websocket", lambda socket: watch("a websocket", socket.url))
        page.on("pageerror", lambda error: wrong.append(f"an uncaught error on the page: {error}"))
        pages.append(page)
        return page

    yield open_one
    for page in pages:
        if not page.is_closed():
            shown = page.locator("[data-testid=stException]:visible")
            wrong += [f"an exception on the page: {text}" for text in shown.all_inner_texts()]
        if page.context is not regular:
            page.context.close()
        elif not page.is_closed():
            if page.url.startswith("http"):
                page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            page.close()
    regular.clear_cookies()
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="session")
def studio(regular: Any, server: str) -> str:
    """The server's address, once home was on a screen (a server that has shown nothing yet is a test of its own)."""
    page = regular.new_page()
    page.goto(server)
    page.get_by_role("heading", level=1).wait_for(timeout=PATIENCE)
    page.close()
    return server


@pytest.fixture
def page(open_page: Callable, studio: str) -> Any:
    """A page of 1280 x 900 pixels, watched (see `open_page`)."""
    return open_page()
