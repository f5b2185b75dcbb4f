"""Models for pages: warmed up in the background, loaded once, shared by all visitors."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from genmodels import warmup
from genmodels.weights import WeightsError

T = TypeVar("T")


@st.cache_resource(show_spinner=False)
def start() -> Future:
    """Begin importing TensorFlow; called by every page's shell, does something once."""
    return warmup.start()


def ready() -> bool:
    """True once a model can be loaded without waiting for TensorFlow."""
    return start().done()


def wait() -> None:
    """Until TensorFlow is there; the page says so meanwhile. Stops the page where it cannot be."""
    if not ready():
        with st.spinner("Waking up TensorFlow. This happens once per start and takes about ten seconds."):
            start().exception()
    if (error := start().exception()) is not None:
        st.error(f"TensorFlow could not be imported: {error}. Install it with: pip install -r requirements.txt")
        st.stop()


def settled(load: Callable[[], T]) -> T:
    """A model, loaded once TensorFlow is there; what it brought is taken out of the garbage collector's sight."""
    wait()
    model = load()
    warmup.settle()
    return model


@contextmanager
def told() -> Iterator[None]:
    """Tell the visitor what is wrong with a weight file, and how to mend it, in place of the section."""
    try:
        yield
    except WeightsError as error:
        st.error(str(error), icon=":material/broken_image:")
