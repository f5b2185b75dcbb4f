"""Fixtures and settings of all tests."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache, partial
from types import SimpleNamespace

import pytest
from streamlit.components.v2 import manifest_scanner

from genmodels import tensorflow_preload
from genmodels.data import datasets

pytest_plugins = ["tests.browser"]


def pytest_configure() -> None:
    """One thread per process: the test processes share the cores, and waiting threads would occupy them."""
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(name, "1")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose data set is not on this machine: no test downloads one."""
    if item.get_closest_marker("data") and not datasets.available(name := item.callspec.params["data"]):
        pytest.skip(f"{name} is not on this machine: set GENMODELS_DATA_DIR to the folder of the data sets")


@pytest.fixture(scope="session", autouse=True)
def scan_components_once() -> Iterator[None]:
    """As on a server. AppTest would read the metadata of all installed packages for every run of a page."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def import_tensorflow_without_delay() -> Iterator[None]:
    """The delay protects a first page in a browser; here every test that clears the caches would wait for it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tensorflow_preload, "start_import", partial(tensorflow_preload.start_import, delay=0))
        yield


@pytest.fixture
def stopped_camera(monkeypatch) -> None:
    """The Camera tab without streamlit-webrtc, which needs a running server: see tests/live_style/test_browser.py."""
    from pages.live_style import camera

    stopped = SimpleNamespace(state=SimpleNamespace(playing=False))
    stub = SimpleNamespace(webrtc_streamer=lambda **_: stopped, WebRtcMode=SimpleNamespace(SENDRECV=0))
    monkeypatch.setattr(camera, "_webrtc", lambda: stub)


@pytest.fixture
def damage(tmp_path, monkeypatch) -> Iterator[Callable[[str], None]]:
    """`damage(file)` makes the app read a copy of the weights in which one bit of that file is flipped."""
    import streamlit as st

    from genmodels import weights
    from genmodels.vae import latent_map
    from pages.vae import common

    def clear_caches() -> None:
        st.cache_data.clear()
        common.load.clear()
        latent_map.load.cache_clear()
        latent_map.decoded_sheet.cache_clear()

    def flip_bit(file: str) -> None:
        shutil.copytree(weights.FOLDER, tmp_path / "weights")
        data = bytearray((tmp_path / "weights" / file).read_bytes())
        data[len(data) // 2] ^= 1
        (tmp_path / "weights" / file).write_bytes(data)
        monkeypatch.setattr(weights, "FOLDER", tmp_path / "weights")
        clear_caches()

    yield flip_bit
    monkeypatch.undo()
    clear_caches()
