"""Live style transfer in a real browser: style picker, 2-D pad, video upload, and Chromium's fake camera."""

import importlib.util
import re
from urllib.parse import urlencode

import pytest

LONG = 180_000  # milliseconds: TensorFlow to be imported on a busy machine


def open_live(page, studio, **query):
    page.goto(f"{studio}/live_style?" + urlencode({"fast_style_photo": "Cat", **query}))


def image_url(page, expect, *, after=""):
    """The data URL of the result, once it differs from `after`."""
    image = page.locator("[class*=st-key-result_]").get_by_test_id("stImage").locator("img").last
    expect(image).to_have_attribute("src", re.compile("^data:image/png"), timeout=LONG)
    if after:
        expect(image).not_to_have_attribute("src", after)
    return image.get_attribute("src")


def test_a_click_on_a_style_stylizes_the_photo(page, studio, expect):
    open_live(page, studio)
    expect(page.get_by_text("stylized in")).to_be_visible(timeout=LONG)
    first = image_url(page, expect)
    page.get_by_role("button", name="Mosaic").click()
    expect(page.get_by_role("button", name="Mosaic")).to_have_attribute("aria-pressed", "true")
    second = image_url(page, expect, after=first)
    page.get_by_text("Show original").click()
    photo = image_url(page, expect, after=second)
    assert len({first, second, photo}) == 3
    assert "fast_style_style=Mosaic" in page.url


@pytest.mark.slow
def test_the_dot_between_four_styles_follows_pointer_and_keys(page, studio, expect):
    open_live(page, studio, fast_style_mode="2-D interpolation")
    plane = page.get_by_role("application")
    expect(plane).to_be_visible(timeout=LONG)
    first = image_url(page, expect)
    box = plane.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] + 10, steps=4)
    page.mouse.up()
    second = image_url(page, expect, after=first)
    plane.press("End")
    plane.press("Shift+ArrowRight")
    image_url(page, expect, after=second)


@pytest.mark.slow
def test_an_invalid_video_is_refused_and_the_previous_kept(page, studio, expect):
    open_live(page, studio, fast_style_tab="Video")
    first = image_url(page, expect)
    chosen = {"name": "video.mp4", "mimeType": "video/mp4", "buffer": b"\0\0\0\x18ftypisom" + bytes(300)}
    page.locator("input[type=file]").first.set_input_files(chosen)
    expect(page.get_by_text("damaged or incomplete")).to_be_visible()
    assert image_url(page, expect) == first


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("streamlit_webrtc") is None, reason="streamlit-webrtc is not installed")
def test_the_cameras_video_is_stylized(open_page, studio, expect):
    page = open_page(permissions=["camera"])
    page.goto(f"{studio.replace('127.0.0.1', 'localhost')}/live_style?fast_style_tab=Camera")
    frame = page.frame_locator("iframe[title*=webrtc]")
    frame.get_by_role("button", name=re.compile("start", re.I)).click(timeout=LONG)
    expect(page.get_by_text(re.compile(r"frames per second, .* ms per frame, [1-9]\d+ x [1-9]\d+"))).to_be_visible(
        timeout=LONG
    )
    video = frame.locator("video").first
    moving = "video => new Promise(done => video.requestVideoFrameCallback(() => done(video.videoWidth)))"
    assert video.evaluate(moving) >= 160
