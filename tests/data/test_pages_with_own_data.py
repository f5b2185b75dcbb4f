"""Pages with data files whose arrays are not clear: a sentence, never a traceback."""

import numpy as np
import pytest
import streamlit as st

from tests import visitor

TABS = [(page, tab) for page, tab in visitor.PAGE_TABS if page in ("vae", "autoencoders", "gan")]


@pytest.fixture
def own_data(tmp_path, monkeypatch):
    """A data folder with images of 32 x 32 pixels in place of 28 x 28, without labels."""
    for name in ("mnist", "fashion_mnist"):
        x = np.ones((5, 32, 32), "uint8")
        np.savez(tmp_path / f"{name}.npz", x_train=x, x_test=x)
    monkeypatch.setenv("GENMODELS_DATA_DIR", str(tmp_path))
    for cache in (st.cache_data, st.cache_resource):
        cache.clear()
    yield
    for cache in (st.cache_data, st.cache_resource):
        cache.clear()


def test_the_training_tab_names_array_and_shape(own_data):
    at = visitor.at_the_door("pages/vae/page.py", vae_tab="Train", vae_train_data="mnist").run()
    assert not at.exception, at.exception[0].stack_trace
    shown = "\n".join(each.value for each in at.error)
    assert "x_test of" in shown and "mnist.npz has the shape (5, 32, 32)" in shown and "(n, 28, 28) uint8" in shown


@pytest.mark.slow
@pytest.mark.parametrize(("page", "tab"), TABS)
def test_no_tab_shows_a_traceback(own_data, page, tab):
    at = visitor.at_the_door(f"pages/{page}/page.py", **{visitor.tabs_of(page)[0]: tab}).run()
    assert not at.exception, at.exception[0].stack_trace
