"""Without a network and without data sets: every page opens and works, for several users at once."""

import ipaddress
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from genmodels.data import datasets
from genmodels.vae import latent_map
from pages.autoencoders import common as autoencoders
from pages.vae import common
from tests.visitor import at_the_door, ended, sound, tabs_of

TABS = tabs_of("vae")[1]
TEXT_TABS = ("Generate", "Compare temperatures", "Surprisal", "Inspect the LSTM", "Train", "How it works")


def visitor(page: str = "pages/vae/page.py", **state) -> AppTest:
    """A new session with a page; `run()` opens it."""
    return at_the_door(page, **state)


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """No data sets, empty caches, no network; gives the list of attempted connections."""
    attempts = []

    def is_local(host) -> bool:
        if host in (None, "", b"", "localhost", b"localhost"):
            return True
        try:
            return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
        except ValueError:
            return False

    def guarded(real):
        def call(self, address, *rest):
            if self.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
                attempts.append(address)
                raise OSError("no network in this test")
            return real(self, address, *rest)

        return call

    def look_up(host, *rest, real=socket.getaddrinfo, **more):
        if not is_local(host):
            attempts.append(host)
            raise socket.gaierror("no network in this test")
        return real(host, *rest, **more)

    monkeypatch.delenv("GENMODELS_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    st.cache_data.clear()
    common.load.clear()
    latent_map.load.cache_clear()
    latent_map.decoded_sheet.cache_clear()
    return attempts


def test_the_fixture_blocks_connections(offline):
    with pytest.raises(OSError, match="no network"):
        socket.create_connection(("example.org", 443), timeout=1)
    with pytest.raises(OSError, match="no network"), socket.socket() as connection:
        connection.connect(("192.0.2.1", 443))
    assert offline == ["example.org", ("192.0.2.1", 443)]


def test_home_and_every_tab_open(offline):
    assert not any(datasets.available(name) for name in datasets.NAMES if name != "digits")
    sound(visitor("pages/home/page.py").run())
    for data in ("Fashion-MNIST", "MNIST"):
        for tab in TABS:
            at = sound(visitor(vae_tab=tab, vae_data=data).run())
            assert [each.label for each in at.tabs if len(each.children)] == [tab]
    assert offline == []


@pytest.mark.parametrize("tab", TEXT_TABS)
def test_every_tab_of_the_text_page_opens(offline, tab):
    at = sound(visitor("pages/text_generation/page.py", text_tab=tab).run())
    assert [each.label for each in at.tabs if len(each.children)] == [tab]
    assert offline == []


@pytest.mark.parametrize(
    ("tab", "view"),
    [
        ("Compare all", {}),
        ("Latent projections", {"ae_projections_view": "t-SNE and PCA map"}),
        ("Semantic hashing", {}),
        ("Train", {"ae_train_view": "Unsupervised pretraining"}),
        ("Train", {"ae_train_view": "Train an autoencoder"}),
    ],
)
def test_tabs_of_the_autoencoder_page_with_data_open(offline, tab, view):
    autoencoders._test_images.clear()
    at = sound(visitor("pages/autoencoders/page.py", ae_tab=tab, ae_source="Sample", **view).run())
    assert next(each.label for each in at.tabs if len(each.children)) == tab
    assert offline == []


@pytest.mark.parametrize(
    "state",
    [
        {"vae_tab": "Encode your image", "own_image_source": "Sample"},
        {"vae_tab": "Encode your image", "own_image_source": "Sample", "vae_data": "MNIST"},
        {"vae_tab": "2-D latent space", "latent_view": "Decoded grid"},
        {"vae_tab": "Interpolation", "interpolation_mode": "Semantic interpolation"},
        {"vae_tab": "Interpolation", "interpolation_mode": "Concept vectors", "vae_data": "MNIST"},
        {"vae_tab": "Train", "vae_train_data": "fashion_mnist"},
    ],
)
def test_tabs_with_data_work_without_it(offline, state):
    at = sound(visitor(**state).run())
    if "vae_train_data" in state:
        assert any("GENMODELS_DATA_DIR" in warning.value for warning in at.warning)
    else:
        assert len(at.image) + len(at.get("bidi_component")) >= 1
    assert offline == []


def test_a_network_is_trained_on_the_digits(offline):
    at = sound(visitor(vae_tab="Train", vae_train_epochs=2, vae_train_batch_size=128).run())
    at.button(key="vae_train_train").click().run()
    ended(at, "vae_train")
    assert not at.button(key="vae_train_train").disabled
    assert offline == []


def test_simultaneous_users_see_the_same_as_single_ones(offline, monkeypatch):
    """Four runs of the page overlap: all wait for each other at the start and at the end."""
    settings = [
        {"vae_tab": "Latent sliders", "vae_data": data} | {f"z_{name}_{d + 1}": z for d in range(10)}
        for z in (-0.85, 0.5)
        for data, name in (("Fashion-MNIST", "fashion_mnist"), ("MNIST", "mnist"))
    ]

    def image_urls(at):
        return [image.url for element in sound(at.run()).image for image in element.proto.imgs]

    alone = [image_urls(visitor(**state)) for state in settings]
    assert all(len(urls) == 11 for urls in alone)  # a picture, and a strip for each of ten dimensions
    assert len({urls[0] for urls in alone}) == len(settings)  # named after what is in them

    barrier = threading.Barrier(len(settings), timeout=120)
    run = LocalScriptRunner.run

    def simultaneous_run(self, *rest, **more):
        barrier.wait()
        try:
            return run(self, *rest, **more)
        finally:
            barrier.wait()

    visitors = [visitor(**state) for state in settings]
    pages = (
        ScriptCache()
    )  # one cache with one lock, as on a server: CPython 3.11 cannot parse in two threads (gh-106905)
    monkeypatch.setattr(app_test, "ScriptCache", lambda: pages)
    monkeypatch.setattr(local_script_runner, "ScriptCache", lambda: pages)
    monkeypatch.setattr(
        config, "get_option", config.get_option
    )  # AppTest replaces it and does not restore it in overlapping runs
    monkeypatch.setattr(LocalScriptRunner, "run", simultaneous_run)
    with ThreadPoolExecutor(len(settings)) as pool:
        at_once = list(pool.map(image_urls, visitors))
    assert at_once == alone
