"""The page "What convnets learn" in a real browser: pointer, clicks and keys on the grid, the heatmaps' controls."""

import re

import pytest

LONG = 120_000  # milliseconds: importing TensorFlow and compiling on a loaded machine
GRID = "canvas.grid"
LARGE = "canvas.large"


def open_tab(page, studio, expect, tab, **query):
    """Opens a tab and waits for its component."""
    address = "&".join(f"{key}={value}" for key, value in {"convnet_tab": tab.replace(" ", "+"), **query}.items())
    page.goto(f"{studio}/convnet_visualization?{address}")
    component = page.locator(".heatmaps" if tab == "Grad-CAM" else GRID)
    expect(component).to_have_attribute(
        "data-stage" if tab == "Grad-CAM" else "data-layer", re.compile("."), timeout=LONG
    )
    return component


def hover(page, grid, column, row):
    """Moves the pointer over a cell of the grid."""
    box, columns = grid.bounding_box(), int(grid.get_attribute("data-columns"))
    cell = box["width"] / columns
    page.mouse.move(box["x"] + (column + 0.5) * cell, box["y"] + row * 30 + 8)


@pytest.mark.slow
def test_the_channel_under_the_pointer_is_shown_large(page, studio, expect):
    grid = open_tab(page, studio, expect, "Activations", activations_order="By+index")
    expect(grid).to_have_attribute("data-layer", "block2_conv2")
    selected = page.locator(LARGE).get_attribute("data-channel")
    hover(page, grid, 2, 0)
    expect(page.locator(LARGE)).to_have_attribute("data-channel", "2")
    expect(page.locator(".caption b")).to_have_text("Channel 2")
    page.mouse.move(5, 5)
    expect(page.locator(LARGE)).to_have_attribute("data-channel", selected)


def test_a_click_or_the_keys_select_a_channel(page, studio, expect):
    grid = open_tab(page, studio, expect, "Activations", activations_order="By+index")
    hover(page, grid, 3, 0)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("Channel 3 of block2_conv2")).to_be_visible()
    page.mouse.move(5, 5)
    grid.press("ArrowRight")
    expect(page.locator(LARGE)).to_have_attribute("data-channel", "4")
    grid.press("Enter")
    expect(page.get_by_text("Channel 4 of block2_conv2")).to_be_visible()
    page.get_by_role("button", name="Visualize this filter").click()
    expect(page.get_by_role("tab", name="Filter visualization", selected=True)).to_be_visible()
    expect(page.get_by_text("Channel 4 of block2_conv2")).to_be_visible()


@pytest.mark.slow
def test_a_channel_leads_to_deepdream(page, studio, expect):
    grid = open_tab(page, studio, expect, "Filter visualization", filter_layer="block3_conv1")
    hover(page, grid, 1, 0)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("Channel 1 of block3_conv1")).to_be_visible()
    page.get_by_role("button", name="DeepDream with this channel").click()
    expect(page).to_have_url(re.compile("/deep_dream.*dream_layer=block3_conv1"))


@pytest.mark.slow
def test_a_filter_is_visualized_live(page, studio, expect):
    open_tab(
        page,
        studio,
        expect,
        "Filter visualization",
        filter_layer="block2_conv1",
        filter_image_size="64",
        filter_steps=20,
    )
    page.get_by_role("button", name="Run feature visualization").click()
    expect(page.get_by_role("button", name="PNG").first).to_be_visible(timeout=LONG)
    expect(page.locator("[data-testid=stImage] img").last).to_be_visible()


@pytest.mark.slow
def test_opacity_and_stage_change_in_the_browser(page, studio, expect):
    heatmaps = open_tab(page, studio, expect, "Grad-CAM")
    trained = page.locator("canvas.trained")
    expect(trained).to_have_attribute("data-opacity", "0.72")
    before = trained.evaluate("canvas => canvas.toDataURL()")
    page.locator(".opacity").fill("20")
    expect(trained).to_have_attribute("data-opacity", "0.20")
    assert trained.evaluate("canvas => canvas.toDataURL()") != before
    buttons = page.locator(".stages button")
    expect(buttons).to_have_count(10)
    buttons.nth(3).click()
    expect(heatmaps).to_have_attribute("data-stage", "3")
    buttons.nth(3).press("ArrowRight")
    expect(heatmaps).to_have_attribute("data-stage", "4")
    expect(page.get_by_text("Rank correlation:")).to_be_visible()


@pytest.mark.slow
def test_another_class_has_another_heatmap(page, studio, expect):
    open_tab(page, studio, expect, "Grad-CAM")
    trained = page.locator("canvas.trained")
    before = trained.evaluate("canvas => canvas.toDataURL()")
    title = page.locator(".heatmaps figcaption b").first.inner_text()
    page.locator(".st-key-grad_cam_top_3").get_by_role("button").first.click()
    expect(page.locator(".heatmaps figcaption b").first).not_to_have_text(title)
    assert trained.evaluate("canvas => canvas.toDataURL()") != before


@pytest.mark.slow
def test_every_tab_makes_no_request_to_other_hosts(page, studio, expect):
    """The fixture `page` fails on such a request."""
    page.goto(f"{studio}/convnet_visualization")
    for tab in ("Activations", "Filter visualization", "Grad-CAM", "How it works"):
        page.get_by_role("tab", name=tab, exact=True).click()
        expect(page.get_by_role("tab", name=tab, exact=True, selected=True)).to_be_visible()
        expect(page.get_by_role("tabpanel").filter(visible=True).first).not_to_be_empty()
        expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
