"""Whether a run's worker is alive, told by the lock that it holds on a file in the run's folder."""

from __future__ import annotations

import os
import platform
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.lock import FileLock, is_held, note

#: What the worker of a living run does: it waits for its turn, or it runs.
WAITING, RUNNING = "waiting", "running"

#: What it tells when it is through, well or not, and only writes down what came of it.
ENDING = "ending"

#: Seconds from a run's folder to its worker's lock, at most: a Python has to start, perhaps on a busy machine.
STARTUP = 120.0

#: Seconds that a claim waits for somebody who only looks whether the lock is held, or closes a record.
_PATIENCE = 3.0


def state(run_dir: Path) -> str | None:
    """`waiting` or `running` for a run whose record is unfinished, or None when its worker is dead.

    A run whose worker has not come up yet counts as waiting, for two minutes.
    """
    lock = run_dir / record.WORKER_LOCK
    if is_held(lock):
        return WAITING if note(lock).get("state") == WAITING else RUNNING
    if told := note(lock):
        if not (told.get("unlocked") and _exists(told)):
            return None
        return WAITING if told.get("state") == WAITING else RUNNING
    try:
        age = time.time() - (run_dir / record.RESULT).stat().st_mtime
    except OSError:
        return None
    return WAITING if age < STARTUP else None


def worker(run_dir: Path) -> int | None:
    """The process number of a run's worker, where that is alive and on this machine."""
    lock = run_dir / record.WORKER_LOCK
    told = note(lock)
    pid = told.get("pid")
    if isinstance(pid, int) and told.get("host") == platform.node() and told.get("state") in (WAITING, RUNNING, ENDING):
        return pid if is_held(lock) or (told.get("unlocked") and _exists(told)) else None
    return None


def is_ending(run_dir: Path) -> bool:
    """Whether a run's worker is through and only writes down what came of it."""
    return note(run_dir / record.WORKER_LOCK).get("state") == ENDING


def rebooted(run_dir: Path) -> bool:
    """Whether the machine was started anew since a run's worker took its lock. False where that cannot be told."""
    told = note(run_dir / record.WORKER_LOCK)
    return bool(told.get("host") == platform.node() and told.get("boot") and told["boot"] != _boot())


class Life:
    """A worker's own side of the lock: held from `begin` until the process ends."""

    def __init__(self, run_dir: Path) -> None:
        self._lock = FileLock(run_dir / record.WORKER_LOCK)
        self._note: dict[str, Any] = {"pid": os.getpid(), "host": platform.node(), "boot": _boot()}

    def begin(self) -> bool:
        """Take the lock; False when another process works in this folder, or has closed its record."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                if self._lock.take({**self._note, "state": WAITING}):
                    return True
            except OSError:  # a disk without locks: the process number must do
                self._note["unlocked"] = True
                self.tell(WAITING)
                return True
            if time.monotonic() > end:
                return False
            time.sleep(0.02)

    def tell(self, state: str) -> None:
        """Let others know what the worker does."""
        told = {**self._note, "state": state}
        if self._lock.held:
            self._lock.write(told)
        else:
            with suppress(OSError):
                record.write_json(self._lock.file, told)


def _exists(told: dict[str, Any]) -> bool:
    """Whether the process of a note is there, as far as this machine can tell."""
    pid = told.get("pid")
    if sys.platform == "win32" or not isinstance(pid, int) or told.get("host") != platform.node():
        return False
    if told.get("boot") != _boot():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _boot() -> str | None:
    """What tells one start of this machine from the next."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except (OSError, ValueError):
        return None
