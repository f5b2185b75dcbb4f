"""The VAE page in a real browser: dragging the point of the latent plane, links, presentation mode, many visitors."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from tests.visitor import tabs_of

TABS = tabs_of("vae")[1]
INVALID = (  # as a browser sends them; more, for every tab, are in test_page.py
    "x=nan&y=1e999&vae_data=%00&grid_n=-5&vae_tab=nope&pad_show=&pad_rings=maybe&concept_k=abc",
    "vae_tab=AE%2C%20VAE%2C%20%CE%B2&family_seed=-1&beta_view=All&presenter=perhaps&x=1&x=2&y=" + "9" * 400,
)


def show(page, expect, address):
    """Open an address of the VAE page and wait until the latent plane has its decoded image."""
    page.goto(address)
    expect(page.locator("canvas.decoded")).to_have_attribute("data-frames", re.compile(r"\d+"))


def finish(page, expect):
    """Wait until the script of the page has run."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")


def decoder_output(page, expect):
    """The URL of the decoder's image, once TensorFlow is loaded."""
    image = page.locator("[data-testid=stImage] img").first
    expect(image).to_be_visible(timeout=120_000)  # TensorFlow takes long on a loaded machine
    finish(page, expect)
    return image.get_attribute("src")


def frames(page):
    return int(page.locator("canvas.decoded").get_attribute("data-frames"))


def position(page):
    """The z that the pad shows."""
    return [float(number) for number in re.findall(r"-?\d+\.\d+", page.locator(".z").inner_text())]


def url_of(x, y):
    return re.compile(rf"x={x:.3f}&y={y:.3f}|y={y:.3f}.*&x={x:.3f}")


def option(page, key):
    """The input of a selectbox, whose value is the chosen option."""
    return page.locator(f".st-key-{key} input")


def selected(page, name):
    return page.get_by_role("tab", name=name, exact=True, selected=True)


# --- the latent plane -------------------------------------------------------------------------


def test_the_decoded_image_follows_a_drag_without_the_server(page, studio, expect):
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    show(page, expect, f"{studio}/vae")
    before = decoder_output(page, expect)
    decoded, box = page.locator("canvas.decoded"), page.locator("canvas.plane").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    first, frames_before, sent_before = decoded.evaluate("canvas => canvas.toDataURL()"), frames(page), len(sent)
    moves = 60
    for k in range(1, moves + 1):
        page.mouse.move(box["x"] + (0.3 + 0.4 * k / moves) * box["width"], box["y"] + 0.3 * box["height"])
    assert 0.8 * moves <= frames(page) - frames_before <= moves + 5
    assert decoded.evaluate("canvas => canvas.toDataURL()") != first
    assert len(sent) - sent_before <= 1
    page.mouse.up()

    image = page.locator("[data-testid=stImage] img").first
    expect(image).not_to_have_attribute("src", before)
    address = parse_qs(urlsplit(page.url).query)
    assert [float(address[k][0]) for k in "xy"] == pytest.approx(position(page), abs=0.006)
    # The decoder's image and the interpolation of its neighbors are almost equal.
    finish(page, expect)
    difference = image.evaluate("""async (image) => {
        await image.decode();
        const pixels = (source) => {
          const g = new OffscreenCanvas(28, 28).getContext("2d");
          g.drawImage(source, 0, 0, 28, 28);
          return g.getImageData(0, 0, 28, 28).data;
        };
        const find = (root) => root.querySelector("canvas.decoded") ?? [...root.querySelectorAll("*")]
          .map((each) => each.shadowRoot && find(each.shadowRoot)).find(Boolean);
        const a = pixels(image), b = pixels(find(document));
        return a.reduce((sum, value, k) => sum + Math.abs(value - b[k]), 0) / (3 * 28 * 28);
      }""")
    assert difference < 20


@pytest.mark.slow
def test_keys_move_the_point(page, studio, expect):
    show(page, expect, f"{studio}/vae?x=0.5&y=0.5")
    decoder_output(page, expect)
    plane = page.locator("canvas.plane")
    assert position(page) == [0.5, 0.5]
    plane.press("ArrowRight")
    step = position(page)[0] - 0.5
    assert step > 0 and position(page)[1] == 0.5
    plane.press("Shift+ArrowDown")
    assert 0.5 - position(page)[1] == pytest.approx(6 * step, abs=0.05)
    plane.press("ArrowLeft")
    plane.press("ArrowUp")
    assert position(page) == pytest.approx([0.5, 0.5 - 5 * step], abs=0.05)
    plane.press("Home")
    assert position(page) == [0, 0]
    expect(page).to_have_url(url_of(0, 0))


@pytest.mark.slow
def test_a_finger_drags_and_does_not_scroll(open_page, studio, expect):
    page = open_page(has_touch=True, viewport={"width": 900, "height": 500})
    show(page, expect, f"{studio}/vae?x=0&y=0")
    decoder_output(page, expect)
    plane = page.locator("canvas.plane")
    plane.scroll_into_view_if_needed()
    box, devtools = plane.bounding_box(), page.context.new_cdp_session(page)
    top, frames_before = max(box["y"], 20), frames(page)

    def touch(event, *points):
        devtools.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    touch("touchStart", (box["x"] + 40, top + 40))
    for k in range(20):
        touch("touchMove", (box["x"] + 40 + 5 * k, top + 40 + 5 * k))
    touch("touchEnd")
    assert frames(page) - frames_before >= 10
    assert plane.bounding_box() == box
    expect(page).not_to_have_url(url_of(0, 0))
    finish(page, expect)
    assert position(page) != [0, 0]


# --- links ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_link_leads_to_its_state(page, studio, expect):
    show(page, expect, f"{studio}/vae?x=1&y=-1&vae_data=MNIST&pad_layer=Decoded+images")
    assert position(page) == [1, -1]
    for key, choice in {"vae_data": "MNIST", "pad_layer": "Decoded images"}.items():
        expect(option(page, key)).to_have_value(choice)
    assert page.locator(".legend li").all_inner_texts() == list("0123456789")


@pytest.mark.slow
def test_invalid_links_show_the_page(page, studio, expect):
    for query in INVALID:
        page.goto(f"{studio}/vae?{query}")
        expect(page.get_by_role("tab", selected=True)).to_be_visible()
        finish(page, expect)
        expect(page.get_by_role("tabpanel").filter(visible=True).first).not_to_be_empty()
        for test_id in ("stException", "stAlertContentError"):
            assert page.get_by_test_id(test_id).all_inner_texts() == [], query


@pytest.mark.slow
def test_a_new_server_shows_a_deep_link(fresh_server, open_page, expect):
    page = open_page()
    show(page, expect, f"{fresh_server}/vae?pad_layer=Both")  # before TensorFlow is there
    decoder_output(page, expect)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(option(page, "pad_layer")).to_have_value("Both")


@pytest.mark.slow
def test_home_leads_to_the_right_tabs(page, studio, expect):
    page.goto(studio)
    links = page.locator("[data-testid=stMain] a[data-testid=stPageLink-NavLink][href*='vae']")
    expect(links.first).to_be_visible()
    finish(page, expect)
    queries = [parse_qs(urlsplit(link.get_attribute("href")).query) for link in links.all()]
    assert len(queries) >= 3
    for k, query in enumerate(queries):
        links.nth(k).click()
        expect(selected(page, query.get("vae_tab", [TABS[0]])[0])).to_be_visible()
        for data in query.get("vae_data", []):
            expect(option(page, "vae_data")).to_have_value(data)
        page.get_by_test_id("stSidebar").get_by_role("link", name="Home").click()


@pytest.mark.slow
def test_a_cell_of_the_grid_is_shown_in_the_latent_plane(page, studio, expect):
    query = {"latent_view": "Decoded grid", "vae_data": "MNIST", "grid_images_per_side": 5}
    page.goto(f"{studio}/vae?" + urlencode(query, quote_via=quote))
    cells = page.locator(".cells")
    expect(cells).to_be_visible()
    finish(page, expect)
    box = cells.bounding_box()
    cells.click(position={"x": 0.7 * box["width"], "y": 0.3 * box["height"]})  # row 1, column 3 of -3 ... 3
    page.locator(".st-key-grid_show button").click()
    expect(page.locator(".z")).to_contain_text("1.50")
    assert position(page) == [1.5, 1.5]
    expect(page).to_have_url(url_of(1.5, 1.5))


# --- presentation mode, visitors ----------------------------------------------------------------


@pytest.mark.slow
def test_arrow_keys_change_the_preset_in_presentation_mode(page, studio, expect):
    show(page, expect, f"{studio}/vae")
    size = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    page.get_by_test_id("stSidebar").get_by_text("Presentation mode", exact=True).click()
    page.wait_for_function("size => getComputedStyle(document.documentElement).fontSize !== size", arg=size)
    finish(page, expect)
    preset, states = page.locator(".st-key-vae_preset input"), []
    for key in ("ArrowRight",) * 4 + ("ArrowLeft",):
        before = preset.input_value()
        page.keyboard.press(key)
        expect(preset).not_to_have_value(before)
        finish(page, expect)
        states.append((preset.input_value(), page.get_by_role("tab", selected=True).inner_text()))
    assert states[4] == states[2] and len({preset for preset, _ in states}) == 4


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(open_page, studio, expect, scheme):
    page = open_page(color_scheme=scheme)
    show(page, expect, f"{studio}/vae")
    decoder_output(page, expect)
    brightness = page.evaluate("""() => {
      const style = getComputedStyle(document.querySelector("[data-testid=stApp]"));
      return [style.backgroundColor, style.color].map((color) => color.match(/\\d+/g).slice(0, 3).map(Number)
        .reduce((a, b) => a + b) / 765);
    }""")
    background, text = brightness
    assert (background > 0.9 and text < 0.3) if scheme == "light" else (background < 0.2 and text > 0.8)
    colors = page.locator("canvas.plane").evaluate("""(plane) => {
      const data = plane.getContext("2d").getImageData(0, 0, plane.width, plane.height).data;
      return new Set(new Uint32Array(data.buffer)).size;
    }""")
    assert colors > 50


@pytest.mark.slow
def test_no_tab_requests_another_machine(page, studio, expect):
    """The fixture `page` fails on such a request."""
    page.goto(f"{studio}/vae")
    for tab in TABS:
        page.get_by_role("tab", name=tab, exact=True).click()
        expect(selected(page, tab)).to_be_visible()
        expect(page.get_by_role("tabpanel").filter(visible=True).first).not_to_be_empty()
        finish(page, expect)


@pytest.mark.slow
def test_two_visitors_have_a_point_each(open_page, studio, expect):
    first, second = open_page(), open_page()
    first.goto(f"{studio}/vae?x=0.5&y=0.5&vae_data=MNIST", wait_until="commit")
    second.goto(f"{studio}/vae?x=-1&y=1", wait_until="commit")
    outputs = [decoder_output(page, expect) for page in (first, second)]
    assert outputs[0] != outputs[1]
    first.locator("canvas.plane").press("Home")
    expect(first).to_have_url(url_of(0, 0))
    expect(first.locator("[data-testid=stImage] img").first).not_to_have_attribute("src", outputs[0])
    assert position(second) == [-1, 1] and decoder_output(second, expect) == outputs[1]
    expect(option(second, "vae_data")).to_have_value("Fashion-MNIST")


@pytest.mark.slow
def test_thirty_visitors_at_once(studio):
    """The websocket messages of thirty browser tabs, without thirty browsers."""
    query = urlencode({"vae_tab": "Latent sliders", "vae_data": "MNIST"})

    async def tab():
        state, elements = ClientState(query_string=query, page_name="vae"), []
        async with connect(f"{studio.replace('http', 'ws')}/_stcore/stream", max_size=None) as connection:
            await connection.send(BackMsg(rerun_script=state).SerializeToString())
            async for message in connection:
                received = ForwardMsg.FromString(message)
                if received.WhichOneof("type") == "script_finished":
                    assert received.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                    return elements.count("imgs"), elements.count("exception")
                elements.append(received.delta.new_element.WhichOneof("type"))

    async def all_tabs():
        return await asyncio.wait_for(asyncio.gather(*(tab() for _ in range(30))), timeout=120)

    with ThreadPoolExecutor(1) as pool:  # Playwright's event loop has this thread
        counts = pool.submit(asyncio.run, all_tabs()).result()
    assert set(counts) == {(11, 0)}  # the decoded image and a traversal for each of ten dimensions
