"""The tabs "2-D GAN" and "Train" in a real browser: training, drawing, pause, changed controls, downloads."""

import re
from urllib.parse import urlencode

import pytest

LONG = 180_000  # milliseconds: TensorFlow to be imported on a busy machine


def open_tab(page, studio, tab, **query):
    page.goto(f"{studio}/gan?" + urlencode({"gan_tab": tab, **query}))


def stroke(page, expect):
    """Draw a line on the data plane with the pointer."""
    plane = page.locator("canvas.drawing")
    expect(plane).to_be_visible(timeout=LONG)
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"], steps=12)
    page.mouse.up()


@pytest.mark.slow
def test_2d_gan_trains_and_its_history_can_be_shown(page, studio, expect):
    open_tab(page, studio, "2-D GAN", gan2d_steps=100, gan2d_hidden_units=16)
    canvas = page.locator("canvas[data-step]")
    expect(canvas).to_have_attribute("data-step", "0", timeout=LONG)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Done, 100 of 100 steps")).to_be_visible(timeout=LONG)
    expect(canvas).to_have_attribute("data-step", "100")
    page.get_by_role("button", name="Generator only", exact=True).click()  # 10 training steps
    expect(canvas).to_have_attribute("data-step", "110")
    page.get_by_role("slider", name="Training step").focus()
    page.keyboard.press("Home")
    expect(canvas).to_have_attribute("data-step", "0")
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.get_by_text("Done, 100 of 100 steps")).to_be_hidden()
    expect(page.get_by_role("button", name="Mode collapse")).to_be_visible()


@pytest.mark.slow
def test_a_drawing_is_trained_on_and_another_stroke_starts_a_new_run(page, studio, expect):
    open_tab(page, studio, "2-D GAN", gan2d_data_distribution="Draw your own", gan2d_steps=100, gan2d_hidden_units=16)
    expect(page.get_by_text("Draw here")).to_be_visible(timeout=LONG)
    train = page.get_by_role("button", name="Train", exact=True)
    expect(train).to_be_disabled()
    stroke(page, expect)
    expect(train).to_be_enabled()
    train.click()
    expect(page.get_by_text("Done, 100 of 100 steps")).to_be_visible(timeout=LONG)
    stroke(page, expect)
    expect(page.get_by_text("Done, 100 of 100 steps")).to_be_hidden()
    expect(page.locator("canvas[data-step]")).to_have_attribute("data-step", "0")


@pytest.mark.slow
def test_a_training_is_paused_changed_stopped_and_its_video_downloaded(page, studio, expect):
    open_tab(page, studio, "Train", gan_train_data="8 x 8 digits", gan_train_architecture="Dense", gan_train_epochs=50)
    train = page.get_by_role("button", name="Train", exact=True)
    train.click(timeout=LONG)
    expect(page.get_by_text(re.compile(r"^\d+ of [\d,]+ steps"))).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text(re.compile(r"^Paused, \d+ of [\d,]+ steps"))).to_be_visible()
    page.get_by_role("slider", name="Generator learning rate").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"gan_train_generator_learning_rate=0\.005"))
    expect(page.get_by_text(re.compile(r"^Paused, \d+ of [\d,]+ steps"))).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(re.compile(r"^\d+ of [\d,]+ steps"))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped, \d+ of [\d,]+ steps"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="GIF").click()
    assert download.value.suggested_filename == "gan_digits_dense.gif"


@pytest.mark.slow
def test_how_it_works_has_its_equations(page, studio, expect):
    open_tab(page, studio, "How it works")
    expect(page.locator(".katex-display")).to_have_count(12, timeout=LONG)
    expect(page.get_by_text("arXiv:1406.2661").first).to_be_visible()
