"""The autoencoder page in a real browser: the table sorts and selects, a drawing is encoded, noise, bits."""

from urllib.parse import urlencode

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect
LONG = 90_000  # ms: TensorFlow may be imported, and twelve models are loaded


@pytest.fixture
def open_view(server, page):
    """Open a tab and wait for a text on it."""

    def go(tab, wait_for, **query):
        page.goto(f"{server}/autoencoders?{urlencode({'ae_tab': tab} | query)}")
        page.get_by_text(wait_for).first.wait_for(timeout=LONG)
        return page

    return go


def names(page):
    return page.locator("tbody tr b").all_inner_texts()


def numbers(page, column):
    texts = page.locator(f"tbody tr td:nth-child({column}) output").all_inner_texts()
    return [float(text.replace(",", "")) for text in texts]


def draw(page, points):
    box = page.get_by_role("img", name="Drawing canvas").bounding_box()
    positions = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*positions[0])
    page.mouse.down()
    for position in positions[1:]:
        page.mouse.move(*position, steps=8)
    page.mouse.up()


@pytest.mark.slow
def test_the_table_sorts_by_any_column_and_selects_a_model(open_view):
    page = open_view("Compare all", "Reconstruction")
    expect(page.locator("tbody tr")).to_have_count(12)
    book_order = names(page)
    assert book_order[:2] == ["Linear", "Stacked"] and book_order[-1] == "Variational"
    for heading, column in (("Error", 4), ("Test MSE", 5), ("Parameters", 6), ("Code size", 7)):
        button = page.get_by_role("button", name=heading, exact=True)
        button.click()
        assert numbers(page, column) == sorted(numbers(page, column)), heading
        page.locator("th").get_by_role("button", name=heading).first.click()  # its name has an arrow now
        assert numbers(page, column) == sorted(numbers(page, column), reverse=True), heading
    for heading, column in (("Reconstruction", 4), ("Residual", 4), ("Code", 7)):  # images sort by a number
        page.get_by_role("button", name=heading, exact=True).click()
        assert numbers(page, column) == sorted(numbers(page, column)), heading
    page.locator("th").get_by_role("button", name="Autoencoder").click()
    assert names(page) == book_order
    page.locator("tbody tr", has_text="Semantic hashing").click()
    expect(page.get_by_text("First-layer weights").first).to_be_visible()
    expect(page.get_by_text("Semantic hashing. 16-bit binary code")).to_be_visible()


def test_a_drawing_is_the_input_of_all_models(open_view):
    page = open_view("Compare all", "Reconstruction")
    image = page.locator("tbody tr img").first
    before = image.get_attribute("src")
    expect(page.get_by_text("Example drawing.")).to_be_visible()
    draw(page, [(0.3, 0.2), (0.3, 0.85), (0.7, 0.85), (0.7, 0.2)])
    expect(page.get_by_text("Example drawing.")).to_have_count(0)
    expect(image).not_to_have_attribute("src", before)
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.get_by_text("The drawing is empty")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("tbody tr")).to_have_count(12)
    page.get_by_role("tab", name="Codes").click()
    expect(page.get_by_text("Latent traversal").first).to_be_visible()
    expect(page.get_by_text("Example drawing.")).to_have_count(0)  # the same drawing on every tab


@pytest.mark.slow
def test_the_noise_level_changes_the_input(open_view):
    page = open_view("Denoising and sparsity", "Corrupted input", ae_constraint_view="Denoising")
    image = page.get_by_test_id("stImage").locator("img").first
    before = image.get_attribute("src")
    handle = page.get_by_role("slider", name="Noise level")
    handle.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(image).not_to_have_attribute("src", before)
    page.get_by_text("Dropout", exact=True).click()
    expect(page.get_by_text("fraction of pixels dropped").first).to_be_attached()


@pytest.mark.slow
def test_a_flipped_bit_retrieves_other_images(open_view):
    page = open_view("Semantic hashing", "Decoded bits")
    retrieved = page.get_by_test_id("stImage").locator("img").last
    before = retrieved.get_attribute("src")
    page.get_by_role("button", name="16", exact=True).click()
    expect(retrieved).not_to_have_attribute("src", before)
    page.locator(".st-key-ae_query_bits_reset button").first.click()
    expect(retrieved).to_have_attribute("src", before)
