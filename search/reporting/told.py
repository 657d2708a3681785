"""What a report is about: the rows of a benchmark's folder, which may still be running, or of an export."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnngen.language import analyse
from cnngen.search.benchmark.ledger import ENDS
from cnngen.search.benchmark.making import LEDGER, open_benchmark
from cnngen.search.benchmark.specification import Specification
from cnngen.search.errors import SearchError
from cnngen.search.publishing.export import rows_of
from cnngen.search.publishing.files import SUMS
from cnngen.search.publishing.reading import read_export

Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """Rows of trials and epochs; `classes` of the images (None: no trial has ended), and how many trials are to be made
    in all (None for an export, which does not say).
    """

    specification: Specification
    trials: list[Row]
    epochs: list[Row]
    classes: int | None
    total: int | None

    @property
    def networks(self) -> list[Row]:
        """Trainings of the networks themselves, to their end: without repeats, without the reference."""
        return [row for row in self.trials if row["role"] == "network" and row["state"] == "done"]

    @property
    def chance(self) -> float | None:
        """The accuracy of guessing."""
        return 1 / self.classes if self.classes else None

    def curves(self) -> dict[str, list[Row]]:
        """The epochs of each trial, in order."""
        found: dict[str, list[Row]] = {}
        for row in self.epochs:
            found.setdefault(row["id"], []).append(row)
        return {trial: sorted(rows, key=lambda row: int(row["epoch"])) for trial, rows in found.items()}


def told_of(folder: Path) -> Told:
    """What a folder holds. Raises SearchError when it is neither a benchmark nor an export of one."""
    if (folder / LEDGER).exists():
        opened = open_benchmark(folder)
        ledger = opened.ledger()
        try:
            entries = sorted(ledger.entries(*ENDS), key=lambda entry: entry.trial.id)  # as an export has them
            total = sum(ledger.counts().values())
        finally:
            ledger.close()
        trials, epochs = rows_of(entries)
        return Told(opened.specification, trials, epochs, opened.images.classes, total)
    if (folder / SUMS).exists():
        published = read_export(folder)
        classes = _classes(row["program"] for row in published.networks)
        return Told(published.specification, published.trials, published.epochs, classes, None)
    raise SearchError(f"{folder} is neither a benchmark nor an export of one; make one with: cnngen benchmark create.")


def _classes(programs: Iterable[str]) -> int | None:
    """The classes that the networks tell apart, all alike."""
    return next((analyse(program).network.classes for program in programs), None)
