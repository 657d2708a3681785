"""An export's text files, read with the standard library alone."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from cnngen.search.benchmark.making import SPECIFICATION
from cnngen.search.benchmark.specification import Specification, read_specification
from cnngen.search.errors import SearchError
from cnngen.search.publishing.columns import EPOCHS, LATENCIES, NETWORKS, POWER, TRIALS, Table
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
    latencies: list[Row]


def read_export(folder: Path) -> Published:
    """All rows of an export, whose checksums are compared. Raises SearchError."""
    listed = sums(folder)
    wanted = [csv_of(table) for table in (TRIALS, EPOCHS, NETWORKS)]
    # Exports had no power before 22 November 2026; latencies are there where they have been measured.
    there = {table.name: csv_of(table) for table in (POWER, LATENCIES) if csv_of(table) in listed}
    check(folder, [SPECIFICATION, *wanted, *there.values()])
    return Published(
        read_specification(folder / SPECIFICATION),
        trials=_rows(folder, TRIALS),
        epochs=_rows(folder, EPOCHS),
        power=_rows(folder, POWER) if POWER.name in there else [],
        networks=_rows(folder, NETWORKS),
        latencies=_rows(folder, LATENCIES) if LATENCIES.name in there else [],
    )


def _rows(folder: Path, table: Table) -> list[Row]:
    path = folder / csv_of(table)
    try:
        rows = from_lines(path) if table is NETWORKS else from_csv(table, path)
    except OSError as error:
        raise SearchError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, csv.Error) as error:
        raise SearchError(f"{path} is no table of {table.name}: {error}.") from error
    lacking = {"networks": "hash", "latencies": "network_hash"}.get(table.name, "id")
    if any(row.get(lacking) is None for row in rows):
        raise SearchError(f"{path} is no table of {table.name}: a row has no {lacking}.")
    return rows
