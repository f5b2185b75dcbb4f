"""The keyboard in a real browser: Tab passes through every component, Escape leaves it, arrow keys work inside."""

import pytest

from tests import visitor
from tests.test_browser_layout import address, settle

FAST = {("autoencoders", "Compare all"), ("gan", "Training history")}
TABS = [
    pytest.param(page, tab, marks=() if (page, tab) in FAST else pytest.mark.slow)
    for page, tab in visitor.PAGE_TABS
    if tab
]
COMPONENTS = """() => {
  window.focused = () => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element;
  };
  window.stopsOf = (host) => [...host.shadowRoot.querySelectorAll('button, input, [tabindex]')].filter((each) =>
    !each.disabled && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true }));
  window.hosts = [...document.querySelectorAll('[data-testid=stMain] *')].filter((each) =>
    each.shadowRoot && each.checkVisibility() && stopsOf(each).length);
  return hosts.map((host) => stopsOf(host).length);
}"""

VIEWS = [  # components that are not on a tab's first view
    "autoencoders?ae_tab=Latent+projections&ae_projections_view=PCA+vs.+linear+autoencoder",
    "gan?gan_tab=Explore&gan_view=2-D+slice",
    "live_style?fast_style_mode=2-D+interpolation",
    "style_gan?style_gan_anim=true",
    "style_gan?style_gan_tab=Latent+space&style_gan_latent_view=Mapping+network",
    "style_gan?style_gan_tab=Latent+space&style_gan_latent_view=2-D+slice+of+W",
    "style_transfer?style_mask=true",
    "text_generation?text_tab=Inspect+the+LSTM&inspect_view=Gate+activations",
]


def is_inside(page, k: int) -> bool:
    return page.evaluate("(k) => document.activeElement === hosts[k]", k)


def walk_out(page, k: int, key: str) -> None:
    """Press the key until the focus has left the component; it moves on every time, at most once to each stop."""
    stops = page.evaluate("(k) => stopsOf(hosts[k]).length", k)
    for _ in range(stops + 1):
        page.evaluate("() => { window.previous = focused(); }")
        page.keyboard.press(key)
        stuck = page.evaluate(
            "() => focused() === previous && `${previous.className} ${previous.outerHTML}`.slice(0, 200)"
        )
        assert not stuck, f"{key} does not leave {stuck}"
        if not is_inside(page, k):
            return
    pytest.fail(f"{key} does not leave the component after {stops} stops")


def pass_through(page) -> list[int]:
    """Through each component forwards and backwards, and with Escape out of each of its stops; their numbers."""
    counts = page.evaluate(COMPONENTS)
    for k, stops in enumerate(counts):
        page.evaluate("(k) => stopsOf(hosts[k])[0].focus()", k)
        walk_out(page, k, "Tab")
        page.evaluate("(k) => stopsOf(hosts[k]).at(-1).focus()", k)
        walk_out(page, k, "Shift+Tab")
        for stop in range(stops):
            page.evaluate("([k, stop]) => stopsOf(hosts[k])[stop]?.focus()", [k, stop])
            page.keyboard.press("Escape")
            assert not is_inside(page, k), f"Escape does not leave stop {stop} of component {k}"
    return counts


@pytest.mark.parametrize(("name", "tab"), TABS)
def test_tab_passes_through_every_component_and_escape_leaves_it(name, tab, studio, page):
    page.goto(f"{studio}/{address(name, tab)}")
    settle(page)
    counts = pass_through(page)
    if (name, tab) in FAST:
        assert counts, "a component that takes the focus"


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_tab_passes_through_every_component_of_a_view(view, studio, page):
    page.goto(f"{studio}/{view}")
    settle(page)
    assert pass_through(page), "a component that takes the focus"


def test_arrow_keys_select_a_row_of_the_comparison_table(studio, page, expect):
    page.goto(f"{studio}/{address('autoencoders', 'Compare all')}")
    row = page.locator("tr.selectable")
    row.first.focus()
    for key, k in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1)):
        page.keyboard.press(key)
        expect(row.nth(k)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Codes")).to_have_attribute("aria-selected", "true")


@pytest.mark.slow
def test_arrow_keys_follow_another_sample_through_the_training(studio, page, expect):
    page.goto(f"{studio}/{address('gan', 'Training history')}")
    frame = page.locator(".history .frame").first
    frame.focus()
    assert frame.locator("i").evaluate("(each) => each.style.left") == "0%"
    page.keyboard.press("ArrowRight")
    assert frame.locator("i").evaluate("(each) => each.style.left") != "0%"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")  # not beyond the edge
    assert frame.locator("i").evaluate("(each) => each.style.left") == "0%"


@pytest.mark.slow
def test_keys_of_the_browser_are_left_to_it(studio, page):
    page.goto(f"{studio}/{address('gan', 'Training history')}")
    frame = page.locator(".history .frame").first
    frame.wait_for()
    press = """(frame, key) => {
      const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, composed: true, ...key });
      frame.dispatchEvent(event);
      return event.defaultPrevented;
    }"""
    assert frame.evaluate(press, {"key": "ArrowLeft"})
    for key in ({"key": "ArrowLeft", "altKey": True}, {"key": "Tab"}, {"key": "F5"}, {"key": "l", "ctrlKey": True}):
        assert not frame.evaluate(press, key), key
