"""The charts of a benchmark's own rows. Only who draws imports this module, for it needs matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from cnngen.runtime.report import charts
from cnngen.runtime.report.html import Html
from cnngen.runtime.report.pictures import energy_unit
from cnngen.search.diversity.figures import percentiles
from cnngen.search.diversity.text import short
from cnngen.search.publishing import noise
from cnngen.search.reporting.axes import ratios
from cnngen.search.reporting.measures import Energy, Row, drift, front, tau
from cnngen.search.reporting.told import Told


def energies(rows: Sequence[Row], energy: Energy) -> Html:
    """How often networks took so much energy: the paper's figure 5."""
    found = _wh(rows, energy)
    if len(found) < 2:
        return Html()
    unit, scale = energy_unit(median(found))
    description = f"{len(found)} networks: {min(found) / scale:.3g} to {max(found) / scale:.3g} {unit}."
    label = _capital(energy.label)
    with charts.chart(label, description, x=f"{energy.label}, {unit}", y="networks") as drawn:
        charts.histogram(drawn, [value / scale for value in found])
        drawn.axes.set_xlim(left=0)
    return drawn.svg


def against(rows: Sequence[Row], energy: Energy, column: str, label: str) -> Html:
    """A cost of each network against its energy, with their rank correlation."""
    points = [(float(row[column]), wh) for row in rows if row.get(column) is not None and (wh := energy.wh(row))]
    if len(points) < 2:
        return Html()
    x, y = ([point[side] for point in points] for side in (0, 1))
    unit, scale = energy_unit(median(y))
    ranks = tau(x, y)
    title = f"{label}, {energy.label}" + (f": τ = {ranks:.2f}" if ranks is not None else "")
    description = f"{len(points)} networks, each as a point."
    with charts.chart(title, description, x=label, y=unit, height=300) as drawn:
        charts.scatter(drawn, [charts.Line("networks", x, [value / scale for value in y])])
        ratios(drawn, "y")
        if column != "layers":
            drawn.axes.set_xscale("log")
            drawn.axes.xaxis.set_major_formatter(lambda value, _: short(value))
            drawn.axes.xaxis.set_minor_formatter(lambda *_: "")
    return drawn.svg


def pareto(rows: Sequence[Row], energy: Energy) -> Html:
    """Accuracy against energy, with the networks that none beats in both."""
    points = [
        (wh, float(row["test_accuracy"]))
        for row in rows
        if row.get("test_accuracy") is not None and (wh := energy.wh(row))
    ]
    if len(points) < 2:
        return Html()
    unit, scale = energy_unit(median([wh for wh, _ in points]))
    best = front(points)
    description = f"{len(points)} networks, {len(best)} of which no other beats in both."
    with charts.chart("Accuracy against energy", description, x=f"{energy.label}, {unit}", y="test accuracy, %",
                      width=charts.WIDE, height=360) as drawn:  # fmt: skip
        charts.scatter(drawn, [_points("networks", points, scale)])
        ends = [*best, (max(wh for wh, _ in points), best[-1][1])]
        front_line = _points(f"Pareto front ({len(best)} networks)", ends, scale)
        drawn.axes.plot(
            front_line.x, front_line.y, drawstyle="steps-post", color=charts.SERIES[1], label=front_line.label
        )
        chosen = _points("", best, scale)
        drawn.axes.scatter(chosen.x, chosen.y, color=charts.SERIES[1], s=30, zorder=3, linewidths=0)
        ratios(drawn, "x")
        charts.legend(drawn, 2)
    return drawn.svg


def curves(told: Told) -> list[Html]:
    """Validation accuracy over the epochs, and how well each epoch orders the networks already."""
    rows, values = _lines_of(told)
    if len(rows) < 2 or len(values[0]) < 2:
        return []
    epochs = list(range(1, len(values[0]) + 1))
    spread = [percentiles([curve[epoch - 1] * 100 for curve in values]) for epoch in epochs]
    about = f"{len(rows)} networks, {len(epochs)} epochs; medians {spread[0][50]:.1f} to {spread[-1][50]:.1f} %."
    with charts.chart("Learning curves", about, x="epoch", y="validation accuracy, %", height=320) as drawn:
        for low, high, alpha in ((5, 95, 0.16), (25, 75, 0.3)):
            lower, upper = ([percents[end] for percents in spread] for end in (low, high))
            colour, name = charts.SERIES[0], f"{low} to {high} % of the networks"
            drawn.axes.fill_between(epochs, lower, upper, alpha=alpha, color=colour, linewidth=0, label=name)
        charts.lines(drawn, [charts.Line("median", epochs, [percents[50] for percents in spread])], whole=True)
        drawn.axes.set_ylim(bottom=0)
        drawn.axes.legend(loc="lower right", fontsize=10)
    return [drawn.svg, _order(rows, values)]


def _order(rows: Sequence[Row], values: Sequence[Sequence[float]]) -> Html:
    """How alike each epoch and the test at the end order the networks."""
    final = [float(row["test_accuracy"]) for row in rows]
    epochs = range(1, len(values[0]) + 1)
    found = [(epoch, tau([curve[epoch - 1] for curve in values], final)) for epoch in epochs]
    points = [(epoch, ranks) for epoch, ranks in found if ranks is not None]
    if len(points) < 2:
        return Html()
    about = f"Kendall's tau from {points[0][1]:.2f} after the first epoch to {points[-1][1]:.2f} after the last."
    title, y = "How early the order shows", "Kendall's τ with the test accuracy"
    with charts.chart(title, about, x="epoch", y=y, height=320) as drawn:
        charts.lines(drawn, [charts.Line("tau", [x for x, _ in points], [y for _, y in points])], whole=True)
        drawn.axes.set_ylim(min(0.0, *(ranks for _, ranks in points)), 1.0)
    return drawn.svg


def repeats(trials: Sequence[Row]) -> Html:
    """The accuracies of each network that was trained again with other seeds."""
    groups = sorted(noise.groups(trials, "repeat"), key=lambda group: median(group.values["test_accuracy"]))
    if not groups:
        return Html()
    accuracies = [[value * 100 for value in group.values["test_accuracy"]] for group in groups]
    about = f"{len(groups)} networks, {sum(map(len, accuracies))} trainings."
    x, y = "repeated networks, by accuracy", "test accuracy, %"
    with charts.chart("Repeats with other seeds", about, x=x, y=y, height=320) as drawn:
        for place, values in enumerate(accuracies, 1):
            drawn.axes.plot([place, place], [min(values), max(values)], color=charts.GRID, linewidth=5, zorder=1)
        points = [(place, value) for place, values in enumerate(accuracies, 1) for value in values]
        charts.scatter(drawn, [charts.Line("trainings", [x for x, _ in points], [y for _, y in points])])
        drawn.axes.grid(visible=False, axis="x")
        drawn.axes.set_xticks([])
    return drawn.svg


def reference(trials: Sequence[Row]) -> Html:
    """The reference over time, relative to its median."""
    found = drift(trials)
    if found is None:
        return Html()
    ends = ", ".join(f"{label} {min(values):.2f} to {max(values):.2f}" for label, values in found.relative.items())
    about = f"{len(found.hours)} trainings of one network with one seed in {found.hours[-1]:.1f} h: {ends}."
    x, y = "hours since its first training", "relative to the median"
    with charts.chart("The reference over time", about, x=x, y=y, height=320) as drawn:
        series = [
            charts.Line(label, found.hours, values, number, number)
            for number, (label, values) in enumerate(found.relative.items())
        ]
        charts.lines(drawn, series)
        drawn.axes.set_ylim(0, 1.25 * max(max(values) for values in found.relative.values()))
        drawn.axes.legend(loc="upper center", ncols=2, fontsize=10)
    return drawn.svg


def _lines_of(told: Told) -> tuple[list[Row], list[list[float]]]:
    """The networks whose curves go through all epochs, and their validation accuracies by epoch."""
    own = {row["id"]: row for row in told.networks}
    found = [
        (own[trial], [float(epoch["val_accuracy"]) for epoch in rows if epoch.get("val_accuracy") is not None])
        for trial, rows in told.curves().items()
        if trial in own and own[trial].get("test_accuracy") is not None
    ]
    length = max((len(values) for _, values in found), default=0)
    full = [(row, values) for row, values in found if len(values) == length]
    return [row for row, _ in full], [values for _, values in full]


def _wh(rows: Sequence[Row], energy: Energy) -> list[float]:
    return [wh for row in rows if (wh := energy.wh(row)) is not None]


def _points(label: str, points: Sequence[tuple[float, float]], scale: float) -> charts.Line:
    return charts.Line(label, [wh / scale for wh, _ in points], [accuracy * 100 for _, accuracy in points])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
