"""The coloured text and the traces of a cell in a real browser: under the pointer, the keys and a click."""

import re

import pytest

from genmodels.text_generation import model as text_generation
from pages.text_generation.text_and_cell_picker import PASSAGES

ESSAY = PASSAGES["An old essay"].lower()


@pytest.fixture(scope="module")
def nats():
    return text_generation.score(text_generation.load(), ESSAY)


def test_the_text_is_coloured_by_surprise_and_can_be_asked(page, studio, expect, nats):
    page.goto(f"{studio}/text_generation?text_tab=Surprise")
    body = page.get_by_role("application", name="Text coloured by surprise")
    spans = body.locator("span[data-k]")
    expect(spans).to_have_count(len(ESSAY))
    values = spans.evaluate_all("spans => spans.map(span => Number(span.dataset.value))")
    assert max(abs(a - b) for a, b in zip(values, nats, strict=True)) < 1e-3
    opacity = "span => Number(getComputedStyle(span).backgroundColor.match(/[\\d.]+\\)$/)[0].slice(0, -1))"
    quiet, loud = int(nats.argmin()), int(nats.argmax())
    assert spans.nth(quiet).evaluate(opacity) < 0.05 < 0.7 < spans.nth(loud).evaluate(opacity)

    tip = page.locator(".coloured .tip")
    spans.nth(20).hover()
    expect(tip).to_contain_text(f"{nats[20]:.2f} nats")
    spans.nth(4).click()
    expect(page.get_by_text(f"Here came “{ESSAY[4]}”: {nats[4]:.2f} nats")).to_be_visible()
    expect(spans.nth(4)).to_have_class(re.compile("picked"))

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(tip).to_contain_text(f"{nats[6]:.2f} nats")
    page.keyboard.press("ArrowDown")  # the next line; the presets and the page stay where they are
    expect(tip).not_to_contain_text(f"{nats[6]:.2f} nats")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Here came “{ESSAY[0]}”")).to_be_visible()
    expect(page.get_by_role("tab", name="Surprise")).to_have_attribute("aria-selected", "true")


def test_a_column_of_the_traces_shows_its_sum(page, studio, expect):
    page.goto(f"{studio}/text_generation?text_tab=Inside+the+LSTM&inside_from=0")
    figure = page.get_by_role("application", name="Gates and state of one cell")
    expect(figure.locator(".letter").first).to_have_text(ESSAY[0])
    sums = page.locator(".traces .sum")
    figure.locator("[data-k='4']").hover()
    expect(sums.locator("b")).to_have_text(ESSAY[4])
    figure.focus()
    page.keyboard.press("Home")
    expect(sums.locator("b")).to_have_text(ESSAY[0])
    f, c, i, g, new = (float(x) for x in re.findall(r"-?\d+\.\d+", sums.inner_text().replace("−", "-"))[:5])
    assert c == 0 and abs(f * c + i * g - new) < 0.02
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"When it read “{ESSAY[1]}”")).to_be_visible()
