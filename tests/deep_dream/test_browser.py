"""DeepDream in a real browser: a run starts by itself, can be stopped and compared, and accepts an uploaded photo."""

import re
from urllib.parse import urlencode

import pytest

from genmodels.data import sample_photos
from genmodels.media import images

LONG = 180_000  # milliseconds: importing TensorFlow on a loaded machine


def open_dream(page, studio, **query):
    page.goto(f"{studio}/deep_dream?" + urlencode({"dream_image_size": 200, **query}))


def image_source(page, expect, kind=".after"):
    """The current result as a data URL; `.before`: the photo."""
    image = page.locator(f".compare {kind}")
    expect(image).to_have_attribute("src", re.compile("^data:image/png"))  # set after the element is added
    return image.get_attribute("src")


def wait_until_done(page, expect):
    expect(page.get_by_text(re.compile(r"^Done, \d+ of \d+ steps"))).to_be_visible(timeout=LONG)
    expect(
        page.get_by_test_id("stDownloadButton").filter(visible=True).first
    ).to_be_visible()  # drawn after the last image
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")


def test_a_run_starts_by_itself_and_ends(page, studio, expect):
    open_dream(page, studio, dream_octaves=2, dream_steps=5)
    wait_until_done(page, expect)
    assert image_source(page, expect, ".before") != image_source(page, expect)
    expect(page.get_by_text("Octave 2: 200 x 133", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stDownloadButton")).to_be_visible()


@pytest.mark.slow
def test_the_image_is_updated_during_a_run_and_stop_keeps_the_last_one(page, studio, expect):
    open_dream(page, studio, dream_octaves=5, dream_steps=60)
    expect(page.get_by_text(re.compile(r"^\d+ of 300 steps"))).to_be_visible(timeout=LONG)
    first = image_source(page, expect)
    expect(page.locator(".compare .after")).not_to_have_attribute("src", first)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped, \d+ of 300 steps"))).to_be_visible()
    expect(page.get_by_test_id("stDownloadButton").filter(visible=True).first).to_be_visible()  # drawn last
    last = image_source(page, expect)
    page.get_by_role("tab", name="How it works").click()
    expect(page.get_by_text("Papers")).to_be_visible()
    page.get_by_role("tab", name="Dream", exact=True).click()
    expect(page.locator(".compare .after")).to_have_attribute("src", last)


@pytest.mark.slow
def test_the_line_follows_keys_and_pointer(page, studio, expect):
    open_dream(page, studio, dream_octaves=1, dream_steps=5)
    wait_until_done(page, expect)
    frame, line = page.locator(".compare"), page.locator(".compare input")
    line.focus()
    page.keyboard.press("End")
    assert frame.evaluate("each => each.style.getPropertyValue('--at')") == "100%"
    box = frame.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert 44 <= int(line.input_value()) <= 56
    expect(frame.locator(".left")).to_have_css("opacity", "1")


@pytest.mark.slow
def test_an_uploaded_photo_is_used_and_an_invalid_one_refused(page, studio, expect):
    open_dream(page, studio, dream_octaves=1, dream_steps=5, dream_photo="Upload")
    uploader = page.locator("input[type=file]").first
    photo = images.png(sample_photos.load("Astronaut", 320))
    uploader.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": photo})
    expect(page.get_by_text(re.compile("scaled from 320 x 320 to 200 x 200"))).to_be_visible()
    wait_until_done(page, expect)
    last = image_source(page, expect)
    uploader.set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"MZ" + b"\0" * 500})
    expect(page.get_by_text(re.compile("The previous photo is kept"))).to_be_visible()
    expect(page.locator(".compare .after")).to_have_attribute("src", last)


@pytest.mark.slow
def test_another_photo_starts_another_run(page, studio, expect):
    open_dream(page, studio, dream_octaves=1, dream_steps=5)
    wait_until_done(page, expect)
    first = image_source(page, expect, ".before")
    page.get_by_role("combobox", name="Photo").click()
    page.get_by_role("option", name="Rocket").click()
    expect(page.locator(".compare .before")).not_to_have_attribute("src", first)
    wait_until_done(page, expect)
    expect(page).to_have_url(re.compile("dream_photo=Rocket"))
