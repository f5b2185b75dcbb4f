"""The text page in a real browser: generating, pausing, stepping, forcing a character, changing the temperature."""

import re
from urllib.parse import urlencode

import pytest


def open_generator(page, studio, expect, **query):
    """The tab Generate, once its first character is shown."""
    page.goto(f"{studio}/text_generation?" + urlencode(query))
    expect(page.locator(".text")).to_have_attribute("data-head", re.compile(r"[1-9]\d*"))


def set_maximum_speed(page):
    """200 characters per second, to reach the end of the text soon."""
    page.get_by_role("slider", name="Characters per second").fill("100")


def pause(page, expect):
    """Pause; returns how many characters are shown."""
    button = page.locator("[data-do=play]")
    if button.inner_text() == "Pause":
        button.click()
    expect(button).to_have_text(re.compile("Generate|Restart"))
    return head(page)


def head(page):
    return int(page.locator(".text").get_attribute("data-head"))


def generated(page):
    """The characters after the prompt."""
    return "".join(page.locator(".text span[data-k]").all_text_contents())


def sampled(page):
    """The character that is sampled next."""
    symbol = page.locator(".row.sampled .char").inner_text()
    return {"␣": " ", "↵": "\n"}.get(symbol, symbol)


def probabilities(page):
    return [text for text in page.locator(".row .number:last-child").all_inner_texts()]


@pytest.mark.slow
def test_it_generates_at_once_and_to_the_end(page, studio, expect):
    open_generator(page, studio, expect, write_length=100)
    set_maximum_speed(page)
    expect(page.locator("[data-do=play]")).to_have_text("Restart")
    assert head(page) == 100 == len(generated(page))
    page.locator("[data-do=play]").click()  # another text
    expect(page).to_have_url(re.compile("write_seed=1"))
    expect(page.locator(".text")).to_have_attribute("data-head", "100")


@pytest.mark.slow
def test_stepping_shows_the_sampled_characters(page, studio, expect):
    open_generator(page, studio, expect)
    pause(page, expect)
    for _ in range(5):
        position, expected = head(page), sampled(page)
        page.locator("[data-do=step]").click()
        expect(page.locator(".text")).to_have_attribute("data-head", str(position + 1))
        assert generated(page)[position] == expected
    page.locator("[data-do=start]").click()
    assert head(page) == 0 and generated(page) == ""
    page.locator(".text").press("ArrowRight")
    page.locator(".text").press("ArrowRight")
    page.locator(".text").press("ArrowLeft")
    assert head(page) == 1


@pytest.mark.slow
def test_a_click_on_a_bar_forces_its_character(page, studio, expect):
    open_generator(page, studio, expect)
    position = pause(page, expect)
    before = generated(page)
    other = page.locator(".row:not(.sampled)").nth(2)
    expected = {"␣": " ", "↵": "\n"}.get(other.locator(".char").inner_text(), other.locator(".char").inner_text())
    other.click()
    expect(page.locator(".text .forced")).to_have_count(1)
    assert generated(page) == before + expected and head(page) == position + 1
    page.locator("[data-do=play]").click()
    expect(page.locator(".text")).not_to_have_attribute("data-head", str(position + 1))


def test_the_temperature_slider_moves_the_bars_while_dragged(page, studio, expect):
    open_generator(page, studio, expect, write_temperature=1)
    position = pause(page, expect)
    before, unscaled = generated(page), probabilities(page)
    slider = page.locator("#temperature")
    slider.evaluate("slider => { slider.value = 0.2; slider.dispatchEvent(new Event('input')); }")
    assert probabilities(page) != unscaled  # before Python knows of it
    slider.evaluate("slider => { slider.value = 0; slider.dispatchEvent(new Event('input')); }")
    assert page.locator(".ends b").inner_text().endswith("0.00 bits")
    slider.evaluate("slider => slider.dispatchEvent(new Event('change'))")
    expect(page).to_have_url(re.compile("write_temperature=0(&|$)"))
    assert generated(page) == before and head(page) == position
    assert probabilities(page)[0] == "100 %"
    expect(page.locator(".text")).to_have_attribute("data-head", str(position))
    expected = sampled(page)
    assert page.locator(".row .char").first.inner_text() in (expected, "␣", "↵")
    page.locator("[data-do=step]").click()
    assert generated(page) == before + expected


@pytest.mark.slow
def test_a_link_gives_the_same_text(open_page, studio, expect):
    texts = []
    for _ in range(2):
        page = open_page()
        open_generator(
            page, studio, expect, write_temperature=0.9, write_seed=7, write_prompt="of all things ", write_length=100
        )
        set_maximum_speed(page)
        expect(page.locator("[data-do=play]")).to_have_text("Restart")
        assert page.locator(".text .prompt").inner_text() == "of all things "
        texts.append(generated(page))
    assert texts[0] == texts[1] and len(texts[0]) == 100


@pytest.mark.slow
def test_every_tab_makes_no_external_request(page, studio, expect):
    """The fixture `page` fails on external requests."""
    page.goto(f"{studio}/text_generation")
    for tab in ("Generate", "Compare temperatures", "Surprisal", "Inspect the LSTM", "Train", "How it works"):
        page.get_by_role("tab", name=tab, exact=True).click()
        expect(page.get_by_role("tab", name=tab, exact=True, selected=True)).to_be_visible()
        expect(page.get_by_role("tabpanel").filter(visible=True).first).not_to_be_empty()
        expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")


@pytest.mark.slow
def test_home_links_to_the_tabs(page, studio, expect):
    page.goto(studio)
    links = page.locator("[data-testid=stMain] a[data-testid=stPageLink-NavLink][href*='text_generation']")
    expect(links).to_have_count(3)
    for k, tab in enumerate(("Generate", "Compare temperatures", "Inspect the LSTM")):
        links.nth(k).click()
        expect(page.get_by_role("tab", name=tab, exact=True, selected=True)).to_be_visible()
        page.get_by_test_id("stSidebar").get_by_role("link", name="Home").click()
