"""Energy counters of the processor (RAPL), as Linux shows them under /sys/class/powercap.

A counter is a file of microjoules that starts again from 0 behind `max_energy_range_uj`, after some minutes to an hour
of full load. Packages are sockets (or dies); dram is the memory at a socket. Core and uncore are parts of a package,
psys is the whole board with the packages in it: both would count twice and are left out. Source: the kernel's
Documentation/power/powercap/powercap.rst.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngen.runtime.worker.power.source import MEASURED, Source

POWERCAP = Path("/sys/class/powercap")

#: Two packages of one socket may show the same counter. They were read one after the other, so they may differ by what
#: a package takes within some milliseconds, in microjoules.
MIRRORED = 1_000_000

MICRO = 1e-6


@dataclass
class Counter:
    """One file of microjoules."""

    component: str
    path: Path
    range_uj: int
    last_uj: int
    total_uj: int = 0

    def advance(self) -> None:
        """Add what was counted since the last reading, over the counter's end where it passed it."""
        with contextlib.suppress(OSError, ValueError):
            now = int(self.path.read_text())
            # A counter without a known range that went back was set to 0, such as by sleep: what is lost is lost.
            self.total_uj += now - self.last_uj if now >= self.last_uj else max(0, self.range_uj - self.last_uj) + now
            self.last_uj = now


class Rapl:
    """The counters of all sockets, as one power source. Counts nothing where there are none or none may be read."""

    def __init__(self, powercap: Path = POWERCAP) -> None:
        self._counters: list[Counter] = []
        for folder in sorted(powercap.glob("intel-rapl:*")):
            counter = _counter(folder)
            if counter and not any(_same(counter, other) for other in self._counters):
                self._counters.append(counter)

    @property
    def sources(self) -> dict[str, Source]:
        """The components whose counters can be read."""
        found = {}
        for component, name in (("cpu", "package"), ("ram", "dram")):
            count = sum(counter.component == component for counter in self._counters)
            if count:
                plural = "s" if count > 1 else ""
                found[component] = Source(MEASURED, f"RAPL, {count} {name} counter{plural}, whole machine")
        return found

    def read(self) -> dict[str, float]:
        """Joules of the packages (cpu) and of the memory (ram) since this was made."""
        joules: dict[str, float] = {}
        for counter in self._counters:
            counter.advance()
            joules[counter.component] = joules.get(counter.component, 0.0) + counter.total_uj * MICRO
        return joules


def state(powercap: Path = POWERCAP) -> dict[str, Any]:
    """Whether there are counters and whether they may be read; else the lines that allow it, now and at each start."""
    counters = [folder / "energy_uj" for folder in sorted(powercap.glob("intel-rapl:*")) if _component(folder)]
    readable = [path for path in counters if _read(path) is not None]
    advice = None
    if not counters:
        advice = "no RAPL counters here, as in most virtual machines"
    elif len(readable) < len(counters):
        advice = (
            f"allow reading with: sudo chmod a+r {powercap}/intel-rapl:*/energy_uj; and at each start with a file "
            f'/etc/udev/rules.d/99-rapl.rules that says: SUBSYSTEM=="powercap", RUN+="/bin/sh -c '
            f"'chmod a+r {powercap}/intel-rapl:*/energy_uj'\""
        )
    return {"present": bool(counters), "readable": bool(counters) and readable == counters, "advice": advice}


def _component(folder: Path) -> str | None:
    """What a counter belongs to; None for one that is part of another, or holds others."""
    try:
        name = (folder / "name").read_text().strip()
    except OSError:
        return None
    return "cpu" if name.startswith("package") else "ram" if name == "dram" else None


def _counter(folder: Path) -> Counter | None:
    component, now = _component(folder), _read(folder / "energy_uj")
    if component is None or now is None:
        return None
    return Counter(component, folder / "energy_uj", _read(folder / "max_energy_range_uj") or 0, now)


def _read(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _same(one: Counter, other: Counter) -> bool:
    """Whether two files show one counter. A counter at 0 tells nothing."""
    return one.component == other.component and one.last_uj > 0 and abs(one.last_uj - other.last_uj) <= MIRRORED
