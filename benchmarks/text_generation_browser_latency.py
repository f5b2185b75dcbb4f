"""Latency in a real browser: `python -m benchmarks.text_generation_browser_latency`.

Opens the text page on a new server, checks whether TensorFlow is in the server's memory, and
measures the time from a click on "Regenerate" to the first character, and from releasing the
temperature slider to the new text. Needs Chromium or Chrome on the PATH and the test requirements.
"""

import statistics
import time
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.browser import VIEWPORT, new_server

CLICKS = 15


def page_load(page: Page, url: str) -> float:
    """Seconds from the request of the text page, on a new server, to its first character."""
    start = time.perf_counter()
    page.goto(f"{url}/text_generation?write_length=100")
    page.wait_for_selector(".text[data-head]:not([data-head='0'])", timeout=60_000)
    return time.perf_counter() - start


def has_tensorflow(pid: int) -> bool:
    """True if the process has TensorFlow's library in its memory (Linux)."""
    return "tensorflow" in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


def first_character(page: Page) -> list[float]:
    """Milliseconds from a click on "Regenerate" to the first character of the new text, for each of `CLICKS`."""
    button, times = page.locator(".st-key-write_regenerate button").first, []
    find = """() => {
      const search = (root) => root.querySelector('.text') ?? [...root.querySelectorAll('*')]
        .map((each) => each.shadowRoot && search(each.shadowRoot)).find(Boolean);
      return search(document);
    }"""
    for _ in range(CLICKS):
        page.wait_for_timeout(900)
        text = page.evaluate_handle(find)
        # Measured in the page itself: the old text is removed and a new first character is there.
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
    """Milliseconds from releasing the temperature slider to the text at the new temperature."""
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
    with new_server() as (browser, url, pid):
        page = browser.new_page(viewport=VIEWPORT)
        print(f"text page, new server: first character after {page_load(page, url):.2f} s")
        page.wait_for_timeout(5000)
        print(f"TensorFlow in the server's memory: {'yes' if has_tensorflow(pid) else 'no'}")
        times = first_character(page)
        print(f"Regenerate: first character after {statistics.median(times):.0f} ms (median), {times[-2]:.0f} (slow)")
        times = temperature(page)
        print(f"temperature: {statistics.median(times):.0f} ms (median), {times[-2]:.0f} ms (slow)")


if __name__ == "__main__":
    main()
