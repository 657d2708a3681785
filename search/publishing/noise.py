"""The noise floor: how far trainings of the same network differ.

Two kinds. *Repeats* are trained with other seeds, so they differ in first weights, split and order: no predictor can
tell networks apart that are closer than that. *References* are trained with the same seed, so what differs is the
machine. Standard deviations are pooled over the networks: the root of the mean of their variances, weighted by
their degrees of freedom (each network's number of trainings less one).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

#: What is compared, and whether deviations are told relative to the network's own mean, for sizes differ by far.
MEASURES: dict[str, bool] = {
    "test_accuracy": False,
    "training_energy_total_kwh": True,
    "training_energy_cpu_kwh": True,
    "training_cpu_time_s": True,
    "training_duration_s": True,
}


#: The same of latencies, relative all of them.
LATENCIES = ("batch_1_cpu_p50_ms", "batch_128_cpu_p50_ms", "batch_1_wall_p50_ms", "batch_128_wall_p50_ms")


@dataclass(frozen=True)
class Group:
    """One network that was trained several times on one class of hosts: the values of each measure."""

    network_hash: str
    host_class: str | None
    values: dict[str, list[float]]

    @property
    def trainings(self) -> int:
        """How often it was trained."""
        return len(self.values["test_accuracy"])


@dataclass(frozen=True)
class Deviation:
    """A pooled standard deviation; relative ones are shares of the mean."""

    measure: str
    relative: bool
    deviation: float
    networks: int
    trainings: int


def groups(rows: Iterable[dict[str, Any]], role: str) -> list[Group]:
    """Networks that were trained more than once to their end; `role` is "repeat" or "reference".

    A repeat's group holds the network's first training too, which is of the role "network".
    """
    wanted = {"repeat": ("network", "repeat"), "reference": ("reference",)}[role]
    found: dict[tuple[str, str | None], dict[str, list[float]]] = {}
    for row in rows:
        if row["state"] == "done" and row["role"] in wanted and row.get("test_accuracy") is not None:
            values = found.setdefault((row["network_hash"], row.get("host_class")), {key: [] for key in MEASURES})
            for key in MEASURES:
                if row.get(key) is not None:
                    values[key].append(float(row[key]))
    several = [Group(*key, values) for key, values in found.items() if len(values["test_accuracy"]) > 1]
    return sorted(several, key=lambda group: (group.network_hash, group.host_class or ""))


def deviations(found: Sequence[Group]) -> list[Deviation]:
    """The pooled standard deviation of each measure that there are repeats of."""
    told = []
    for measure, relative in MEASURES.items():
        samples = [group.values[measure] for group in found if len(group.values[measure]) > 1]
        if relative:
            samples = [[value / mean for value in values] for values in samples if (mean := _mean(values)) > 0]
        if samples:
            told.append(Deviation(measure, relative, pooled(samples), len(samples), sum(map(len, samples))))
    return told


def latencies(rows: Iterable[dict[str, Any]]) -> list[Deviation]:
    """The same of latencies, of networks that were measured more than once; nothing where none was."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["network_hash"], []).append(row)
    several = [each for each in found.values() if len(each) > 1]
    told = []
    for measure in LATENCIES if several else ():
        values = [[float(row[measure]) for row in each] for each in several]
        relative = [[value / _mean(each) for value in each] for each in values]
        told.append(Deviation(measure, True, pooled(relative), len(several), sum(map(len, several))))
    return told


def pooled(samples: Sequence[Sequence[float]]) -> float:
    """The pooled standard deviation of samples that each have a mean of their own and at least two values."""
    squares = math.fsum((value - mean) ** 2 for values in samples for mean in (_mean(values),) for value in values)
    return math.sqrt(squares / sum(len(values) - 1 for values in samples))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
