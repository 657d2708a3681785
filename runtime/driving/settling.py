"""A group's record as it is now: when the process that has its runs done has died, whoever looks next closes it."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from cnngen.runtime import group, record
from cnngen.runtime.driving import closing, living
from cnngen.runtime.lock import is_held

#: Beside a group's record: the wish to stop it, the lock that its process holds, and what that process wrote.
STOP, LOCK, LOG = ".group.stop", ".group.lock", ".group.log"

_DIED = "The process that has the trainings done one after the other was ended"


def beside(path: Path, ending: str) -> Path:
    """One of the files beside a group's record."""
    return path.with_name(path.name.removesuffix(group.SUFFIX) + ending)


def read(path: Path) -> dict[str, Any]:
    """A group's record as it stands on the disk. Raises OSError, and ValueError when it is none."""
    found = json.loads(path.read_text("utf-8"))
    if not isinstance(found, dict):
        raise ValueError(f"{path} is not the record of a group of runs.")
    return {"status": None, "error": None, "now": None, **found}


def is_alive(path: Path) -> bool:
    """Whether a group's process is alive, told by its lock; it has two minutes to come up."""
    lock = beside(path, LOCK)
    if is_held(lock):
        return True
    try:
        return not lock.exists() and time.time() - path.stat().st_mtime < living.STARTUP
    except OSError:
        return False


def settled(path: Path) -> dict[str, Any]:
    """A group's record, closed when nobody is left to go on with it. Raises what `read` does.

    The run of a process that died ends after its batch; until then the group goes on.
    """
    alive = is_alive(path)  # asked first: what its process wrote before its end is read after it
    known = read(path)
    if alive or known["status"] != group.RUNNING:
        return known
    if any(living.state(_folder(path, run)) for run in known["runs"] if run["status"] == "unfinished"):
        return known
    return close(path, known)


def close(path: Path, known: dict[str, Any]) -> dict[str, Any]:
    """Bring the record of a group whose process died to its end, and return it; its runs may have ended since.

    Where nothing can be written, the record stays as it is.
    """
    for run in known["runs"]:
        if run["status"] == "unfinished":
            closing.close(_folder(path, run))
    with suppress(OSError, ValueError, LookupError, TypeError):  # a run that was removed since
        results = [record.read(_folder(path, run)) for run in known["runs"]]
        known = {**known, **group.group_record(known["name"], known["asked"], results)}
    ended: dict[str, Any] = {"status": "failed", "error": f"{_DIED}; see {beside(path, LOG)}."}
    if beside(path, STOP).exists():
        ended = {"status": "cancelled"}
    elif [run["status"] for run in known["runs"]] == ["done"] * known["asked"]:
        ended = {"status": "done"}
    known = {**known, "now": None, **ended}
    with suppress(OSError):
        record.write_json(path, known)
    return known


def _folder(path: Path, run: dict[str, Any]) -> Path:
    return path.with_name(run["id"])
