"""The most memory that the trainer has held, as the system kept count."""

from __future__ import annotations

import contextlib
import sys
from typing import Any


def peak(tf: Any | None, gpu: bool) -> dict[str, int | None]:
    """Bytes of main memory (`host`), and of the GPU's that TensorFlow has used (`gpu`, None without one)."""
    on_gpu = None
    if tf is not None and gpu:
        with contextlib.suppress(ValueError, RuntimeError):
            on_gpu = int(tf.config.experimental.get_memory_info("GPU:0")["peak"])
    return {"host": _host(), "gpu": on_gpu}


def _host() -> int | None:
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024  # in bytes there, in KiB elsewhere
