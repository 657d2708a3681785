"""The index: rows that were read before, in an SQLite file in the user's cache folder.

It is never the truth. It may be deleted, is made anew where it is corrupted, and where it cannot be used there is none.
It lies in the cache and not among the runs: these may be on a read-only or a network disk, where SQLite's locks fail.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cnngen.runtime.places import cache_folder
from cnngen.runtime.store.rows import RunRow

if TYPE_CHECKING:
    import sqlite3

#: Grows when a column comes, goes or changes its meaning: the other file is then no longer looked at.
_VERSION = 2

#: Seconds to wait for another process that writes.
_PATIENCE = 2.0

_COLUMNS = tuple(field.name for field in fields(RunRow) if field.name != "path")
#: In quotes, since a name may be a word of SQL's, such as "group".
_NAMES = ", ".join(f'"{name}"' for name in _COLUMNS)
_TIMES = ("began", "ended")

T = TypeVar("T")

#: Rows by run's id, each with the version of the record that it was read from.
Known = dict[str, tuple[str, RunRow]]


class Index:
    """The rows of all folders of runs on this machine. Every method works without the file too, and finds nothing."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or cache_folder() / f"runs-{_VERSION}.sqlite"

    def load(self, runs_dir: Path) -> Known:
        """The rows of a folder of runs."""

        def read(connection: sqlite3.Connection) -> Known:
            query = f"SELECT version, {_NAMES} FROM run WHERE directory = ?"
            return {cells[1]: _known(runs_dir, cells) for cells in connection.execute(query, [str(runs_dir)])}

        return self._use(read, {})

    def save(self, runs_dir: Path, changed: Known, gone: Iterable[str]) -> None:
        """Remember rows, and forget those of runs that are gone."""

        def write(connection: sqlite3.Connection) -> None:
            folder, places = str(runs_dir), ", ".join("?" * (2 + len(_COLUMNS)))
            connection.executemany("DELETE FROM run WHERE directory = ? AND id = ?", [(folder, each) for each in gone])
            rows = ((folder, version, *_cells(row)) for version, row in changed.values())
            connection.executemany(
                f"INSERT OR REPLACE INTO run (directory, version, {_NAMES}) VALUES ({places})",
                [row for row in rows if _storable(row)],
            )

        self._use(write, None)

    def _use(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What the work on the open index gives, in one transaction; `otherwise` where there can be no index."""
        try:
            import sqlite3
        except ImportError:  # a Python without it
            return otherwise
        try:
            with contextlib.closing(self._connect()) as connection, connection:
                return work(connection)
        except (OSError, UnicodeEncodeError):
            pass
        except (sqlite3.Error, ValueError, TypeError) as error:
            # Locked for long, or on a full or a read-only disk: it is left alone, for the folders have it all. Else it
            # is corrupted or somebody else's, and made anew at the next use.
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
            if not isinstance(error, sqlite3.OperationalError) or code == sqlite3.SQLITE_ERROR:
                self._delete()
        return otherwise

    def _connect(self) -> sqlite3.Connection:
        import sqlite3

        self._file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._file, timeout=_PATIENCE)
        try:
            # Readers and a writer at once; where the disk cannot do that, SQLite stays with its journal.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS run (directory, version, {_NAMES}, "
                "PRIMARY KEY (directory, id)) WITHOUT ROWID"
            )
        except BaseException:
            connection.close()
            raise
        return connection

    def _delete(self) -> None:
        for ending in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                self._file.with_name(self._file.name + ending).unlink()


def _known(runs_dir: Path, cells: tuple[Any, ...]) -> tuple[str, RunRow]:
    values = dict(zip(_COLUMNS, cells[1:], strict=True))
    for name in _TIMES:
        values[name] = values[name] and datetime.fromisoformat(values[name])
    return cells[0], RunRow(path=runs_dir / values["id"], **values)


def _cells(row: RunRow) -> list[Any]:
    values = (getattr(row, name) for name in _COLUMNS)
    return [value.isoformat() if isinstance(value, datetime) else value for value in values]


def _storable(cells: tuple[Any, ...]) -> bool:
    """Whether SQLite can keep the cells. Names of folders and figures in records can be anything."""
    try:
        "".join(cell for cell in cells if isinstance(cell, str)).encode()
    except UnicodeEncodeError:
        return False
    return all(abs(cell) < 1 << 63 for cell in cells if isinstance(cell, int))
