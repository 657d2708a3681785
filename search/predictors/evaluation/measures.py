"""How good predictions are: ranks, errors, what a choice by them loses, and whether their doubt is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnngen.search.predictors.predictor import Prediction, Target

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

#: Of how many networks that a predictor likes best the best one is taken, for the regret.
CHOICES = (1, 5, 10)

#: Shares of measured values that intervals of a prediction are to hold.
LEVELS = (0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Scores:
    """What predictions are worth on networks that were never seen.

    `tau` is Kendall's tau-b, `rho` Spearman's rank correlation, both 0 where all predictions are the same. `mae` is the
    mean absolute error in the target's unit, `r2` the coefficient of determination. `regret` has, for each of CHOICES,
    by how much the best of so many networks that the predictor likes best is worse than the best of all, in the
    target's unit. `coverage` has, for each of LEVELS, the share of measured values within that interval.
    """

    tau: float
    rho: float
    mae: float
    r2: float
    regret: tuple[float, ...]
    coverage: tuple[float, ...]


def scores(target: Target, prediction: Prediction, measured: Sequence[float] | Vector) -> Scores:
    """Compare predictions with what was measured, in the target's unit."""
    import numpy as np
    from scipy.stats import kendalltau, spearmanr

    values = np.asarray(measured, dtype=np.float64)
    mean = prediction.mean
    told_apart = np.ptp(mean) > 0 and np.ptp(values) > 0
    error = values - mean
    spread = float(((values - values.mean()) ** 2).sum())
    return Scores(
        tau=float(kendalltau(mean, values).statistic) if told_apart else 0.0,
        rho=float(spearmanr(mean, values).statistic) if told_apart else 0.0,
        mae=float(np.abs(error).mean()),
        r2=1 - float((error**2).sum()) / spread if spread else 0.0,
        regret=tuple(regret(target, mean, values, count) for count in CHOICES),
        coverage=tuple(_covered(prediction, values, level) for level in LEVELS),
    )


def regret(target: Target, predicted: Vector, measured: Vector, count: int) -> float:
    """By how much the best of the `count` networks that look best is worse than the best of all."""
    import numpy as np

    sign = -1.0 if target.more_is_better else 1.0
    chosen = np.argsort(sign * predicted, kind="stable")[:count]
    return float((sign * measured[chosen]).min() - (sign * measured).min())


def _covered(prediction: Prediction, measured: Vector, level: float) -> float:
    low, high = prediction.interval(level)
    return float(((low <= measured) & (measured <= high)).mean())
