"""Live style in a real browser: palettes, the pad, a film, and a camera that Chromium makes up."""

import importlib.util
import re
from urllib.parse import urlencode

import pytest

LONG = 180_000  # milliseconds: TensorFlow to be imported on a busy machine


def open_live(page, studio, **query):
    page.goto(f"{studio}/live_style?" + urlencode({"live_photo": "Cat", **query}))


def painted(page, expect, *, after=""):
    """The address of the large picture, which holds all of it, once it is another one than `after`."""
    picture = page.get_by_test_id("stImage").locator("img").last
    expect(picture).to_have_attribute("src", re.compile("^data:image/png"), timeout=LONG)
    if after:
        expect(picture).not_to_have_attribute("src", after)
    return picture.get_attribute("src")


def test_a_click_on_a_style_paints_in_it(page, studio, expect):
    open_live(page, studio)
    expect(page.get_by_text("painted in")).to_be_visible(timeout=LONG)
    first = painted(page, expect)
    page.get_by_role("button", name="Mosaic").click()
    expect(page.get_by_role("button", name="Mosaic")).to_have_attribute("aria-pressed", "true")
    second = painted(page, expect, after=first)
    page.get_by_text("Show the photo").click()
    photo = painted(page, expect, after=second)
    assert len({first, second, photo}) == 3
    assert "live_style=Mosaic" in page.url


def test_the_dot_between_four_styles_follows_hand_and_keys(page, studio, expect):
    open_live(page, studio, live_way="Four corners")
    plane = page.get_by_role("application")
    expect(plane).to_be_visible(timeout=LONG)
    first = painted(page, expect)
    box = plane.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] + 10, steps=4)
    page.mouse.up()
    second = painted(page, expect, after=first)
    plane.press("End")
    plane.press("Shift+ArrowRight")
    painted(page, expect, after=second)


def test_a_bad_film_is_refused_and_takes_nothing_away(page, studio, expect):
    open_live(page, studio, live_tab="Film")
    first = painted(page, expect)
    chosen = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"\0\0\0\x18ftypisom" + bytes(300)}
    page.locator("input[type=file]").first.set_input_files(chosen)
    expect(page.get_by_text("damaged or cut short")).to_be_visible()
    assert painted(page, expect) == first


@pytest.mark.skipif(importlib.util.find_spec("streamlit_webrtc") is None, reason="streamlit-webrtc is not installed")
def test_the_camera_s_video_comes_back_painted(open_page, studio, expect):
    page = open_page(permissions=["camera"])
    page.goto(f"{studio.replace('127.0.0.1', 'localhost')}/live_style?live_tab=Camera")
    frame = page.frame_locator("iframe[title*=webrtc]")
    frame.get_by_role("button", name=re.compile("start", re.I)).click(timeout=LONG)
    expect(page.get_by_text(re.compile(r"frames a second, .* ms for one, [1-9]\d+ x [1-9]\d+"))).to_be_visible(
        timeout=LONG
    )
    video = frame.locator("video").first
    moving = "video => new Promise(done => video.requestVideoFrameCallback(() => done(video.videoWidth)))"
    assert video.evaluate(moving) >= 160
