"""The GAN page in a real browser: the game on the plane, a drawing learnt, a training held, turned and taken home."""

import re
from urllib.parse import urlencode

LONG = 180_000  # milliseconds: TensorFlow to be imported on a busy machine


def open_tab(page, studio, tab, **query):
    page.goto(f"{studio}/gan?" + urlencode({"gan_tab": tab, **query}))


def stroke(page, expect):
    """A line over the plane, drawn by hand."""
    sheet = page.locator("canvas.drawing")
    expect(sheet).to_be_visible(timeout=LONG)
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.6 * box["height"], steps=12)
    page.mouse.up()


def test_the_game_on_the_plane_is_played_and_gone_on_with(page, studio, expect):
    open_tab(page, studio, "Two dimensions", plane_steps=100, plane_units=16)
    canvas = page.locator("canvas[data-look]")
    expect(canvas).to_have_attribute("data-look", "0", timeout=LONG)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Done, 100 of 100 steps")).to_be_visible(timeout=LONG)
    expect(canvas).to_have_attribute("data-look", "100")
    page.get_by_role("button", name="Generator", exact=True).click()  # ten turns by hand
    expect(canvas).to_have_attribute("data-look", "110")
    page.get_by_role("slider", name="Rewind").focus()
    page.keyboard.press("Home")
    expect(canvas).to_have_attribute("data-look", "0")
    page.get_by_role("button", name="Forget all").click()
    expect(page.get_by_text("Done, 100 of 100 steps")).to_be_hidden()
    expect(page.get_by_role("button", name="Mode collapse")).to_be_visible()


def test_a_drawing_is_learnt_and_another_stroke_is_another_game(page, studio, expect):
    open_tab(page, studio, "Two dimensions", plane_data="Draw your own", plane_steps=100, plane_units=16)
    expect(page.get_by_text("Draw here")).to_be_visible(timeout=LONG)
    train = page.get_by_role("button", name="Train", exact=True)
    expect(train).to_be_disabled()
    stroke(page, expect)
    expect(train).to_be_enabled()
    train.click()
    expect(page.get_by_text("Done, 100 of 100 steps")).to_be_visible(timeout=LONG)
    stroke(page, expect)
    expect(page.get_by_text("Done, 100 of 100 steps")).to_be_hidden()
    expect(page.locator("canvas[data-look]")).to_have_attribute("data-look", "0")


def test_a_training_is_paused_turned_and_stopped_and_its_film_taken_home(page, studio, expect):
    open_tab(page, studio, "Train it", ganlive_data="8 x 8 digits", ganlive_network="Dense", ganlive_epochs=50)
    train = page.get_by_role("button", name="Train", exact=True)
    train.click(timeout=LONG)
    expect(page.get_by_text(re.compile(r"^\d+ of [\d,]+ steps"))).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text(re.compile(r"^Paused, \d+ of [\d,]+ steps"))).to_be_visible()
    page.get_by_role("slider", name="Generator's rate").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"ganlive_g_rate=0\.005"))
    expect(page.get_by_text(re.compile(r"^Paused, \d+ of [\d,]+ steps"))).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(re.compile(r"^\d+ of [\d,]+ steps"))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped, \d+ of [\d,]+ steps"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="GIF").click()
    assert download.value.suggested_filename == "gan_digits_dense.gif"


def test_how_it_works_has_its_equations(page, studio, expect):
    open_tab(page, studio, "How it works")
    expect(page.locator(".katex-display")).to_have_count(8, timeout=LONG)
    expect(page.get_by_text("arXiv:1406.2661").first).to_be_visible()
