"""Latent projections in a real browser: the animation of a training, rotation, points under the pointer."""

import re
from urllib.parse import urlencode

import pytest

from tests.visitor import until

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect
LONG = 120_000  # ms: TensorFlow may be imported
HAS_IMAGE = re.compile(r"^\d+$")  # a row: the image is drawn

pytestmark = pytest.mark.slow


def address(studio, view, **query):
    state = {"ae_tab": "Latent projections", "ae_projections_view": view} | query
    return f"{studio}/autoencoders?{urlencode(state)}"


def pixels(canvas):
    """A checksum of what is drawn."""
    return canvas.evaluate(
        """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
          .reduce((sum, value, k) => (sum * 31 + value * (k % 97)) % 1000003, 0)"""
    )


# --- PCA vs. linear autoencoder -----------------------------------------------------------------

PCA = "PCA vs. linear autoencoder"


@pytest.fixture
def animation(page, studio):
    """With reduced motion: it starts at its end."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(address(studio, PCA))
    page.locator("canvas.scene").wait_for(timeout=LONG)
    return page


def angle(page):
    return float(page.locator("canvas.scene").get_attribute("data-angle"))


def expect_end(page):
    expect(page.locator(".step")).to_have_text("step 300")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_the_animation_plays_once_and_ends_with_a_small_angle(page, studio):
    page.goto(address(studio, PCA))
    expect(page.get_by_role("button", name="Pause")).to_be_visible(timeout=LONG)
    expect_end(page)
    assert angle(page) < 1 and page.locator(".angle").inner_text() == f"{angle(page):.1f}°"


def test_slider_and_curve_select_a_step(animation):
    expect_end(animation)
    slider = animation.get_by_role("slider", name="Training step")
    slider.press("Home")
    expect(animation.locator(".step")).to_have_text("step 0")
    assert angle(animation) > 60
    slider.press("ArrowRight")
    expect(animation.locator(".step")).to_have_text("step 3")
    plot = animation.locator(".chart svg").first.bounding_box()
    animation.mouse.click(plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2)
    expect(animation.locator(".step")).to_have_text(re.compile("step 1(47|50|53)"))
    assert 0.4 < angle(animation) < 20
    animation.get_by_role("button", name="Play").click()
    expect_end(animation)


def test_dragging_and_arrow_keys_rotate_the_view(animation):
    expect_end(animation)
    scene = animation.locator("canvas.scene")
    before, checksum, box = scene.get_attribute("data-yaw"), pixels(scene), scene.bounding_box()
    animation.mouse.move(box["x"] + 100, box["y"] + 100)
    animation.mouse.down()
    animation.mouse.move(box["x"] + 220, box["y"] + 140, steps=6)
    animation.mouse.up()
    expect(scene).not_to_have_attribute("data-yaw", before)
    assert pixels(scene) != checksum
    rotated = scene.get_attribute("data-yaw")
    animation.mouse.move(box["x"] + 50, box["y"] + 50)  # without a button
    scene.press("ArrowUp")
    expect(scene).to_have_attribute("data-yaw", rotated)
    scene.press("ArrowLeft")
    expect(scene).to_have_attribute("data-yaw", f"{float(rotated) + 0.1:.3f}")


def test_the_codes_are_aligned_with_the_pca_scores(animation):
    expect_end(animation)
    codes, button = animation.locator("canvas.codes"), animation.locator("button.align")
    before = pixels(codes)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    difference = """stage => {
      const small = (name) => {
        const g = new OffscreenCanvas(24, 24).getContext("2d");
        g.drawImage(stage.querySelector(`canvas.${name}`), 0, 0, 24, 24);
        return g.getImageData(0, 0, 24, 24).data;
      };
      const [codes, scores] = [small("codes"), small("scores")];
      return codes.reduce((sum, value, k) => sum + Math.abs(value - scores[k]), 0) / codes.length;
    }"""
    first = animation.locator(".stage").evaluate(difference)
    until(lambda: animation.locator(".stage").evaluate(difference) < first / 3)
    button.click()
    until(lambda: pixels(codes) == before)


def test_a_diverging_training_is_drawn_with_a_warning(page, studio):
    page.emulate_media(reduced_motion="reduce")
    page.goto(address(studio, PCA, pca_learning_rate=0.9))
    expect(page.get_by_text("A learning rate of 0.9 is too large")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("button", name="Play")).to_be_visible()  # the animation has ended
    assert "NaN" not in page.locator(".pca").inner_text()
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("is too large for these points")).to_have_count(0)
    expect_end(page)


# --- t-SNE and PCA map --------------------------------------------------------------------------


@pytest.fixture
def latent_map(page, studio):
    """The map with the visitor's image. `page.received` has the sizes of the WebSocket messages, in bytes."""
    page.received = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: page.received.append(len(frame))))
    page.goto(address(studio, "t-SNE and PCA map"))
    expect(page.locator("canvas.image")).to_have_attribute("data-row", HAS_IMAGE, timeout=LONG)
    expect(page.locator(".own")).to_be_visible(timeout=LONG)
    return page


def selected(page):
    return page.locator("canvas.image").get_attribute("data-row")


def test_the_pointer_selects_images_of_several_classes(latent_map):
    plane, image = latent_map.locator("canvas.plane"), latent_map.locator("canvas.image")
    box, shown = plane.bounding_box(), {}
    for fraction in (0.15, 0.3, 0.45, 0.6, 0.75, 0.9):
        latent_map.mouse.move(box["x"] + fraction * box["width"], box["y"] + 0.5 * box["height"], steps=5)
        shown[selected(latent_map)] = (pixels(image), latent_map.locator("figcaption b").inner_text())
    assert len(shown) >= 3 and len({checksum for checksum, _ in shown.values()}) == len(shown)
    assert len({name for _, name in shown.values()}) > 1, "across the map there is more than one class"


def test_arrow_keys_and_touch_select_images(latent_map):
    plane, before = latent_map.locator("canvas.plane"), selected(latent_map)
    x = float(plane.get_attribute("data-position").split(",")[0])
    plane.press("ArrowLeft")
    expect(latent_map.locator("canvas.image")).not_to_have_attribute("data-row", before)
    expect(plane).to_have_attribute("data-selected", selected(latent_map))
    assert float(plane.get_attribute("data-position").split(",")[0]) < x
    box = plane.bounding_box()
    touch = {
        "clientX": box["x"] + 0.7 * box["width"],
        "clientY": box["y"] + 0.6 * box["height"],
        "pointerType": "touch",
    }
    before = selected(latent_map)
    plane.dispatch_event("pointerdown", touch)
    expect(latent_map.locator("canvas.image")).not_to_have_attribute("data-row", before)


def test_another_projection_moves_the_points_and_is_not_sent_again(latent_map):
    plane, before = latent_map.locator("canvas.plane"), selected(latent_map)
    position = plane.get_attribute("data-position")
    largest = max(latent_map.received)
    latent_map.wait_for_timeout(1500)  # the rerun in which the browser reports what it has received
    latent_map.received.clear()
    latent_map.get_by_role("radio", name="PCA", exact=True).click()
    expect(plane).to_have_attribute("data-method", "pca")
    expect(plane).to_have_attribute("data-still", "true")
    assert selected(latent_map) == before and plane.get_attribute("data-position") != position
    expect(latent_map.get_by_text("projects onto the two directions of largest variance")).to_be_visible()
    assert largest > 100_000 > 4 * max(latent_map.received), "the sheet of images was sent once"


def test_images_are_drawn_in_place_of_points(latent_map):
    plane = latent_map.locator("canvas.plane")
    before = pixels(plane)
    latent_map.get_by_text("Show images", exact=True).click()
    until(lambda: pixels(plane) != before)


def test_the_visitors_image_appears_with_its_five_nearest(latent_map):
    own = latent_map.locator(".own")
    expect(own.get_by_role("button")).to_have_count(6)
    before = pixels(own.locator(".mine canvas"))
    third = own.get_by_role("button").nth(3)
    third.hover()
    expect(latent_map.locator("figcaption b")).to_have_text(third.inner_text())
    canvas = latent_map.get_by_role("img", name="Drawing canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    points = [(0.3, 0.1), (0.3, 0.9), (0.7, 0.9), (0.7, 0.1), (0.3, 0.1)]  # trousers
    latent_map.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.1 * box["height"])
    latent_map.mouse.down()
    for x, y in points:
        latent_map.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8)
    latent_map.mouse.up()
    expect(latent_map.get_by_text("Example drawing.")).to_have_count(0)
    until(lambda: pixels(own.locator(".mine canvas")) != before)
    expect(own.get_by_role("button")).to_have_count(6)


def test_without_an_image_the_visitors_part_is_hidden(latent_map):
    latent_map.get_by_role("radio", name="Upload").click()
    expect(latent_map.locator(".own")).to_be_hidden()
    latent_map.get_by_role("radio", name="Draw").click()
    expect(latent_map.locator(".own")).to_be_visible()
