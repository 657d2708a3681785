"""Runs by what they asked for: repetitions together, under names that tell the groups apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from cnngen.runtime.group import spread
from cnngen.runtime.overview.surroundings import DIGEST
from cnngen.runtime.sources import Shares, weakest
from cnngen.runtime.wording import SOURCES

Overview = dict[str, Any]

#: The settings that tell one group from another of the same program.
SETTINGS = ("Data set", "Optimizer", "Learning rate", "Batch size", "Epochs", "XLA (jit_compile)",
             "Trained on", "Processor")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """The runs that asked for the same, under one name."""

    label: str
    runs: tuple[Overview, ...]

    def spread(self, key: str) -> dict[str, Any] | None:
        """A figure over the runs, as `runtime.group.spread` tells it; None when one of them does not have it."""
        values = [found for run in self.runs if (found := value(run, key)) is not None]
        return spread(values) if values and len(values) == len(self.runs) else None

    def source(self, key: str) -> str | None:
        """The weakest source of a figure among the runs."""
        shares = self.shares(key)
        return weakest(shares) if shares else None

    def shares(self, key: str) -> Shares:
        """Which share of an energy is measured, modelled, constant, in the mean of the runs."""
        told = [figure["shares"] for run in self.runs if (figure := _figure(run, key)) and figure["shares"]]
        means = {name: fmean(each.get(name, 0.0) for each in told) for name in SOURCES if told}
        return {name: share for name, share in means.items() if share > 0}


def grouped(runs: Iterable[Overview]) -> list[Group]:
    """The runs by their request, in the order in which the first of each comes, with names that tell them apart."""
    together: dict[str, list[Overview]] = {}
    for run in runs:
        together.setdefault(run["request"], []).append(run)
    found = [tuple(sorted(members, key=lambda run: run["began_utc"] or "")) for members in together.values()]
    names = [members[0]["name"] for members in found]
    alike = {name: [members[0] for members in found if members[0]["name"] == name] for name in names}
    return [Group(_label(members[0], alike[members[0]["name"]]), members) for members in found]


def _label(run: Overview, alike: Sequence[Overview]) -> str:
    """The program's name, with what tells this group from others of that name."""
    if len(alike) == 1:
        return str(run["name"])
    own = settings(run)
    differing = [f"{key.lower()} {own[key]}" for key in own if len({settings(other).get(key) for other in alike}) > 1]
    if len({other["network_hash"] for other in alike}) > 1 or not differing:
        differing.insert(0, f"network {str(run['network_hash'])[:8]}")
    return f"{run['name']}, {', '.join(differing)}"


def images(run: Overview) -> str | None:
    """What tells a run's images from others: their digest, or the data set's name where they were never read."""
    rows = _rows(run)
    return rows.get(DIGEST) or rows.get("Data set")


def settings(run: Overview) -> dict[str, str]:
    """The settings by which requests differ. A data set is named with its digest, since a path may hold another."""
    rows = _rows(run)
    if "Data set" in rows and DIGEST in rows:
        rows["Data set"] += f" ({rows[DIGEST][:8]})"
    return {label: rows[label] for label in SETTINGS if label in rows}


def _rows(run: Overview) -> dict[str, str]:
    return {row["label"]: row["text"] for group in run["surroundings"] for row in group["rows"]}


def _figure(run: Overview, key: str) -> dict[str, Any] | None:
    return next((figure for figure in run["figures"] if figure["key"] == key), None)


def value(run: Overview, key: str) -> float | None:
    """A headline figure of a run; None where it has none."""
    figure = _figure(run, key)
    return None if figure is None else figure["value"]
