"""Import TensorFlow (about ten seconds) in the background, while the first page is shown."""

import gc
import os
import threading
import time
from concurrent.futures import Future


def start_import(delay: float = 1.5) -> Future:
    """Import the models in a background thread, `delay` seconds from now.

    The future's result is the duration in seconds; it raises `ImportError`.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    future: Future = Future()

    def work() -> None:
        started = time.perf_counter()
        try:
            import keras

            from genmodels.vae import model as vae  # noqa: F401  most pages need Keras and this
        except ImportError as error:
            future.set_exception(error)
            return
        # Streamlit calls this after each run of a page. It would reset the names of layers while a worker builds a
        # network ("dense" is used 2 times in the model), and TensorFlow would drop its compiled kernels in a training.
        keras.backend.clear_session = lambda free_memory=True: None
        freeze_gc()
        future.set_result(time.perf_counter() - started)

    # The import competes with the first page for CPU time, so it starts after a short delay.
    timer = threading.Timer(delay, work)
    timer.daemon = True
    timer.start()
    return future


def freeze_gc() -> None:
    """Exclude all objects that exist now from garbage collection.

    Streamlit collects after each run of a page, which takes a quarter of a second with TensorFlow's two million
    objects and blocks all users.
    """
    gc.collect()
    gc.freeze()
