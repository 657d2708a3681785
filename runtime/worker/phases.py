"""The phases of a run: each is told when it begins, measured in a window, and in the record when it is over."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cnngen.runtime.worker.channel import Events, StopWish
from cnngen.runtime.worker.energy import Meter, Window
from cnngen.runtime.worker.ledger import Ledger

#: Seconds between two records of a run that is one of many.
_SELDOM = 1.0


class Phases:
    """Goes from one phase to the next. `now` names the one that is going on.

    `gather` puts what has been measured into the record, before each writing of it; `seldom`: not more often than
    once a second.
    """

    def __init__(
        self, ledger: Ledger, events: Events, stop: StopWish, gather: Callable[[], None], *, seldom: bool = False
    ) -> None:
        self.now = ""
        self._ledger, self._events, self._stop = ledger, events, stop
        self._gather, self._seldom = gather, seldom
        self._kept = -math.inf

    def begin(self, meter: Meter) -> None:
        """From now on there is a meter, and phases can be measured."""
        self._meter = meter

    def enter(self, phase: str, epoch: int | None = None) -> None:
        """Tell that a phase begins. Raises Cancelled when the run is to stop."""
        self._stop.check()
        self.now = phase
        fields = {} if epoch is None else {"epoch": epoch}
        self._events.send("phase", phase=phase, **fields)

    @contextmanager
    def window(self, phase: str, part: str | None = None) -> Iterator[list[Window]]:
        """One phase in one window; what it took goes into the record, and into the list that is handed out."""
        if phase != self.now or phase == "idle":
            self.enter(phase)
        done: list[Window] = []
        self._meter.begin(phase, part=part)
        try:
            yield done
        finally:
            window = self._meter.end()
            if window:
                done.append(window)
                print(f"{phase}: {window.duration_s:.2f} s", flush=True)
        self.keep()

    def idle(self, part: str, seconds: float) -> None:
        """Do nothing for a while, and measure it: what the machine takes without this run. Raises Cancelled."""
        if seconds:
            with self.window("idle", part):
                self._stop.pause(seconds)

    def keep(self) -> None:
        """Have the record on the disk with what has been measured so far."""
        if self._seldom and time.monotonic() - self._kept < _SELDOM:
            return
        self._kept = time.monotonic()
        self._gather()
        self._ledger.save()
