"""Energy counters of NVIDIA's GPUs, from the driver's management library (NVML, the package nvidia-ml-py).

GPUs since Volta count millijoules since the driver was loaded. Older and virtual ones tell a power only; it is then
summed up over the time between readings, which is a measurement too, but of samples.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Any

from cnngen.runtime.worker.power.source import MEASURED, Source

MILLI = 1e-3


def library() -> Any | None:
    """NVIDIA's library, ready; None without one, or without its driver."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # ImportError, or any of the library's own errors: then there is no such GPU to be measured
        return None
    return pynvml


class Nvml:
    """The GPUs with these numbers on the bus, as one power source. Without any it counts nothing."""

    def __init__(self, nvml: Any | None, gpus: Sequence[int], clock: Callable[[], float] = time.monotonic) -> None:
        self._nvml = nvml
        self._clock = clock
        self._devices: list[_Device] = []
        for index in gpus if nvml else ():
            with contextlib.suppress(Exception):
                self._devices.append(_Device(nvml, index, clock()))

    @property
    def sources(self) -> dict[str, Source]:
        """The GPU, with its name and by what it is counted."""
        if not self._devices:
            return {}
        told = ", ".join(f"{device.name} ({device.way})" for device in self._devices)
        return {"gpu": Source(MEASURED, f"NVML, {told}")}

    def read(self) -> dict[str, float]:
        """Joules of all GPUs since this was made."""
        if not self._devices:
            return {}
        for device in self._devices:
            device.advance(self._clock())
        return {"gpu": sum(device.joules for device in self._devices)}


class _Device:
    def __init__(self, nvml: Any, index: int, now: float) -> None:
        self._nvml = nvml
        self._handle = nvml.nvmlDeviceGetHandleByIndex(index)
        name = nvml.nvmlDeviceGetName(self._handle)
        self.name = name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
        self.joules = 0.0
        self._at = now
        try:
            self._last_mj: int | None = nvml.nvmlDeviceGetTotalEnergyConsumption(self._handle)
            self.way = "energy counter"
        except Exception:
            self._last_mj = None
            self.way = "power readings, summed up"
            self._watts = nvml.nvmlDeviceGetPowerUsage(self._handle) * MILLI

    def advance(self, now: float) -> None:
        """Add what was used since the last reading; a reading that fails adds nothing and loses nothing."""
        with contextlib.suppress(Exception):
            if self._last_mj is not None:
                counted = self._nvml.nvmlDeviceGetTotalEnergyConsumption(self._handle)
                # The driver was loaded anew: it counts from 0.
                self.joules += max(0, counted - self._last_mj if counted >= self._last_mj else counted) * MILLI
                self._last_mj = counted
            else:
                watts = self._nvml.nvmlDeviceGetPowerUsage(self._handle) * MILLI
                self.joules += (watts + self._watts) / 2 * (now - self._at)
                self._watts = watts
            self._at = now
