"""Whether a run's worker is alive, told by the lock that it holds on a file in the run's folder."""

from __future__ import annotations

import time
from pathlib import Path

from cnngen.runtime import record
from cnngen.runtime.lock import is_held, note

#: The file that a worker holds locked for as long as it lives; its note has the worker's `pid`, `host` and `state`.
WORKER_LOCK = "worker.lock"

#: What the worker of a living run does: it waits for its turn, or it runs.
WAITING, RUNNING = "waiting", "running"

#: Seconds from a run's folder to its worker's lock, at most: a Python has to start, perhaps on a busy machine.
STARTUP = 120.0


def state(run_dir: Path) -> str | None:
    """`waiting` or `running` for a run whose record is unfinished, or None when its worker is dead.

    A run whose worker has not come up yet counts as waiting, for two minutes.
    """
    lock = run_dir / WORKER_LOCK
    if is_held(lock):
        return WAITING if note(lock).get("state") == WAITING else RUNNING
    if lock.exists():
        return None
    try:
        age = time.time() - (run_dir / record.RESULT).stat().st_mtime
    except OSError:
        return None
    return WAITING if age < STARTUP else None
