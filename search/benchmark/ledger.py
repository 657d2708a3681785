"""The ledger of a benchmark: what became of each trial, in an SQLite file with one writer.

Every change is one transaction, on the disk before anything else is done, so a kill at any moment leaves the state
before it or behind it. A finished trial's row and learning curve are in it too: its folder may be thrown away.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cnngen.search.benchmark.trials import Trial
from cnngen.search.errors import SearchError

#: A trial waits, or runs, or has come to one of the ends.
State = Literal["queued", "running", "done", "failed", "timeout", "memory"]
ENDS: tuple[State, ...] = ("done", "failed", "timeout", "memory")

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS trials (
    id TEXT PRIMARY KEY,
    place INTEGER NOT NULL,
    role TEXT NOT NULL,
    network TEXT NOT NULL,
    seed INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued',
    attempt INTEGER NOT NULL DEFAULT 0,
    result TEXT,
    epochs TEXT
);
CREATE INDEX IF NOT EXISTS by_state ON trials (state, place);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A trial and what became of it: `result` is its row and `epochs` its learning curve, once it has ended."""

    trial: Trial
    place: int
    state: State
    attempt: int
    result: dict[str, Any] | None
    epochs: list[dict[str, Any]]


class Ledger:
    """An open ledger. Not to be shared by threads. Whoever changes it holds the benchmark's lock."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open the ledger. Raises SearchError when there is none."""
        if not create and not path.exists():
            raise SearchError(f"There is no benchmark in {path.parent}; make one with: cnngen benchmark create.")
        # Each statement is a transaction of its own, but where one is begun.
        self._base = sqlite3.connect(path, timeout=10.0, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        if create:
            self._base.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    # -- facts -------------------------------------------------------------------------------------------------

    def fact(self, name: str) -> str | None:
        """What was noted under a name."""
        row = self._base.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def note(self, name: str, value: str) -> None:
        """Note something about the benchmark."""
        self._base.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    # -- trials ------------------------------------------------------------------------------------------------

    def add(self, trials: Iterable[Trial]) -> int:
        """Add trials in their order, and give how many are new: those that are there already stay as they are."""
        with self._whole():
            before = self._base.total_changes
            (last,) = self._base.execute("SELECT COALESCE(MAX(place), -1) FROM trials").fetchone()
            self._base.executemany(
                "INSERT OR IGNORE INTO trials (id, place, role, network, seed) VALUES (?, ?, ?, ?, ?)",
                [
                    (trial.id, last + number, trial.role, trial.network, trial.seed)
                    for number, trial in enumerate(trials, 1)
                ],
            )
            return self._base.total_changes - before

    def take(self) -> Entry | None:
        """The next trial, which counts as running from now on; None when none is left."""
        with self._whole():
            row = self._base.execute("SELECT id FROM trials WHERE state = 'queued' ORDER BY place LIMIT 1").fetchone()
            if row is None:
                return None
            self._base.execute("UPDATE trials SET state = 'running', attempt = attempt + 1 WHERE id = ?", row)
        return self.entry(row[0])

    def put_back(self, trial: Trial, *, uncounted: bool = False) -> None:
        """Have a running trial wait again; `uncounted` when it was not its fault."""
        self._base.execute(
            "UPDATE trials SET state = 'queued', attempt = attempt - ? WHERE id = ? AND state = 'running'",
            (int(uncounted), trial.id),
        )

    def end(
        self,
        trial: Trial,
        state: State,
        result: dict[str, Any],
        epochs: Sequence[dict[str, Any]] = (),
        attempt: int | None = None,
    ) -> None:
        """Note what a trial came to, and at which attempt elsewhere; what has ended before stays as it is."""
        self._base.execute(
            "UPDATE trials SET state = ?, result = ?, epochs = ?, attempt = COALESCE(?, attempt) "
            "WHERE id = ? AND state IN ('queued', 'running')",
            (state, json.dumps(result), json.dumps(list(epochs)), attempt, trial.id),
        )

    def learn_class(self, host: str, host_class: str | None) -> str | None:
        """The class of a host, noted when it is told, also for its trials that had ended before it was known."""
        name = f"host_class:{host}"
        known = self.fact(name)
        if host_class and host_class != known:
            with self._whole():
                self.note(name, host_class)
                self._base.execute(
                    "UPDATE trials SET result = json_set(result, '$.host_class', ?) "
                    "WHERE json_extract(result, '$.host') = ? AND json_extract(result, '$.host_class') IS NULL",
                    (host_class, host),
                )
        return host_class or known

    def entry(self, trial_id: str) -> Entry:
        """One trial. Raises KeyError."""
        for entry in self._entries("WHERE id = ?", (trial_id,)):
            return entry
        raise KeyError(trial_id)

    def entries(self, *states: State) -> Iterator[Entry]:
        """All trials in their order, or those in some states."""
        marks = ", ".join("?" * len(states))
        return self._entries(f"WHERE state IN ({marks})" if states else "", states)

    def counts(self) -> dict[str, int]:
        """How many trials are in each state."""
        return dict(self._base.execute("SELECT state, COUNT(*) FROM trials GROUP BY state"))

    def _entries(self, where: str, values: Sequence[str]) -> Iterator[Entry]:
        rows = self._base.execute(
            f"SELECT id, place, role, network, seed, state, attempt, result, epochs FROM trials {where} ORDER BY place",
            tuple(values),
        )
        for trial_id, place, role, network, seed, state, attempt, result, epochs in rows.fetchall():
            yield Entry(
                Trial(trial_id, role, network, seed),
                place,
                state,
                attempt,
                json.loads(result) if result else None,
                json.loads(epochs) if epochs else [],
            )

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """All of it or nothing."""
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")
