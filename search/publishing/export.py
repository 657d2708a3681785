"""A benchmark as files for others: tables with units in their columns, the networks, a card, checksums.

They hold all that a benchmark needs to go on elsewhere (`taking.py`). The same rows give the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cnngen.language import analyse, costs
from cnngen.runtime import record
from cnngen.search.benchmark.latency import latencies
from cnngen.search.benchmark.ledger import ENDS, Entry, Ledger
from cnngen.search.benchmark.making import SPECIFICATION, Benchmark
from cnngen.search.errors import SearchError
from cnngen.search.publishing.card import card
from cnngen.search.publishing.columns import NETWORKS, POWER
from cnngen.search.publishing.content import Content, Publisher
from cnngen.search.publishing.croissant import croissant
from cnngen.search.publishing.files import CARD, CROISSANT, SUMS, csv_of, parquet_of, sums
from cnngen.search.publishing.tables import Row, from_csv, to_csv, to_lines, to_parquet
from cnngen.search.publishing.taking import kept_power


@dataclass(frozen=True)
class Exported:
    """What an export came to: how many trials, of how many networks, and what could not be made."""

    trials: int
    networks: int
    notes: tuple[str, ...] = ()


def export(
    benchmark: Benchmark,
    ledger: Ledger,
    folder: Path,
    *,
    compact: bool = False,
    artefacts: bool = True,
    publisher: Publisher | None = None,
    told: Callable[[int, int], None] = lambda number, of: None,
) -> Exported:
    """Write the trials that have ended so far.

    `compact`: the CSV tables, networks and cards alone, of which a version control keeps differences; otherwise each
    table as Parquet too and, with `artefacts`, an archive of every network's files, whose progress `told` hears.
    Raises SearchError.
    """
    entries = sorted(ledger.entries(*ENDS), key=lambda entry: entry.trial.id)
    trials, epochs = rows_of(entries)
    content = Content(
        benchmark.specification,
        benchmark.images,
        trials=trials,
        epochs=epochs,
        power=[row for entry in entries for row in _power(benchmark, entry)],
        networks=[_network(benchmark, network) for network in sorted({entry.trial.network for entry in entries})],
        publisher=publisher or Publisher(),
        latencies=latencies(benchmark),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _write(benchmark, content, folder, compact, artefacts and not compact, told)
    except OSError as error:
        raise SearchError(f"The export cannot be written to {folder}: {error.strerror or error}.") from error


def rows_of(entries: Iterable[Entry]) -> tuple[list[Row], list[Row]]:
    """The rows of trials that have ended, and those of their epochs."""
    ended = list(entries)
    return [_trial(entry) for entry in ended], [{"id": e.trial.id, **row} for e in ended for row in e.epochs]


def _write(
    benchmark: Benchmark,
    content: Content,
    folder: Path,
    compact: bool,
    artefacts: bool,
    told: Callable[[int, int], None],
) -> Exported:
    files: dict[str, bytes] = {SPECIFICATION: (benchmark.folder / SPECIFICATION).read_bytes()}
    for table, rows in content.tables():
        text = to_lines(table, rows) if table is NETWORKS else to_csv(table, rows)
        files[csv_of(table)] = text.encode()
        if not compact:
            files[parquet_of(table)] = to_parquet(table, rows)
    notes: tuple[str, ...] = ()
    archived: list[str] = []
    if artefacts:
        from cnngen.search.publishing.artefacts import ARCHIVE, write_archive

        hashes = [str(row["hash"]) for row in content.networks]
        notes = write_archive(benchmark, hashes, folder / ARCHIVE, lambda number: told(number, len(hashes)))
        archived = [ARCHIVE]
    digests = {name: hashlib.sha256(made).hexdigest() for name, made in files.items()}
    digests |= {name: _digest(folder / name) for name in archived}
    files[CARD] = card(content, sorted(digests)).encode()
    files[CROISSANT] = croissant(content, digests).encode()
    digests |= {name: hashlib.sha256(files[name]).hexdigest() for name in (CARD, CROISSANT)}
    # What an earlier export of another kind has left here is of other rows.
    for name in set(sums(folder)) - digests.keys():
        (folder / name).unlink(missing_ok=True)
    for name, made in files.items():
        record.write_bytes(folder / name, made)
    record.write_text(folder / SUMS, "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)))
    return Exported(len(content.trials), len(content.networks), notes)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _trial(entry: Entry) -> Row:
    trial = entry.trial
    own = {"id": trial.id, "role": trial.role, "network_hash": trial.network, "seed": trial.seed}
    return {**(entry.result or {}), **own, "state": entry.state, "attempt": entry.attempt}


def _network(benchmark: Benchmark, network: str) -> Row:
    """A network's row; what it costs is the language's own count."""
    program = benchmark.program(network)
    found = analyse(program, dataset=benchmark.images.dataset).network
    totals = found.totals
    return {
        "hash": network,
        "layers": totals.layers,
        "depth": costs(found).longest_path,
        "parameters": totals.params,
        "macs": totals.macs,
        "activation_bytes": totals.activation_bytes,
        "program": program,
    }


def _power(benchmark: Benchmark, entry: Entry) -> Iterator[Row]:
    """The readings of a trial's power, as its folder has them or as another machine's export had; none without both."""
    path = benchmark.trials / entry.trial.id / record.POWER
    if not path.exists():
        path = kept_power(benchmark, entry.trial.id)
    if not path.exists():
        return
    try:
        readings = from_csv(POWER, path)
    except (ValueError, csv.Error) as error:
        raise SearchError(f"{path} is no trace of power: {error}; remove it to export without.") from error
    for row in readings:
        memory = row["memory_mib"] if "memory_mib" in row else row.get("rss_mb")
        yield {**row, "id": entry.trial.id, "memory_mib": float(memory) if memory is not None else None}
