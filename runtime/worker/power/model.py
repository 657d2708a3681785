"""Joules where nothing can be measured: the process's CPU time at the processor's rated power, and constant memory."""

from __future__ import annotations

import time
from collections.abc import Callable

from cnngen.runtime.worker.power.source import CONSTANT, MODELLED, Source


class Model:
    """CodeCarbon's own model for one process, so that the power trace and the meter of record speak of the same thing.

    `rated_w` is the processor's rated power in watts over all its `cpus` threads, None where it is unknown; `ram_w` the
    memory's constant power. `cpu_time` tells the CPU seconds that the process has used.
    """

    def __init__(
        self,
        rated_w: float | None,
        cpus: int,
        ram_w: float | None,
        cpu_time: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._watts_a_thread = None if rated_w is None else rated_w / cpus
        self._ram_w = ram_w
        self._cpu_time, self._clock = cpu_time, clock
        self._used, self._began = cpu_time(), clock()

    @property
    def sources(self) -> dict[str, Source]:
        """What is modelled and what is constant."""
        found = {}
        if self._watts_a_thread is not None:
            found["cpu"] = Source(MODELLED, f"the process's CPU time at {self._watts_a_thread:g} W a thread")
        if self._ram_w is not None:
            found["ram"] = Source(CONSTANT, f"{self._ram_w:g} W")
        return found

    def read(self) -> dict[str, float]:
        """Joules since this was made."""
        joules = {}
        if self._watts_a_thread is not None:
            joules["cpu"] = self._watts_a_thread * (self._cpu_time() - self._used)
        if self._ram_w is not None:
            joules["ram"] = self._ram_w * (self._clock() - self._began)
        return joules
