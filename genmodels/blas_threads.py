"""Limit the threads of NumPy's matrix products."""

from threadpoolctl import threadpool_limits


def limit_blas_threads() -> None:
    """Use one thread for NumPy's matrix products, from now on and in the whole process.

    The products of a single RNN step or a small MLP are so small that a second thread gains about
    10 %. Next to a training job that uses all cores, waiting for the second thread made text
    generation 15 times slower.
    """
    threadpool_limits(1, "blas")
