"""The run store: all runs of a folder as rows, read from the runs' records and remembered in an index."""

from __future__ import annotations

from cnngen.runtime.store.rows import LIVING, UNREADABLE, RunRow, text_digest
from cnngen.runtime.store.store import RunStore

__all__ = ["LIVING", "UNREADABLE", "RunRow", "RunStore", "text_digest"]
