"""A visitor's jobs in a real browser: found again after a reload, a cut connection, and in another tab."""

import contextlib
import re
import select
import socket
import threading
from urllib.parse import urlsplit

import pytest

from tests.browser import running

JOBS = [  # address, the button that starts the job ("": it starts by itself)
    ("vae?vae_tab=Train&vae_train_data=digits", "Train"),
    ("gan?gan_tab=Train&gan_train_data=digits", "Train"),
    ("gan?gan_tab=2-D GAN&gan2d_slow_motion=true", "Train"),
    ("autoencoders?ae_tab=Train&ae_train_data=digits&ae_train_epochs=100", "Train"),
    ("text_generation?text_tab=Train", "Train"),
    ("live_style?fast_style_tab=Add a style&fast_style_train_steps=1000", "Train style"),
    ("style_transfer?style_steps_per_scale=200", ""),
    ("deep_dream?dream_steps=60&dream_image_size=800", ""),
]
RUNNING = re.compile(r"[\d,]+ of [\d,]+ steps")


class Proxy:
    """A TCP proxy before a server: `cut` closes all connections and refuses new ones until `restore`."""

    def __init__(self, address: str):
        self._target = urlsplit(address).hostname, urlsplit(address).port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._is_cut, self._open = False, set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._is_cut = True
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def restore(self) -> None:
        self._is_cut = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener is closed
            while True:
                client, _ = self._listener.accept()
                if self._is_cut:
                    client.close()
                else:
                    threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), socket.create_connection(self._target) as server:
            pair = {client, server}
            self._open |= pair
            try:
                while True:
                    for source in select.select(list(pair), [], [])[0]:
                        data = source.recv(65536)
                        if not data:
                            return
                        (pair - {source}).pop().sendall(data)
            finally:
                self._open -= pair


def start_job(page, address: str, button: str) -> None:
    page.goto(address)
    if button:
        page.get_by_role("button", name=button, exact=True).click()
    progress(page).wait_for(timeout=120_000)  # of TensorFlow's import and the first step, on a loaded machine


def progress(page):
    """The progress of the page's job, not of the badge in the sidebar."""
    return page.locator("[data-testid=stMain] [data-testid=stProgress]").get_by_text(RUNNING)


def stop_job(page, expect) -> None:
    page.locator("[data-testid=stMain]").get_by_role("button", name="Stop", exact=True).click()
    expect(progress(page)).to_contain_text("Stopped", timeout=60_000)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "button"), JOBS, ids=[path.partition("&")[0] for path, _ in JOBS])
def test_a_job_is_found_again_after_a_reload_and_in_a_second_tab(path, button, studio, open_page, expect):
    page = open_page(locale="en-US")  # in a context of its own: another visitor
    start_job(page, f"{studio}/{path}", button)
    address = page.url
    page.reload()
    expect(page.get_by_text("Found again")).to_be_visible()
    expect(progress(page)).to_be_visible()
    second = page.context.new_page()
    second.goto(address)
    expect(second.get_by_text("Found again")).to_be_visible()
    second.close()
    page.get_by_role("link", name="Home").click()
    expect(page).to_have_url(f"{studio}/")
    page.go_back()
    expect(page).to_have_url(address)
    expect(progress(page)).to_be_visible()
    stop_job(page, expect)
    page.reload()
    expect(progress(page)).to_contain_text("Stopped")
    assert page.locator("[data-testid=stException]").count() == 0


@pytest.fixture(scope="module")
def forgetful_server():
    """The address of a server that closes a session 1 s after its connection has ended."""
    with running("--server.disconnectedSessionTTL=1") as address:
        yield address


@pytest.mark.slow
@pytest.mark.parametrize(("path", "button"), JOBS, ids=[path.partition("&")[0] for path, _ in JOBS])
def test_a_job_is_found_again_after_a_cut_that_ends_the_session(path, button, forgetful_server, open_page, expect):
    page, proxy = open_page(locale="en-US"), Proxy(forgetful_server)
    try:
        start_job(page, f"{proxy.address}/{path}", button)
        proxy.cut()
        page.wait_for_timeout(4000)  # the server closes the session
        proxy.restore()
        expect(page.get_by_text("Found again")).to_be_visible(timeout=90_000)  # the browser tries less and less often
        stop_job(page, expect)
        assert page.locator("[data-testid=stException]").count() == 0
    finally:
        proxy.close()


def test_another_visitor_does_not_see_the_job_and_the_address_does_not_name_the_visitor(studio, open_page, expect):
    page, other = open_page(locale="en-US"), open_page(locale="en-US")
    start_job(page, f"{studio}/vae?vae_tab=Train&vae_train_data=digits", "Train")
    [visitor_id] = [each["value"] for each in page.context.cookies() if each["name"] == "genmodels_visitor"]
    assert re.fullmatch("[0-9a-f]{32}", visitor_id) and visitor_id not in page.url
    other.goto(page.url)
    expect(other.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    assert other.get_by_text("Found again").count() == 0
    stop_job(page, expect)


def test_a_second_job_asks_whether_to_stop_the_first(studio, open_page, expect):
    page = open_page(locale="en-US")
    start_job(page, f"{studio}/vae?vae_tab=Train&vae_train_data=digits", "Train")
    page.goto(f"{studio}/deep_dream")
    expect(page.get_by_text("Stop the running one?")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Stop it").click()
    expect(progress(page)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Stop the running one?")).to_have_count(0)
    stop_job(page, expect)
