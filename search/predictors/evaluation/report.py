"""The page about an evaluation: for every comparison the paper's figures 6 and 7 and its table 1, and more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cnngen.runtime.report.html import Html, table, tag
from cnngen.runtime.report.page import page, picture, section
from cnngen.search.predictors.evaluation.comparing import SIGNIFICANT, Summary, mae, p_value, summaries, tau
from cnngen.search.predictors.evaluation.experiment import Experiment, Result
from cnngen.search.predictors.evaluation.measures import CHOICES, LEVELS
from cnngen.search.predictors.evaluation.pictures import Unit, boxes, coverage, curves, readable, regrets
from cnngen.search.predictors.evaluation.verdicts import overview, verdict

_HOW = (
    "Each predictor is fitted as often as said, each time on another part of the networks, and asked about others; "
    "networks with the same operations and connections never stand on both sides. τ is Kendall's tau-b: 1 where "
    "both order the networks alike, 0 by chance. ρ is Spearman's correlation of ranks, MAE the mean absolute "
    "error, R² the share of the variance that is explained. The regret of k is by how much the best of the k "
    "networks that the predictor likes best is worse than the best of all. Coverage is the share of measured values "
    "within the interval that was to hold 50 or 90 % of them. p-values are those of the two-sided Mann-Whitney test; "
    f"below {SIGNIFICANT} two predictors are said to differ. Times are processor time of one core; a picture or graph "
    "is made of a network once, and that is in the time of who first needs it."
)

#: The pairs of the paper's table 1, and the p-values that it tells of tau and of the mean absolute error.
TABLE_1 = {
    ("image", "code"): (1.8e-4, 8.8e-2),
    ("image", "neural"): (3.7e-2, 7.2e-3),
    ("code", "neural"): (1.8e-4, 2.8e-3),
}


@dataclass(frozen=True)
class Shown:
    """One comparison on the page: what was compared, its results, the tau to reach by size, the paper's own means."""

    experiment: Experiment
    results: Sequence[Result]
    to_reach: Mapping[int | None, float] = field(default_factory=dict)
    paper: Mapping[str, float] = field(default_factory=dict)


def compose(shown: Sequence[Shown], command: str) -> str:
    """The page as HTML that needs nothing else; `command` makes it again."""
    parts = [section(one.experiment.name, *_comparison(one)) for one in shown if one.results]
    verdicts = [verdict(one.experiment, one.results, one.to_reach) for one in shown if one.results]
    return page(
        "Predictors compared",
        tag("header", tag("h1", "Predictors compared"), tag("p", "Accuracy and cost of networks before training.")),
        section("At a glance", *overview(verdicts)),
        *(parts or [tag("p", "Nothing has been compared yet.")]),
        section("How this was compared", tag("p", _HOW)),
        section("Again", tag("pre", command, class_="command")),
    )


def _comparison(one: Shown) -> Iterator[Html]:
    found = summaries(one.results)
    sizes = sorted({summary.train for summary in found})
    at = [summary for summary in found if summary.train == sizes[-1]]
    largest = [result for result in one.results if result.train == sizes[-1]]
    order = [summary.predictor for summary in at]
    unit = readable(one.experiment.target.unit, max(summary.mae for summary in at))
    yield tag("p", _extent(at))
    errors = f"Mean absolute error, {unit.name}"
    taus = boxes("Kendall's τ", "Kendall's tau of each repetition", largest, order, tau, paper=one.paper)
    yield tag(
        "div",
        picture(taus, _FIGURE_6 + (_DIAMOND if one.paper else "")),
        picture(boxes(errors, errors, largest, order, mae, factor=unit.factor), _FIGURE_7),
        class_="charts",
    )
    yield tag(
        "div",
        picture(coverage(at), "How many measured values lie within the intervals that were to hold 50 and 90 %."),
        picture(regrets(at, unit), "By how much the best of the k that look best is worse than the best of all."),
        class_="charts",
    )
    if len(sizes) > 1:
        yield picture(curves(found, order), wide=True)
    yield _table(found, unit)
    if {name for pair in TABLE_1 for name in pair} <= set(order):
        yield _table_1(largest, bool(one.paper))
    if len(order) > 1:
        summary = tag("summary", "Whether any two differ: p-values of all pairs")
        yield tag("details", summary, _all_pairs(largest, order))


_FIGURE_6 = "The paper's figure 6. A dot is a repetition; orange are neural networks, grey costs alone."
_DIAMOND = " A diamond is the paper's mean, on its own 1,300 networks."
_FIGURE_7 = "The paper's figure 7, in the same order."


def _extent(found: Sequence[Summary]) -> str:
    least, most = min(one.repetitions for one in found), max(one.repetitions for one in found)
    times = f"{most} repetition{'s' * (most > 1)}" if least == most else f"{least} to {most} repetitions"
    tests = sorted({one.test for one in found})
    return f"{times}, learned from {found[0].train:,} networks, tested on {' or '.join(f'{n:,}' for n in tests)}."


def _table(found: Sequence[Summary], unit: Unit) -> Html:
    regret = [f"k = {count}" for count in CHOICES]
    covered = [f"in {level:.0%}" for level in LEVELS]
    sized = len({one.train for one in found}) > 1
    head = (
        "Predictor",
        *(["from"] if sized else []),
        "times",
        "τ",
        "ρ",
        "R²",
        "MAE",
        *regret,
        *covered,
        "fit, s",
        "ask, ms",
    )
    rows = [
        [
            one.predictor,
            *([f"{one.train:,}"] if sized else []),
            str(one.repetitions),
            f"{one.tau:.3f}" + (f" ± {one.tau_deviation:.3f}" if one.repetitions > 1 else ""),
            f"{one.rho:.3f}",
            f"{one.r2:.2f}",
            f"{one.mae * unit.factor:.3g}",
            *(f"{value * unit.factor:.2g}" for value in one.regret),
            *(f"{value:.0%}" for value in one.coverage),
            f"{one.fit_cpu_s:.1f}",
            f"{one.predict_cpu_ms:.2f}",
        ]
        for one in found
    ]
    told = (
        f"Means over the repetitions, ± the deviation of τ between them; MAE and regret of the best of k in {unit.name}"
    )
    return table(told, head, rows)


def _table_1(results: Sequence[Result], of_accuracy: bool) -> Html:
    """The paper's table, and where it is about the same figure, the paper's own values."""
    rows = []
    for (first, second), theirs in TABLE_1.items():
        ours = [_p(p_value(results, first, second, measure)) for measure in (tau, mae)]
        rows.append([f"{first} and {second}", *ours, *([f"{value:.2g}" for value in theirs] if of_accuracy else [])])
    head = ["Pair", "p, τ", "p, MAE", *(["the paper's, τ", "the paper's, MAE"] if of_accuracy else [])]
    return table("The paper's table 1: p-values of Mann-Whitney tests; bold where the two differ", head, rows)


def _all_pairs(results: Sequence[Result], order: Sequence[str]) -> Html:
    rows = [
        [
            first,
            *(
                "" if first == second else _p(p_value(results, first, second, tau if column > row else mae))
                for column, second in enumerate(order)
            ),
        ]
        for row, first in enumerate(order)
    ]
    return table("Mann-Whitney tests: of τ above the diagonal, of the MAE below it", ["", *order], rows)


def _p(value: float | None) -> str:
    """A p-value, bold where it tells the two apart."""
    if value is None:
        return "too few"
    written = f"{value:.2g}"
    return tag("strong", written) if value < SIGNIFICANT else written
