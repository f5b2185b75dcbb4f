"""The tab "Encode your image" in a real browser: drawing, undoing, and a file that is no image."""

import io

import numpy as np
import pytest
from PIL import Image

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect
LONG = 90_000  # milliseconds: TensorFlow may still be loading


@pytest.fixture
def section(server, page):
    page.goto(f"{server}/vae?vae_tab=Encode+your+image&vae_data=MNIST")
    canvas = page.get_by_role("img", name="Drawing canvas")
    canvas.wait_for(timeout=LONG)
    expect(page.get_by_text("Negative ELBO")).to_be_visible(timeout=LONG)  # of the example drawing
    return page


def stroke(page, points):
    box = page.get_by_role("img", name="Drawing canvas").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=12)
    page.mouse.up()


def ink(page):
    """The fraction of the canvas that is not black."""
    return page.get_by_role("img", name="Drawing canvas").evaluate(
        """canvas => {
          const rgba = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
          return rgba.filter((value, k) => k % 4 === 0 && value > 64).length / (canvas.width * canvas.height);
        }"""
    )


def test_a_drawn_seven_is_encoded_and_decoded(section):
    expect(section.get_by_text("Example drawing.")).to_be_visible()
    before = section.get_by_text("Negative ELBO").inner_text()
    stroke(section, [(0.2, 0.25), (0.8, 0.25), (0.45, 0.85)])
    expect(section.get_by_text("Example drawing.")).to_have_count(0)
    expect(section.get_by_text("Negative ELBO")).not_to_have_text(before)
    expect(section.locator("svg[role=img] ellipse")).to_have_count(4)  # in the plane and in the closer view
    for caption in ("Reconstruction from μ", "Centered in 28 x 28"):
        expect(section.get_by_text(caption)).to_be_visible()
    expect(section.get_by_text("Ten samples z ~ q(z|x), decoded")).to_be_visible()


@pytest.mark.slow
def test_clear_empties_the_canvas_and_undo_restores_the_drawing(section):
    stroke(section, [(0.5, 0.2), (0.5, 0.8)])
    expect(section.get_by_text("Example drawing.")).to_have_count(0)
    drawn = ink(section)
    section.get_by_role("button", name="Clear", exact=True).focus()
    section.keyboard.press("Enter")
    expect(section.get_by_text("The drawing is empty: draw something first.")).to_be_visible()
    assert ink(section) == 0
    section.get_by_role("button", name="Undo").click()
    expect(section.get_by_text("Negative ELBO")).to_be_visible()
    assert ink(section) == drawn


@pytest.mark.slow
def test_the_drawing_is_kept_while_another_tab_is_open(section):
    stroke(section, [(0.3, 0.3), (0.7, 0.3), (0.5, 0.8)])
    expect(section.get_by_text("Example drawing.")).to_have_count(0)
    drawn, told = ink(section), section.get_by_text("Negative ELBO").inner_text()
    section.get_by_role("tab", name="2-D latent space").click()
    expect(section.get_by_role("img", name="Drawing canvas")).to_have_count(0)
    section.get_by_role("tab", name="Encode your image").click()
    expect(section.get_by_text("Negative ELBO")).to_have_text(told)
    assert ink(section) == pytest.approx(drawn, abs=1e-4)
    section.get_by_role("button", name="Undo").click()  # its strokes came back too, not only its pixels
    expect(section.get_by_text("The drawing is empty: draw something first.")).to_be_visible()


@pytest.mark.slow
def test_a_file_that_is_no_image_gives_a_message_and_keeps_the_drawing(section):
    stroke(section, [(0.3, 0.3), (0.7, 0.3), (0.5, 0.8)])
    expect(section.get_by_text("Example drawing.")).to_have_count(0)
    drawn = ink(section)
    section.get_by_role("radio", name="Upload").click()
    section.locator("input[type=file]").set_input_files(
        {"name": "seven.png", "mimeType": "image/png", "buffer": b"this is no picture"}
    )
    expect(section.get_by_text("This file is not a readable image")).to_be_visible()
    expect(section.get_by_test_id("stException")).to_have_count(0)
    section.get_by_role("radio", name="Draw").click()
    expect(section.get_by_text("Negative ELBO")).to_be_visible()
    assert ink(section) == pytest.approx(drawn, abs=1e-4)


@pytest.mark.slow
def test_dragging_and_moving_the_crop_box_changes_the_input(section):
    section.get_by_role("radio", name="Upload").click()
    photo = np.full((300, 500), 235, "uint8")
    photo[60:240, 110:128] = 30  # a 1 on the left
    photo[60:78, 300:400] = photo[60:240, 382:400] = 30  # a 7 on the right
    file = io.BytesIO()
    Image.fromarray(photo).save(file, "PNG")
    section.locator("input[type=file]").set_input_files(
        {"name": "two.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    box = section.get_by_role("group", name="Crop box")
    expect(box).to_be_visible(timeout=LONG)
    image = section.get_by_role("img", name="Your photo").bounding_box()
    result = section.get_by_text("Negative ELBO")
    expect(result).to_be_visible(timeout=LONG)
    whole = result.inner_text()

    def at(x, y):
        return image["x"] + x * image["width"], image["y"] + y * image["height"]

    section.mouse.move(*at(0.1, 0.1))
    section.mouse.down()
    section.mouse.move(*at(0.4, 0.9), steps=6)
    section.mouse.up()
    expect(result).not_to_have_text(whole)  # only the 1
    one = result.inner_text()
    left = box.bounding_box()
    assert left["width"] == pytest.approx(0.3 * image["width"], abs=4)

    section.mouse.move(*at(0.25, 0.5))
    section.mouse.down()
    section.mouse.move(*at(0.7, 0.5), steps=6)
    section.mouse.up()
    expect(result).not_to_have_text(one)  # only the 7
    assert box.bounding_box()["width"] == pytest.approx(left["width"], abs=2)

    box.focus()
    before = box.bounding_box()
    section.keyboard.press("ArrowLeft")
    assert box.bounding_box()["x"] < before["x"]
    section.keyboard.press("Home")
    expect(result).to_have_text(whole)
    section.keyboard.press("Shift+ArrowLeft")
    assert box.bounding_box()["width"] < image["width"] - 2
    expect(section.get_by_test_id("stException")).to_have_count(0)
