"""DeepDream in a real browser: it dreams by itself, can be stopped, compared, and given one's own photo."""

import re
from urllib.parse import urlencode

from genmodels.data import sample_photos
from genmodels.media import images

LONG = 180_000  # milliseconds: TensorFlow to be imported on a busy machine


def open_dream(page, studio, **query):
    page.goto(f"{studio}/deep_dream?" + urlencode({"dream_size": 200, **query}))


def shown(page, expect, kind=".after"):
    """The dream as it is: the address of its picture, which holds all of it. `.before`: the photo's."""
    picture = page.locator(f".compare {kind}")
    expect(picture).to_have_attribute("src", re.compile("^data:image/png"))  # a moment after the element is there
    return picture.get_attribute("src")


def done(page, expect):
    expect(page.get_by_text(re.compile(r"^Done, \d+ of \d+ steps"))).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Drag the line")).to_be_visible()  # comes last, after the last frame


def test_it_dreams_by_itself_to_its_end(page, studio, expect):
    open_dream(page, studio, dream_octaves=2, dream_steps=5)
    done(page, expect)
    assert shown(page, expect, ".before") != shown(page, expect)
    expect(page.get_by_text("Octave 2: 200 x 134", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stDownloadButton")).to_be_visible()


def test_frames_come_while_it_dreams_and_stop_keeps_the_last(page, studio, expect):
    open_dream(page, studio, dream_octaves=5, dream_steps=60)
    expect(page.get_by_text(re.compile(r"^\d+ of 300 steps"))).to_be_visible(timeout=LONG)
    first = shown(page, expect)
    expect(page.locator(".compare .after")).not_to_have_attribute("src", first)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped, \d+ of 300 steps"))).to_be_visible()
    expect(page.get_by_text("Drag the line")).to_be_visible()  # comes last
    kept = shown(page, expect)
    page.get_by_role("tab", name="How it works").click()
    expect(page.get_by_text("Papers")).to_be_visible()
    page.get_by_role("tab", name="Dream", exact=True).click()
    expect(page.locator(".compare .after")).to_have_attribute("src", kept)


def test_the_line_follows_keys_and_hand(page, studio, expect):
    open_dream(page, studio, dream_octaves=1, dream_steps=5)
    done(page, expect)
    frame, line = page.locator(".compare"), page.locator(".compare input")
    line.focus()
    page.keyboard.press("End")
    assert frame.evaluate("each => each.style.getPropertyValue('--at')") == "100%"
    box = frame.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert 44 <= int(line.input_value()) <= 56
    expect(frame.locator(".left")).to_have_css("opacity", "1")


def test_ones_own_photo_is_dreamt_on_and_a_bad_one_refused(page, studio, expect):
    open_dream(page, studio, dream_octaves=1, dream_steps=5, dream_photo="Upload")
    give = page.locator("input[type=file]").first
    photo = images.png(sample_photos.load("Astronaut", 320))
    give.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": photo})
    expect(page.get_by_text(re.compile("scaled from 320 x 320 to 200 x 200"))).to_be_visible()
    done(page, expect)
    kept = shown(page, expect)
    give.set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"MZ" + b"\0" * 500})
    expect(page.get_by_text(re.compile("not a picture.*The photo before it stays"))).to_be_visible()
    expect(page.locator(".compare .after")).to_have_attribute("src", kept)


def test_a_change_dreams_anew(page, studio, expect):
    open_dream(page, studio, dream_octaves=1, dream_steps=5)
    done(page, expect)
    first = shown(page, expect, ".before")
    page.get_by_role("radio", name="Rocket").click()
    expect(page.locator(".compare .before")).not_to_have_attribute("src", first)
    done(page, expect)
    expect(page).to_have_url(re.compile("dream_photo=Rocket"))
