"""Results side by side: means over the repetitions, and whether two predictors differ by more than chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from cnngen.search.predictors.evaluation.experiment import Result
from cnngen.search.predictors.predictor import Target, to_scale

#: Below this, two predictors are said to differ.
SIGNIFICANT = 0.05

#: With fewer values on a side, no difference could be significant.
ENOUGH = 4

Measure = Callable[[Result], float]


def tau(result: Result) -> float:
    """Kendall's tau of a result."""
    return result.scores.tau


def mae(result: Result) -> float:
    """The mean absolute error of a result, in the target's unit."""
    return result.scores.mae


@dataclass(frozen=True, slots=True)
class Summary:
    """One predictor at one size of training set: means over its repetitions, and the deviation of tau between them."""

    predictor: str
    train: int
    test: int
    repetitions: int
    tau: float
    tau_deviation: float
    rho: float
    mae: float
    r2: float
    regret: tuple[float, ...]
    coverage: tuple[float, ...]
    fit_cpu_s: float
    predict_cpu_ms: float


def summaries(results: Iterable[Result]) -> list[Summary]:
    """A summary for each predictor and size of training set, the best tau first within a size."""
    groups: dict[tuple[int, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.train, result.predictor), []).append(result)
    found = [_summary(group) for group in groups.values()]
    return sorted(found, key=lambda summary: (summary.train, -summary.tau, summary.predictor))


def _summary(group: Sequence[Result]) -> Summary:
    scores = [result.scores for result in group]
    return Summary(
        predictor=group[0].predictor,
        train=group[0].train,
        test=group[0].test,
        repetitions=len(group),
        tau=fmean(score.tau for score in scores),
        tau_deviation=stdev(score.tau for score in scores) if len(scores) > 1 else 0.0,
        rho=fmean(score.rho for score in scores),
        mae=fmean(score.mae for score in scores),
        r2=fmean(score.r2 for score in scores),
        regret=tuple(map(fmean, zip(*(score.regret for score in scores), strict=True))),
        coverage=tuple(map(fmean, zip(*(score.coverage for score in scores), strict=True))),
        fit_cpu_s=fmean(result.fit_cpu_s for result in group),
        predict_cpu_ms=fmean(result.predict_cpu_ms for result in group),
    )


def p_value(results: Sequence[Result], first: str, second: str, measure: Measure) -> float | None:
    """The two-sided Mann-Whitney test of two predictors at one size of training set (the paper's table 1).

    It is the probability that a measure's values differ so much or more when both are of one distribution. None where
    one has been fitted fewer than ENOUGH times.
    """
    from scipy.stats import mannwhitneyu

    values = [[measure(one) for one in results if one.predictor == name] for name in (first, second)]
    if min(map(len, values)) < ENOUGH:
        return None
    return float(mannwhitneyu(*values).pvalue)


def ceiling(target: Target, values: Sequence[float], noise: float) -> float:
    """The tau that what networks come to in truth has with what is measured, on the mean of twenty draws.

    `noise` is the standard deviation of measurements of one network, on the target's scale. Measured values stand for
    the true ones; they differ a little more than those, so this is a little more than what can be reached.
    """
    import numpy as np
    from scipy.stats import kendalltau

    draw = np.random.default_rng(0)
    true = to_scale(target, np.asarray(values, dtype=np.float64))
    return fmean(float(kendalltau(true, true + draw.normal(0, noise, len(true))).statistic) for _ in range(20))
