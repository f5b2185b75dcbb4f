"""The page of the ProGAN in a real browser: alpha, interpolation, training history, samples, the figure."""

import re
from urllib.parse import urlencode

import numpy as np
import pytest

from genmodels.media import images
from genmodels.progressive_gan import model as progressive_gan
from genmodels.progressive_gan import training_history
from pages.progressive_gan import fade_in

trained = pytest.mark.skipif(
    not training_history.is_trained("fashion"), reason="no trained ProGAN: python -m training.progressive_gan"
)
LONG = 180_000  # milliseconds: TensorFlow to be imported on a busy machine


def open_tab(page, studio, tab, **query):
    page.goto(f"{studio}/progressive_gan?" + urlencode({"progan_tab": tab, **query}))


def pixels(canvas) -> list[int]:
    """The gray levels of a canvas."""
    return canvas.evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((_, k) => k % 4 === 0)"
    )


@trained
def test_alpha_blends_the_paths_in_the_browser(page, studio, expect):
    open_tab(page, studio, "Fade-in", progan_resolution="8", progan_alpha=0.25)
    old, new, blend = (page.locator(f".fade canvas.{name}") for name in ("old", "new", "blend"))
    expect(blend).to_have_attribute("data-alpha", "0.25", timeout=LONG)
    a, b = pixels(old), pixels(new)
    assert len(a) == 64 and a != b
    z = progressive_gan.sample_latents(fade_in.N_SAMPLES, 1)
    expected = progressive_gan.generate_paths(progressive_gan.load(), z, "fade_8", 0.25)
    for canvas, each in zip((old, new, blend), expected, strict=True):
        in_python = each[fade_in.DEFAULT_SAMPLE].ravel()
        assert np.abs(np.array(pixels(canvas)) - in_python).max() <= 1, "the same image as in Python"
    slider = page.get_by_role("slider", name="Alpha")
    draws = int(blend.get_attribute("data-draws"))
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 20, box["y"] + box["height"] / 2, steps=10)
    assert int(blend.get_attribute("data-draws")) >= draws + 5, "drawn while it is dragged, without the server"
    page.mouse.up()
    expect(blend).to_have_attribute("data-alpha", "1")
    assert pixels(blend) == b
    expect(page).to_have_url(re.compile("progan_alpha=1(&|$)"))


@trained
@pytest.mark.slow
def test_a_sample_is_selected_and_alpha_animated(page, studio, expect):
    open_tab(page, studio, "Fade-in")
    blend, grid = page.locator(".fade canvas.blend"), page.get_by_role("slider", name="Selected sample")
    expect(blend).to_have_attribute("data-alpha", "0.5", timeout=LONG)
    before = pixels(blend)
    box = grid.bounding_box()
    page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["height"])
    expect(page).to_have_url(re.compile("progan_sample=34"))
    assert pixels(blend) != before
    grid.focus()
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile("progan_sample=22"))
    page.get_by_role("button", name="Anim").click()
    expect(blend).to_have_attribute("data-alpha", "1")
    expect(page).to_have_url(re.compile("progan_alpha=1(&|$)"))
    page.get_by_role("button", name="Reset").click()
    expect(blend).to_have_attribute("data-alpha", "0.5")
    expect(page).not_to_have_url(re.compile("progan_alpha"))  # a default is not part of the link
    expect(grid).to_have_attribute("aria-valuenow", str(fade_in.DEFAULT_SAMPLE + 1))


@trained
@pytest.mark.slow
def test_another_resolution_keeps_alpha(page, studio, expect):
    open_tab(page, studio, "Fade-in", progan_alpha=0.75)
    blend = page.locator(".fade canvas.blend")
    expect(blend).to_have_attribute("data-alpha", "0.75", timeout=LONG)
    page.get_by_role("radio", name="32").click()
    expect(blend).to_have_attribute("width", "32")
    expect(blend).to_have_attribute("data-alpha", "0.75")


@trained
@pytest.mark.slow
def test_all_resolutions_are_interpolated(page, studio, expect):
    open_tab(page, studio, "Resolutions")
    grid = page.locator(".resolutions .grid")
    expect(grid).to_have_attribute("data-step", "0", timeout=LONG)
    expect(grid.locator("canvas")).to_have_count(12)
    sizes = grid.locator("canvas").evaluate_all("all => all.slice(0, 4).map((each) => each.width)")
    assert sizes == [4, 8, 16, 32]
    start = pixels(grid.locator("canvas").nth(3))
    page.get_by_role("slider", name="Interpolation").focus()
    page.keyboard.press("End")
    expect(grid).to_have_attribute("data-step", "24")
    assert pixels(grid.locator("canvas").nth(3)) != start
    expect(page).to_have_url(re.compile("progan_t=1(&|$)"))


@trained
@pytest.mark.slow
def test_the_training_history_is_played(page, studio, expect):
    open_tab(page, studio, "Training history")
    grid, text = page.locator(".growth canvas.samples"), page.locator(".growth .bar output")
    expect(grid).to_have_attribute("data-point", re.compile(r"\d"), timeout=LONG)
    last = text.inner_text()
    assert last.endswith("images · 32 × 32")
    page.get_by_role("slider", name="Training progress").focus()
    page.keyboard.press("Home")
    expect(text).to_have_text("0 images · 4 × 4")
    page.locator(".growth .stages span").nth(3).click()
    expect(text).to_contain_text("16 × 16 · α = 0.00")
    page.get_by_role("button", name="Anim").click()
    expect(text).to_have_text(last)  # it plays to the end and stops
    expect(page.get_by_role("button", name="Anim")).to_have_attribute("aria-pressed", "false")


@trained
@pytest.mark.slow
def test_a_sample_of_the_final_generator_is_selected(page, studio, expect):
    open_tab(page, studio, "Samples", progan_selected_sample=9)
    large = page.locator(".picker canvas.selected")
    expect(large).to_have_attribute("data-sample", "9", timeout=LONG)
    page.get_by_role("slider", name="Selected sample").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("progan_selected_sample=10"))
    expect(page.get_by_text("Sample 11 of 64")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Selected").click()
    assert download.value.suggested_filename == "progan_seed_1_sample_10.png"


@trained
@pytest.mark.slow
@pytest.mark.parametrize(
    ("tab", "stem"),
    [
        ("Fade-in", "progan_fade_in_32"),
        ("Resolutions", "progan_resolutions"),
        ("Training history", "progan_training_history"),
    ],
)
def test_a_video_is_downloaded(page, studio, tab, stem):
    open_tab(page, studio, tab)
    button = page.get_by_role("button", name="Video", exact=True)
    button.wait_for(timeout=LONG)
    with page.expect_download(timeout=LONG) as download:
        button.click()
    assert download.value.suggested_filename == f"{stem}.gif"
    frames, _ = images.decode(download.value.path().read_bytes())
    assert min(frames.shape[:2]) > 100


@pytest.mark.slow
def test_the_networks_are_drawn(page, studio, expect):
    open_tab(page, studio, "How it works")
    figure = page.locator(".growth-figure svg")
    expect(figure).to_be_visible(timeout=LONG)
    expect(figure.get_by_text("toRGB")).to_have_count(4)
    expect(figure.get_by_text("1 − α")).to_have_count(2)
