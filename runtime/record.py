"""The record of one run: where its files lie, what `result.json` holds, and how it is written.

Shared by the parent and the worker, so it needs the standard library only. A record is always replaced as a whole
(written beside, then renamed), so that a reader finds an old one or a new one, never half of one.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
from pathlib import Path
from typing import Any

#: The version of the object in `result.json`; it grows when a key changes its meaning or goes away.
RESULT_SCHEMA = 1

RESULT = "result.json"
REQUEST = "request.json"
PROGRAM = "program.cnn"
MODEL = "model.py"
NETWORK = "network.json"
HISTORY = "history.csv"
POWER = "power.csv"
WINDOWS = "windows.csv"
LOG = "log.txt"
PROVENANCE = "provenance.json"
REPORT = "report.html"

#: What drives a run: its worker's events, one JSON object a line; the wish to stop it, an empty file; and the lock that
#: its worker holds for as long as it lives.
EVENTS = "events.jsonl"
STOP = "stop"
WORKER_LOCK = "worker.lock"

#: The phases of a run, in order; idle comes first and, once more, last. Their measuring windows never overlap.
PHASES = ("idle", "import", "data", "build", "compile", "train", "validate", "evaluate", "inference")

#: What a run can come to. `unfinished` stands from the first moment until one of the others is known.
STATUSES = ("unfinished", "done", "cancelled", "failed")


def write_text(path: Path, text: str) -> None:
    """Replace the file at `path` by `text` as a whole, and have it on the disk on return. Raises OSError."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Replace the file at `path` by `content` as a whole, and have it on the disk on return. Raises OSError."""
    # The process number keeps a worker and its parent from writing into the same temporary file.
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _settle(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _settle(folder: Path) -> None:
    """Have a folder's new names on the disk: without it, a power cut may bring the old file back."""
    if os.name == "posix":
        with contextlib.suppress(OSError):  # some network disks cannot
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def write_json(path: Path, value: Any, *, compact: bool = False) -> None:
    """Replace the file at `path` by `value` as strict JSON: not-a-number and infinity become null. Raises OSError.

    `compact`: in one line, which takes a tenth of the time.
    """
    indent = None if compact else 2
    try:
        text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(finite(value), indent=indent, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def finite(value: Any) -> Any:
    """The same plain data with every float that JSON cannot say replaced by None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def load_result(run_dir: Path) -> dict[str, Any]:
    """Read the record of a run, with the folder it was read from as `directory`.

    Raises OSError when there is none, and ValueError when the file is not a record that this version can read.
    """
    # Not in the file: a folder may be moved.
    return {**read(Path(run_dir)), "directory": str(run_dir)}


def read(run_dir: Path) -> dict[str, Any]:
    """The record as it stands in the file. Raises what `load_result` raises."""
    path = run_dir / RESULT
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not a run's record: {error}.") from error
    if not isinstance(result, dict) or result.get("schema") != RESULT_SCHEMA:
        found = result.get("schema") if isinstance(result, dict) else None
        raise ValueError(f"{path} has the schema {found!r}; this version reads {RESULT_SCHEMA}.")
    return result


def read_request(run_dir: Path) -> dict[str, Any]:
    """What a run was asked to do; empty where that cannot be read."""
    try:
        request = json.loads((run_dir / REQUEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return request if isinstance(request, dict) else {}
