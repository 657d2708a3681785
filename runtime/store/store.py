"""All runs of a folder, newest first: what has not changed comes from memory or the index, the rest is read."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from cnngen.runtime import record
from cnngen.runtime.driving import closing, living
from cnngen.runtime.runs import is_folder_name, runs_of
from cnngen.runtime.store.groups import GroupRow, groups_of
from cnngen.runtime.store.index import Index, Known
from cnngen.runtime.store.rows import UNREADABLE, RunRow, read_row

_UNFINISHED = "unfinished"

#: A folder's time tells of a change only when it is older than this, in nanoseconds: clocks of disks are coarse.
_SETTLED_NS = 2_000_000_000


class RunStore:
    """The runs in one folder, which is the truth. May be shared by threads, and used by many processes at once."""

    def __init__(self, runs_dir: Path, index: Index | None = None) -> None:
        self.runs_dir = Path(os.path.abspath(runs_dir))  # noqa: PTH100 - follows no link, needs no folder
        self._index = index or Index()
        self._lock = threading.Lock()
        self._known: Known | None = None
        #: By program, the time of the folder when its runs were listed, and their folders, newest first.
        self._listed: dict[str, tuple[int, list[Path]]] = {}

    def runs(self, program: str | None = None) -> list[RunRow]:
        """All runs, or those of one program, the newest first; none where there is no such folder. Raises OSError."""
        with self._lock:
            folders = list(self._folders())
            rows, changed = [], {}
            known = self._remembered()
            for folder in folders:
                version, row = self._row(folder, known)
                if version and known.get(folder.name) != (version, row):
                    known[folder.name] = changed[folder.name] = version, row
                rows.append(row)
            gone = known.keys() - {row.id for row in rows if row.status != UNREADABLE}
            for name in gone:
                del known[name]
            if changed or gone:
                self._index.save(self.runs_dir, changed, gone)
        found = [_current(row) for row in rows if program is None or row.program == program]
        return sorted(found, key=lambda row: (row.began, row.id), reverse=True)

    def newest(self, program: str) -> Iterator[RunRow]:
        """The runs of one program as their folders are named, the newest first, each read when it is asked for.

        Nothing where the folder cannot be read.
        """
        with suppress(OSError):
            for folder in self._named(program):
                with self._lock:
                    known = self._remembered()
                    version, row = known[folder.name] = self._row(folder, known)
                if version:
                    yield _current(row)

    def groups(self) -> list[GroupRow]:
        """The groups of repeated runs, the newest first; none where there is no such folder. Raises OSError."""
        return groups_of(self.runs_dir)

    def row(self, folder: Path) -> RunRow:
        """The row of one run as it is now, wherever its folder is."""
        return _current(read_row(folder))

    def _folders(self) -> Iterator[Path]:
        """The folders that are runs: those that hold a record, and those that are named as runs are."""
        try:
            entries = os.scandir(self.runs_dir)
        except FileNotFoundError:
            return
        with entries:
            for entry in entries:
                folder = self.runs_dir / entry.name
                if entry.is_dir() and (is_folder_name(entry.name) or (folder / record.RESULT).exists()):
                    yield folder

    def _named(self, program: str) -> list[Path]:
        changed = self.runs_dir.stat().st_mtime_ns
        known = self._listed.get(program)
        if known is None or known[0] != changed:
            listed = [run.path for run in runs_of(program, self.runs_dir)]
            if time.time_ns() - changed < _SETTLED_NS:
                return listed
            known = self._listed[program] = changed, listed
        return known[1]

    def _remembered(self) -> Known:
        if self._known is None:
            self._known = self._index.load(self.runs_dir)
        return self._known

    def _row(self, folder: Path, known: Known) -> tuple[str, RunRow]:
        """The row of a folder and the version of its record, "" when that cannot be told."""
        try:
            found = (folder / record.RESULT).stat()
        except OSError:
            return "", read_row(folder)
        version = f"{found.st_ino} {found.st_mtime_ns} {found.st_size}"
        before = known.get(folder.name)
        return before if before and before[0] == version else (version, read_row(folder))


def _current(row: RunRow) -> RunRow:
    """The row with what no record can tell: whether the worker of an unfinished run is alive.

    The record of a run whose worker has died is closed, by whoever looks next.
    """
    if row.status != _UNFINISHED:
        return row
    if state := living.state(row.path):
        return replace(row, status=state)
    closing.close(row.path)
    return read_row(row.path)
