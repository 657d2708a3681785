"""What a report says in figures: how far accuracies spread, which energy is to be compared, who is on the front."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from cnngen.search.diversity.figures import percentiles

Row = dict[str, Any]

#: Where the bulk of the 1,300 networks of the CNNGen paper lies, trained 36 epochs on CIFAR-10 (its figure 1), and
#: the accuracy of guessing there.
PAPERS_BULK, PAPERS_CHANCE = (0.40, 0.68), 0.1

#: The percentiles that a spread is told by.
SHOWN = (0, 5, 25, 50, 75, 95, 100)

_PARTS = {"cpu": "processor", "gpu": "GPU", "ram": "memory"}


@dataclass(frozen=True)
class Energy:
    """Which energy of training is compared: its parts, as in the columns' names, what it is called, and why."""

    parts: tuple[str, ...]
    label: str
    why: str = ""

    def wh(self, row: Row) -> float | None:
        """Of one trial, in watt-hours; None where it has none."""
        if self.parts == tuple(_PARTS):
            total = row.get("training_energy_total_kwh")
            return None if total is None else float(total) * 1000.0
        values = [row.get(f"training_energy_{part}_kwh") for part in self.parts]
        return None if None in values else sum(float(value) for value in values if value is not None) * 1000.0


TOTAL = Energy(tuple(_PARTS), "energy of training")

#: Where a constant is so much of the total, the total says how long a training took and little else.
_MOST = 0.5


def compared_energy(rows: Sequence[Row]) -> Energy:
    """The total, but for what is a constant times the duration where that would be most of it."""
    constant = {part for part in _PARTS if any(row.get(f"energy_{part}_source") == "constant" for row in rows)}
    total = sum(TOTAL.wh(row) or 0.0 for row in rows)
    share = sum((row.get(f"training_energy_{part}_kwh") or 0.0) * 1000.0 for row in rows for part in constant)
    absent = {part for part in _PARTS if all(row.get(f"energy_{part}_source") == "absent" for row in rows)}
    left = tuple(part for part in _PARTS if part not in constant | absent)
    if not total or share / total <= _MOST or not left:
        return TOTAL
    names = " and ".join(_PARTS[part] for part in left)
    why = (
        f"Most of the total is that constant, so networks are compared by the energy of the {names}, and the total is "
        "shown beside it."
    )
    return Energy(left, f"energy of the {names}", why)


def shares(rows: Sequence[Row]) -> str | None:
    """Which share of all training's energy comes from where, as `RAM 71 % constant, CPU 29 % modelled`."""
    total = sum(row.get("training_energy_total_kwh") or 0.0 for row in rows)
    found: dict[tuple[str, str], float] = {}
    for row in rows:
        for part in _PARTS:
            if (energy := row.get(f"training_energy_{part}_kwh")) and (source := row.get(f"energy_{part}_source")):
                found[part, source] = found.get((part, source), 0.0) + energy
    if not total or not found:
        return None
    ordered = sorted(found.items(), key=lambda one: -one[1])
    return ", ".join(f"{part.upper()} {100 * energy / total:.0f} % {source}" for (part, source), energy in ordered)


@dataclass(frozen=True)
class Spread:
    """Percentiles of accuracies, 0 to 100, of so many networks."""

    networks: int
    percentiles: list[float]

    @property
    def width(self) -> float:
        """From the 5th to the 95th percentile."""
        return self.percentiles[95] - self.percentiles[5]


def spread(values: Iterable[float]) -> Spread | None:
    """How far values spread; None without any."""
    found = list(values)
    return Spread(len(found), percentiles(found)) if found else None


def front(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points (cost, value) that no other point beats: none costs less or as much and is worth more. By cost."""
    best: list[tuple[float, float]] = []
    for cost, value in sorted(points, key=lambda point: (point[0], -point[1])):
        if not best or value > best[-1][1]:
            best.append((cost, value))
    return best


def tau(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Kendall's tau-b; None for fewer than three points or where one of them never changes."""
    if len(x) < 3 or len(set(x)) < 2 or len(set(y)) < 2:
        return None
    from scipy.stats import kendalltau

    return float(kendalltau(x, y).statistic)


def failures(trials: Iterable[Row]) -> list[tuple[str, str, str, int]]:
    """State, stage and reason of the trials that came to no good end, with their numbers, most first."""
    found = Counter(
        (str(row["state"]), str(row.get("stage") or "–"), str(row.get("reason") or "–"))
        for row in trials
        if row["state"] != "done"
    )
    return [(*key, number) for key, number in sorted(found.items(), key=lambda item: (-item[1], item[0]))]


@dataclass(frozen=True)
class Drift:
    """The reference over time: hours since its first training, and each measure relative to the median of all."""

    hours: list[float]
    relative: dict[str, list[float]]


def drift(trials: Iterable[Row]) -> Drift | None:
    """How the reference, the same training again and again, changed on the class of hosts that has most of it.

    None before it was trained twice.
    """
    from datetime import datetime

    found = [row for row in trials if row["role"] == "reference" and row["state"] == "done" and row.get("started_utc")]
    classes = Counter(str(row.get("host_class")) for row in found)
    if not classes:
        return None
    most = classes.most_common(1)[0][0]
    rows = sorted((row for row in found if str(row.get("host_class")) == most), key=lambda row: str(row["started_utc"]))
    if len(rows) < 2:
        return None
    times = [datetime.fromisoformat(str(row["started_utc"])) for row in rows]
    relative = {}
    for label, column in _DRIFTING.items():
        values = [float(row[column]) for row in rows if row.get(column) is not None]
        if len(values) == len(rows) and (middle := median(values)):
            relative[label] = [value / middle for value in values]
    return Drift([(time - times[0]).total_seconds() / 3600 for time in times], relative)


_DRIFTING = {
    "duration": "training_duration_s",
    "processor time": "training_cpu_time_s",
    "energy": "training_energy_total_kwh",
    "test accuracy": "test_accuracy",
}
