"""Which charts a report shows, drawn from overviews. Only who draws imports this module, for it needs matplotlib."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from cnngen.runtime.report.charts import QUIET, WIDE, Chart, Line, Part, chart, lines, stacked_bars, stacked_steps
from cnngen.runtime.report.html import Html
from cnngen.runtime.wording import significant

Overview = dict[str, Any]

_COMPONENTS = (("cpu", "CPU"), ("gpu", "GPU"), ("ram", "RAM"))

#: The phases that take turns are shown as one stretch of time.
_TOGETHER = {"train": "training", "validate": "training", "evaluate": "test", "import": "starting"}

#: A stretch gets its name where it takes at least this share of the width for each letter.
_LETTER = 0.0095

#: A pause between two readings that is shown as such, in seconds.
_PAUSE = 0.5


def learning_curves(told: Overview) -> list[Html]:
    """Accuracy and loss over the epochs; nothing where there are no two epochs to join."""
    kinds = (("accuracy", "Accuracy", "%", 100.0), ("loss", "Loss", "", 1.0))
    return [svg for key, title, unit, scale in kinds if (svg := _curve(told["history"], key, title, unit, scale))]


def _curve(history: Sequence[dict[str, Any]], key: str, title: str, unit: str, scale: float) -> Html | None:
    series = []
    for number, (name, label) in enumerate(((key, "training"), (f"val_{key}", "validation"))):
        rows = [row for row in history if row[name] is not None]
        if len(rows) > 1:
            epochs = [float(row["epoch"]) for row in rows]
            series.append(Line(label, epochs, [scale * row[name] for row in rows], number, number))
    if not series:
        return None
    last = ", ".join(f"{line.label} {line.y[-1]:.4g}{unit and ' ' + unit}" for line in series)
    description = f"{title} over {len(series[0].x)} epochs; at the end {last}."
    with chart(title, description, x="epoch", y=unit) as drawn:
        lines(drawn, series, whole=True)
        if unit == "%":
            drawn.axes.set_ylim(top=min(100.5, drawn.axes.get_ylim()[1]))
    return drawn.svg


def energy_by_phase(told: Overview) -> Html | None:
    """Energy of each phase, by component."""
    phases = told["phases"]
    if not any(row["total_wh"] for row in phases):
        return None
    unit, scale = energy_unit(max(row["total_wh"] for row in phases))
    parts = [
        Part(label, [row[f"{name}_wh"] / scale for row in phases], number)
        for number, (name, label) in enumerate(_COMPONENTS)
        if any(row[f"{name}_wh"] for row in phases)
    ]
    largest = max(phases, key=lambda row: float(row["total_wh"]))
    description = (
        f"Energy of {len(phases)} phases; most went into the phase {largest['phase']}, {largest['total_text']}."
    )
    height = 96 + 30 * len(phases)
    with chart("Energy by phase", description, x=unit, width=WIDE, height=height) as drawn:
        stacked_bars(drawn, [row["phase"] for row in phases], parts, [row["total_text"] for row in phases])
    return drawn.svg


def energy_unit(largest_wh: float) -> tuple[str, float]:
    """The unit for energies up to so many watt-hours, and how many watt-hours it is."""
    units = (("kWh", 1e3), ("Wh", 1.0), ("mWh", 1e-3))
    return next(((unit, scale) for unit, scale in units if largest_wh >= scale), ("µWh", 1e-6))


def power_trace(told: Overview) -> Html | None:
    """Power over time, by component, with the phases marked."""
    points = told["power"]
    if len(points) < 2:
        return None
    edges, numbers = _edges(points)
    nothing = float("nan")
    parts = [
        Part(label, [nothing if at is None else points[at][f"{name}_w"] for at in numbers], number)
        for number, (name, label) in enumerate(_COMPONENTS)
        if any(point[f"{name}_w"] for point in points)
    ]
    highest = max(sum(point[f"{name}_w"] for name, _ in _COMPONENTS) for point in points)
    description = f"{len(points)} readings over {edges[-1]:.0f} s; at most {significant(highest, 2)} W together."
    with chart("Power over time", description, x="seconds since the run began", y="W", width=WIDE) as drawn:
        stacked_steps(drawn, edges, parts)
        drawn.axes.set_ylim(top=1.22 * highest)
        _mark_phases(drawn, points, edges[-1] - edges[0])
    return drawn.svg


def _edges(points: Sequence[dict[str, Any]]) -> tuple[list[float], list[int | None]]:
    """The ends of the intervals, and which reading lies between each and the next: None in a pause."""
    edges = [points[0]["time_s"] - points[0]["interval_s"]]
    numbers: list[int | None] = []
    for number, point in enumerate(points):
        begins = point["time_s"] - point["interval_s"]
        if begins - edges[-1] > _PAUSE:
            edges.append(begins)
            numbers.append(None)
        if point["time_s"] > edges[-1]:
            edges.append(point["time_s"])
            numbers.append(number)
    return edges, numbers


def _mark_phases(drawn: Chart, points: Sequence[dict[str, Any]], width: float) -> None:
    top = drawn.axes.get_ylim()[1]
    stretches = itertools.groupby(points, lambda point: str(_TOGETHER.get(point["phase"], point["phase"])))
    for number, (name, group) in enumerate(stretches):
        inside = list(group)
        begin, end = inside[0]["time_s"] - inside[0]["interval_s"], inside[-1]["time_s"]
        if number:
            drawn.axes.axvline(begin, color=QUIET, linewidth=0.8, linestyle=(0, (2, 2)))
        if (end - begin) / width >= _LETTER * (len(name) + 2):
            drawn.axes.text((begin + end) / 2, 0.985 * top, name, ha="center", va="top", color=QUIET, fontsize=11)


def overlaid_curves(groups: Sequence[tuple[str, Sequence[Overview]]]) -> list[Html]:
    """Validation accuracy, or where there is none training accuracy, and loss of several runs over one another."""
    drawn = []
    for key, title, unit, scale in (("accuracy", "Accuracy", "%", 100.0), ("loss", "Loss", "", 1.0)):
        validated = any(row[f"val_{key}"] is not None for _, runs in groups for run in runs for row in run["history"])
        name, of = (f"val_{key}", "Validation " + title.lower()) if validated else (key, f"Training {title.lower()}")
        series = list(_overlaid(groups, name, scale))
        if series:
            description = f"{of} of {len(series)} runs over the epochs."
            with chart(of, description, x="epoch", y=unit, height=320) as picture:
                lines(picture, series, whole=True)
                _legend_below(picture, len(groups))
            drawn.append(picture.svg)
    return drawn


def _overlaid(groups: Sequence[tuple[str, Sequence[Overview]]], name: str, scale: float) -> Iterator[Line]:
    for number, (label, runs) in enumerate(groups):
        for repeat, run in enumerate(runs):
            rows = [row for row in run["history"] if row[name] is not None]
            if len(rows) > 1:
                # A leading underscore keeps the repeats out of the legend.
                shown = label if not repeat else "_"
                epochs = [float(row["epoch"]) for row in rows]
                yield Line(shown, epochs, [scale * row[name] for row in rows], number, number // 8, marked=not repeat)


def _legend_below(picture: Chart, count: int) -> None:
    if count > 1:
        picture.axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=1 if count < 4 else 2)
    elif picture.axes.get_legend():
        picture.axes.get_legend().remove()  # type: ignore[union-attr]


def energy_of_groups(rows: Sequence[tuple[str, dict[str, float], tuple[float, float] | None, str]]) -> Html | None:
    """Training energy of several groups of runs, by component, with the interval of each that has one.

    Each row is (label, watt-hours of cpu, gpu and ram, interval in watt-hours, text of the total).
    """
    largest = max((sum(wh.values()) for _, wh, _, _ in rows), default=0.0)
    if not largest:
        return None
    unit, scale = energy_unit(largest)
    parts = [
        Part(label, [wh[name] / scale for _, wh, _, _ in rows], number)
        for number, (name, label) in enumerate(_COMPONENTS)
        if any(wh[name] for _, wh, _, _ in rows)
    ]
    description = "; ".join(f"{label} {text}" for label, _, _, text in rows) + "."
    height = 96 + 34 * len(rows)
    with chart("Training energy", description, x=unit, width=WIDE, height=height) as drawn:
        stacked_bars(drawn, [label for label, *_ in rows], parts, [text for *_, text in rows])
        for number, (_, _wh, interval, _) in enumerate(rows):
            if interval:
                low, high = (end / scale for end in interval)
                drawn.axes.plot([low, high], [number + 0.42] * 2, color=QUIET, linewidth=1.6, marker="|", markersize=7)
        highest = max(interval[1] if interval else sum(wh.values()) for _, wh, interval, _ in rows)
        drawn.axes.set_xlim(right=1.14 * max(highest, largest) / scale)
    return drawn.svg
