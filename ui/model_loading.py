"""Models for pages: TensorFlow imported in the background, each model loaded once and shared by all users."""

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
    """Start importing TensorFlow. Every page calls it; only the first call has an effect."""
    return tensorflow_preload.start_import()


def tensorflow_ready() -> bool:
    """True if TensorFlow is imported."""
    return start_tensorflow_import().done()


def wait_for_tensorflow() -> None:
    """Wait until TensorFlow is imported, with a spinner. Stops the page with an error if it cannot be imported."""
    if not tensorflow_ready():
        with st.spinner("Loading TensorFlow (about ten seconds, once per server start)."):
            start_tensorflow_import().exception()
    if (error := start_tensorflow_import().exception()) is not None:
        st.error(f"TensorFlow could not be imported: {error}. Install it with: pip install -r requirements.txt")
        st.stop()


def load_and_freeze_gc(load: Callable[[], T]) -> T:
    """Load a model once TensorFlow is imported, and exclude its objects from garbage collection."""
    wait_for_tensorflow()
    model = load()
    tensorflow_preload.freeze_gc()
    return model


def cached_model(spinner: str, *, max_entries: int | None = None) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Decorate a function that loads a model: it runs once for each combination of arguments, for all users.

    It waits for TensorFlow outside of the cache, so that the page shows what it waits for. spinner: text shown while
    the model loads. The decorated function's `clear()` empties the cache.
    """

    def decorate(load: Callable[..., T]) -> Callable[..., T]:
        @st.cache_resource(show_spinner=spinner, max_entries=max_entries)
        @wraps(load)  # the cache's name is that of `load`, which differs between pages
        def cached(*args: str) -> T:
            return load_and_freeze_gc(lambda: load(*args))

        @wraps(load)
        def wait_and_load(*args: str) -> T:
            wait_for_tensorflow()
            return cached(*args)

        wait_and_load.clear = cached.clear  # type: ignore[attr-defined]
        return wait_and_load

    return decorate


@contextmanager
def show_weight_errors() -> Iterator[None]:
    """Show a `WeightsError` in place of the section: what is wrong with the file, and how to fix it."""
    try:
        yield
    except WeightsError as error:
        st.error(str(error), icon=":material/broken_image:")
