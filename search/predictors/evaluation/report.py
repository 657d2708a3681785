"""The page about an evaluation: for every comparison the paper's figures 6 and 7 and its table 1, and more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnngen.runtime.report.html import Html, table, tag
from cnngen.runtime.report.page import page, picture, section
from cnngen.search.predictors.evaluation.comparing import (
    SIGNIFICANT,
    Summary,
    comparisons,
    mae,
    summaries,
    tau,
)
from cnngen.search.predictors.evaluation.experiment import Result
from cnngen.search.predictors.evaluation.measures import CHOICES, LEVELS
from cnngen.search.predictors.evaluation.pictures import boxes, curves
from cnngen.search.predictors.predictor import TARGETS

_HOW = (
    "Each predictor is fitted as often as said, each time on another part of the networks, and asked about others; "
    "networks with the same operations and connections never stand on both sides. τ is Kendall's tau-b: 1 where both "
    "order the networks alike, 0 by chance. ρ is Spearman's correlation of ranks, MAE the mean absolute error, R² the "
    "share of the variance that is explained. The regret of k is by how much the best of the k networks that the "
    "predictor likes best is worse than the best of all. Coverage is the share of measured values within the interval "
    "that was to hold 50 or 90 % of them. p-values are those of the two-sided Mann-Whitney test; below "
    f"{SIGNIFICANT} two predictors are said to differ. Times are processor time."
)


@dataclass(frozen=True)
class Shown:
    """One comparison on the page: its results, and where there is one the tau to reach at a size of training set."""

    title: str
    results: Sequence[Result]
    to_reach: dict[int, float]


def compose(shown: Sequence[Shown], command: str) -> str:
    """The page as HTML that needs nothing else; `command` makes it again."""
    parts = [section(one.title, *_comparison(one)) for one in shown if one.results]
    return page(
        "Predictors compared",
        tag("header", tag("h1", "Predictors compared"), tag("p", "Accuracy and cost of networks before training.")),
        _overview(shown),
        *(parts or [tag("p", "Nothing has been compared yet.")]),
        section("How this was compared", tag("p", _HOW)),
        section("Again", tag("pre", command, class_="command")),
    )


def _overview(shown: Sequence[Shown]) -> Html:
    """The best predictor of each comparison, beside what was to be reached and what costs alone tell."""
    rows = []
    for one in shown:
        found = summaries(one.results)
        for size in sorted({summary.train for summary in found}):
            at = [summary for summary in found if summary.train == size]
            alone = {summary.predictor: summary.tau for summary in at}
            wanted = one.to_reach.get(size)
            reached = "" if wanted is None else f"{wanted:.2f}, {'reached' if at[0].tau >= wanted else 'missed'}"
            baselines = [f"{alone[name]:.3f}" if name in alone else "" for name in ("parameters", "macs")]
            rows.append([one.title, f"{size:,}", at[0].predictor, f"{at[0].tau:.3f}", *baselines, reached])
    head = ("Comparison", "learned from", "best", "τ", "parameters alone", "MACs alone", "to reach")
    return (
        section("At a glance", table("The best predictor of each comparison", head, rows, text=(2, 6)))
        if rows
        else Html()
    )


def _comparison(one: Shown) -> Iterator[Html]:
    found = summaries(one.results)
    sizes = sorted({summary.train for summary in found})
    largest = [result for result in one.results if result.train == sizes[-1]]
    order = [summary.predictor for summary in found if summary.train == sizes[-1]]
    unit = TARGETS[largest[0].target].unit
    tests = sorted({summary.test for summary in found})
    yield tag(
        "p", f"{len(largest) // len(order)} repetitions, tested on {' or '.join(f'{n:,}' for n in tests)} networks."
    )
    drawn = [
        boxes("Kendall's τ", "Kendall's tau of each repetition", largest, order, tau),
        boxes(f"Mean absolute error, {unit}", "Mean absolute error of each repetition", largest, order, mae),
    ]
    if len(sizes) > 1:
        drawn.append(curves(found, order))
    yield tag("div", *map(picture, drawn), class_="charts")
    yield _table(found, unit)
    if len(order) > 1 and len(largest) > len(order):
        yield _tests(largest, sizes[-1])


def _table(found: Sequence[Summary], unit: str) -> Html:
    regrets = [f"regret of {count}, {unit}" for count in CHOICES]
    covered = [f"within {level:.0%}" for level in LEVELS]
    head = ("Predictor", "learned from", "τ", "± ", "ρ", f"MAE, {unit}", "R²", *regrets, *covered, "fit, s", "ask, ms")
    rows = [
        [
            one.predictor,
            f"{one.train:,}",
            f"{one.tau:.3f}",
            f"{one.tau_deviation:.3f}",
            f"{one.rho:.3f}",
            f"{one.mae:.3g}",
            f"{one.r2:.2f}",
            *(f"{value:.2g}" for value in one.regret),
            *(f"{value:.0%}" for value in one.coverage),
            f"{one.fit_cpu_s:.1f}",
            f"{one.predict_cpu_ms:.2f}",
        ]
        for one in found
    ]
    return table("Means over the repetitions; ± is the standard deviation of τ between them", head, rows)


def _tests(results: Sequence[Result], size: int) -> Html:
    rows = [[f"{one.first} and {one.second}", _p(one.tau_p), _p(one.mae_p)] for one in comparisons(results)]
    head = ("Pair", "p-value, τ", "p-value, MAE")
    return table(f"Whether predictors differ, learned from {size:,} networks (Mann-Whitney)", head, rows)


def _p(value: float) -> str:
    """A p-value, marked where it is too large to tell the two apart."""
    return f"{value:.2g}" if value < SIGNIFICANT else f"{value:.2g} (no difference shown)"
