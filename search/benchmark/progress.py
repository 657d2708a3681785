"""How far a run is: told after each trial, without reading the ledger again."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

from cnngen.search.benchmark.ledger import ENDS, Entry, Ledger
from cnngen.search.benchmark.status import RECENT, status


@dataclass
class Progress:
    """Trials that have ended, of all; Wh of all of them so far, those of earlier runs too.

    The rate is of the last trials of this run, by the clock: it holds for several machines, and counts what passes
    between two trials.
    """

    total: int
    ended: int
    energy_wh: float
    _times: deque[float] = field(default_factory=lambda: deque([time.monotonic()], RECENT + 1))

    @classmethod
    def of(cls, ledger: Ledger) -> Progress:
        """Where a run begins."""
        found = status(ledger)
        return cls(found.total, found.ended, found.energy_wh)

    def add(self, entry: Entry) -> None:
        """Take note of a trial that has just been trained."""
        if entry.state in ENDS:
            self.ended += 1
            self.energy_wh += ((entry.result or {}).get("run_energy_total_kwh") or 0.0) * 1000.0
            self._times.append(time.monotonic())

    @property
    def trials_a_minute(self) -> float | None:
        """The rate of late; None before the first trial has ended."""
        seconds = self._times[-1] - self._times[0]
        return 60.0 * (len(self._times) - 1) / seconds if seconds else None

    @property
    def seconds_left(self) -> float | None:
        """Until the last trial, at this rate."""
        rate = self.trials_a_minute
        return 60.0 * (self.total - self.ended) / rate if rate else None
