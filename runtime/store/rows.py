"""One run as a row: the figures by which runs are listed, compared and found again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.driving.living import RUNNING, WAITING
from cnngen.runtime.runs import began_by_name
from cnngen.runtime.wording import worst

#: The status of runs whose worker is alive.
LIVING = (RUNNING, WAITING)

#: The status of a folder whose record cannot be read.
UNREADABLE = "unreadable"

#: All that a run can be.
STATUSES = (*LIVING, "done", "cancelled", "failed", "unfinished", UNREADABLE)


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run. None stands for what is not known, or not yet.

    `status` is that of the record (done, cancelled, failed), `running` or `waiting` while the worker is alive,
    `unfinished` when it died and the record cannot be closed, or `unreadable`. `energy_source` is the weakest source
    of the training's energy: measured, modelled or constant. `duration_s` is that of the whole run, in seconds, to
    the record's last writing. `message` says what went wrong. `text_sha256` is the digest of the program's text. A run
    that repeats others is the `number`th `of` so many in the `group` of that name.
    """

    id: str
    path: Path
    program: str
    network_hash: str | None
    began: datetime
    status: str
    test_accuracy: float | None = None
    energy_training_kwh: float | None = None
    energy_source: str | None = None
    epochs: int | None = None
    parameters: int | None = None
    duration_s: float | None = None
    message: str | None = None
    ended: datetime | None = None
    text_sha256: str | None = None
    group: str | None = None
    number: int | None = None
    of: int | None = None

    @property
    def living(self) -> bool:
        """Whether the run goes on, or waits to."""
        return self.status in LIVING

    def to_json(self) -> dict[str, Any]:
        """The row as JSON says it: times in ISO 8601, the path as text."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _plain(value) for name, value in values.items()}


def read_row(folder: Path) -> RunRow:
    """The row of a run as its record has it. A record that cannot be read makes a row that says so."""
    try:
        return _row(folder, record.read(folder))
    except OSError as error:
        return _unreadable(folder, f"The record cannot be read: {error.strerror or error}.")
    except ValueError as error:
        return _unreadable(folder, str(error))
    except (LookupError, TypeError, AttributeError):
        return _unreadable(folder, f"{folder / record.RESULT} is not a run's record: it lacks what every record has.")


def text_digest(text: str) -> str:
    """The digest by which a program's text is recognised."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _row(folder: Path, result: dict[str, Any]) -> RunRow:
    run, error = result["run"], result.get("error")
    repeat = run.get("repeat") or {}
    energy: dict[str, Any] = result.get("energy") or {"training": {"windows": 0}}
    training = energy["training"]
    measured = training["windows"] > 0
    return RunRow(
        id=folder.name,
        path=folder,
        program=str(result["program"]["name"]),
        network_hash=_text(result["program"].get("hash")),
        began=_time(run.get("started_utc")) or _began(folder),
        status=str(result["status"]),
        test_accuracy=_float(result["quality"].get("test_accuracy")),
        energy_training_kwh=_float(training["energy_total_kwh"]) if measured else None,
        energy_source=worst(energy, training) if measured else None,
        epochs=_int(run.get("epochs_executed")),
        parameters=_int((result.get("network") or {}).get("parameters")),
        duration_s=_float(run.get("duration_s")),
        message=_text(error["message"]) if error else None,
        ended=_time(run.get("ended_utc")),
        text_sha256=_digest(folder),
        group=_text(repeat.get("group")),
        number=_int(repeat.get("number")),
        of=_int(repeat.get("of")),
    )


def _unreadable(folder: Path, message: str) -> RunRow:
    program = folder.name.rsplit("-", 3)[0]
    return RunRow(folder.name, folder, program, None, _began(folder), UNREADABLE, message=message)


def _began(folder: Path) -> datetime:
    """When a run that has not said so began: by its folder's name, else by its folder's time."""
    if named := began_by_name(folder.name):
        return named.astimezone(UTC)
    try:
        return datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return datetime.fromtimestamp(0, UTC)


def _digest(folder: Path) -> str | None:
    try:
        return hashlib.sha256((folder / record.PROGRAM).read_bytes()).hexdigest()
    except OSError:
        return None


def _time(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written).astimezone(UTC) if written else None


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _int(value: Any) -> int | None:
    return None if value is None else int(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
