"""A benchmark as files for others: tables with units in their columns, the networks, a card, checksums.

They hold all that a benchmark needs to go on elsewhere: `take_over` reads them into a new one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.search.benchmark.ledger import ENDS, Entry, Ledger
from cnngen.search.benchmark.making import SPECIFICATION, Benchmark
from cnngen.search.benchmark.rows import EPOCHS, FIGURES
from cnngen.search.errors import SearchError

TRIALS_TABLE = "trials.csv"
EPOCHS_TABLE = "epochs.csv"
NETWORKS_FILE = "networks.jsonl"
CARD = "README.md"
SUMS = "SHA256SUMS"

_HEAD = ("id", "role", "network_hash", "seed", "state", "attempt")
_TAIL = ("train_accuracy", "validation_accuracy", "host", "host_class", "stage", "reason")
COLUMNS = (*_HEAD, *FIGURES, *_TAIL)
#: Columns that hold no numbers.
_WORDS = {"id", "role", "network_hash", "state", "device", "host", "host_class", "stage", "reason"} | {
    column for column in FIGURES if column.endswith(("_source", "_utc"))
}


def export(benchmark: Benchmark, ledger: Ledger, folder: Path) -> int:
    """Write the trials that have ended so far, and give their number. Raises SearchError."""
    entries = sorted(ledger.entries(*ENDS), key=lambda entry: entry.trial.id)
    used = sorted({entry.trial.network for entry in entries})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        texts = {
            SPECIFICATION: (benchmark.folder / SPECIFICATION).read_text(encoding="utf-8"),
            TRIALS_TABLE: _table(COLUMNS, (_row(entry) for entry in entries)),
            EPOCHS_TABLE: _table(("id", *EPOCHS), ({"id": e.trial.id, **row} for e in entries for row in e.epochs)),
            NETWORKS_FILE: "".join(_line(benchmark, network) for network in used),
        }
        texts[CARD] = _card(benchmark, entries, len(used))
        for name, text in texts.items():
            record.write_text(folder / name, text)
        sums = "".join(f"{hashlib.sha256(texts[name].encode()).hexdigest()}  {name}\n" for name in sorted(texts))
        record.write_text(folder / SUMS, sums)
    except OSError as error:
        raise SearchError(f"The export cannot be written to {folder}: {error.strerror or error}.") from error
    return len(entries)


def take_over(benchmark: Benchmark, ledger: Ledger, folder: Path) -> int:
    """Note the exported trials as done here, and give how many were new. Raises SearchError.

    Trials are told by their content, so rows of other networks, images or settings find no place and are refused.
    """
    check(folder)
    try:
        rows = _read(folder / TRIALS_TABLE)
        curves: dict[str, list[dict[str, Any]]] = {}
        for epoch in _read(folder / EPOCHS_TABLE):
            curves.setdefault(epoch.pop("id"), []).append(epoch)
    except (OSError, KeyError, ValueError, csv.Error) as error:
        raise SearchError(f"{folder} is no export: {error}.") from error
    known = {entry.trial.id: entry for entry in ledger.entries()}
    strange = [row["id"] for row in rows if row["id"] not in known]
    if strange:
        raise SearchError(
            f"{len(strange)} of {len(rows)} rows in {folder} are of other networks, images or settings than this "
            "benchmark: make it from the specification and the images that the export names."
        )
    new = 0
    for row in rows:
        entry = known[row["id"]]
        if entry.state in ENDS:
            continue
        result = {column: row.get(column) for column in (*FIGURES, *_TAIL)}
        ledger.end(entry.trial, row["state"], result, curves.get(entry.trial.id, []), row["attempt"])
        new += 1
    return new


def check(folder: Path) -> None:
    """Compare the files with their checksums. Raises SearchError."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        for line in lines:
            wanted, _, name = line.partition("  ")
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            if found != wanted:
                raise SearchError(f"{folder / name} is not what was exported: its checksum differs; get it again.")
    except OSError as error:
        raise SearchError(f"{folder} is no export: {error.strerror or error}.") from error


def _row(entry: Entry) -> dict[str, Any]:
    trial = entry.trial
    head = (trial.id, trial.role, trial.network, trial.seed, entry.state, entry.attempt)
    return {**dict(zip(_HEAD, head, strict=True)), **(entry.result or {})}


def _line(benchmark: Benchmark, network: str) -> str:
    return json.dumps({"hash": network, "program": benchmark.program(network)}) + "\n"


def _table(columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _read(path: Path) -> list[dict[str, Any]]:
    """A table's rows; numbers become numbers again, empty cells None."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: _value(key, text) for key, text in row.items()} for row in csv.DictReader(file)]


def _value(column: str, text: str | None) -> Any:
    if not text:
        return None
    if column in _WORDS:
        return text
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _card(benchmark: Benchmark, entries: list[Entry], networks: int) -> str:
    """What the set is, and what it is not."""
    spec, rows = benchmark.specification, [entry.result for entry in entries if entry.result]
    states: dict[str, int] = {}
    for entry in entries:
        states[entry.state] = states.get(entry.state, 0) + 1
    hosts = sorted({str(row.get("host_class")) for row in rows if row.get("host_class")})
    sources = sorted(
        {
            f"{part} {row[f'energy_{part}_source']}"
            for row in rows
            for part in ("cpu", "gpu", "ram")
            if row.get(f"energy_{part}_source")
        }
    )
    accuracies = sorted(row["test_accuracy"] for row in rows if row.get("test_accuracy") is not None)
    spread = f"{accuracies[0]:.3f} to {accuracies[-1]:.3f}" if accuracies else "none yet"
    height, width, channels = benchmark.images.shape
    training = spec.training
    counted = ", ".join(f"{number} {state}" for state, number in sorted(states.items())) or "none yet"
    lines = [
        f"# {spec.name}",
        f"{len(entries)} trainings of {networks} convolutional networks drawn by CNNGen: {counted}.",
        "",
        f"- **Images**: `{Path(spec.data.source).name}`, {height}x{width}x{channels}, {benchmark.images.classes} "
        "classes, "
        f"{spec.data.images or 'all'} of them. SHA-256 of pixels and labels: `{benchmark.images.sha256}`.",
        f"- **Training**: {training.epochs} epochs, batches of {training.batch_size}, {training.optimizer}, learning "
        f"rate {training.learning_rate:g}; everything is in `{SPECIFICATION}`.",
        f"- **Test accuracies**: {spread}.",
        f"- **Hardware**: {'; '.join(hosts) or 'unknown'}. Energies are comparable within one `host_class` only.",
        f"- **Sources of energy**: {', '.join(sources) or 'none'}. *Modelled* means the process's CPU time times a "
        "rated power, *constant* a guess from the memory's size: they compare networks on one machine, and may be off "
        "by 40 % as absolute figures. `training_others_cpu_share` tells how busy others kept the machine meanwhile.",
        "",
        "| file | what |",
        "| --- | --- |",
        f"| `{TRIALS_TABLE}` | a row for each training; the unit is in each column's name |",
        f"| `{EPOCHS_TABLE}` | learning curves, a row for each epoch; energies in kWh, times in s |",
        f"| `{NETWORKS_FILE}` | a line for each network: its hash, and its program with every hyper-parameter |",
        f"| `{SPECIFICATION}` | what was done; `cnngen benchmark create NEW {SPECIFICATION} --from FOLDER` goes on |",
        f"| `{SUMS}` | checksums |",
        "",
        "`role` is `network`, `repeat` (the same network with another seed: the noise floor) or `reference` (one "
        "network trained again and again, which shows drift). `state` is `done`, `failed` (with `stage` and `reason`), "
        "`timeout` or `memory`.",
    ]
    return "\n".join(lines) + "\n"
