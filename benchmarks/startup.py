"""Time to the first heading of a fresh server, ours against a one-line Streamlit app: `python -m benchmarks.startup`.

Both servers are started again in every round, in turn, and a headless Chromium opens the address as soon as the
server answers. The time runs from the start of the process to the first level-1 heading on the screen; a second
figure begins when the server answers. Needs Chromium or Chrome on the PATH and the test requirements.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
ONE_LINE = 'import streamlit as st; st.title("Hello")\n'


def first_heading(browser: Browser, script: Path) -> tuple[float, float]:
    """Seconds to the first heading: from the start of the process, and from the server's first answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script.name, "--server.headless=true"]
    command += ["--server.fileWatcherType=none", "--browser.gatherUsageStats=false", f"--server.port={port}"]
    start = time.perf_counter()
    server = subprocess.Popen(command, cwd=script.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health")
                break
            except OSError:
                if server.poll() is not None or time.perf_counter() - start > 60:
                    raise RuntimeError(f"{script} did not start") from None
                time.sleep(0.02)
        answered = time.perf_counter()
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_function("() => document.querySelector('h1')?.innerText", polling="raf")
        heading = time.perf_counter()
        page.close()
        return heading - start, heading - answered
    finally:
        server.terminate()
        server.wait(10)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=7, help="servers of each kind")
    rounds = arguments.parse_args().rounds
    names = filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome")))
    executable = os.environ.get("GENMODELS_CHROMIUM") or next(names, None)
    if executable is None:
        raise SystemExit("no browser: install chromium-headless-shell, or set GENMODELS_CHROMIUM to one")
    seconds: dict[str, list[tuple[float, float]]] = {"one line": [], "studio": []}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        one_line = Path(folder) / "one_line.py"
        one_line.write_text(ONE_LINE, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for k in range(rounds + 1):  # the first round fills the caches of the disk
            for name, script in (("one line", one_line), ("studio", ROOT / "app.py")):
                figures = first_heading(browser, script)
                if k:
                    seconds[name].append(figures)
        browser.close()
    for column, what in enumerate(("from the start of the process", "from the server's first answer")):
        ours, theirs = (statistics.median(row[column] for row in seconds[name]) for name in ("studio", "one line"))
        print(f"first heading {what}: studio {ours:.2f} s, one-line app {theirs:.2f} s, ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
