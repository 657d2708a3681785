"""The charts of an evaluation. Only who writes its page loads matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnngen.runtime.report import charts
from cnngen.runtime.report.html import Html
from cnngen.search.predictors.evaluation.comparing import Measure, Summary
from cnngen.search.predictors.evaluation.experiment import Result
from cnngen.search.predictors.evaluation.measures import CHOICES, LEVELS
from cnngen.search.predictors.predictor import MODULES

#: Colours by what a predictor is: costs alone, neural networks, and all others.
ALONE, DEEP, OTHERS = 2, 1, 0


def colour(predictor: str) -> int:
    """Which of the style's colours a predictor has."""
    home = MODULES[predictor]
    return ALONE if home == "baselines" else DEEP if home.startswith("deep.") else OTHERS


def boxes(
    title: str, what: str, results: Sequence[Result], order: Sequence[str], measure: Measure, paper: Mapping[str, float]
) -> Html:
    """A box for each predictor over its repetitions, which are dots (the paper's figures 6 and 7).

    A diamond stands where the paper has its mean.
    """
    values = {name: [measure(result) for result in results if result.predictor == name] for name in order}
    with charts.chart(title, f"{what}, for {', '.join(order)}.", height=_height(order)) as drawn:
        charts.boxes(drawn, [charts.Part(name, values[name], colour(name)) for name in order])
        for place, name in enumerate(order, 1):
            drawn.axes.scatter(values[name], [place] * len(values[name]), s=9, color=charts.TEXT, alpha=0.55, zorder=3)
            if name in paper:
                drawn.axes.scatter(
                    [paper[name]], [place], s=46, marker="D", color=charts.PAPER, edgecolors=charts.TEXT, zorder=4
                )
    return drawn.svg


def coverage(found: Sequence[Summary]) -> Html:
    """The share of measured values within the intervals, beside the share that they were to hold."""
    order = [one.predictor for one in found]
    title = "Calibration: share within the interval"
    with charts.chart(title, f"Coverage of intervals, for {', '.join(order)}.", height=_height(order)) as drawn:
        _rows(drawn, order, [(f"of {level:.0%}", [one.coverage[n] for one in found]) for n, level in enumerate(LEVELS)])
        for level in LEVELS:
            drawn.axes.axvline(level, color=charts.QUIET, linestyle=(0, (4, 2)), linewidth=1, zorder=1)
        drawn.axes.set_xlim(0, 1)
        drawn.axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    return drawn.svg


def regrets(found: Sequence[Summary], unit: str) -> Html:
    """What is lost by taking the best of those that a predictor likes best."""
    order = [one.predictor for one in found]
    title = f"Regret of the best of k, {unit}"
    with charts.chart(title, f"Regret, for {', '.join(order)}.", height=_height(order)) as drawn:
        _rows(drawn, order, [(f"k = {count}", [one.regret[n] for one in found]) for n, count in enumerate(CHOICES)])
        drawn.axes.set_xlim(left=0)
    return drawn.svg


def curves(found: Sequence[Summary], order: Sequence[str]) -> Html:
    """The mean tau of each predictor against the size of its training set."""
    described = f"Mean tau against networks learned from, of {', '.join(order)}."
    height = charts.HEIGHT + 22 * (-(-len(order) // 4) - 1)  # names stand above it, four in a row
    title = "τ by size of the training set"
    with charts.chart(title, described, x="networks learned from", y="τ", width=charts.WIDE, height=height) as drawn:
        lines = []
        for place, name in enumerate(order):
            mine = [one for one in found if one.predictor == name]
            lines.append(charts.Line(name, [one.train for one in mine], [one.tau for one in mine], place, place // 3))
        charts.lines(drawn, lines)
        drawn.axes.set_xscale("log")
        drawn.axes.set_xticks(sorted({one.train for one in found}))
        drawn.axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        drawn.axes.xaxis.set_minor_formatter(lambda *_: "")
    return drawn.svg


def _height(order: Sequence[str]) -> int:
    return 90 + 26 * len(order)


def _rows(drawn: charts.Chart, order: Sequence[str], groups: Sequence[tuple[str, Sequence[float]]]) -> None:
    """A row of dots for each predictor, one of each group."""
    places = list(range(len(order)))
    charts.scatter(drawn, [charts.Line(label, x, places, at) for at, (label, x) in enumerate(groups)])
    drawn.axes.set_yticks(places, order, color=charts.TEXT)
    drawn.axes.set_ylim(len(order) - 0.5, -0.5)
