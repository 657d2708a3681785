"""How much a training may spend: it ends after the batch, or the few at once, with which a budget is reached."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

#: The sampler is asked for what was spent at most this often, in seconds.
ASKING = 0.25


class BudgetReached(Exception):
    """The training has spent what it may; `budget` is max_energy or max_time."""

    def __init__(self, budget: str) -> None:
        super().__init__(budget)
        self.budget = budget


@dataclass
class Budget:
    """`max_energy_wh` counts all windows but idle ones, `max_time_s` the seconds since `began` (monotonic clock).

    None is no limit. `spent_wh` tells what has been spent so far.
    """

    max_energy_wh: float | None
    max_time_s: float | None
    began: float
    spent_wh: Callable[[], float]
    _asked: float = field(default=0.0, init=False)

    def check(self) -> None:
        """Raise BudgetReached when nothing is left."""
        now = time.monotonic()
        if self.max_time_s is not None and now - self.began >= self.max_time_s:
            raise BudgetReached("max_time")
        if self.max_energy_wh is not None and now - self._asked >= ASKING:
            self._asked = now
            if self.spent_wh() >= self.max_energy_wh:
                raise BudgetReached("max_energy")
