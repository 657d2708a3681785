"""The files of an export: their names, and their checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cnngen.search.errors import SearchError
from cnngen.search.publishing.columns import NETWORKS, Table

CARD = "README.md"
CROISSANT = "croissant.json"
SUMS = "SHA256SUMS"


def csv_of(table: Table) -> str:
    """The name of a table's file as text: CSV, but JSON lines for the networks, whose programs have many lines."""
    return f"{table.name}.{'jsonl' if table is NETWORKS else 'csv'}"


def parquet_of(table: Table) -> str:
    """The name of a table's file as Parquet."""
    return f"{table.name}.parquet"


def sums(folder: Path) -> dict[str, str]:
    """The checksums in a folder, by name; none where there are none. Names that lead elsewhere are left out."""
    found: dict[str, str] = {}
    with suppress(FileNotFoundError):
        for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
            digest, _, name = line.partition("  ")
            if name and Path(name).name == name:
                found[name] = digest
    return found


def check(folder: Path, names: Iterable[str] | None = None) -> None:
    """Compare files with their checksums, all of them or those of some names. Raises SearchError."""
    try:
        wanted = sums(folder)
        if not wanted:
            raise SearchError(f"{folder} is no export of a benchmark: it has no {SUMS}.")
        for name in wanted if names is None else names:
            if name not in wanted:
                raise SearchError(f"{folder} is no whole export: {SUMS} has no {name}; get it again.")
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != wanted[name]:
                raise SearchError(f"{folder / name} is not what was exported: its checksum differs; get it again.")
    except OSError as error:
        raise SearchError(f"{error.filename or folder} cannot be read: {error.strerror or error}.") from error
