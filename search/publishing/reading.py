"""An export's text files, read with the standard library alone."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from cnngen.search.benchmark.making import SPECIFICATION
from cnngen.search.benchmark.specification import Specification, read_specification
from cnngen.search.errors import SearchError
from cnngen.search.publishing.columns import EPOCHS, NETWORKS, POWER, TRIALS, Table
from cnngen.search.publishing.files import check, csv_of, sums
from cnngen.search.publishing.tables import Row, from_csv, from_lines


@dataclass(frozen=True)
class Published:
    """The rows of an export, and what they were made from."""

    specification: Specification
    trials: list[Row]
    epochs: list[Row]
    power: list[Row]
    networks: list[Row]


def read_export(folder: Path) -> Published:
    """All rows of an export, whose checksums are compared. Raises SearchError."""
    listed = sums(folder)
    wanted = [csv_of(table) for table in (TRIALS, EPOCHS, NETWORKS)]
    power = csv_of(POWER)
    check(folder, [SPECIFICATION, *wanted, *([power] if power in listed else [])])
    return Published(
        read_specification(folder / SPECIFICATION),
        trials=_rows(folder, TRIALS),
        epochs=_rows(folder, EPOCHS),
        power=_rows(folder, POWER) if power in listed else [],  # exports had none before 22 November 2026
        networks=_rows(folder, NETWORKS),
    )


def _rows(folder: Path, table: Table) -> list[Row]:
    path = folder / csv_of(table)
    try:
        rows = from_lines(path) if table is NETWORKS else from_csv(table, path)
    except OSError as error:
        raise SearchError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, csv.Error) as error:
        raise SearchError(f"{path} is no table of {table.name}: {error}.") from error
    lacking = {"trials": "id", "epochs": "id", "power": "id", "networks": "hash"}[table.name]
    if any(row.get(lacking) is None for row in rows):
        raise SearchError(f"{path} is no table of {table.name}: a row has no {lacking}.")
    return rows
