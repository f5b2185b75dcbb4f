"""A training of an autoencoder in a real browser: watched, stopped, downloaded."""

import numpy as np
import pytest

from genmodels.autoencoders import config
from genmodels.autoencoders import model as autoencoders

LONG = 180_000  # milliseconds: compiling a training step on a busy machine


@pytest.fixture
def stopping(page):
    """A page whose training is stopped at the end of the test, so that the next one need not queue."""
    yield page
    stop = page.get_by_role("button", name="Stop")
    if stop.count() and stop.is_enabled():
        stop.click()


def progress(page):
    return page.locator("[data-testid=stMain] [data-testid=stProgress]")


@pytest.mark.slow
def test_a_training_can_be_stopped_and_downloaded(stopping, server, expect, tmp_path):
    page = stopping
    page.goto(f"{server}/autoencoders?ae_tab=Train&ae_train_epochs=100&ae_train_code_size=8")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(progress(page)).to_contain_text("steps", timeout=LONG)
    expect(page.get_by_text("Stacked, code size 8, 8 x 8 digits: test images above")).to_be_visible()
    image = page.locator("[data-testid=stMain] [data-testid=stImage] img").first
    before = image.get_attribute("src")
    expect(image).not_to_have_attribute("src", before)  # it is updated during the training
    expect(page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg")).to_have_count(1)

    page.get_by_role("button", name="Stop").click()
    expect(progress(page)).to_contain_text("Stopped", timeout=LONG)
    with page.expect_download() as download:
        page.get_by_role("button", name="Weights").click()
    assert download.value.suggested_filename == "autoencoder_digits_stacked.weights.h5"
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    model = autoencoders.build(config.Config(code_size=8))
    images = np.full((1, 28, 28), 100, "uint8")
    untrained = autoencoders.reconstruct(model, images)
    model.full_model.load_weights(file)
    assert not np.allclose(autoencoders.reconstruct(model, images), untrained)
