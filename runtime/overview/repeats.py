"""Runs that asked for the same, and what their repetition says about a figure."""

from __future__ import annotations

import hashlib
import json
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: The confidence that an interval is to have, where there are runs enough.
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over several runs: their number, the median, and the interval from `low` to `high`.

    The interval lies between two of the values and holds the median of all possible runs with the probability
    `confidence`, whatever their distribution. Fewer than six runs cannot give 95 %. One run has no interval.
    """

    runs: int
    median: float
    low: float | None = None
    high: float | None = None
    confidence: float | None = None


def spread(values: Sequence[float]) -> Spread:
    """The median of at least one value with its interval (order statistics; Conover, Practical Nonparametric
    Statistics, section 3.2).
    """
    ordered, count = sorted(values), len(values)
    median = statistics.median(ordered)
    if count < 2:
        return Spread(count, median)
    # Cutting off k values at either end leaves out the median when fewer than k + 1 of the runs fall on one side of it.
    outside, cut = 0.5**count, 0
    while cut + 1 < count // 2:
        wider = outside + math.comb(count, cut + 1) * 0.5**count
        if 1 - 2 * wider < CONFIDENCE:
            break
        outside, cut = wider, cut + 1
    return Spread(count, median, ordered[cut], ordered[-1 - cut], 1 - 2 * outside)


def request_of(result: dict[str, Any]) -> str:
    """A digest that runs share when they asked for the same in the same place: network, data, settings and device.

    The seed is no part of it: runs that differ by it alone are repetitions.
    """
    settings = {name: value for name, value in result["training"].items() if name not in ("seed", "repeat")}
    data = {name: result["data"][name] for name in ("name", "shape", "classes")}
    asked = [result["program"]["hash"], data, settings, result["run"]["device_name"]]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
