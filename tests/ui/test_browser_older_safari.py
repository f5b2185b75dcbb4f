"""Without the functions that Safari 16.0 lacks, in a real browser: every figure is drawn, or says that it cannot be."""

from urllib.parse import quote

import pytest

from tests import visitor
from tests.browser import settle
from tests.ui.test_browser_keyboard import VIEWS
from tests.visitor import address

FAST = {("vae", "2-D latent space")}
TABS = [
    pytest.param(page, tab, marks=() if (page, tab) in FAST else pytest.mark.slow)
    for page, tab in visitor.PAGE_TABS
    if tab
]
PCA = "PCA vs. linear autoencoder"
SAFARI_16 = """
delete window.OffscreenCanvas;
for (const name of ["movementX", "movementY"]) delete MouseEvent.prototype[name];
for (const name of ["filter", "letterSpacing"]) delete CanvasRenderingContext2D.prototype[name];
delete PointerEvent.prototype.getCoalescedEvents;
"""
EMPTY = """() => {
  const all = [];
  for (const host of document.querySelectorAll('[data-testid=stMain] *')) {
    if (!host.shadowRoot || !host.checkVisibility()) continue;
    for (const canvas of host.shadowRoot.querySelectorAll('canvas')) {
      if (!canvas.checkVisibility({ visibilityProperty: true }) || !canvas.width || !canvas.height) continue;
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      if (data.every((value) => value === 0)) all.push(`${canvas.className} of ${host.className}`);
    }
  }
  return all;
}"""


def expect_drawn_figures(open_page, url: str) -> None:
    page = open_page(viewport={"width": 1280, "height": 720})
    page.add_init_script(SAFARI_16)
    page.goto(url)
    settle(page)
    page.wait_for_function(f"() => !({EMPTY})().length")
    assert page.locator(".browser-error").all_inner_texts() == []


@pytest.mark.parametrize(("name", "tab"), TABS)
def test_every_figure_is_drawn(name, tab, studio, open_page):
    expect_drawn_figures(open_page, f"{studio}/{address(name, tab)}")


@pytest.mark.slow
@pytest.mark.parametrize("view", [view for view in VIEWS if "mask" not in view])  # an empty mask is not drawn
def test_every_figure_of_a_view_is_drawn(view, studio, open_page):
    expect_drawn_figures(open_page, f"{studio}/{view}")


def test_the_pca_view_is_rotated_without_movement_x(studio, open_page, expect):
    page = open_page(viewport={"width": 1280, "height": 720})
    page.add_init_script(SAFARI_16)
    page.goto(f"{studio}/{address('autoencoders', 'Latent projections')}&ae_projections_view={quote(PCA)}")
    scene = page.locator("canvas.scene")
    expect(scene).to_have_attribute("data-pitch", "0.420")
    box = scene.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 270, box["y"] + 170, steps=5)
    page.mouse.up()
    expect(scene).to_have_attribute("data-pitch", "0.920")  # 70 pixels / 140


def test_a_figure_that_cannot_be_drawn_says_so(studio, browser, expect):
    page = browser.new_page()  # not of `open_page`, which refuses errors
    page.add_init_script("delete Image.prototype.decode")
    page.goto(f"{studio}/{address('vae', '2-D latent space')}")
    expect(page.get_by_role("alert").filter(has_text="This browser cannot draw this figure")).to_be_visible()
    page.close()
