"""The end of a run whose worker could not write it: the record is closed by whoever looks next."""

from __future__ import annotations

import json
import os
import platform
from contextlib import suppress
from pathlib import Path
from typing import Any

from cnngen.runtime import record, report
from cnngen.runtime.driving import living, unfinished
from cnngen.runtime.driving.following import EventReader
from cnngen.runtime.lock import FileLock

#: Room that a worker keeps for its last words, should the disk be full then. Given back when the run ends.
RESERVE = ".reserve"


def close(run_dir: Path, cause: str | None = None) -> str | None:
    """Bring the record of a run whose worker is dead to its end; returns the status, None when it is not dead.

    `cause` is one sentence about how the worker ended, where somebody saw it. All that was done stays in the record.
    The events end with `done` then, for all who follow. Does nothing twice. Where nothing can be written, the record
    stays as it is.
    """
    lock = FileLock(run_dir / record.WORKER_LOCK)
    rebooted = living.rebooted(run_dir)
    try:
        # For as long as this lasts, no worker can begin here, and nobody else closes.
        if not lock.take({"pid": os.getpid(), "host": platform.node(), "state": "closing"}):
            return None
    except OSError:
        pass
    try:
        return _close(run_dir, cause, rebooted)
    except (OSError, ValueError, LookupError, TypeError):
        return None
    finally:
        lock.release()


def _close(run_dir: Path, cause: str | None, rebooted: bool) -> str:
    with suppress(OSError):
        (run_dir / RESERVE).unlink(missing_ok=True)
    result = record.read(run_dir)
    events = _events(run_dir)
    if result["status"] == "unfinished":
        # The record of a worker that could not write any more: its last word says how it ended.
        told = next((event for event in events if event["event"] == "error"), None)
        phase = next((event["phase"] for event in reversed(events) if event["event"] == "phase"), "import")
        if told:
            status, error = "failed", _error(told["stage"], "WorkerError", told["message"])
        elif (run_dir / record.STOP).exists():
            status, error = "cancelled", None
        else:
            status = "failed"
            error = _error(phase, "WorkerDied", cause or _cause(phase, result, rebooted))
            events.append(_append(run_dir, {"event": "error", "message": error["message"], "stage": phase}))
        result = finish(run_dir, status, error)
    status = str(result["status"])
    if not any(event["event"] == "done" for event in events):
        write_report(run_dir)
        _append(run_dir, {"event": "done", "status": status})
    return status


def finish(run_dir: Path, status: str, error: dict[str, str] | None = None) -> dict[str, Any]:
    """Give an unfinished record its status, and return it. Raises OSError and ValueError."""
    result = record.read(run_dir)
    if result["status"] == "unfinished":
        run, energy = result["run"], result["energy"]
        if status == "cancelled":
            run = {**run, "stopped_by": "user"}
        elif energy:
            energy = {**energy, "unfinished": unfinished.of_trace(run_dir)}
        result = {**result, "status": status, "error": error, "run": run, "energy": energy}
        record.write_json(run_dir / record.RESULT, result)
    return result


def write_report(run_dir: Path, *, charts: bool = False) -> None:
    """Write the report of a run that has ended. A run is complete without one, which can be written at any time."""
    with suppress(Exception):
        report.write(run_dir, charts=charts)


def _events(run_dir: Path) -> list[dict[str, Any]]:
    reader, events = EventReader(run_dir), []
    while found := reader.read():
        events += found
    return events


def _append(run_dir: Path, event: dict[str, Any]) -> dict[str, Any]:
    """Add an event for all who follow, behind a half line that the worker may have left."""
    with suppress(OSError), (run_dir / record.EVENTS).open("ab") as file:
        # An empty line is no event.
        file.write(b"\n" + json.dumps(event).encode() + b"\n")
    return event


def _error(stage: str, kind: str, message: str) -> dict[str, str]:
    return {"stage": str(stage), "class": kind, "message": str(message)}


def _cause(phase: str, result: dict[str, Any], rebooted: bool) -> str:
    if rebooted:
        how = "The machine was switched off or started anew"
    else:
        how = "The worker was killed, perhaps because the machine ran out of memory,"
    epochs = result["run"]["epochs_executed"]
    kept = f"; what was measured up to epoch {epochs} is kept" if epochs else ""
    return f"{how} in the phase {phase}{kept}."
