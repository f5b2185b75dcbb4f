"""The text heatmap and the gate activations in a real browser: pointer, keys and clicks."""

import re

import pytest

from genmodels.text_generation import char_rnn
from pages.text_generation.text_and_cell_picker import PASSAGES

pytestmark = pytest.mark.slow
ESSAY = PASSAGES["An old essay"].lower()


@pytest.fixture(scope="module")
def nats():
    return char_rnn.negative_log_likelihood(char_rnn.load(), ESSAY)


def test_the_heatmap_shows_the_surprisal_and_a_tooltip(page, studio, expect, nats):
    page.goto(f"{studio}/text_generation?text_tab=Surprisal")
    body = page.get_by_role("application", name="Text heatmap of the surprisal")
    spans = body.locator("span[data-k]")
    expect(spans).to_have_count(len(ESSAY))
    values = spans.evaluate_all("spans => spans.map(span => Number(span.dataset.value))")
    assert max(abs(a - b) for a, b in zip(values, nats, strict=True)) < 1e-3
    opacity = "span => Number(getComputedStyle(span).backgroundColor.match(/[\\d.]+\\)$/)[0].slice(0, -1))"
    lowest, highest = int(nats.argmin()), int(nats.argmax())
    assert spans.nth(lowest).evaluate(opacity) < 0.05 < 0.7 < spans.nth(highest).evaluate(opacity)

    tip = page.locator(".text-heatmap .tip")
    spans.nth(20).hover()
    expect(tip).to_contain_text(f"{nats[20]:.2f} nats")
    spans.nth(4).click()
    expect(page.get_by_text(f"Actual character: “{ESSAY[4]}”, surprisal {nats[4]:.2f} nats")).to_be_visible()
    expect(spans.nth(4)).to_have_class(re.compile("selected"))

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(tip).to_contain_text(f"{nats[6]:.2f} nats")
    page.keyboard.press("ArrowDown")  # the next line; the page does not scroll and the preset does not change
    expect(tip).not_to_contain_text(f"{nats[6]:.2f} nats")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Actual character: “{ESSAY[0]}”")).to_be_visible()
    expect(page.get_by_role("tab", name="Surprisal")).to_have_attribute("aria-selected", "true")


def test_a_column_shows_its_values_in_the_equations(page, studio, expect):
    page.goto(f"{studio}/text_generation?text_tab=Inspect+the+LSTM&traces_start=0")
    figure = page.get_by_role("application", name="Gates and states of one cell")
    expect(figure.locator(".letter").first).to_have_text(ESSAY[0])
    equations = page.locator(".gate-activations .equations")
    figure.locator("[data-k='4']").hover()
    expect(equations.locator("b")).to_have_text(ESSAY[4])
    figure.focus()
    page.keyboard.press("Home")
    expect(equations.locator("b")).to_have_text(ESSAY[0])
    f, c, i, g, new = (float(x) for x in re.findall(r"-?\d+\.\d+", equations.inner_text().replace("−", "-"))[:5])
    assert c == 0 and abs(f * c + i * g - new) < 0.02
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Values for “{ESSAY[1]}”")).to_be_visible()
