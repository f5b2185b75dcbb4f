"""The StyleGAN in a real browser: explore, style mixing, anim, slice, mapping network."""

import re
from urllib.parse import urlencode

import pytest

from pages.style_gan import common

pytestmark = pytest.mark.skipif(
    not common.trained(), reason="no trained StyleGAN: python -m training.style_gan --model cifar10"
)

LONG = 180_000  # milliseconds: TensorFlow to be imported on a busy machine


def open_tab(page, studio, tab, **query):
    page.goto(f"{studio}/style_gan?" + urlencode({"style_gan_tab": tab, **query}))


def table(page, expect, key):
    """The table of images of a tab, once its images are drawn."""
    found = page.locator(f".st-key-{key} .image-table")
    expect(found).to_have_attribute("data-updates", re.compile(r"\d"), timeout=LONG)
    return found


def large_image(page, expect):
    image = page.locator(".st-key-result_explore").get_by_test_id("stImage").locator("img").first
    expect(image).to_have_attribute("src", re.compile(r"\.png$"), timeout=LONG)
    return image


def test_a_click_in_the_samples_selects_a_seed(page, studio, expect):
    open_tab(page, studio, "Explore")
    before = large_image(page, expect).get_attribute("src")
    samples = table(page, expect, "style_gan_samples").get_by_role("button")
    expect(samples).to_have_count(25)
    samples.nth(7).click()
    expect(page).to_have_url(re.compile("style_gan_seed=7"))
    expect(large_image(page, expect)).not_to_have_attribute("src", before)
    selected = large_image(page, expect).get_attribute("src")
    psi = page.get_by_role("slider", name="Truncation psi")
    psi.focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    expect(large_image(page, expect)).not_to_have_attribute("src", selected)


@pytest.mark.slow
def test_the_styles_of_the_column_are_chosen(page, studio, expect):
    open_tab(page, studio, "Style mixing")
    grid = table(page, expect, "style_gan_mixing_grid")
    expect(grid.get_by_role("button")).to_have_count(35)
    updates = grid.get_attribute("data-updates")
    page.get_by_role("button", name="Fine", exact=True).click()
    expect(grid).not_to_have_attribute("data-updates", updates)
    seeds = page.get_by_role("textbox", name="Row seeds")
    before = seeds.input_value()
    grid.get_by_role("button", name=re.compile("100$")).first.click()  # a source
    expect(seeds).not_to_have_value(before)


@pytest.mark.slow
def test_anim_plays_and_snap_rounds_to_a_seed(page, studio, expect):
    open_tab(page, studio, "Explore", style_gan_anim="true")
    canvas = page.locator(".seed-walk canvas")
    expect(canvas).to_have_attribute("data-position", re.compile(r"^[1-3]\."), timeout=LONG)
    page.get_by_role("button", name="Pause").click()
    position = float(canvas.get_attribute("data-position"))
    page.get_by_role("button", name="Snap").click()
    seed = 1 + round(position) % 4
    if seed != 1:
        expect(page).to_have_url(re.compile(f"style_gan_seed={seed}"))
    expect(page.locator(".seed-walk output")).to_have_text(f"Seed {seed}")


@pytest.mark.slow
def test_anim_does_not_start_under_reduced_motion(open_page, studio, expect):
    page = open_page(reduced_motion="reduce")
    open_tab(page, studio, "Explore", style_gan_anim="true")
    canvas = page.locator(".seed-walk canvas")
    expect(canvas).to_have_attribute("data-position", "0.00", timeout=LONG)
    page.wait_for_timeout(600)
    assert canvas.get_attribute("data-position") == "0.00"
    expect(page.get_by_role("button", name="Play")).to_be_visible()


@pytest.mark.slow
def test_a_slice_follows_the_pointer(page, studio, expect):
    open_tab(page, studio, "Latent space", style_gan_latent_view="2-D slice of W")
    plane, sample = page.locator(".latent-slice .plane"), page.locator(".latent-slice .sample")
    expect(sample).to_have_attribute("data-frames", re.compile(r"\d"), timeout=LONG)
    expect(page.locator(".latent-slice .position")).to_have_text("Position (0.00, 0.00)")
    expect(page.locator(".latent-slice .bar")).to_be_hidden()
    box = plane.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.3, steps=4)
    page.mouse.up()
    expect(page.locator(".latent-slice .position")).to_have_text(re.compile(r"Position \(1\.[78]\d, 1\.[12]\d\)"))


@pytest.mark.slow
def test_the_mapping_network_is_drawn_layer_by_layer(page, studio, expect):
    open_tab(page, studio, "Latent space", style_gan_latent_view="Mapping network")
    sample, output = page.locator(".mapping-planes .sample"), page.locator(".mapping-planes output")
    expect(sample).to_have_attribute("data-node", "0", timeout=LONG)
    expect(output).to_have_text("W: all 8 dense layers")
    slider = page.get_by_role("slider", name="Dense layers of the mapping network")
    slider.focus()
    page.keyboard.press("Home")
    expect(output).to_have_text("Z: no dense layer")
    plane = page.locator(".mapping-planes .before")
    box = plane.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    expect(sample).not_to_have_attribute("data-node", "0")


@pytest.mark.slow
@pytest.mark.parametrize("tab", ["Truncation", "Noise", "Latent space"])
def test_the_tables_of_images_are_drawn(tab, page, studio, expect):
    open_tab(page, studio, tab)
    drawn = page.locator(".image-table").first
    expect(drawn).to_have_attribute("data-updates", re.compile(r"\d"), timeout=LONG)
    blank = drawn.locator("canvas").evaluate_all(
        "all => all.filter((c) => !c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(Boolean)).length"
    )
    assert blank == 0
