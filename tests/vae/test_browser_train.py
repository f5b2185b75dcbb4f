"""The tab "Train" in a real browser: pause, stop, download; and two visitors at once."""

import numpy as np
import pytest

from genmodels.vae import model as vae

GRID = "[data-testid=stMain] [data-testid=stImage] img"
LONG = 180_000  # milliseconds: compiling a training step on a loaded machine


def start(page, server, expect, **settings):
    """Train on the digits, for longer than the test runs."""
    query = "&".join(f"{key}={value}" for key, value in {"vae_train_epochs": 100, **settings}.items())
    page.goto(f"{server}/vae?vae_tab=Train&{query}")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()


def progress(page):
    return page.locator("[data-testid=stMain] [data-testid=stProgress]")


@pytest.fixture
def stopping():
    """Pages whose training is stopped at the end of the test."""
    pages = []
    yield pages.append
    for page in pages:
        stop = page.get_by_role("button", name="Stop")
        if stop.count() and stop.is_enabled():
            stop.click()


def test_train_pause_resume_stop_and_download(page, server, expect, stopping, tmp_path):
    start(page, server, expect)
    stopping(page)
    expect(progress(page)).to_contain_text("steps", timeout=LONG)
    caption = page.get_by_text("VAE, β 1, 2-D, 8 x 8 digits: latent plane")
    expect(caption).to_be_visible()
    before = page.locator(GRID).first.get_attribute("src")
    expect(page.locator(GRID).first).not_to_have_attribute(
        "src", before
    )  # the decoded grid changes during the training
    expect(page.locator("[data-testid=stVegaLiteChart]")).to_have_count(2)

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible(timeout=LONG)
    expect(progress(page)).to_contain_text("Paused")
    paused = page.locator(GRID).first.get_attribute("src")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator(GRID).first).not_to_have_attribute("src", paused, timeout=LONG)

    page.get_by_role("button", name="Stop").click()
    expect(progress(page)).to_contain_text("Stopped")
    expect(caption).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Weights").click()
    assert download.value.suggested_filename == "vae_digits_2d.weights.h5"
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    model = vae.build(2)
    untrained = vae.decode(model, np.zeros((1, 2), "float32"))
    model.load_weights(file)
    assert not np.allclose(vae.decode(model, np.zeros((1, 2), "float32")), untrained)


@pytest.mark.slow
def test_the_second_visitor_is_queued_and_can_use_other_tabs(open_page, studio, expect, stopping):
    first, second = open_page(), open_page(locale="en-US")  # of another context: another visitor
    start(first, studio, expect)
    stopping(first)
    expect(progress(first)).to_contain_text("steps", timeout=LONG)
    start(second, studio, expect)
    stopping(second)
    expect(progress(second)).to_contain_text("position 1")

    second.get_by_role("tab", name="2-D latent space").click()
    pad = second.locator("canvas.plane")
    expect(pad).to_be_visible()
    pad.hover()
    second.mouse.down()
    second.mouse.move(*(value + 40 for value in _middle(pad)))
    second.mouse.up()
    expect(second.get_by_text("Decoder output at z")).to_be_visible()
    expect(second.locator("[data-testid=stSidebar]")).to_contain_text("position 1")

    first.get_by_role("button", name="Stop").click()
    expect(progress(first)).to_contain_text("Stopped")
    second.get_by_role("tab", name="Train").click()
    expect(progress(second)).to_contain_text("steps", timeout=LONG)  # its training has started


def _middle(element) -> tuple[float, float]:
    box = element.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.slow
def test_the_sidebar_reports_a_training_that_ends_while_another_tab_is_open(page, server, expect):
    page.goto(f"{server}/vae?vae_tab=Train&vae_train_epochs=2&vae_train_batch_size=256")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("tab", name="2-D latent space").click()
    sidebar = page.locator("[data-testid=stSidebar]")
    expect(sidebar).to_contain_text("done, 10 of 10 steps", timeout=LONG)
    page.get_by_role("tab", name="Train").click()
    expect(page.get_by_role("button", name="Weights")).to_be_visible()
    expect(page.get_by_text("Latent means of the held-out images")).to_be_visible()
