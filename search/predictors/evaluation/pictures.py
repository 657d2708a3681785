"""The charts of an evaluation. Only who writes its page loads matplotlib."""

from __future__ import annotations

from collections.abc import Sequence

from cnngen.runtime.report import charts
from cnngen.runtime.report.html import Html
from cnngen.search.predictors.evaluation.comparing import Measure, Summary
from cnngen.search.predictors.evaluation.experiment import Result


def boxes(title: str, what: str, results: Sequence[Result], order: Sequence[str], measure: Measure) -> Html:
    """A box for each predictor over its repetitions (the paper's figures 6 and 7)."""
    values = {name: [measure(result) for result in results if result.predictor == name] for name in order}
    with charts.chart(title, f"{what}, for {', '.join(order)}.", height=90 + 26 * len(order)) as drawn:
        charts.boxes(drawn, [charts.Part(name, values[name], place) for place, name in enumerate(order)])
    return drawn.svg


def curves(found: Sequence[Summary], order: Sequence[str]) -> Html:
    """The mean tau of each predictor against the size of its training set."""
    described = f"Mean tau against networks learned from, of {', '.join(order)}."
    with charts.chart("τ by size of the training set", described, x="networks learned from", y="τ") as drawn:
        lines = []
        for place, name in enumerate(order):
            mine = [one for one in found if one.predictor == name]
            lines.append(charts.Line(name, [one.train for one in mine], [one.tau for one in mine], place, place))
        charts.lines(drawn, lines)
        drawn.axes.set_xscale("log")
        drawn.axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        drawn.axes.xaxis.set_minor_formatter(lambda *_: "")
    return drawn.svg
