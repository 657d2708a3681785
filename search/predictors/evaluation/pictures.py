"""The charts of an evaluation. Only who writes its page loads matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from cnngen.runtime.report import charts
from cnngen.runtime.report.html import Html
from cnngen.search.predictors.evaluation.comparing import Measure, Summary
from cnngen.search.predictors.evaluation.experiment import Result
from cnngen.search.predictors.evaluation.measures import CHOICES, LEVELS
from cnngen.search.predictors.predictor import MODULES

#: Colours by what a predictor is: costs alone, neural networks, and all others.
ALONE, DEEP, OTHERS = 2, 1, 0

#: Colours of dots that stand in one row.
_DOTS = (0, 1, 3)


def colour(predictor: str) -> int:
    """Which of the style's colours a predictor has."""
    home = MODULES[predictor]
    return ALONE if home == "baselines" else DEEP if home.startswith("deep.") else OTHERS


class Unit(NamedTuple):
    """What values are told in, and what they are multiplied with for that."""

    name: str
    factor: float


#: Smaller units of small values.
_SMALLER = {"kWh": ("Wh", "mWh"), "kg": ("g", "mg"), "s": ("ms",)}


def readable(unit: str, largest: float) -> Unit:
    """A unit in which the largest of some values is no tiny fraction."""
    told = Unit(unit, 1.0)
    for smaller in _SMALLER.get(unit, ()):
        if largest * told.factor < 0.1:
            told = Unit(smaller, 1000 * told.factor)
    return told


def boxes(
    title: str,
    what: str,
    results: Sequence[Result],
    order: Sequence[str],
    measure: Measure,
    *,
    factor: float = 1.0,
    paper: Mapping[str, float] = MappingProxyType({}),
) -> Html:
    """A box for each predictor over its repetitions, which are dots (the paper's figures 6 and 7).

    A diamond stands where the paper has its mean.
    """
    values = {name: [factor * measure(one) for one in results if one.predictor == name] for name in order}
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
    title = "Within the interval"
    with charts.chart(title, f"Coverage of intervals, for {', '.join(order)}.", height=_height(order)) as drawn:
        groups = {f"of {level:.0%}": [one.coverage[n] for one in found] for n, level in enumerate(LEVELS)}
        _rows(drawn, order, groups)
        for level in LEVELS:
            drawn.axes.axvline(level, color=charts.QUIET, linestyle=(0, (4, 2)), linewidth=1, zorder=1)
        drawn.axes.set_xlim(0, 1)
        drawn.axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    return drawn.svg


def regrets(found: Sequence[Summary], unit: Unit) -> Html:
    """What is lost by taking the best of those that a predictor likes best."""
    order = [one.predictor for one in found]
    title = f"Regret, {unit.name}"
    with charts.chart(title, f"Regret, for {', '.join(order)}.", height=_height(order)) as drawn:
        groups = {f"k = {k}": [unit.factor * one.regret[n] for one in found] for n, k in enumerate(CHOICES)}
        _rows(drawn, order, groups)
        drawn.axes.set_xlim(
            left=-0.02 * max((max(one.regret) for one in found), default=1.0) * unit.factor
        )  # 0 is seen
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


def _rows(drawn: charts.Chart, order: Sequence[str], groups: Mapping[str, Sequence[float]]) -> None:
    """A row of dots for each predictor, one of each group."""
    places = list(range(len(order)))
    dots = zip(_DOTS, groups.items(), strict=False)
    charts.scatter(drawn, [charts.Line(label, values, places, shade) for shade, (label, values) in dots])
    drawn.axes.set_yticks(places, order, color=charts.TEXT)
    drawn.axes.set_ylim(len(order) - 0.5, -0.5)
