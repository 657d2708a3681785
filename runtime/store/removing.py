"""Taking a run away, with all its files."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress

from cnngen.runtime import record
from cnngen.runtime.lock import FileLock
from cnngen.runtime.store.rows import RunRow
from cnngen.runtime.store.store import RunStore


class CannotRemove(Exception):
    """The run stays; the message is one sentence."""


def remove(store: RunStore, row: RunRow) -> None:
    """Remove the folder of a run. Raises CannotRemove for one that goes on, and for what is no run of this store."""
    folder = row.path
    if folder.parent != store.runs_dir or folder.is_symlink() or not (folder / record.RESULT).is_file():
        raise CannotRemove(f"{folder} is no run's folder in {store.runs_dir}; remove it by hand if that is meant.")
    if row.living:
        raise CannotRemove(f"{row.id} goes on: stop it first (cnngen runs stop {row.id}).")
    # No worker can begin here while this has its lock. Hidden as a whole first, so that no half of a run is left.
    lock = FileLock(folder / record.WORKER_LOCK)
    hidden = folder.with_name(f".{folder.name}.removed")
    try:
        with suppress(PermissionError):
            if not lock.take({"pid": os.getpid(), "state": "removing"}):
                raise CannotRemove(f"{row.id} goes on: stop it first (cnngen runs stop {row.id}).")
        if os.name == "nt":
            lock.release()  # Windows renames no folder with an open file in it.
        folder.rename(hidden)
        lock.release()
        shutil.rmtree(hidden)
    except OSError as error:
        raise CannotRemove(f"{row.id} cannot be removed: {error.strerror or error}.") from error
    finally:
        lock.release()
