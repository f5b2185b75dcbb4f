"""What a reader feels, in a real browser: `python -m benchmarks.text_generation_browser`.

Opens the text page on a fresh server, looks whether TensorFlow is in that server's memory, and
measures from a click on "Write again", and from the hand that lets the temperature go, to what
comes of it. Needs Chromium or Chrome on the PATH and the test requirements.
"""

import os
import shutil
import statistics
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.vae_browser_latency import FLAGS, serve

CLICKS = 15


def opened(page: Page, url: str) -> float:
    """Seconds from asking a fresh server for the text page to its first character."""
    start = time.perf_counter()
    page.goto(f"{url}/text_generation?write_length=100")
    page.wait_for_selector(".text[data-head]:not([data-head='0'])", timeout=60_000)
    return time.perf_counter() - start


def tensorflow_in(pid: int) -> bool:
    """True if the process has TensorFlow's library in its memory (Linux)."""
    return "tensorflow" in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


def first_character(page: Page) -> list[float]:
    """Milliseconds from a click on "Write again" to another text's first character, for each of `CLICKS`."""
    button, times = page.locator(".st-key-write_again button").first, []
    find = """() => {
      const look = (root) => root.querySelector('.text') ?? [...root.querySelectorAll('*')]
        .map((each) => each.shadowRoot && look(each.shadowRoot)).find(Boolean);
      return look(document);
    }"""
    for _ in range(CLICKS):
        page.wait_for_timeout(900)
        text = page.evaluate_handle(find)
        # Noted in the page itself, at the moment it happens: the old text gone and a character there.
        text.evaluate("""text => {
          window.first = null;
          const before = text.querySelector('[data-k="0"]');
          const watch = new MutationObserver(() => {
            const now = text.querySelector('[data-k="0"]');
            if (!now || now === before) return;
            window.first = performance.now();
            watch.disconnect();
          });
          watch.observe(text, { childList: true });
        }""")
        button.evaluate(
            "button => button.addEventListener('click', () => (window.clicked = performance.now()), { once: true })"
        )
        button.click()
        page.wait_for_function("() => window.first !== null", polling="raf")
        times.append(page.evaluate("() => window.first - window.clicked"))
    return sorted(times)


def temperature(page: Page) -> list[float]:
    """Milliseconds from letting the temperature go to the text that goes on at it being there to step through."""
    times = []
    page.locator("[data-do=play]").click()
    for k in range(CLICKS):
        page.wait_for_timeout(500)
        value = 0.3 + 0.1 * (k % 8)
        slider = page.locator("#temperature")
        start = time.perf_counter()
        slider.evaluate(
            f"s => {{ s.value = {value}; s.dispatchEvent(new Event('input')); s.dispatchEvent(new Event('change')); }}"
        )
        page.wait_for_url(f"**write_temperature={value:g}**")
        times.append(1000 * (time.perf_counter() - start))
    return sorted(times)


def main() -> None:
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if executable is None:
        raise SystemExit("no Chromium or Chrome on the PATH")
    print(f"load at the start {os.getloadavg()[0]:.1f}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        server, url = serve()
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            print(f"text page, fresh server: first character after {opened(page, url):.2f} s")
            page.wait_for_timeout(5000)
            print(f"TensorFlow in the server's memory: {'yes' if tensorflow_in(server.pid) else 'no'}")
            times = first_character(page)
            print(
                f"write again: first character after {statistics.median(times):.0f} ms (median), {times[-2]:.0f} (slow)"
            )
            times = temperature(page)
            print(f"another temperature: {statistics.median(times):.0f} ms (median), {times[-2]:.0f} ms (slow)")
        finally:
            server.terminate()
            browser.close()


if __name__ == "__main__":
    main()
