"""Style transfer in a real browser: a run, a changed loss weight, a brushed mask, an uploaded style image."""

import re
from urllib.parse import urlencode

import pytest

from genmodels.data import style_images
from genmodels.media import images

LONG = 180_000  # milliseconds: TensorFlow to be imported on a busy machine


def open_studio(page, studio, **query):
    page.goto(f"{studio}/style_transfer?" + urlencode({"style_size": 200, "style_n_scales": 1, **query}))


def image_url(page, expect, image=".after"):
    """The data URL of the current image. `.before`: of the photo."""
    element = page.locator(f".compare {image}")
    expect(element).to_have_attribute("src", re.compile("^data:image/png"))  # set a moment after the element is created
    return element.get_attribute("src")


def done(page, expect):
    expect(page.get_by_text(re.compile(r"^Done, \d+ of \d+ steps"))).to_be_visible(timeout=LONG)
    expect(page.get_by_test_id("stDownloadButton")).to_have_count(3)  # the last image is shown before them


def test_a_run_starts_on_its_own_and_has_gram_matrices(page, studio, expect):
    open_studio(page, studio, style_steps_per_scale=10)
    done(page, expect)
    assert image_url(page, expect, ".before") != image_url(page, expect)
    expect(page.get_by_text(re.compile(r"Total loss \d\.\d+"))).to_be_visible()
    expect(page.get_by_test_id("stDownloadButton")).to_have_count(3)
    page.get_by_role("tab", name="Gram matrices").click()
    expect(page.get_by_text(re.compile(r"^(Photo|Stylized image): style loss \d"))).to_have_count(2)


@pytest.mark.slow
def test_pause_change_a_weight_resume_stop_and_continue(page, studio, expect):
    open_studio(page, studio, style_steps_per_scale=150, style_size=300)
    expect(page.get_by_text(re.compile(r"^\d+ of 150 steps"))).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text(re.compile(r"^Paused, \d+ of 150 steps"))).to_be_visible()
    paused = image_url(page, expect)
    page.get_by_role("slider", name="Content weight").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"style_content_weight=1\.5"))
    expect(page.get_by_text(re.compile(r"^Paused, \d+ of 150 steps"))).to_be_visible()
    page.locator(".st-key-style_transfer_resume button").click()
    expect(page.locator(".compare .after")).not_to_have_attribute("src", paused)
    expect(page.get_by_text(re.compile(r"Content .* × 1\.5 = "))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped, \d+ of 150 steps"))).to_be_visible()
    expect(page.get_by_text("Drag the line")).to_be_visible()  # appears last
    stopped = image_url(page, expect)
    page.get_by_role("tab", name="How it works").click()
    expect(page.get_by_text("Papers")).to_be_visible()
    page.get_by_role("tab", name="Style transfer").click()
    expect(page.locator(".compare .after")).to_have_attribute("src", stopped)
    page.get_by_role("button", name="Continue optimizing").click()
    expect(page.locator(".compare .after")).not_to_have_attribute("src", stopped)
    page.get_by_role("button", name="Stop").click()  # frees the queue for the next test


@pytest.mark.slow
def test_a_brushed_mask(page, studio, expect):
    open_studio(page, studio, style_steps_per_scale=10, style_mask="true")
    sheet = page.locator(".mask canvas")
    expect(page.locator(".mask .hint")).to_be_visible(timeout=LONG)
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 20, steps=4)
    page.mouse.up()
    expect(page.locator(".mask .hint")).to_be_hidden()
    done(page, expect)
    assert image_url(page, expect, ".before") != image_url(page, expect)
    page.locator(".mask .undo").click()
    expect(page.get_by_text("Brush the region to stylize on the small photo")).to_be_visible()


@pytest.mark.slow
def test_an_uploaded_style_image_and_an_invalid_one(page, studio, expect):
    open_studio(page, studio, style_steps_per_scale=10, style_image="Your own")
    expect(page.get_by_text("Upload a style image")).to_be_visible(timeout=LONG)
    upload = page.locator("input[type=file]").first
    image = images.png(style_images.draw("Waves", 540))
    upload.set_input_files({"name": "mine.png", "mimeType": "image/png", "buffer": image})
    expect(page.get_by_text(re.compile("scaled from 540 x 540 to 512 x 512"))).to_be_visible()
    done(page, expect)
    stopped = image_url(page, expect)
    upload.set_input_files({"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": b"MZ" + b"\0" * 500})
    expect(page.get_by_text(re.compile("not a.*The previous style image is kept"))).to_be_visible()
    assert image_url(page, expect) == stopped
