"""Python's garbage collector, paused where it finds nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Pause the collector of reference cycles.

    An analysis makes many lasting objects and no cycles. The collector would look at all of them again and again: a
    third of the time that 30,000 words take.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
