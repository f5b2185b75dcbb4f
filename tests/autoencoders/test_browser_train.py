"""An autoencoder that learns in a real browser: seen, stopped, taken home."""

import numpy as np
import pytest

from genmodels.autoencoders import model as autoencoders

LONG = 180_000  # milliseconds: compiling a training step on a busy machine


@pytest.fixture
def stopping(page):
    """A page whose training is ended with the test, so that the next one need not wait in the queue."""
    yield page
    stop = page.get_by_role("button", name="Stop")
    if stop.count() and stop.is_enabled():
        stop.click()


def progress(page):
    return page.locator("[data-testid=stMain] [data-testid=stProgress]")


def test_train_stop_and_take_home(stopping, server, expect, tmp_path):
    page = stopping
    page.goto(f"{server}/autoencoders?ae_tab=Train+it&ae_live_epochs=100&ae_live_codings=8")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(progress(page)).to_contain_text("steps", timeout=LONG)
    expect(page.get_by_text("Stacked, 8 numbers, on 8 x 8 digits: held-out pictures above")).to_be_visible()
    picture = page.locator("[data-testid=stMain] [data-testid=stImage] img").first
    before = picture.get_attribute("src")
    expect(picture).not_to_have_attribute("src", before)  # it is redrawn as it learns
    expect(page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg")).to_have_count(1)

    page.get_by_role("button", name="Stop").click()
    expect(progress(page)).to_contain_text("Stopped", timeout=LONG)
    with page.expect_download() as download:
        page.get_by_role("button", name="Weights").click()
    assert download.value.suggested_filename == "autoencoder_digits_stacked.weights.h5"
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    model = autoencoders.build(autoencoders.Recipe(codings=8))
    shown = np.full((1, 28, 28), 100, "uint8")
    fresh = autoencoders.reconstruct(model, shown)
    model.whole.load_weights(file)
    assert not np.allclose(autoencoders.reconstruct(model, shown), fresh)
