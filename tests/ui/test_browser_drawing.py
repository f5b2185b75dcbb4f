"""Drawing with mouse, finger and pen in a real browser: a click or a tap draws a dot, and the page does not scroll."""

from urllib.parse import urlencode

import pytest

from tests.visitor import until

LONG = 120_000  # milliseconds: TensorFlow may still be loading
CANVASES = {  # a page, its address, its canvas, and a text that is shown while nothing is drawn
    "digit": ("vae", {"vae_tab": "Encode your image", "vae_data": "MNIST"}, ".draw canvas", "Example drawing."),
    "2-D GAN": (
        "gan",
        {"gan_tab": "2-D GAN", "gan2d_data_distribution": "Draw your own"},
        "canvas.drawing",
        "0 of 20 points",
    ),
    "region mask": ("style_transfer", {"style_mask": "true"}, ".mask canvas", "Brush the region to stylize"),
}
INK = """(canvas) => {
  if (!canvas.width) return 0; // not drawn yet
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let n = 0;
  for (let k = 0; k < data.length; k += 4) n += data[k + 3] > 64 && data[k] + data[k + 1] + data[k + 2] > 64;
  return n / (canvas.width * canvas.height);
}"""
SCROLL = "() => document.querySelector('[data-testid=stMain]').scrollTop"


class Hand:
    """A mouse, a finger or a pen on a page."""

    def __init__(self, page, kind: str) -> None:
        self.kind, self.session = kind, page.context.new_cdp_session(page)

    def send(self, phase: str, x: float, y: float) -> None:
        if self.kind == "finger":
            names = {"down": "touchStart", "move": "touchMove", "up": "touchEnd"}
            points = [] if phase == "up" else [{"x": x, "y": y}]
            self.session.send("Input.dispatchTouchEvent", {"type": names[phase], "touchPoints": points})
            return
        names = {"down": "mousePressed", "move": "mouseMoved", "up": "mouseReleased"}
        event = {"type": names[phase], "x": x, "y": y, "button": "left", "buttons": int(phase != "up"), "clickCount": 1}
        self.session.send("Input.dispatchMouseEvent", event | {"pointerType": self.kind})


@pytest.fixture(params=CANVASES)
def drawing(request, studio, open_page, expect):
    """A page, and its empty canvas."""
    path, query, selector, text = CANVASES[request.param]
    page = open_page(has_touch=True)
    page.goto(f"{studio}/{path}?{urlencode(query)}")
    canvas = page.locator(selector)
    expect(page.get_by_text(text).first).to_be_visible(timeout=LONG)
    canvas.scroll_into_view_if_needed()
    return page, canvas


def place(canvas, x: float, y: float) -> tuple[float, float]:
    box = canvas.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["mouse", "finger", "pen"])
def test_a_click_draws_a_dot_and_a_stroke_does_not_scroll_the_page(kind, drawing):
    page, canvas = drawing
    if page.locator(".clear").count():
        page.locator(".clear").evaluate("(button) => button.click()")  # the example drawing
    hand, empty, before = Hand(page, kind), canvas.evaluate(INK), page.evaluate(SCROLL)
    at = place(canvas, 0.3, 0.3)
    hand.send("down", *at)
    hand.send("up", *at)
    until(lambda: canvas.evaluate(INK) > empty)
    dot = canvas.evaluate(INK)
    hand.send("down", *place(canvas, 0.6, 0.8))
    for step in range(1, 9):
        hand.send("move", *place(canvas, 0.6, 0.8 - 0.06 * step))
    hand.send("up", *place(canvas, 0.6, 0.32))
    until(lambda: canvas.evaluate(INK) > 1.5 * dot)
    assert page.evaluate(SCROLL) == before


def test_one_click_is_a_drawing_that_is_not_empty(studio, page, expect):
    page.goto(f"{studio}/vae?" + urlencode({"vae_tab": "Encode your image", "vae_data": "MNIST"}))
    expect(page.get_by_text("Example drawing.")).to_be_visible(timeout=LONG)
    page.locator(".draw canvas").click()
    expect(page.get_by_text("Example drawing.")).to_have_count(0)
    expect(page.get_by_text("Centered in 28 x 28")).to_be_visible()
    expect(page.get_by_text("The drawing is empty")).to_have_count(0)


@pytest.mark.slow
def test_clicks_give_the_2d_gan_points_until_it_can_train(studio, page, expect):
    page.goto(f"{studio}/gan?" + urlencode({"gan_tab": "2-D GAN", "gan2d_data_distribution": "Draw your own"}))
    train = page.get_by_role("button", name="Train", exact=True)
    for points in (0, 6, 12, 18):
        expect(page.get_by_text(f"{points} of 20 points", exact=True)).to_be_visible(timeout=LONG)
        expect(train).to_be_disabled()
        page.locator("canvas.drawing").click(position={"x": 100 + 10 * points, "y": 200})
    expect(train).to_be_enabled()


@pytest.mark.slow
def test_a_canceled_pointer_ends_its_stroke_and_the_next_one_draws(studio, page, expect):
    page.goto(f"{studio}/vae?" + urlencode({"vae_tab": "Encode your image", "vae_data": "MNIST"}))
    expect(page.get_by_text("Example drawing.")).to_be_visible(timeout=LONG)
    canvas = page.locator(".draw canvas")
    page.mouse.move(*place(canvas, 0.3, 0.3))
    page.mouse.down()
    canvas.evaluate("(each) => each.dispatchEvent(new PointerEvent('pointercancel', { pointerId: 1 }))")
    expect(page.get_by_text("Example drawing.")).to_have_count(0)  # the stroke was sent
    page.mouse.up()
    dot = canvas.evaluate(INK)
    page.mouse.move(*place(canvas, 0.7, 0.7))
    page.mouse.down()
    page.mouse.up()
    until(lambda: canvas.evaluate(INK) > 1.5 * dot)
