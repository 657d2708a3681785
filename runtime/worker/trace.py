"""The power trace: about one line a second in `power.csv`, on its way to the disk as soon as it is known."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path
from typing import Any

COLUMNS = "time_s,phase,epoch,interval_s,power_cpu_w,power_gpu_w,power_ram_w\n"

#: Shorter intervals are joined with the next: a tracker's first two points, taken within milliseconds, are artefacts.
#: In seconds. A window that is shorter as a whole gives one point.
SHORTEST_INTERVAL = 0.5

JOULES_PER_KWH = 3.6e6


class PowerTrace:
    """The file of all windows. A full disk ends the trace, not the run."""

    def __init__(self, path: Path, began: float) -> None:
        self._began = began
        self._lock = threading.Lock()
        # Buffered by lines: what was written is the kernel's, and stays when the process is killed.
        self._file: Any = path.open("w", buffering=1, encoding="utf-8")
        self._write(COLUMNS)

    def window(self, phase: str, epoch: int | None) -> WindowTrace:
        """The handler for the tracker of one window."""
        return WindowTrace(self, f"{phase},{'' if epoch is None else epoch}")

    def point(self, label: str, interval: float, watts: tuple[float, float, float]) -> None:
        """Write one line: seconds since the run began, the window, and the mean power over the interval."""
        now = time.perf_counter() - self._began
        self._write(f"{now:.2f},{label},{interval:.2f},{watts[0]:.3f},{watts[1]:.3f},{watts[2]:.3f}\n")

    def close(self) -> None:
        """End the trace."""
        with self._lock:
            file, self._file = self._file, None
            if file is not None:
                file.close()

    def _write(self, line: str) -> None:
        with self._lock:
            if self._file is None:
                return
            try:
                self._file.write(line)
            except OSError:
                with contextlib.suppress(OSError):  # closing writes once more what did not fit
                    self._file.close()
                self._file = None


class WindowTrace:
    """CodeCarbon's output handler: turns the running totals of one window into mean powers."""

    def __init__(self, trace: PowerTrace, label: str) -> None:
        self._trace = trace
        self._label = label
        self._seen = (0.0, 0.0, 0.0, 0.0)
        self._lock = threading.Lock()

    def live_out(self, total: Any, delta: Any) -> None:
        """A measurement while the window is open, on the tracker's own thread."""
        self._take(total, SHORTEST_INTERVAL)

    def out(self, total: Any, delta: Any) -> None:
        """The last measurement, when the window ends."""
        self._take(total, SHORTEST_INTERVAL if self._seen[0] else 0.0)

    def task_out(self, data: Any, experiment_name: str) -> None:
        """Tasks are not used."""

    def exit(self) -> None:
        """Nothing is held open for a single window."""

    def _take(self, total: Any, shortest: float) -> None:
        with self._lock:
            seen = (total.duration, total.cpu_energy, total.gpu_energy, total.ram_energy)
            interval = seen[0] - self._seen[0]
            if interval <= 0 or interval < shortest:
                return
            cpu, gpu, ram = (
                (now - before) * JOULES_PER_KWH / interval for now, before in zip(seen[1:], self._seen[1:], strict=True)
            )
            self._seen = seen
        self._trace.point(self._label, interval, (cpu, gpu, ram))
