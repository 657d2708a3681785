"""The power trace of a run, with no more points than a picture can show."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

#: A longer trace is thinned to so many points at most.
MOST_POINTS = 2_000

_WATTS = ("cpu_w", "gpu_w", "ram_w")

Point = dict[str, Any]


def power(path: Path) -> tuple[list[Point], int | None]:
    """The points of `power.csv`, and their number before where they were thinned.

    Neighbours are joined to their mean, weighted by time, so the energy under the curve stays what it was. `time_s` is
    the end of a point's interval, counted from the beginning of the run.
    """
    points = _points(path)
    if len(points) <= MOST_POINTS:
        return points, None
    size = -(-len(points) // MOST_POINTS)
    joined = [_joined(list(group)) for group in _groups(points, size)]
    return joined, len(points)


def _groups(points: list[Point], size: int) -> Iterable[Iterable[Point]]:
    numbers = itertools.count()
    for _, group in itertools.groupby(points, lambda _: next(numbers) // size):
        yield group


def _joined(points: list[Point]) -> Point:
    seconds = sum(point["interval_s"] for point in points)
    longest = max(points, key=lambda point: point["interval_s"])
    watts = {
        key: sum(point[key] * point["interval_s"] for point in points) / seconds if seconds else longest[key]
        for key in _WATTS
    }
    return {**longest, "time_s": points[-1]["time_s"], "interval_s": seconds, **watts}


def _points(path: Path) -> list[Point]:
    """The lines that are whole: the last one may be cut off where a run was killed."""
    points: list[Point] = []
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            for row in csv.DictReader(file):
                try:
                    points.append(
                        {
                            "time_s": float(row["time_s"]),
                            "interval_s": float(row["interval_s"]),
                            "phase": row["phase"],
                            "epoch": int(row["epoch"]) if row["epoch"] else None,
                            **{key: float(row[f"power_{key}"]) for key in _WATTS},
                        }
                    )
                except (KeyError, TypeError, ValueError):
                    continue
    except (OSError, csv.Error):
        return points
    return points
