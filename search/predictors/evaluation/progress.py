"""How long an evaluation will take yet, by what fits like these have cost."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from statistics import fmean

from cnngen.search.predictors.evaluation.experiment import Key, Result, Task


def cost(result: Result) -> float:
    """Processor seconds of a fit and of asking about its test."""
    return result.fit_cpu_s + result.predict_cpu_ms * result.test / 1000


class Progress:
    """Fits to come and what they are expected to cost: of each as much as those of its predictor whose size is nearest.

    Seconds of the clock are expected to be to those of the processor what they have been so far.
    """

    def __init__(self, tasks: Iterable[Task], known: Sequence[Result]) -> None:
        there = {one.key for one in known}
        self.pending: dict[Key, tuple[str, int]] = {
            task.key: (task.predictor, len(task.split.train)) for task in tasks if task.key not in there
        }
        self.done = 0
        self._costs: dict[tuple[str, int], list[float]] = {}
        for result in known:
            self._learn(result)
        self._began, self._spent = time.monotonic(), 0.0

    def __len__(self) -> int:
        return len(self.pending)

    def add(self, result: Result) -> None:
        """A fit has ended."""
        self.pending.pop(result.key, None)
        self.done += 1
        self._learn(result)
        self._spent += cost(result)

    def left(self) -> float | None:
        """Seconds until the last fit ends; None while nothing is known."""
        if not self._spent:
            return None
        pace = (time.monotonic() - self._began) / self._spent
        return pace * sum(self._expected(*asked) for asked in self.pending.values())

    def _learn(self, result: Result) -> None:
        self._costs.setdefault((result.predictor, result.train), []).append(cost(result))

    def _expected(self, predictor: str, train: int) -> float:
        like = [size for name, size in self._costs if name == predictor]
        if not like:
            return fmean(value for values in self._costs.values() for value in values)
        nearest = min(like, key=lambda size: abs(math.log(size / train)))
        return fmean(self._costs[predictor, nearest])


def duration(seconds: float) -> str:
    """About how long, for people: seconds, minutes or hours."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
