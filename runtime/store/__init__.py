"""The run store: all runs of a folder as rows, read from the runs' records and remembered in an index."""

from __future__ import annotations

from cnngen.runtime.store.finding import NoSuchRun, find
from cnngen.runtime.store.groups import GroupRow
from cnngen.runtime.store.removing import CannotRemove, remove
from cnngen.runtime.store.rows import LIVING, STATUSES, UNREADABLE, RunRow, text_digest
from cnngen.runtime.store.store import RunStore

__all__ = [
    "LIVING",
    "STATUSES",
    "UNREADABLE",
    "CannotRemove",
    "GroupRow",
    "NoSuchRun",
    "RunRow",
    "RunStore",
    "find",
    "remove",
    "text_digest",
]
