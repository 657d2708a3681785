"""Several runs side by side, and which of their differences are more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngen.runtime.group import spread
from cnngen.runtime.overview import overview
from cnngen.runtime.store import RunRow, RunStore

#: A figure that is the same in every repetition: each difference counts.
_FIXED = ("parameters", "macs")

#: More repetitions than these would make a comparison slow to read, and no surer.
_MOST = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of all runs. `beyond` says of each whether it differs from the first by more than chance.

    None where that is not known, since one of the two was not repeated.
    """

    label: str
    texts: tuple[str, ...]
    beyond: tuple[bool | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The runs' figures, line by line, the number of repetitions that each run has, itself included, and notes."""

    lines: tuple[Line, ...]
    repeats: tuple[int, ...]
    notes: tuple[str, ...]


def compare(store: RunStore, rows: Sequence[RunRow]) -> Comparison:
    """Compare runs with the first of them. Raises OSError, and ValueError when a record cannot be read.

    Runs of the store that asked for the same as one of them are its repetitions; they tell its noise.
    """
    told = [overview(row.path) for row in rows]
    groups = _repetitions(store, told)
    figures = [{figure["key"]: figure for figure in each["figures"]} for each in told]
    keys = dict.fromkeys(key for each in figures for key in each)
    lines = tuple(_line(key, figures, groups) for key in keys)
    return Comparison(lines, tuple(len(group) for group in groups), tuple(_notes(rows, told, groups, lines)))


def _repetitions(store: RunStore, told: list[dict[str, Any]]) -> list[list[dict[str, float]]]:
    """For each run, the figures of all that are done and asked for the same."""
    wanted = {each["network_hash"] for each in told}
    overviews = {Path(each["directory"]): each for each in told}
    for row in [row for row in store.runs() if row.status == "done" and row.network_hash in wanted][:_MOST]:
        if row.path not in overviews:
            overviews[row.path] = overview(row.path)
    done = [each for each in overviews.values() if each["status"] == "done"]
    return [
        [_values(other) for other in done if other["request"] == each["request"]] or [_values(each)] for each in told
    ]


def _values(told: dict[str, Any]) -> dict[str, float]:
    return {figure["key"]: figure["value"] for figure in told["figures"] if figure["value"] is not None}


def _line(key: str, figures: list[dict[str, Any]], groups: list[list[dict[str, float]]]) -> Line:
    label = next(each[key]["label"] for each in figures if key in each)
    intervals = [_interval(key, group) for group in groups]
    values = [each[key]["value"] if key in each else None for each in figures]
    beyond = tuple(
        False if number == 0 or values[0] == value else True if key in _FIXED else _apart(intervals[0], found)
        for number, (found, value) in enumerate(zip(intervals, values, strict=True))
    )
    return Line(label, tuple(each[key]["text"] if key in each else "–" for each in figures), beyond)


def _interval(key: str, group: list[dict[str, float]]) -> tuple[float, float] | None:
    """The 95 % interval of a figure's mean over the repetitions; None of a single run."""
    values = [each[key] for each in group if key in each]
    if len(values) < 2:
        return None
    told = spread(values)
    return told["ci95_low"], told["ci95_high"]


def _apart(one: tuple[float, float] | None, other: tuple[float, float] | None) -> bool | None:
    """Whether two intervals have nothing in common; None where one is not known."""
    return None if one is None or other is None else one[1] < other[0] or other[1] < one[0]


def _notes(
    rows: Sequence[RunRow], told: list[dict[str, Any]], groups: list[list[dict[str, float]]], lines: Sequence[Line]
) -> list[str]:
    notes = []
    if any(mark for line in lines for mark in line.beyond):
        notes.append("* differs from the first run by more than its repetitions do among themselves.")
    if any(mark is None for line in lines for mark in line.beyond):
        single = [row.id for row, group in zip(rows, groups, strict=True) if len(group) == 1]
        notes.append(
            f"Not repeated: {', '.join(single)}. Whether a difference to a single run is chance is not known: "
            "train again with other seeds (--repeat)."
        )
    if len({each["request"] for each in told}) == 1:
        notes.append("All asked for the same: their differences are chance.")
    return notes
