"""The autoencoder page in a real browser: the table sorts and opens, a drawing goes through all, noise, bits."""

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect
LONG = 90_000  # ms: TensorFlow may be waking up, and twelve networks are loaded


@pytest.fixture
def at(server, page):
    """Open a section and wait until something of it is there."""

    def go(tab, wait_for, **more):
        query = "".join(f"&{key}={value}" for key, value in more.items())
        page.goto(f"{server}/autoencoders?ae_tab={tab.replace(' ', '+')}{query}")
        page.get_by_text(wait_for).first.wait_for(timeout=LONG)
        return page

    return go


def members(page):
    return page.locator("tbody tr b").all_inner_texts()


def numbers(page, column):
    texts = page.locator(f"tbody tr td:nth-child({column}) output").all_inner_texts()
    return [float(text.replace(",", "")) for text in texts]


def stroke(page, points):
    box = page.get_by_role("img", name="Drawing canvas").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def test_the_table_sorts_by_any_column_and_opens_a_member(at):
    page = at("All at once", "Comes back")
    expect(page.locator("tbody tr")).to_have_count(12)
    chapter = members(page)
    assert chapter[:2] == ["Linear", "Stacked"] and chapter[-1] == "Variational"
    for heading, column in (("Squared error", 4), ("Held out", 5), ("Parameters", 6), ("Code", 7)):
        button = page.get_by_role("button", name=heading, exact=True)
        button.click()
        assert numbers(page, column) == sorted(numbers(page, column)), heading
        page.get_by_role("button", name=heading).first.click()
        assert numbers(page, column) == sorted(numbers(page, column), reverse=True), heading
    for heading, column in (("Comes back", 4), ("Error", 4), ("Code, drawn", 7)):  # pictures, by what they show
        page.get_by_role("button", name=heading, exact=True).click()
        assert numbers(page, column) == sorted(numbers(page, column)), heading
    page.get_by_role("button", name="Member").click()
    assert members(page) == chapter
    page.locator("tbody tr", has_text="Hashing").click()
    expect(page.get_by_text("What its first layer looks for")).to_be_visible()
    expect(page.get_by_text("Hashing. 16 bits")).to_be_visible()


def test_a_drawing_goes_through_all_of_them(at):
    page = at("All at once", "Comes back")
    image = page.locator("tbody tr img").first
    before = image.get_attribute("src")
    expect(page.get_by_text("Example drawing.")).to_be_visible()
    stroke(page, [(0.3, 0.2), (0.3, 0.85), (0.7, 0.85), (0.7, 0.2)])
    expect(page.get_by_text("Example drawing.")).to_have_count(0)
    expect(image).not_to_have_attribute("src", before)
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.get_by_text("The drawing is empty: draw something first.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("tbody tr")).to_have_count(12)
    page.get_by_role("tab", name="Size").click()
    expect(page.get_by_text("Numbers in the code")).to_be_visible()
    expect(page.get_by_text("Example drawing.")).to_have_count(0)  # the same drawing, on every section


def test_noise_follows_its_slider(at):
    page = at("Noise", "from the clean picture")
    seen = page.get_by_test_id("stImage").locator("img").first
    before = seen.get_attribute("src")
    handle = page.get_by_role("slider", name="How much")
    handle.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(seen).not_to_have_attribute("src", before)
    page.get_by_text("Dropped pixels").click()
    expect(page.get_by_text("share of pixels lost").first).to_be_attached()


def test_a_bit_turned_round_finds_others(at):
    page = at("Search", "What the sixteen bits draw")
    found = page.get_by_test_id("stImage").locator("img").last
    before = found.get_attribute("src")
    page.get_by_role("button", name="16", exact=True).click()
    expect(found).not_to_have_attribute("src", before)
    page.get_by_role("button", name="Reset").last.click()
    expect(found).to_have_attribute("src", before)
