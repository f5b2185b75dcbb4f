"""The pretrained GANs in a real browser: latent sliders, slice, arithmetic, training history, ablations."""

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


def sample_image(page, expect):
    """The enlarged image of the selected sample."""
    image = page.locator(".st-key-result_explore").get_by_test_id("stImage").locator("img").first
    expect(image).to_have_attribute("src", re.compile(r"\.png$"))
    return image


def test_a_sample_is_selected_and_edited(page, studio, expect):
    open_tab(page, studio, "Explore")
    tiles = page.locator(".sample-grid").first.get_by_role("button")
    expect(tiles).to_have_count(64, timeout=LONG)
    expect(tiles.first).to_have_attribute("aria-pressed", "true")
    before = sample_image(page, expect).get_attribute("src")
    tiles.nth(9).click()
    expect(page).to_have_url(re.compile("gan_sample=9"))
    expect(sample_image(page, expect)).not_to_have_attribute("src", before)
    page.keyboard.press("ArrowDown")
    expect(tiles.nth(17)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("gan_sample=17"))
    selected = sample_image(page, expect).get_attribute("src")
    slider = page.get_by_role("slider", name=re.compile("^Direction 1"))
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowLeft" if float(slider.input_value()) > 0 else "ArrowRight")
    expect(sample_image(page, expect)).not_to_have_attribute("src", selected)


@pytest.mark.slow
def test_a_sample_is_added_to_latent_arithmetic(page, studio, expect):
    open_tab(page, studio, "Explore", gan_sample=17)
    expect(page.locator(".sample-grid").first.get_by_role("button")).to_have_count(64, timeout=LONG)
    sample_image(page, expect)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text("Added to Start.")).to_be_visible()
    page.get_by_role("tab", name="Latent arithmetic").click()
    page.get_by_role("radio", name="Interpolation").click()
    expect(page.get_by_text("Select a start image and an end image")).to_be_visible()
    third = page.locator(".sample-grid").last.get_by_role("button").nth(3)
    third.click()  # fills "Start" again, then continues with "End"
    expect(third).to_have_attribute("aria-label", re.compile("in Start"))
    page.locator(".sample-grid").last.get_by_role("button").nth(4).click()
    expect(page.get_by_text("Spherical interpolation (")).to_be_visible()
    expect(page.locator(".sample-grid").last.locator("b", has_text="End")).to_have_count(1)


@pytest.mark.slow
def test_a_component_of_z_has_a_slider(page, studio, expect):
    open_tab(page, studio, "Explore", gan_sliders="Components of z")
    slider = page.get_by_role("slider", name=re.compile("^z₁"))
    expect(slider).to_be_visible(timeout=LONG)
    before = sample_image(page, expect).get_attribute("src")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft" if float(slider.input_value()) > 0 else "ArrowRight")
    expect(sample_image(page, expect)).not_to_have_attribute("src", before)


@pytest.mark.slow
def test_a_slice_follows_the_pointer(page, studio, expect):
    open_tab(page, studio, "Explore", gan_view="2-D slice")
    plane, sample = page.locator(".latent-slice .plane"), page.locator(".latent-slice .sample")
    expect(sample).to_have_attribute("data-frames", re.compile(r"\d"), timeout=LONG)
    box = plane.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    frames = int(sample.get_attribute("data-frames"))
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25, steps=12)
    assert int(sample.get_attribute("data-frames")) >= frames + 10, "a frame for each move, without the server"
    page.mouse.up()
    expect(page.locator(".latent-slice .position")).to_contain_text("(1.50, 1.50)")
    expect(page.locator(".st-key-gan_sample_reset").get_by_role("button")).to_be_enabled()


@pytest.mark.slow
def test_vector_arithmetic_is_drawn(page, studio, expect):
    open_tab(page, studio, "Latent arithmetic")
    result = page.locator(".figure .result img")
    expect(result).to_have_count(9, timeout=LONG)
    middle = result.nth(4).get_attribute("src")
    tiles = page.locator(".sample-grid").first.get_by_role("button")
    tiles.first.evaluate("tile => [tile, tile.nextSibling, tile.nextSibling.nextSibling].forEach(each => each.click())")
    for k in (0, 1, 2):
        expect(tiles.nth(k).locator("b")).to_have_text("A")  # no click is lost, however quickly they come
    expect(result.nth(4)).not_to_have_attribute("src", middle)
    expect(page.get_by_role("radio", name="B", exact=True)).to_be_checked()


@pytest.mark.slow
def test_a_training_history_is_played_and_a_sample_followed(page, studio, expect):
    open_tab(page, studio, "Training history")
    grid, step = page.locator(".history canvas").first, page.locator(".history .step")
    expect(grid).to_have_attribute("data-snapshot", re.compile(r"\d"), timeout=LONG)
    last = step.inner_text()
    page.locator(".history input").focus()
    page.keyboard.press("Home")
    expect(grid).to_have_attribute("data-snapshot", "0")
    expect(step).to_contain_text("epoch 0.0")
    page.keyboard.press("ArrowRight")
    expect(grid).to_have_attribute("data-snapshot", "1")
    page.get_by_role("button", name="Play").click()
    expect(step).to_have_text(last)  # it plays to the end and stops
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    box = grid.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.99, box["y"] + box["height"] * 0.01)
    expect(page.locator(".history .frame i")).to_have_attribute("style", re.compile(r"left: 87\.5%; top: 0%"))


@pytest.mark.slow
def test_a_prediction_shows_the_ablation_beside_the_baseline(page, studio, expect):
    open_tab(page, studio, "Ablations")
    expect(page.locator(".history .run")).to_have_count(1, timeout=LONG)
    page.get_by_role("button", name="Lower image quality").click()
    expect(page.get_by_text("Our recorded run.")).to_be_visible(timeout=LONG)
    expect(page.locator(".history .run")).to_have_count(2)
    grids = page.locator(".history .frame canvas")
    page.locator(".history input").focus()
    page.keyboard.press("Home")
    for k in range(2):
        expect(grids.nth(k)).to_have_attribute("data-snapshot", "0")
    page.get_by_role("button", name="Hide result").click()
    expect(page.locator(".history .run")).to_have_count(1)
