"""What the trainer and everybody else on the machine keep busy: CPU time and memory, from the system's own counts."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import psutil


class Load:
    """Looks at one process from outside. `gone` once it has ended; its last figures stay."""

    def __init__(self, pid: int) -> None:
        self.gone = False
        self._pid = pid
        self._cpu_s, self._rss = 0.0, 0
        try:
            self._process: Any = psutil.Process(pid)
        except psutil.Error:
            self.gone = True

    def cpu_s(self) -> float:
        """CPU seconds that the process has used, on all its threads."""
        if not self.gone:
            try:
                self._cpu_s = max(self._cpu_s, self._used())
            except (OSError, psutil.Error):
                self.gone = True
        return self._cpu_s

    def rss_bytes(self) -> int:
        """Memory of the process that is in use now."""
        if not self.gone:
            try:
                self._rss = int(self._process.memory_info().rss)
            except (OSError, psutil.Error):
                self.gone = True
        return self._rss

    def _used(self) -> float:
        if sys.platform == "linux":
            # The CPU clock of another process, numbered as by clock_getcpuclockid(3). /proc rounds to 10 ms.
            return time.clock_gettime((~self._pid << 3) | 2)
        times = self._process.cpu_times()
        return float(times.user + times.system)


def machine_busy_s() -> float:
    """CPU seconds that all processes of the machine have used; other machines on the same host count as well."""
    times = psutil.cpu_times()
    return float(sum(times)) - float(
        # What Linux counts for guests is in user and nice already.
        sum(getattr(times, name, 0.0) for name in ("idle", "iowait", "guest", "guest_nice"))
    )


def cpus() -> int:
    """Threads of the machine."""
    return os.cpu_count() or 1
