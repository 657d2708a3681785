"""Targets as scores, on which predictors work, and back.

By rank: accuracies pile up below a ceiling and have a long tail of failures; ranks are what a search needs, and a model
of normal scores spends its effort on them evenly. Straight: energies are sums, and their own scale is simpler to learn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnngen.search.predictors.predictor import Prediction, to_scale

if TYPE_CHECKING:
    from cnngen.search.predictors.predictor import Target, Vector

#: The way back is a line through so many points at most.
KNOTS = 65


class Line:
    """A rising line through (score, target). Beyond its ends it goes straight on."""

    def __init__(self, target: Target, scores: Vector, values: Vector) -> None:
        self.target = target
        self.scores = scores
        self.values = values

    @classmethod
    def by_rank(cls, target: Target, values: Vector) -> tuple[Line, Vector]:
        """Scores as if they were drawn from a normal distribution, and the way back at evenly spaced ones."""
        import numpy as np
        from scipy.stats import norm, rankdata

        told = to_scale(target, values)
        scores = norm.ppf((rankdata(told) - 0.5) / len(told))
        end = norm.ppf(1 - 0.5 / len(told))
        knots = np.linspace(-end, end, min(KNOTS, len(told)))
        line = np.interp(norm.cdf(knots), (np.arange(len(told)) + 0.5) / len(told), np.sort(told))
        spread = float(np.std(told)) or 1.0
        return cls(target, knots, line + 1e-6 * spread * knots), scores  # equal targets keep an order

    @classmethod
    def straight(cls, target: Target, values: Vector) -> tuple[Line, Vector]:
        """Scores that are the target on its own scale, of mean 0 and standard deviation 1."""
        import numpy as np

        told = to_scale(target, values)
        mean, spread = float(np.mean(told)), float(np.std(told)) or 1.0
        return cls(target, np.array([-1.0, 1.0]), np.array([mean - spread, mean + spread])), (told - mean) / spread

    def back(self, scores: Vector) -> Vector:
        """Scores as targets, in the target's unit."""
        import numpy as np

        line = _along(scores, self.scores, self.values)
        return np.exp(line) if self.target.scale == "log" else line

    def forth(self, told: Vector) -> Vector:
        """The scores of targets, which are told on the target's scale."""
        return _along(told, self.values, self.scores)

    def prediction(self, mean: Vector, std: Vector) -> Prediction:
        """What is expected, from mean and standard deviation of its score."""
        return _Scored(self, mean, std)


def _along(at: Vector, from_: Vector, to: Vector) -> Vector:
    """Where a line through points leads, and straight on beyond its ends."""
    import numpy as np

    slope = (to[-1] - to[0]) / (from_[-1] - from_[0])
    beyond = np.minimum(at - from_[0], 0) + np.maximum(at - from_[-1], 0)
    return np.asarray(np.interp(at, from_, to) + slope * beyond)


class _Scored(Prediction):
    """A prediction whose doubt is normal on the scale of scores: its intervals need not be symmetric."""

    def __init__(self, line: Line, mean: Vector, std: Vector) -> None:
        super().__init__(line.back(mean), (line.back(mean + std) - line.back(mean - std)) / 2)
        object.__setattr__(self, "_score", (line, mean, std))

    def interval(self, level: float) -> tuple[Vector, Vector]:
        from statistics import NormalDist

        line, mean, std = self._score  # type: ignore[attr-defined]
        reach = NormalDist().inv_cdf((1 + level) / 2) * std
        return line.back(mean - reach), line.back(mean + reach)
