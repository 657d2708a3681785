"""Going on from an export: what has been trained elsewhere need not be trained again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.search.benchmark.latency import keep, latencies
from cnngen.search.benchmark.ledger import ENDS, Ledger
from cnngen.search.benchmark.making import Benchmark
from cnngen.search.errors import SearchError
from cnngen.search.publishing.columns import EPOCHS, POWER, TRIALS
from cnngen.search.publishing.reading import read_export
from cnngen.search.publishing.tables import Row, to_csv

#: What the ledger has in columns of its own; the rest of a row is the trial's result.
_OWN = ("id", "role", "network_hash", "seed", "state", "attempt")

#: Where the power of trials lies that were trained elsewhere.
_POWER = "power"


def kept_power(benchmark: Benchmark, trial_id: str) -> Path:
    """Where the power of a trial lies that was trained elsewhere."""
    return benchmark.folder / _POWER / f"{trial_id}.csv"


def take_over(benchmark: Benchmark, ledger: Ledger, folder: Path) -> int:
    """Note the exported trials as done here, and give how many were new. Raises SearchError.

    Trials are told by their content, so rows of other networks, images or settings find no place and are refused.
    """
    published = read_export(folder)
    known = {entry.trial.id: entry for entry in ledger.entries()}
    strange = [row for row in published.trials if row["id"] not in known or row.get("state") not in ENDS]
    if strange:
        raise SearchError(
            f"{len(strange)} of {len(published.trials)} rows in {folder} are of other networks, images or settings "
            "than this benchmark: make it from the specification and the images that the export names."
        )
    measured = {(row["network_hash"], row["measurement"]) for row in latencies(benchmark)}
    keep(benchmark, [r for r in published.latencies if (r["network_hash"], r["measurement"]) not in measured])
    curves = _by_trial(published.epochs)
    power = _by_trial(published.power)
    new = 0
    for row in published.trials:
        entry = known[row["id"]]
        if entry.state in ENDS:
            continue
        if readings := power.get(row["id"]):
            _keep(kept_power(benchmark, row["id"]), readings)
        result = {column: row.get(column) for column in TRIALS.names if column not in _OWN}
        epochs = [{key: epoch.get(key) for key in EPOCHS.names[1:]} for epoch in curves.get(row["id"], [])]
        ledger.end(entry.trial, row["state"], result, epochs, row["attempt"])
        new += 1
    return new


def _by_trial(rows: list[Row]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append(row)
    return found


def _keep(path: Path, rows: list[Row]) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
        record.write_text(path, to_csv(POWER, rows))
    except OSError as error:
        raise SearchError(f"{path} cannot be written: {error.strerror or error}.") from error
