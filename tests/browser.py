"""One server and one browser for all browser tests; every page is checked for errors and foreign requests."""

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
PATIENCE = 45_000  # milliseconds that an expectation waits: the import of TensorFlow is slow on a loaded machine
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
    """Mark browser tests and run them last, because the event loop of Playwright occupies the main thread."""
    for item in items:
        if item.path.name.startswith("test_browser"):
            item.add_marker("browser")
    items.sort(key=lambda item: item.path.name.startswith("test_browser"))


# --- the server -------------------------------------------------------------------------------


@contextlib.contextmanager
def running(*options: str) -> Iterator[str]:
    """Start a server on a free port; gives its address. options: e.g. "--server.disconnectedSessionTTL=1"."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--server.fileWatcherType=none", *options]
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
            if not _is_healthy(f"http://127.0.0.1:{port}/_stcore/health", process):
                pytest.fail(f"the server did not answer within {START} s (exit status {process.poll()}){_all(output)}")
            yield f"http://127.0.0.1:{port}"
            if process.poll() is not None:
                pytest.fail(f"the server ended by itself (exit status {process.poll()}){_all(output)}")
        finally:
            _end(process)


def _all(output: IO[str]) -> str:
    output.seek(0)
    return f":\n{output.read()}"


def _is_healthy(address: str, process: subprocess.Popen) -> bool:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(address, timeout=5) as response,
        ):
            if response.status == 200:
                return True
        time.sleep(0.1)
    return False


def _end(process: subprocess.Popen) -> None:
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal_number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            return


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a running server."""
    with running() as address:
        yield address


@pytest.fixture
def fresh_server() -> Iterator[str]:
    """The address of a server that has shown no page yet."""
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
    """A browser with a cache: it keeps the scripts of the app, which halves the time of a visit."""
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
    """Path of Chromium, headless-shell first, because it is faster. Skips the test without one."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("GENMODELS_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("no browser: install Debian's chromium-headless-shell, or set GENMODELS_CHROMIUM to one")
    return path


@pytest.fixture(scope="session")
def expect(browser: Any) -> Callable:
    """Playwright's assertions, which wait."""
    from playwright.sync_api import expect

    return expect


@pytest.fixture
def open_page(browser: Any, regular: Any) -> Iterator[Callable]:
    """`open_page(**options)` opens a page; with options, e.g. `has_touch=True`, in a new context.

    The test fails at its end if a page made a request to another machine, had an uncaught error, or shows an
    exception.
    """
    pages, errors = [], []

    def check_host(request_type: str, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost"):
            errors.append(f"{request_type} to another machine: {url}")

    def open_one(**options: Any) -> Any:
        context = browser.new_context(**{"viewport": SIZE, **options}) if options else regular
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("request", lambda request: check_host("a request", request.url))
        page.on("websocket", lambda socket: check_host("a websocket", socket.url))
        page.on("pageerror", lambda error: errors.append(f"an uncaught error on the page: {error}"))
        pages.append(page)
        return page

    yield open_one
    for page in pages:
        if not page.is_closed():
            exceptions = page.locator("[data-testid=stException]:visible")
            errors += [f"an exception on the page: {text}" for text in exceptions.all_inner_texts()]
        if page.context is not regular:
            page.context.close()
        elif not page.is_closed():
            if page.url.startswith("http"):
                page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            page.close()
    regular.clear_cookies()
    assert not errors, "\n".join(errors)


@pytest.fixture(scope="session")
def studio(regular: Any, server: str) -> str:
    """The server's address, after the home page was shown once (the first page has its own test)."""
    page = regular.new_page()
    page.goto(server)
    page.get_by_role("heading", level=1).wait_for(timeout=PATIENCE)
    page.close()
    return server


@pytest.fixture
def page(open_page: Callable, studio: str) -> Any:
    """A page of 1280 x 900 pixels (see `open_page`)."""
    return open_page()


# --- the page ------------------------------------------------------------------------------------


def settle(page: Any) -> None:
    """Wait until the page has its tab's result and no longer runs or grows."""
    page.locator("[class*='st-key-result_']").first.wait_for()
    page.wait_for_function(
        """() => {
          const main = document.querySelector('[data-testid=stMain]');
          const running = document.querySelector('[data-testid=stSpinner], [data-testid=stSkeleton]');
          const now = `${main.scrollHeight} ${main.querySelectorAll('*').length}`;
          const same = window.lastLook === now && !running;
          window.calmLooks = same ? (window.calmLooks ?? 0) + 1 : 0;
          window.lastLook = now;
          return window.calmLooks > 3;
        }""",
        polling=250,
    )


COMPONENTS = """() => {
  window.focused = () => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element;
  };
  window.stopsOf = (host) => [...host.shadowRoot.querySelectorAll('button, input, [tabindex]')].filter((each) =>
    !each.disabled && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true }));
  window.hosts = [...document.querySelectorAll('[data-testid=stMain] *')].filter((each) =>
    each.shadowRoot && each.checkVisibility() && stopsOf(each).length);
  return hosts.map((host) => stopsOf(host).length);
}"""


def is_inside(page: Any, k: int) -> bool:
    return page.evaluate("(k) => document.activeElement === hosts[k]", k)


def walk_out(page: Any, k: int, key: str) -> None:
    """Press the key until the focus has left the component; it moves on every time, at most once to each stop."""
    stops = page.evaluate("(k) => stopsOf(hosts[k]).length", k)
    for _ in range(stops + 1):
        page.evaluate("() => { window.previous = focused(); }")
        page.keyboard.press(key)
        stuck = page.evaluate(
            "() => focused() === previous && `${previous.className} ${previous.outerHTML}`.slice(0, 200)"
        )
        assert not stuck, f"{key} does not leave {stuck}"
        if not is_inside(page, k):
            return
    pytest.fail(f"{key} does not leave the component after {stops} stops")


def pass_through(page: Any) -> list[int]:
    """Through each component forwards and backwards, and with Escape out of each of its stops; their numbers."""
    counts = page.evaluate(COMPONENTS)
    for k, stops in enumerate(counts):
        page.evaluate("(k) => stopsOf(hosts[k])[0].focus()", k)
        walk_out(page, k, "Tab")
        page.evaluate("(k) => stopsOf(hosts[k]).at(-1).focus()", k)
        walk_out(page, k, "Shift+Tab")
        for stop in range(stops):
            page.evaluate("([k, stop]) => stopsOf(hosts[k])[stop]?.focus()", [k, stop])
            page.keyboard.press("Escape")
            assert not is_inside(page, k), f"Escape does not leave stop {stop} of component {k}"
    return counts
