"""TensorFlow takes ten seconds to import: do it beside the first page, not before it."""

import gc
import os
import threading
import time
from concurrent.futures import Future


def start_import(delay: float = 1.5) -> Future:
    """Import the models in a background thread, `delay` seconds from now.

    The future gives the seconds it took, or raises `ImportError`.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    future: Future = Future()

    def work() -> None:
        begun = time.perf_counter()
        try:
            import keras

            from genmodels.vae import model as vae  # noqa: F401  what every page will ask for first
        except ImportError as error:
            future.set_exception(error)
            return
        # Streamlit calls this after every run of every page, each look at a running job included:
        # names would begin anew while a worker builds a network ("dense" is used 2 times in the
        # model), and TensorFlow would drop its compiled kernels while it trains.
        keras.backend.clear_session = lambda free_memory=True: None
        freeze_gc()
        future.set_result(time.perf_counter() - begun)

    # The import would fight the very page it is meant not to delay: let that one out first.
    timer = threading.Timer(delay, work)
    timer.daemon = True
    timer.start()
    return future


def freeze_gc() -> None:
    """Take what is loaded by now out of the garbage collector's sight.

    Streamlit collects after every run of a page, which with TensorFlow's two million objects
    freezes all visitors for a quarter of a second each time. Frozen objects are not looked at.
    """
    gc.collect()
    gc.freeze()
