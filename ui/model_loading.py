"""Models for pages: warmed up in the background, loaded once, shared by all visitors."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import wraps
from typing import TypeVar

import streamlit as st

from genmodels import tensorflow_preload
from genmodels.weights import WeightsError

T = TypeVar("T")


@st.cache_resource(show_spinner=False)
def start_tensorflow_import() -> Future:
    """Begin importing TensorFlow; called by every page's shell, does something once."""
    return tensorflow_preload.start_import()


def tensorflow_ready() -> bool:
    """True once a model can be loaded without waiting for TensorFlow."""
    return start_tensorflow_import().done()


def wait_for_tensorflow() -> None:
    """Until TensorFlow is there; the page says so meanwhile. Stops the page where it cannot be."""
    if not tensorflow_ready():
        with st.spinner("Waking up TensorFlow. This happens once per start and takes about ten seconds."):
            start_tensorflow_import().exception()
    if (error := start_tensorflow_import().exception()) is not None:
        st.error(f"TensorFlow could not be imported: {error}. Install it with: pip install -r requirements.txt")
        st.stop()


def load_and_freeze_gc(load: Callable[[], T]) -> T:
    """A model, loaded once TensorFlow is there; what it brought is taken out of the garbage collector's sight."""
    wait_for_tensorflow()
    model = load()
    tensorflow_preload.freeze_gc()
    return model


def cached_model(says: str, *, max_entries: int | None = None) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """For a function that loads a model: it runs once for each of its arguments, for all visitors together.

    It waits for TensorFlow first, outside of what is kept, so that the page can say what it waits for; `says` is
    what the page says while it loads. The function's own `clear()` forgets what it loaded.
    """

    def decorate(load: Callable[..., T]) -> Callable[..., T]:
        @st.cache_resource(show_spinner=says, max_entries=max_entries)
        @wraps(load)  # it is kept under the name of `load`, which two pages do not share
        def kept(*asked: str) -> T:
            return load_and_freeze_gc(lambda: load(*asked))

        @wraps(load)
        def waited(*asked: str) -> T:
            wait_for_tensorflow()
            return kept(*asked)

        waited.clear = kept.clear  # type: ignore[attr-defined]
        return waited

    return decorate


@contextmanager
def show_weight_errors() -> Iterator[None]:
    """Tell the visitor what is wrong with a weight file, and how to mend it, in place of the section."""
    try:
        yield
    except WeightsError as error:
        st.error(str(error), icon=":material/broken_image:")
