"""The compact predictor once it is fitted: a weighted sum of features, and how far it may be off; of a cost also what
each amount of work costs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is expected, and the bounds of the interval that holds nine of ten measured values; in the target's unit."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """Ridge regression on standardised features, on the target's scale.

    `means` and `scales` standardise the features of `names`; `weights` are per standard deviation. `spread` is the
    inverse of their regularised second moments: with it `leverage` tells how far a network lies from those that were
    learned from, which widens the doubt; `furthest` is the largest that one of these had when it was left out.
    `deviation` is that of a network in their middle. `bounds` are those that a value can have at all.

    Of a cost there are `prices`, in the target's unit for each amount of work (`amounts.py`), and a bill that is never
    below `least`: the line then tells the logarithm of measured over billed.
    """

    names: Sequence[str]
    means: Sequence[float]
    scales: Sequence[float]
    weights: Sequence[float]
    level: float
    spread: Sequence[Sequence[float]]
    furthest: float
    deviation: float
    logarithmic: bool
    bounds: tuple[float, float]
    prices: Mapping[str, float]
    least: float

    def standardised(self, features: Mapping[str, float]) -> list[float]:
        """The features as the line reads them; one that is not named is 0."""
        columns = zip(self.names, self.means, self.scales, strict=True)
        return [(features.get(name, 0.0) - mean) / scale for name, mean, scale in columns]

    def leverage(self, row: Sequence[float]) -> float:
        """How far a standardised row x lies from the middle of what was learned from, 0: x' (X'X + a I)^-1 x."""
        return sum(x * sum(map(_product, line, row)) for x, line in zip(row, self.spread, strict=True))

    def reaches(self, features: Mapping[str, float]) -> bool:
        """Whether a network lies no further from those that were learned from than one of them from the others."""
        return self.leverage(self.standardised(features)) <= self.furthest

    def billed(self, work: Mapping[str, float]) -> float:
        """The logarithm of what such amounts of work cost; 0 where they have no prices."""
        if not self.prices:
            return 0.0
        return math.log(max(sum(price * work.get(name, 0.0) for name, price in self.prices.items()), self.least))

    def told(self, features: Mapping[str, float], work: Mapping[str, float]) -> tuple[float, float]:
        """Mean and standard deviation on the target's scale, of a network with such features and amounts of work."""
        row = self.standardised(features)
        mean = self.billed(work) + self.level + sum(map(_product, self.weights, row))
        return mean, self.deviation * math.sqrt(1 + self.leverage(row))

    def estimate(self, features: Mapping[str, float], work: Mapping[str, float], share: float = 0.9) -> Estimate:
        """What is expected of a network, with the interval that holds such a share of measured values."""
        mean, std = self.told(features, work)
        reach = NormalDist().inv_cdf((1 + share) / 2) * std
        return Estimate(*(self._back(value) for value in (mean, mean - reach, mean + reach)))

    def _back(self, value: float) -> float:
        low, high = self.bounds
        return min(max(math.exp(value) if self.logarithmic else value, low), high)

    def to_state(self) -> dict[str, Any]:
        """The line as plain data."""
        return asdict(self)

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Line:
        """The line of plain data. Raises TypeError where that is none."""
        low, high = state["bounds"]
        return cls(**{**state, "bounds": (low, high)})


def _product(one: float, other: float) -> float:
    return one * other
