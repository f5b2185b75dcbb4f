"""Latency in a real browser: `python -m benchmarks.vae_browser_latency`.

Starts the app, opens the home page, drags over the latent plane, moves a latent slider, and reports updates per
second and milliseconds. Needs Chromium or Chrome on the PATH and the test requirements.
"""

import statistics
import time

from playwright.sync_api import Browser, Page

from benchmarks.browser import VIEWPORT, new_server

DRAG_SECONDS, SLIDES = 3.0, 25


def first_paint(browser: Browser, url: str) -> float:
    """Seconds from requesting the home page of a new server to its first image."""
    page = browser.new_page(viewport=VIEWPORT)
    start = time.perf_counter()
    page.goto(url)
    page.wait_for_function("() => document.querySelector('[data-testid=stImage] img')?.complete", polling="raf")
    seconds = time.perf_counter() - start
    page.close()
    return seconds


def drag(page: Page, url: str) -> float:
    """Images drawn per second during a drag over the latent plane."""
    page.goto(f"{url}/vae")
    page.wait_for_selector("canvas.decoded[data-frames]", timeout=60_000)
    page.wait_for_selector("[data-testid=stImage] img", timeout=60_000)  # the decoder is loaded
    page.wait_for_timeout(1000)
    box = page.locator("canvas.plane").bounding_box()
    assert box is not None
    x, y, width = box["x"], box["y"], box["width"]
    page.mouse.move(x + 0.2 * width, y + 0.5 * width)
    page.mouse.down()
    before, start, k = _frames(page), time.perf_counter(), 0
    while time.perf_counter() - start < DRAG_SECONDS:
        k += 1
        page.mouse.move(x + width * (0.2 + 0.6 * ((k / 80) % 1)), y + width * (0.5 + 0.2 * ((k / 33) % 1)))
    rate = (_frames(page) - before) / (time.perf_counter() - start)
    page.mouse.up()
    return rate


def _frames(page: Page) -> int:
    return int(page.locator("canvas.decoded").get_attribute("data-frames") or 0)


def slide(page: Page, url: str) -> list[float]:
    """Milliseconds from a key press on a latent slider to the new image on the screen, for each of `SLIDES`."""
    page.goto(f"{url}/vae?vae_tab=Latent+sliders")
    page.wait_for_selector("[data-testid=stImage] img", timeout=60_000)
    page.wait_for_timeout(3000)
    source = "() => document.querySelector('[data-testid=stImage] img').src"
    slider = page.locator("input[type=range]").first
    slider.focus()
    key = "ArrowLeft" if float(slider.input_value()) > 0 else "ArrowRight"  # away from the nearer end
    times = []
    for _ in range(SLIDES):
        old, start = page.evaluate(source), time.perf_counter()
        page.keyboard.press(key)
        page.wait_for_function(
            """old => {
              const i = document.querySelector('[data-testid=stImage] img');
              return i && i.complete && i.src !== old;
            }""",
            arg=old,
            polling="raf",
        )
        times.append(1000 * (time.perf_counter() - start))
        page.wait_for_timeout(300)
    return sorted(times)


def main() -> None:
    with new_server() as (browser, url, _):
        print(f"home, new server: first image after {first_paint(browser, url):.2f} s")
        page = browser.new_page(viewport=VIEWPORT)
        print(f"2-D latent space: {drag(page, url):.0f} images per second during a drag")
        times = slide(page, url)
        times = [statistics.median(times), times[-2]]
        print("latent sliders: image after {:.0f} ms (median), {:.0f} ms (second slowest)".format(*times))


if __name__ == "__main__":
    main()
