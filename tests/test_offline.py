"""Without a network and without data sets: every page opens and works, for several visitors at once."""

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
    """Somebody who is about to open a page; `run()` opens it."""
    return at_the_door(page, **state)


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """No data, nothing remembered, and no way out of this machine; gives the list of what tried to leave."""
    tried = []

    def inside(host) -> bool:
        if host in (None, "", b"", "localhost", b"localhost"):
            return True
        try:
            return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
        except ValueError:
            return False

    def guarded(real):
        def call(self, address, *rest):
            if self.family in (socket.AF_INET, socket.AF_INET6) and not inside(address[0]):
                tried.append(address)
                raise OSError("no network in this test")
            return real(self, address, *rest)

        return call

    def look_up(host, *rest, real=socket.getaddrinfo, **more):
        if not inside(host):
            tried.append(host)
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
    return tried


def test_the_guard_holds(offline):
    with pytest.raises(OSError, match="no network"):
        socket.create_connection(("example.org", 443), timeout=1)
    with pytest.raises(OSError, match="no network"), socket.socket() as way_out:
        way_out.connect(("192.0.2.1", 443))
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
def test_tabs_of_the_autoencoder_page_that_could_use_data_open(offline, tab, view):
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
def test_what_could_use_data_works_without(offline, state):
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


def test_visitors_at_once_see_what_each_sees_alone(offline, monkeypatch):
    """Four runs of the page overlap for certain: none starts, and none is cleared away, before all are there."""
    settings = [
        {"vae_tab": "Latent sliders", "vae_data": data} | {f"z_{name}_{d + 1}": z for d in range(10)}
        for z in (-0.85, 0.5)
        for data, name in (("Fashion-MNIST", "fashion_mnist"), ("MNIST", "mnist"))
    ]

    def pictures(at):
        return [image.url for element in sound(at.run()).image for image in element.proto.imgs]

    alone = [pictures(visitor(**state)) for state in settings]
    assert all(len(urls) == 11 for urls in alone)  # a picture, and a strip for each of ten dimensions
    assert len({urls[0] for urls in alone}) == len(settings)  # named after what is in them

    everyone = threading.Barrier(len(settings), timeout=120)
    run = LocalScriptRunner.run

    def together(self, *rest, **more):
        everyone.wait()
        try:
            return run(self, *rest, **more)
        finally:
            everyone.wait()

    visitors = [visitor(**state) for state in settings]
    pages = ScriptCache()  # one behind one lock, as on a server: CPython 3.11 cannot parse in two threads (gh-106905)
    monkeypatch.setattr(app_test, "ScriptCache", lambda: pages)
    monkeypatch.setattr(local_script_runner, "ScriptCache", lambda: pages)
    monkeypatch.setattr(config, "get_option", config.get_option)  # what AppTest replaces, and in overlap not puts back
    monkeypatch.setattr(LocalScriptRunner, "run", together)
    with ThreadPoolExecutor(len(settings)) as pool:
        at_once = list(pool.map(pictures, visitors))
    assert at_once == alone
