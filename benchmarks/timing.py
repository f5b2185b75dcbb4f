"""What several benchmarks share: the description of the machine, and the duration of a call."""

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

INSTRUCTION_SETS = ("avx512f", "avx512_bf16", "amx_bf16")


def machine() -> str:
    """Versions, cores, load, and the instruction sets of the processor for 16-bit floats."""
    import keras
    import numpy as np
    import tensorflow as tf

    flags = _cpu_flags()
    instruction_sets = ", ".join(f"{flag} {'yes' if flag in flags else 'no'}" for flag in INSTRUCTION_SETS)
    versions = f"Python {platform.python_version()}, Keras {keras.__version__}, TensorFlow {tf.__version__}"
    cores = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"  # above 0.5 at the start, repeat the run
    return f"{versions}, NumPy {np.__version__}; {cores}; {instruction_sets if flags else 'CPU unknown'}"


def has_bfloat16() -> bool:
    """True on a processor with bfloat16 multiplication; False on systems other than Linux."""
    return bool({"avx512_bf16", "amx_bf16", "bf16"} & _cpu_flags())


def seconds(call: Callable, *args: Any) -> float:
    """Duration of `call(*args)`."""
    start = time.perf_counter()
    call(*args)
    return time.perf_counter() - start


def seconds_from_idle(call: Callable, *args: Any) -> float:
    """Duration of a long call, when the threads of the one before have stopped waiting for work.

    Not for calls of milliseconds: a processor that has just been idle is slower.
    """
    time.sleep(0.2)
    return seconds(call, *args)


def _cpu_flags() -> set[str]:
    cpuinfo = Path("/proc/cpuinfo")
    return set(cpuinfo.read_text().split()) if cpuinfo.is_file() else set()
