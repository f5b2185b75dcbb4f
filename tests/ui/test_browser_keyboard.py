"""The keyboard in a real browser: Tab passes through every component, Escape leaves it, arrow keys work inside."""

import pytest

from tests.browser import COMPONENTS, pass_through, settle
from tests.visitor import address

FAST = [("autoencoders", "Compare all"), ("gan", "Training history")]  # the other tabs: test_browser_layout
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


def wait_for_components(page) -> None:
    """On a loaded machine a component's script may load after the page has settled."""
    page.wait_for_function(f"() => ({COMPONENTS})().length")


@pytest.mark.parametrize(("name", "tab"), FAST)
def test_tab_passes_through_every_component_and_escape_leaves_it(name, tab, studio, page):
    page.goto(f"{studio}/{address(name, tab)}")
    settle(page)
    wait_for_components(page)
    assert pass_through(page), "a component that takes the focus"


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_tab_passes_through_every_component_of_a_view(view, studio, page):
    page.goto(f"{studio}/{view}")
    settle(page)
    wait_for_components(page)
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
