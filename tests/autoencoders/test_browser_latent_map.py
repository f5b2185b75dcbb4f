"""PCA's plane and the map of codes in a real browser: a film that plays, a cloud that turns, points under the hand."""

import re

import pytest

from tests.visitor import until

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect
LONG = 120_000  # ms: TensorFlow may be waking up
DRAWN = re.compile(r"^\d+$")  # a row: the picture is on the screen


def pixels(canvas):
    """A sum that changes when what is drawn does."""
    return canvas.evaluate(
        """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
          .reduce((sum, value, k) => (sum * 31 + value * (k % 97)) % 1000003, 0)"""
    )


# --- PCA ----------------------------------------------------------------------------------------


@pytest.fixture
def film(page, studio):
    """Of somebody who asks for little motion: it begins at its end."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{studio}/autoencoders?ae_tab=PCA")
    page.locator("canvas.scene").wait_for(timeout=LONG)
    return page


def angle(page):
    return float(page.locator("canvas.scene").get_attribute("data-angle"))


def at_the_end(page):
    expect(page.locator(".moment")).to_have_text("step 300")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_the_film_plays_by_itself_to_a_small_angle(page, studio):
    page.goto(f"{studio}/autoencoders?ae_tab=PCA")
    expect(page.get_by_role("button", name="Pause")).to_be_visible(timeout=LONG)
    at_the_end(page)
    assert angle(page) < 1 and page.locator(".angle").inner_text() == f"{angle(page):.1f}°"


def test_the_slider_and_the_curve_go_to_a_moment(film):
    at_the_end(film)
    slider = film.get_by_role("slider", name="Moment of the training")
    slider.press("Home")
    expect(film.locator(".moment")).to_have_text("step 0")
    assert angle(film) > 60
    slider.press("ArrowRight")
    expect(film.locator(".moment")).to_have_text("step 3")
    plot = film.locator(".chart svg").first.bounding_box()
    film.mouse.click(plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2)
    expect(film.locator(".moment")).to_have_text(re.compile("step 1(47|50|53)"))
    assert 0.4 < angle(film) < 20
    film.get_by_role("button", name="Play").click()
    at_the_end(film)


def test_dragging_and_keys_turn_the_cloud(film):
    at_the_end(film)
    scene = film.locator("canvas.scene")
    before, drawn, box = scene.get_attribute("data-yaw"), pixels(scene), scene.bounding_box()
    film.mouse.move(box["x"] + 100, box["y"] + 100)
    film.mouse.down()
    film.mouse.move(box["x"] + 220, box["y"] + 140, steps=6)
    film.mouse.up()
    expect(scene).not_to_have_attribute("data-yaw", before)
    assert pixels(scene) != drawn
    turned = scene.get_attribute("data-yaw")
    film.mouse.move(box["x"] + 50, box["y"] + 50)  # no button is down
    scene.press("ArrowUp")
    expect(scene).to_have_attribute("data-yaw", turned)
    scene.press("ArrowLeft")
    expect(scene).to_have_attribute("data-yaw", f"{float(turned) + 0.1:.3f}")


def test_the_codes_turn_onto_the_scores(film):
    at_the_end(film)
    codes, button = film.locator("canvas.codes"), film.locator("button.turn")
    before = pixels(codes)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    apart = """stage => {
      const small = (name) => {
        const g = new OffscreenCanvas(24, 24).getContext("2d");
        g.drawImage(stage.querySelector(`canvas.${name}`), 0, 0, 24, 24);
        return g.getImageData(0, 0, 24, 24).data;
      };
      const [codes, scores] = [small("codes"), small("scores")];
      return codes.reduce((sum, value, k) => sum + Math.abs(value - scores[k]), 0) / codes.length;
    }"""
    first = film.locator(".stage").evaluate(apart)
    until(lambda: film.locator(".stage").evaluate(apart) < first / 3)
    button.click()
    until(lambda: pixels(codes) == before)


def test_too_large_a_learning_rate_is_told_and_drawn_as_far_as_it_goes(page, studio):
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{studio}/autoencoders?ae_tab=PCA&pca_rate=0.9")
    expect(page.get_by_text("a learning rate of 0.9 is too large")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("button", name="Play")).to_be_visible()  # the film has ended
    assert "NaN" not in page.locator(".pca").inner_text()
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("is too large for these points")).to_have_count(0)
    at_the_end(page)


# --- the map ------------------------------------------------------------------------------------


@pytest.fixture
def chart(page, studio):
    page.goto(f"{studio}/autoencoders?ae_tab=Map")
    expect(page.locator("canvas.picture")).to_have_attribute("data-row", DRAWN, timeout=LONG)
    expect(page.locator(".own")).to_be_visible(timeout=LONG)
    return page


def seen(page):
    return page.locator("canvas.picture").get_attribute("data-row")


def test_hovering_shows_the_picture_and_its_kind(chart):
    plane, picture = chart.locator("canvas.plane"), chart.locator("canvas.picture")
    box, found = plane.bounding_box(), {}
    for share in (0.15, 0.3, 0.45, 0.6, 0.75, 0.9):
        chart.mouse.move(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"], steps=5)
        found[seen(chart)] = (pixels(picture), chart.locator("figcaption b").inner_text())
    assert len(found) >= 3 and len({drawn for drawn, _ in found.values()}) == len(found)
    assert len({kind for _, kind in found.values()}) > 1, "across the map there is more than one kind"


def test_arrow_keys_go_from_picture_to_picture_and_fingers_pick(chart):
    plane, before = chart.locator("canvas.plane"), seen(chart)
    x = float(plane.get_attribute("data-at").split(",")[0])
    plane.press("ArrowLeft")
    expect(chart.locator("canvas.picture")).not_to_have_attribute("data-row", before)
    expect(plane).to_have_attribute("data-seen", seen(chart))
    assert float(plane.get_attribute("data-at").split(",")[0]) < x
    box = plane.bounding_box()
    where = {
        "clientX": box["x"] + 0.7 * box["width"],
        "clientY": box["y"] + 0.6 * box["height"],
        "pointerType": "touch",
    }
    before = seen(chart)
    plane.dispatch_event("pointerdown", where)
    expect(chart.locator("canvas.picture")).not_to_have_attribute("data-row", before)


def test_another_map_moves_the_points_and_keeps_the_picture(chart):
    plane, before = chart.locator("canvas.plane"), seen(chart)
    where = plane.get_attribute("data-at")
    chart.get_by_role("radio", name="PCA", exact=True).click()
    expect(plane).to_have_attribute("data-kind", "pca")
    expect(plane).to_have_attribute("data-still", "true")
    assert seen(chart) == before and plane.get_attribute("data-at") != where
    expect(chart.get_by_text("looks at the thirty numbers from the side")).to_be_visible()


def test_pictures_are_drawn_in_place_of_points(chart):
    plane = chart.locator("canvas.plane")
    before = pixels(plane)
    chart.get_by_text("Pictures", exact=True).click()
    until(lambda: pixels(plane) != before)


def test_ones_own_picture_appears_with_its_five_nearest(chart):
    own = chart.locator(".own")
    expect(own.get_by_role("button")).to_have_count(6)
    mine = pixels(own.locator(".mine canvas"))
    third = own.get_by_role("button").nth(3)
    third.hover()
    expect(chart.locator("figcaption b")).to_have_text(third.inner_text())
    canvas = chart.get_by_role("img", name="Drawing canvas").bounding_box()
    places = [(0.3, 0.1), (0.3, 0.9), (0.7, 0.9), (0.7, 0.1), (0.3, 0.1)]  # trousers, or a box
    chart.mouse.move(canvas["x"] + 0.5 * canvas["width"], canvas["y"] + 0.1 * canvas["height"])
    chart.mouse.down()
    for x, y in places:
        chart.mouse.move(canvas["x"] + x * canvas["width"], canvas["y"] + y * canvas["height"], steps=8)
    chart.mouse.up()
    expect(chart.get_by_text("Example drawing.")).to_have_count(0)
    until(lambda: pixels(own.locator(".mine canvas")) != mine)
    expect(own.get_by_role("button")).to_have_count(6)


def test_ones_own_picture_is_not_there_without_one(chart):
    chart.get_by_role("radio", name="Upload").click()
    expect(chart.locator(".own")).to_be_hidden()
    chart.get_by_role("radio", name="Draw").click()
    expect(chart.locator(".own")).to_be_visible()
