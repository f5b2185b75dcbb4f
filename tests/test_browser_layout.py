"""The first screen of every tab in a real browser: the result is large and near the top, and no text is cut."""

import pytest

from tests import visitor
from tests.browser import pass_through, settle

TABS = [(page, tab) for page, tab in visitor.PAGE_TABS if tab]
SCREEN = {"width": 1280, "height": 720}  # a projector's
TOP = 300  # pixels: the result begins above
VISIBLE = 0.6  # fraction of the result's height on the first screen
WIDTHS = (1280, 768, 390)
CUT = """() => [...document.querySelectorAll('[data-testid=stMain] *, [data-testid=stSidebar] *')].filter((element) => {
  const style = getComputedStyle(element);
  const clips = ['hidden', 'clip'].includes(style.overflowX) || style.textOverflow === 'ellipsis';
  const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  return own && clips && element.clientWidth > 2 && element.scrollWidth > element.clientWidth + 1
    && element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
}).map((element) => `${element.clientWidth} of ${element.scrollWidth} px: ${element.textContent.trim()}`)"""


@pytest.mark.slow
@pytest.mark.parametrize(("name", "tab"), TABS, ids=str)
def test_the_first_screen_shows_the_result_cuts_no_text_and_obeys_the_keyboard(name, tab, studio, open_page):
    page = open_page(viewport=SCREEN)
    page.goto(f"{studio}/{visitor.address(name, tab)}")
    settle(page)
    expect_result_on_first_screen(page)
    pass_through(page)
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": SCREEN["height"]})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(150)
            found[width, scheme] = page.evaluate(CUT)
    assert {where: texts for where, texts in found.items() if texts} == {}


def expect_result_on_first_screen(page) -> None:
    results = [each for each in page.locator("[class*='st-key-result_']").all() if each.is_visible()]
    assert len(results) == 1, f"{len(results)} containers with a key result_*"
    box = results[0].bounding_box()
    visible = (min(box["y"] + box["height"], SCREEN["height"]) - box["y"]) / box["height"]
    assert box["height"] > 100, f"the result is {box['height']:.0f} px high"
    assert box["y"] < TOP, f"the result begins at {box['y']:.0f} px"
    assert visible >= VISIBLE, f"{visible:.0%} of the result's {box['height']:.0f} px are on the first screen"
    heading = page.get_by_role("heading", level=1).bounding_box()
    assert heading["y"] >= 0 and heading["height"] < 60, "the title takes one line"
    labels = page.get_by_role("tablist").first.get_by_role("tab")
    assert labels.count() <= 7
    first, last = labels.first.bounding_box(), labels.last.bounding_box()
    assert last["y"] == first["y"] and last["x"] + last["width"] <= SCREEN["width"], "all tabs in one row"


def test_the_title_is_whole_when_the_sidebar_is_closed(studio, open_page):
    page = open_page(viewport=SCREEN)
    page.goto(f"{studio}/vae")
    settle(page)
    page.get_by_test_id("stSidebarCollapseButton").locator("button").click(force=True)
    page.get_by_test_id("stExpandSidebarButton").wait_for()
    box = page.get_by_role("heading", level=1).bounding_box()
    button = page.get_by_test_id("stExpandSidebarButton").bounding_box()
    assert box["y"] >= button["y"] + button["height"] or box["x"] >= button["x"] + button["width"]
    assert page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('h1') !== null",
        [box["x"] + 10, box["y"] + box["height"] / 2],
    )


CUT_VALUES = """() => [...document.querySelectorAll('.st-key-page_header input')].filter((input) => {
  const { font, paddingLeft, paddingRight } = getComputedStyle(input);
  const g = document.createElement('canvas').getContext('2d');
  g.font = font;
  const room = input.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  return g.measureText(input.value || input.placeholder).width > room;
}).map((input) => `${input.clientWidth} px: ${input.value || input.placeholder}`)"""


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({page for page, _ in TABS}))
def test_presentation_mode_cuts_no_text_of_the_header_and_the_sidebar(name, studio, open_page):
    page = open_page(viewport=SCREEN)
    page.goto(f"{studio}/{name}?presenter=true")
    page.locator(".st-key-page_header input").first.wait_for()
    page.wait_for_function(f"() => !({CUT_VALUES})().length")
    texts = page.evaluate(CUT.replace("[data-testid=stMain] *, ", ".st-key-page_header *, "))
    assert texts == []
    title, select = (page.locator(f".st-key-page_header {each}").first.bounding_box() for each in ("h1", "input"))
    assert title["y"] < select["y"] + select["height"] and select["y"] < title["y"] + title["height"], "in one row"
