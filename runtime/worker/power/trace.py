"""The power trace: a line for each interval in `power.csv`, with the system as soon as it is known."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

COLUMNS = "time_s,phase,epoch,interval_s,power_cpu_w,power_gpu_w,power_ram_w,part,rss_mb\n"

#: A shorter rest of a window is joined with the interval before it: over a few milliseconds a power is mostly noise.
SHORTEST_INTERVAL = 0.25


class Trace:
    """The file, and the interval that is not written yet. A full disk ends the trace, not the run."""

    def __init__(self, path: Path, began: float) -> None:
        self._began = began
        self._file: Any = None
        with contextlib.suppress(OSError):
            # Buffered by lines: what was written is the kernel's, and stays whoever is killed.
            self._file = path.open("w", buffering=1, encoding="utf-8")
        self._held: tuple[str, str, float, float, dict[str, float], int] | None = None
        self._write(COLUMNS)

    def add(self, label: str, part: str, end: float, seconds: float, joules: dict[str, float], rss: int) -> None:
        """Add an interval: the window's `phase,epoch`, its part, the clock at its end, its length, what it took."""
        held = self._held
        if held and (label, part) == held[:2] and seconds < SHORTEST_INTERVAL:
            joules = {name: value + held[4].get(name, 0.0) for name, value in joules.items()}
            self._held = (label, part, end, seconds + held[3], joules, rss)
            return
        self.flush()
        self._held = (label, part, end, seconds, joules, rss)

    def flush(self) -> None:
        """Write the interval that was held back for a short one behind it."""
        if self._held is None:
            return
        label, part, end, seconds, joules, rss = self._held
        self._held = None
        if seconds > 0:
            watts = ",".join(_watts(joules.get(name), seconds) for name in ("cpu", "gpu", "ram"))
            self._write(f"{end - self._began:.3f},{label},{seconds:.4f},{watts},{part},{rss / 2**20:.1f}\n")

    def close(self) -> None:
        """End the trace."""
        self.flush()
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()

    def _write(self, line: str) -> None:
        if self._file is None:
            return
        try:
            self._file.write(line)
        except OSError:
            with contextlib.suppress(OSError):  # closing writes once more what did not fit
                self._file.close()
            self._file = None


def _watts(joules: float | None, seconds: float) -> str:
    """A mean power; 0 for a component that nothing counts."""
    return f"{(joules or 0.0) / seconds:.4f}"
