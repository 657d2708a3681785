"""Results side by side: means over the repetitions, and whether two predictors differ by more than chance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from cnngen.search.predictors.evaluation.experiment import Result

#: Below this, two predictors are said to differ.
SIGNIFICANT = 0.05

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


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two predictors and the p-values that their taus, and their mean absolute errors, come from one distribution."""

    first: str
    second: str
    tau_p: float
    mae_p: float


def comparisons(results: Sequence[Result]) -> list[Comparison]:
    """The two-sided Mann-Whitney test for each pair of predictors at one size of training set (the paper's table 1)."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.predictor, []).append(result)
    names = sorted(groups)
    return [
        Comparison(one, other, *(_p(groups[one], groups[other], measure) for measure in (tau, mae)))
        for place, one in enumerate(names)
        for other in names[place + 1 :]
    ]


def _p(first: Sequence[Result], second: Sequence[Result], measure: Measure) -> float:
    from scipy.stats import mannwhitneyu

    return float(mannwhitneyu([measure(r) for r in first], [measure(r) for r in second]).pvalue)
