"""What convnets see, in a real browser: channels under the pointer, clicks, keys, the heat map's sliders."""

import re

LONG = 120_000  # milliseconds: on a busy machine TensorFlow takes its time to come, and a climb to compile
GRID = "canvas.grid"
LARGE = "canvas.picture"


def open_views(page, studio, expect, tab, **query):
    """A tab of the page, once its drawing is there."""
    address = "&".join(f"{key}={value}" for key, value in {"views_tab": tab.replace(" ", "+"), **query}.items())
    page.goto(f"{studio}/convnet_visualization?{address}")
    drawing = page.locator(".heat" if tab == "Grad-CAM" else GRID)
    expect(drawing).to_have_attribute(
        "data-stage" if tab == "Grad-CAM" else "data-drawn", re.compile("."), timeout=LONG
    )
    return drawing


def over(page, grid, column, row):
    """The pointer over a cell of the grid."""
    box, columns = grid.bounding_box(), int(grid.get_attribute("data-columns"))
    cell = box["width"] / columns
    page.mouse.move(box["x"] + (column + 0.5) * cell, box["y"] + row * 30 + 8)


def test_what_is_under_the_pointer_is_large_at_once(page, studio, expect):
    grid = open_views(page, studio, expect, "Activations", views_order="As+numbered")
    expect(grid).to_have_attribute("data-drawn", "block2_conv2")
    picked = page.locator(LARGE).get_attribute("data-channel")
    over(page, grid, 2, 0)
    expect(page.locator(LARGE)).to_have_attribute("data-channel", "2")
    expect(page.locator(".told b")).to_have_text("Channel 2")
    page.mouse.move(5, 5)
    expect(page.locator(LARGE)).to_have_attribute("data-channel", picked)


def test_a_click_picks_and_the_keys_do_too(page, studio, expect):
    grid = open_views(page, studio, expect, "Activations", views_order="As+numbered")
    over(page, grid, 3, 0)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("Channel 3 of block2_conv2")).to_be_visible()
    page.mouse.move(5, 5)
    grid.press("ArrowRight")
    expect(page.locator(LARGE)).to_have_attribute("data-channel", "4")
    grid.press("Enter")
    expect(page.get_by_text("Channel 4 of block2_conv2")).to_be_visible()
    page.get_by_role("button", name="What it looks for").click()
    expect(page.get_by_role("tab", name="What a filter looks for", selected=True)).to_be_visible()
    expect(page.get_by_text("Channel 4 of block2_conv2")).to_be_visible()


def test_a_channel_leads_to_its_dream(page, studio, expect):
    grid = open_views(page, studio, expect, "What a filter looks for", look_layer="3.1")
    over(page, grid, 1, 0)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("Channel 1 of block3_conv1")).to_be_visible()
    page.get_by_role("button", name="Dream on this channel").click()
    expect(page).to_have_url(re.compile("/deep_dream.*dream_layer=block3_conv1"))


def test_a_filter_climbs_live(page, studio, expect):
    open_views(page, studio, expect, "What a filter looks for", look_layer="2.1", look_side="64+px", look_steps=20)
    page.get_by_role("button", name=re.compile("Climb for channel")).click()
    expect(page.get_by_role("button", name="PNG").first).to_be_visible(timeout=LONG)
    expect(page.locator("[data-testid=stImage] img").last).to_be_visible()


def test_the_heat_map_is_blended_in_the_browser(page, studio, expect):
    heat = open_views(page, studio, expect, "Grad-CAM")
    trained = page.locator("canvas.trained")
    expect(trained).to_have_attribute("data-opacity", "0.72")
    before = trained.evaluate("canvas => canvas.toDataURL()")
    page.locator(".opacity").fill("20")
    expect(trained).to_have_attribute("data-opacity", "0.20")
    assert trained.evaluate("canvas => canvas.toDataURL()") != before
    buttons = page.locator(".strip button")
    expect(buttons).to_have_count(10)
    buttons.nth(3).click()
    expect(heat).to_have_attribute("data-stage", "3")
    buttons.nth(3).press("ArrowRight")
    expect(heat).to_have_attribute("data-stage", "4")
    expect(page.get_by_text("Rank correlation with the trained one")).to_be_visible()


def test_another_class_is_another_map(page, studio, expect):
    open_views(page, studio, expect, "Grad-CAM")
    trained = page.locator("canvas.trained")
    before = trained.evaluate("canvas => canvas.toDataURL()")
    title = page.locator(".heat figcaption b").first.inner_text()
    page.locator(".st-key-cam_top_3").get_by_role("button").first.click()
    expect(page.locator(".heat figcaption b").first).not_to_have_text(title)
    assert trained.evaluate("canvas => canvas.toDataURL()") != before


def test_every_tab_stays_on_this_machine(page, studio, expect):
    """What it must not do is watched by `page`."""
    page.goto(f"{studio}/convnet_visualization")
    for tab in ("Activations", "What a filter looks for", "Grad-CAM", "How it works"):
        page.get_by_role("tab", name=tab, exact=True).click()
        expect(page.get_by_role("tab", name=tab, exact=True, selected=True)).to_be_visible()
        expect(page.get_by_role("tabpanel").filter(visible=True).first).not_to_be_empty()
        expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
