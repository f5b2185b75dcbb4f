"""Style transfer in a real browser: it paints by itself, follows a weight, is masked by hand, takes one's own style."""

import re
from urllib.parse import urlencode

from genmodels.data import style_images
from genmodels.media import images

LONG = 180_000  # milliseconds: TensorFlow to be imported on a busy machine


def open_studio(page, studio, **query):
    page.goto(f"{studio}/style_transfer?" + urlencode({"style_size": 200, "style_scales": 1, **query}))


def shown(page, expect, kind=".after"):
    """The picture as it is: its address, which holds all of it. `.before`: the photo's."""
    picture = page.locator(f".compare {kind}")
    expect(picture).to_have_attribute("src", re.compile("^data:image/png"))  # a moment after the element is there
    return picture.get_attribute("src")


def done(page, expect):
    expect(page.get_by_text(re.compile(r"^Done, \d+ of \d+ steps"))).to_be_visible(timeout=LONG)


def test_it_paints_by_itself_and_shows_what_style_is(page, studio, expect):
    open_studio(page, studio, style_steps=10)
    done(page, expect)
    assert shown(page, expect, ".before") != shown(page, expect)
    expect(page.get_by_text(re.compile(r"^Total loss \d\.\d+"))).to_be_visible()
    expect(page.get_by_test_id("stDownloadButton")).to_have_count(3)
    page.get_by_role("tab", name="What style is").click()
    expect(page.get_by_text(re.compile("away from the style"))).to_have_count(2)


def test_pause_change_a_weight_and_go_on_then_stop_keeps_it(page, studio, expect):
    open_studio(page, studio, style_steps=150, style_size=300)
    expect(page.get_by_text(re.compile(r"^\d+ of 150 steps"))).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text(re.compile(r"^Paused, \d+ of 150 steps"))).to_be_visible()
    held = shown(page, expect)
    page.get_by_role("slider", name="Content").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"style_content=1\.5"))
    expect(page.get_by_text(re.compile(r"^Paused, \d+ of 150 steps"))).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".compare .after")).not_to_have_attribute("src", held)
    expect(page.get_by_text(re.compile(r"Content .* × 1\.5 = "))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped, \d+ of 150 steps"))).to_be_visible()
    expect(page.get_by_text("Drag the line")).to_be_visible()  # comes last
    kept = shown(page, expect)
    page.get_by_role("tab", name="How it works").click()
    expect(page.get_by_text("Papers")).to_be_visible()
    page.get_by_role("tab", name="Paint").click()
    expect(page.locator(".compare .after")).to_have_attribute("src", kept)
    page.get_by_role("button", name="Go on from here").click()
    expect(page.locator(".compare .after")).not_to_have_attribute("src", kept)
    page.get_by_role("button", name="Stop").click()  # the next test need not wait in line


def test_the_part_that_is_marked_is_painted(page, studio, expect):
    open_studio(page, studio, style_steps=10, style_mask="true")
    sheet = page.locator(".mark canvas")
    expect(page.locator(".mark .hint")).to_be_visible(timeout=LONG)
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] - 20, steps=4)
    page.mouse.up()
    expect(page.locator(".mark .hint")).to_be_hidden()
    done(page, expect)
    assert shown(page, expect, ".before") != shown(page, expect)
    page.locator(".mark .undo").click()
    expect(page.get_by_text("Mark on the small photo")).to_be_visible()


def test_ones_own_style_and_a_bad_one_refused(page, studio, expect):
    open_studio(page, studio, style_steps=10, style_manner="Your own")
    expect(page.get_by_text("Bring a picture whose manner you want")).to_be_visible(timeout=LONG)
    give = page.locator("input[type=file]").first
    picture = images.png(style_images.draw("Waves", 540))
    give.set_input_files({"name": "mine.png", "mimeType": "image/png", "buffer": picture})
    expect(page.get_by_text(re.compile("scaled from 540 x 540 to 512 x 512"))).to_be_visible()
    done(page, expect)
    kept = shown(page, expect)
    give.set_input_files({"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": b"MZ" + b"\0" * 500})
    expect(page.get_by_text(re.compile("not a picture.*The style before it stays"))).to_be_visible()
    assert shown(page, expect) == kept
