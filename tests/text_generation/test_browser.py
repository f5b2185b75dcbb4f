"""The text page in a real browser: it writes, it can be held, stepped, forced and made hotter."""

import re
from urllib.parse import urlencode


def open_writer(page, studio, expect, **query):
    """The writing tab, once its first character is there."""
    page.goto(f"{studio}/text_generation?" + urlencode(query))
    expect(page.locator(".text")).to_have_attribute("data-head", re.compile(r"[1-9]\d*"))


def hurry(page):
    """Two hundred characters a second: who waits for the end need not see each of them."""
    page.get_by_role("slider", name="Characters a second").fill("100")


def held(page, expect):
    """The writing, held where it is; gives how many characters are shown."""
    button = page.locator("[data-do=play]")
    if button.inner_text() == "Hold":
        button.click()
    expect(button).to_have_text(re.compile("Write|Again"))
    return head(page)


def head(page):
    return int(page.locator(".text").get_attribute("data-head"))


def written(page):
    """The characters after the beginning."""
    return "".join(page.locator(".text span[data-k]").all_text_contents())


def drawn(page):
    """The character that the needle is on."""
    shown = page.locator(".row.drawn .char").inner_text()
    return {"␣": " ", "↵": "\n"}.get(shown, shown)


def shares(page):
    return [text for text in page.locator(".row .number:last-child").all_inner_texts()]


def test_it_writes_at_once_and_to_its_end(page, studio, expect):
    open_writer(page, studio, expect, write_length=100)
    hurry(page)
    expect(page.locator("[data-do=play]")).to_have_text("Again")
    assert head(page) == 100 == len(written(page))
    page.locator("[data-do=play]").click()  # another text
    expect(page).to_have_url(re.compile("write_seed=1"))
    expect(page.locator(".text")).to_have_attribute("data-head", "100")


def test_stepping_writes_what_was_drawn(page, studio, expect):
    open_writer(page, studio, expect)
    held(page, expect)
    for _ in range(5):
        at, wanted = head(page), drawn(page)
        page.locator("[data-do=step]").click()
        expect(page.locator(".text")).to_have_attribute("data-head", str(at + 1))
        assert written(page)[at] == wanted
    page.locator("[data-do=start]").click()
    assert head(page) == 0 and written(page) == ""
    page.locator(".text").press("ArrowRight")
    page.locator(".text").press("ArrowRight")
    page.locator(".text").press("ArrowLeft")
    assert head(page) == 1


def test_a_bar_forces_its_character(page, studio, expect):
    open_writer(page, studio, expect)
    at = held(page, expect)
    before = written(page)
    other = page.locator(".row:not(.drawn)").nth(2)
    wanted = {"␣": " ", "↵": "\n"}.get(other.locator(".char").inner_text(), other.locator(".char").inner_text())
    other.click()
    expect(page.locator(".text .forced")).to_have_count(1)
    assert written(page) == before + wanted and head(page) == at + 1
    page.locator("[data-do=play]").click()
    expect(page.locator(".text")).not_to_have_attribute("data-head", str(at + 1))


def test_the_temperature_moves_the_bars_under_the_hand(page, studio, expect):
    open_writer(page, studio, expect, write_temperature=1)
    at = held(page, expect)
    before, learnt = written(page), shares(page)
    slider = page.locator("#temperature")
    slider.evaluate("slider => { slider.value = 0.2; slider.dispatchEvent(new Event('input')); }")
    assert shares(page) != learnt  # before Python knows of it
    slider.evaluate("slider => { slider.value = 0; slider.dispatchEvent(new Event('input')); }")
    assert page.locator(".ends b").inner_text().endswith("0.00 bits")
    slider.evaluate("slider => slider.dispatchEvent(new Event('change'))")
    expect(page).to_have_url(re.compile("write_temperature=0(&|$)"))
    assert written(page) == before and head(page) == at
    assert shares(page)[0] == "100 %"
    expect(page.locator(".text")).to_have_attribute("data-head", str(at))
    wanted = drawn(page)
    assert page.locator(".row .char").first.inner_text() in (wanted, "␣", "↵")
    page.locator("[data-do=step]").click()
    assert written(page) == before + wanted


def test_a_link_leads_to_its_text(open_page, studio, expect):
    texts = []
    for _ in range(2):
        page = open_page()
        open_writer(
            page, studio, expect, write_temperature=0.9, write_seed=7, write_prompt="of all things ", write_length=100
        )
        hurry(page)
        expect(page.locator("[data-do=play]")).to_have_text("Again")
        assert page.locator(".text .prompt").inner_text() == "of all things "
        texts.append(written(page))
    assert texts[0] == texts[1] and len(texts[0]) == 100


def test_every_text_tab_stays_on_this_machine(page, studio, expect):
    """What it must not do is watched by `page`."""
    page.goto(f"{studio}/text_generation")
    for tab in ("It writes", "Four temperatures", "Surprise", "Inside the LSTM", "Train it", "How it works"):
        page.get_by_role("tab", name=tab, exact=True).click()
        expect(page.get_by_role("tab", name=tab, exact=True, selected=True)).to_be_visible()
        expect(page.get_by_role("tabpanel").filter(visible=True).first).not_to_be_empty()
        expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")


def test_home_leads_to_the_text_tabs(page, studio, expect):
    page.goto(studio)
    links = page.locator("[data-testid=stMain] a[data-testid=stPageLink-NavLink][href*='text_generation']")
    expect(links).to_have_count(3)
    for k, tab in enumerate(("It writes", "Four temperatures", "Inside the LSTM")):
        links.nth(k).click()
        expect(page.get_by_role("tab", name=tab, exact=True, selected=True)).to_be_visible()
        page.get_by_test_id("stSidebar").get_by_role("link", name="Home").click()
