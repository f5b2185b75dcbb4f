"""The VAE page in a real browser: the pad under hand, keys and fingers, links into it, and who presents it."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

TABS = (
    "Latent pad",
    "Latent grid",
    "Ten sliders",
    "Your own picture",
    "Between two",
    "AE, VAE, β",
    "Train it",
    "How it works",
)

ABSURD = (  # as a browser sends them; more, for every tab, are in tests/test_pages.py
    "x=nan&y=1e999&vae_data=%00&grid_n=-5&vae_tab=nope&pad_show=&pad_rings=maybe&between_k=abc",
    "vae_tab=AE%2C%20VAE%2C%20%CE%B2&family_seed=-1&family_show=All&presenter=perhaps&x=1&x=2&y=" + "9" * 400,
)


def show(page, expect, address):
    """Open an address of the VAE page and wait until the pad has a picture."""
    page.goto(address)
    expect(page.locator("canvas.picture")).to_have_attribute("data-frames", re.compile(r"\d+"))


def still(page, expect):
    """Wait until Python has answered all that was asked."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")


def exact(page, expect):
    """The address of the exactly decoded picture, once it is there."""
    picture = page.locator("[data-testid=stImage] img").first
    expect(picture).to_be_visible(timeout=120_000)  # TensorFlow to be imported on a busy machine
    still(page, expect)
    return picture.get_attribute("src")


def frames(page):
    return int(page.locator("canvas.picture").get_attribute("data-frames"))


def position(page):
    """Where the hand is, as the pad says it."""
    return [float(number) for number in re.findall(r"-?\d+\.\d+", page.locator(".where").inner_text())]


def in_address(x, y):
    return re.compile(rf"x={x:.3f}&y={y:.3f}|y={y:.3f}.*&x={x:.3f}")


def selected(page, name):
    return page.get_by_role("tab", name=name, exact=True, selected=True)


# --- the pad ----------------------------------------------------------------------------------


def test_the_picture_follows_the_hand_without_the_server(page, studio, expect):
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    show(page, expect, f"{studio}/vae")
    before = exact(page, expect)
    picture, box = page.locator("canvas.picture"), page.locator("canvas.plane").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    first, drawn, asked = picture.evaluate("canvas => canvas.toDataURL()"), frames(page), len(sent)
    moves = 60
    for k in range(1, moves + 1):
        page.mouse.move(box["x"] + (0.3 + 0.4 * k / moves) * box["width"], box["y"] + 0.3 * box["height"])
    assert 0.8 * moves <= frames(page) - drawn <= moves + 5
    assert picture.evaluate("canvas => canvas.toDataURL()") != first
    assert len(sent) - asked <= 1
    page.mouse.up()

    image = page.locator("[data-testid=stImage] img").first
    expect(image).not_to_have_attribute("src", before)
    address = parse_qs(urlsplit(page.url).query)
    assert [float(address[k][0]) for k in "xy"] == pytest.approx(position(page), abs=0.006)
    # The exact decode and the blend of its neighbours are the same picture, nearly.
    still(page, expect)
    difference = image.evaluate("""async (image) => {
        await image.decode();
        const pixels = (source) => {
          const g = new OffscreenCanvas(28, 28).getContext("2d");
          g.drawImage(source, 0, 0, 28, 28);
          return g.getImageData(0, 0, 28, 28).data;
        };
        const find = (root) => root.querySelector("canvas.picture") ?? [...root.querySelectorAll("*")]
          .map((each) => each.shadowRoot && find(each.shadowRoot)).find(Boolean);
        const a = pixels(image), b = pixels(find(document));
        return a.reduce((sum, value, k) => sum + Math.abs(value - b[k]), 0) / (3 * 28 * 28);
      }""")
    assert difference < 20


def test_keys_walk_the_plane(page, studio, expect):
    show(page, expect, f"{studio}/vae?x=0.5&y=0.5")
    exact(page, expect)
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
    expect(page).to_have_url(in_address(0, 0))


def test_a_finger_drags_and_does_not_scroll(open_page, studio, expect):
    page = open_page(has_touch=True, viewport={"width": 900, "height": 500})
    show(page, expect, f"{studio}/vae?x=0&y=0")
    exact(page, expect)
    plane = page.locator("canvas.plane")
    plane.scroll_into_view_if_needed()
    box, devtools = plane.bounding_box(), page.context.new_cdp_session(page)
    top, drawn = max(box["y"], 20), frames(page)

    def touch(kind, *points):
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    touch("touchStart", (box["x"] + 40, top + 40))
    for k in range(20):
        touch("touchMove", (box["x"] + 40 + 5 * k, top + 40 + 5 * k))
    touch("touchEnd")
    assert frames(page) - drawn >= 10
    assert plane.bounding_box() == box
    expect(page).not_to_have_url(in_address(0, 0))
    still(page, expect)
    assert position(page) != [0, 0]


# --- links ------------------------------------------------------------------------------------


def test_a_link_leads_to_its_place(page, studio, expect):
    show(page, expect, f"{studio}/vae?x=1&y=-1&vae_data=Digits&pad_show=Pictures")
    assert position(page) == [1, -1]
    for choice in ("Digits", "Pictures"):
        expect(page.get_by_role("radio", name=choice, exact=True)).to_be_checked()
    assert page.locator(".legend li").all_inner_texts() == list("0123456789")


def test_absurd_links_show_the_page(page, studio, expect):
    for query in ABSURD:
        page.goto(f"{studio}/vae?{query}")
        expect(page.get_by_role("tab", selected=True)).to_be_visible()
        still(page, expect)
        expect(page.get_by_role("tabpanel").filter(visible=True).first).not_to_be_empty()
        for trouble in ("stException", "stAlertContentError"):
            assert page.get_by_test_id(trouble).all_inner_texts() == [], query


def test_a_fresh_server_shows_a_deep_link(fresh_server, open_page, expect):
    page = open_page()
    show(page, expect, f"{fresh_server}/vae?pad_show=Both")  # before TensorFlow is there
    exact(page, expect)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("radio", name="Both", exact=True)).to_be_checked()


def test_home_leads_to_the_right_tabs(page, studio, expect):
    page.goto(studio)
    links = page.locator("[data-testid=stMain] a[data-testid=stPageLink-NavLink][href*='vae']")
    expect(links.first).to_be_visible()
    still(page, expect)
    wanted = [parse_qs(urlsplit(link.get_attribute("href")).query) for link in links.all()]
    assert len(wanted) >= 3
    for k, query in enumerate(wanted):
        links.nth(k).click()
        expect(selected(page, query.get("vae_tab", [TABS[0]])[0])).to_be_visible()
        for data in query.get("vae_data", []):
            expect(page.get_by_role("radio", name=data, exact=True)).to_be_checked()
        page.get_by_test_id("stSidebar").get_by_role("link", name="Home").click()


def test_a_cell_of_the_grid_leads_to_the_pad(page, studio, expect):
    page.goto(
        f"{studio}/vae?" + urlencode({"vae_tab": "Latent grid", "vae_data": "Digits", "grid_n": 5}, quote_via=quote)
    )
    cells = page.locator(".cells")
    expect(cells).to_be_visible()
    still(page, expect)
    box = cells.bounding_box()
    cells.click(position={"x": 0.7 * box["width"], "y": 0.3 * box["height"]})  # row 1, column 3 of -3 ... 3
    page.locator(".st-key-grid_go button").click()
    expect(selected(page, "Latent pad")).to_be_visible()
    expect(page.locator(".where")).to_contain_text("1.50")
    assert position(page) == [1.5, 1.5]
    expect(page).to_have_url(in_address(1.5, 1.5))


# --- the room ---------------------------------------------------------------------------------


def test_the_presenter_steps_with_arrow_keys(page, studio, expect):
    show(page, expect, f"{studio}/vae")
    size = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    page.get_by_test_id("stSidebar").get_by_text("Presenter", exact=True).click()
    page.wait_for_function("size => getComputedStyle(document.documentElement).fontSize !== size", arg=size)
    still(page, expect)
    preset, seen = page.locator(".st-key-vae_story input"), []
    for key in ("ArrowRight",) * 4 + ("ArrowLeft",):
        shown = preset.input_value()
        page.keyboard.press(key)
        expect(preset).not_to_have_value(shown)
        still(page, expect)
        seen.append((preset.input_value(), page.get_by_role("tab", selected=True).inner_text()))
    assert seen[4] == seen[2] and len({preset for preset, _ in seen}) == 4
    assert len({tab for _, tab in seen}) >= 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(open_page, studio, expect, scheme):
    page = open_page(color_scheme=scheme)
    show(page, expect, f"{studio}/vae")
    exact(page, expect)
    light = page.evaluate("""() => {
      const style = getComputedStyle(document.querySelector("[data-testid=stApp]"));
      return [style.backgroundColor, style.color].map((colour) => colour.match(/\\d+/g).slice(0, 3).map(Number)
        .reduce((a, b) => a + b) / 765);
    }""")
    ground, ink = light
    assert (ground > 0.9 and ink < 0.3) if scheme == "light" else (ground < 0.2 and ink > 0.8)
    colours = page.locator("canvas.plane").evaluate("""(plane) => {
      const data = plane.getContext("2d").getImageData(0, 0, plane.width, plane.height).data;
      return new Set(new Uint32Array(data.buffer)).size;
    }""")
    assert colours > 50


def test_every_tab_stays_on_this_machine(page, studio, expect):
    """What it must not do is watched by `page`."""
    page.goto(f"{studio}/vae")
    for tab in TABS:
        page.get_by_role("tab", name=tab, exact=True).click()
        expect(selected(page, tab)).to_be_visible()
        expect(page.get_by_role("tabpanel").filter(visible=True).first).not_to_be_empty()
        still(page, expect)


def test_two_visitors_at_once_have_a_place_each(open_page, studio, expect):
    one, other = open_page(), open_page()
    one.goto(f"{studio}/vae?x=0.5&y=0.5&vae_data=Digits", wait_until="commit")
    other.goto(f"{studio}/vae?x=-1&y=1", wait_until="commit")
    pictures = [exact(page, expect) for page in (one, other)]
    assert pictures[0] != pictures[1]
    one.locator("canvas.plane").press("Home")
    expect(one).to_have_url(in_address(0, 0))
    expect(one.locator("[data-testid=stImage] img").first).not_to_have_attribute("src", pictures[0])
    assert position(other) == [-1, 1] and exact(other, expect) == pictures[1]
    expect(other.get_by_role("radio", name="Clothes", exact=True)).to_be_checked()


def test_thirty_visitors_at_once(studio):
    """Thirty tabs, without thirty times Chromium: what a tab says on its websocket, and all that it is told."""
    query = urlencode({"vae_tab": "Ten sliders", "vae_data": "Digits"})

    async def tab():
        asked, seen = ClientState(query_string=query, page_name="vae"), []
        async with connect(f"{studio.replace('http', 'ws')}/_stcore/stream", max_size=None) as connection:
            await connection.send(BackMsg(rerun_script=asked).SerializeToString())
            async for message in connection:
                told = ForwardMsg.FromString(message)
                if told.WhichOneof("type") == "script_finished":
                    assert told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                    return seen.count("imgs"), seen.count("exception")
                seen.append(told.delta.new_element.WhichOneof("type"))

    async def all_tabs():
        return await asyncio.wait_for(asyncio.gather(*(tab() for _ in range(30))), timeout=120)

    with ThreadPoolExecutor(1) as pool:  # Playwright's event loop has this thread
        seen = pool.submit(asyncio.run, all_tabs()).result()
    assert set(seen) == {(11, 0)}  # a picture, and a strip for each of ten dimensions
