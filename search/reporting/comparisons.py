"""Charts that set a benchmark beside NAS-Bench-101, where its table is there. Only who draws imports this module."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from cnngen.runtime.report import charts
from cnngen.runtime.report.html import Html
from cnngen.search.diversity.figures import percentiles
from cnngen.search.reporting.axes import ratios
from cnngen.search.reporting.measures import PAPERS_BULK, Energy, Row
from cnngen.search.reporting.nasbench101 import Table
from cnngen.search.reporting.told import Told

NAME = "NAS-Bench-101"

#: The accuracies of the table that the paper compares with: those after 36 epochs, as its own networks have.
PAPERS_EPOCHS = 36

#: Networks of the table that a cloud of points shows.
_SHOWN = 1000


def accuracies(told: Told, table: Table | None) -> list[Html]:
    """The distribution of the accuracies: the paper's figure 1."""
    own = [float(row["test_accuracy"]) * 100 for row in told.networks if row.get("test_accuracy") is not None]
    if len(own) < 2:
        return []
    groups = [charts.Part(f"this set ({len(own):,})", own, 0)]
    if table:
        others = (table.accuracy[PAPERS_EPOCHS] * 100).tolist()
        groups.append(charts.Part(f"{NAME} ({len(others):,})", others, 1))
    description = "; ".join(f"{group.label}: median {median(group.values):.1f} %" for group in groups) + "."
    with charts.chart("Test accuracy", description, x="accuracy, %", y="networks, %", height=300) as histogram:
        for group in groups:
            weights = [100 / len(group.values)] * len(group.values)
            histogram.axes.hist(
                group.values, bins=[2.0 * edge for edge in range(51)], weights=weights, label=group.label, alpha=0.75,
                color=charts.SERIES[group.colour], edgecolor=charts.PAPER, linewidth=0.5,
            )  # fmt: skip
        _mark_chance(histogram, told.chance)
        histogram.axes.set_xlim(0, 100)
        if table:
            histogram.axes.legend(loc="upper center", fontsize=10)
    return [histogram.svg, _boxes(told, groups)]


def _boxes(told: Told, groups: Sequence[charts.Part]) -> Html:
    """Medians, quartiles, and the 5th to the 95th percentile of each set."""
    names = [group.label.partition(" (")[0] for group in groups]
    description = f"{', '.join(names)} and where the bulk of the paper's networks lies."
    with charts.chart("Medians, quartiles, 5 to 95 %", description, x="accuracy, %", height=300) as drawn:
        boxes = drawn.axes.boxplot(
            [group.values for group in groups],
            orientation="horizontal",
            whis=(5, 95),
            showfliers=False,
            widths=0.5,
            patch_artist=True,
            medianprops={"color": charts.TEXT, "linewidth": 2},
            whiskerprops={"color": charts.QUIET},
            capprops={"color": charts.QUIET},
        )
        for box, group in zip(boxes["boxes"], groups, strict=True):
            box.set(facecolor=charts.SERIES[group.colour], edgecolor=charts.QUIET)
        low, high = (100 * end for end in PAPERS_BULK)
        place = len(groups) + 1
        drawn.axes.barh(place, high - low, left=low, height=0.5, color=charts.SERIES[2])
        drawn.axes.set_yticks(range(1, place + 1), [*names, "the paper's bulk"], color=charts.TEXT)
        _mark_chance(drawn, told.chance)
        drawn.axes.set_xlim(0, 100)
        drawn.axes.set_ylim(place + 0.6, 0.3)
        drawn.axes.grid(visible=False, axis="y")
        drawn.axes.grid(visible=True, axis="x")
    return drawn.svg


def costs(rows: Sequence[Row], energy: Energy, table: Table | None) -> Html:
    """How unequal networks are in what they cost, each set relative to its median.

    NAS-Bench-101 has no energies; what it has is how long a training took.
    """
    own = [wh for row in rows if (wh := energy.wh(row))]
    if len(own) < 2:
        return Html()
    series = [_relative(f"this set: {energy.label}", own, 0)]
    if table:
        series.append(_relative(f"{NAME}: training time", table.training_s.tolist(), 1))
    ranges = "; ".join(f"{line.label}: {line.x[5]:.2g} to {line.x[95]:.2g} times the median" for line in series)
    x, y = "times the median of its set", "networks up to this, %"
    with charts.chart("How unequal the costs are", f"{ranges}.", x=x, y=y, height=300) as drawn:
        charts.lines(drawn, series)
        if table:
            drawn.axes.legend(loc="lower right", fontsize=10)
        ratios(drawn, "x")
        drawn.axes.grid(visible=True, axis="x")
    return drawn.svg


def layers(rows: Sequence[Row], table: Table | None) -> Html:
    """How many networks have how many layers."""
    own = [float(row["layers"]) for row in rows if row.get("layers") is not None]
    if len(own) < 2:
        return Html()
    series = [charts.Line("this set", percentiles(own), range(101), 0, 0, marked=False)]
    if table:
        series.append(charts.Line(NAME, percentiles([float(n) for n in table.layers]), range(101), 1, 1, marked=False))
    description = "; ".join(f"{line.label}: {line.x[0]:.0f} to {line.x[-1]:.0f} layers" for line in series) + "."
    with charts.chart("Layers", description, x="layers", y="networks up to this, %", height=300) as drawn:
        charts.lines(drawn, series)
        drawn.axes.grid(visible=True, axis="x")
    return drawn.svg


def times(table: Table) -> Html:
    """How long the trainings of NAS-Bench-101 took."""
    minutes = (table.training_s / 60).tolist()
    description = f"{len(minutes)} networks, {min(minutes):.0f} to {max(minutes):.0f} min."
    title, x = f"{NAME}: training time", "min for 108 epochs"
    with charts.chart(title, description, x=x, y="networks", height=300) as drawn:
        charts.histogram(drawn, minutes, bins=40, colour=1)
        drawn.axes.set_xlim(left=0)
    return drawn.svg


def layers_against_time(table: Table) -> Html:
    """Layers of NAS-Bench-101's networks against the time of their training, for it has no energies."""
    step = max(1, len(table) // _SHOWN)
    x, y = table.layers[::step].tolist(), (table.training_s[::step] / 60).tolist()
    description = f"{len(x)} of {len(table)} networks."
    title = f"{NAME}: layers against training time"
    with charts.chart(title, description, x="layers", y="min for 108 epochs", height=300) as drawn:
        charts.scatter(drawn, [charts.Line(NAME, x, y, 1)])
    return drawn.svg


def _relative(label: str, values: list[float], number: int) -> charts.Line:
    middle = median(values)
    relative = percentiles([value / middle for value in values])
    return charts.Line(label, relative, range(101), number, number, marked=False)


def _mark_chance(drawn: charts.Chart, chance: float | None) -> None:
    if chance:
        drawn.axes.axvline(chance * 100, color=charts.QUIET, linewidth=1.2, linestyle=(0, (4, 3)))
        drawn.axes.annotate("chance", (chance * 100, 1), xycoords=("data", "axes fraction"), xytext=(4, -4),
                            textcoords="offset points", va="top", color=charts.QUIET, fontsize=10)  # fmt: skip
