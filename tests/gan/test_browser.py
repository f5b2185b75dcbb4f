"""The trained GANs in a real browser: a picture in hand, a slice to drag in, a sum, a training to scrub, a guess."""

import re
from urllib.parse import urlencode

import pytest

from genmodels.gan import training_history

pytestmark = pytest.mark.skipif(
    not training_history.has_history("fashion_dcgan"),
    reason="no trained GAN: python -m training.gan --model fashion_dcgan",
)

LONG = 180_000  # milliseconds: TensorFlow to be imported on a busy machine


def open_tab(page, studio, tab, **query):
    page.goto(f"{studio}/gan?" + urlencode({"gan_tab": tab, **query}))


def large(page, expect):
    """The address of the large picture in hand."""
    picture = page.get_by_test_id("stImage").locator("img").first
    expect(picture).to_have_attribute("src", re.compile(r"\.png$"))
    return picture


def test_a_picture_is_taken_in_hand_moved_and_taken_along(page, studio, expect):
    open_tab(page, studio, "Explore")
    tiles = page.locator(".wall").first.get_by_role("button")
    expect(tiles).to_have_count(64, timeout=LONG)
    expect(tiles.first).to_have_attribute("aria-pressed", "true")
    before = large(page, expect).get_attribute("src")
    tiles.nth(9).click()
    expect(page).to_have_url(re.compile("picture=9"))
    expect(large(page, expect)).not_to_have_attribute("src", before)
    page.keyboard.press("ArrowDown")
    expect(tiles.nth(17)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("picture=17"))
    picked = large(page, expect).get_attribute("src")
    slider = page.get_by_role("slider", name=re.compile("^Direction 1"))
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft" if float(slider.input_value()) > 0 else "ArrowRight")
    expect(large(page, expect)).not_to_have_attribute("src", picked)
    page.get_by_role("button", name="From", exact=True).click()
    expect(page.get_by_text("Taken along as From.")).to_be_visible()
    page.get_by_role("tab", name="Arithmetic").click()
    page.get_by_role("radio", name="Between two").click()
    expect(page.get_by_text("Two pictures are needed")).to_be_visible()
    third = page.locator(".wall").first.get_by_role("button").nth(3)
    third.click()  # fills "From" anew, then goes on to "To"
    expect(third).to_have_attribute("aria-label", re.compile("in From"))
    page.locator(".wall").first.get_by_role("button").nth(4).click()
    expect(page.get_by_text("Along the arc")).to_be_visible()
    expect(page.locator(".wall").first.locator("b", has_text="To")).to_have_count(1)


def test_a_slice_follows_the_hand(page, studio, expect):
    open_tab(page, studio, "Explore", gan_view="Slice")
    plane, picture = page.locator(".walk .plane"), page.locator(".walk .picture")
    expect(picture).to_have_attribute("data-frames", re.compile(r"\d"), timeout=LONG)
    box = plane.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    frames = int(picture.get_attribute("data-frames"))
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25, steps=12)
    assert int(picture.get_attribute("data-frames")) >= frames + 10, "a frame for each move, without the server"
    page.mouse.up()
    expect(page.locator(".walk .where")).to_contain_text("(1.50, 1.50)")
    expect(page.get_by_role("button", name="Reset").last).to_be_enabled()


def test_a_sum_is_drawn(page, studio, expect):
    open_tab(page, studio, "Arithmetic")
    answer = page.locator(".equation .result img")
    expect(answer).to_have_count(9, timeout=LONG)
    middle = answer.nth(4).get_attribute("src")
    tiles = page.locator(".wall").first.get_by_role("button")
    tiles.first.evaluate("tile => [tile, tile.nextSibling, tile.nextSibling.nextSibling].forEach(each => each.click())")
    for k in (0, 1, 2):
        expect(tiles.nth(k).locator("b")).to_have_text("A")  # none is lost, however quickly they come
    expect(answer.nth(4)).not_to_have_attribute("src", middle)
    expect(page.get_by_role("radio", name="B", exact=True)).to_be_checked()


def test_a_training_is_scrubbed_and_a_picture_followed(page, studio, expect):
    open_tab(page, studio, "Flight recorder")
    wall, moment = page.locator(".flight canvas").first, page.locator(".flight .moment")
    expect(wall).to_have_attribute("data-moment", re.compile(r"\d"), timeout=LONG)
    last = moment.inner_text()
    page.locator(".flight input").focus()
    page.keyboard.press("Home")
    expect(wall).to_have_attribute("data-moment", "0")
    expect(moment).to_contain_text("epoch 0.0")
    page.keyboard.press("ArrowRight")
    expect(wall).to_have_attribute("data-moment", "1")
    page.get_by_role("button", name="Play").click()
    expect(moment).to_have_text(last)  # it runs to the end, and stops there
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    box = wall.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.99, box["y"] + box["height"] * 0.01)
    expect(page.locator(".flight .frame i")).to_have_attribute("style", re.compile(r"left: 87\.5%; top: 0%"))


def test_a_guess_reveals_the_broken_run(page, studio, expect):
    open_tab(page, studio, "Ablations")
    expect(page.locator(".flight .run")).to_have_count(1, timeout=LONG)
    page.get_by_role("button", name="The pictures get worse").click()
    expect(page.get_by_text("What our run shows.")).to_be_visible(timeout=LONG)
    expect(page.locator(".flight .run")).to_have_count(2)
    walls = page.locator(".flight .frame canvas")
    page.locator(".flight input").focus()
    page.keyboard.press("Home")
    for k in range(2):
        expect(walls.nth(k)).to_have_attribute("data-moment", "0")
    page.get_by_role("button", name="Hide it again").click()
    expect(page.locator(".flight .run")).to_have_count(1)
