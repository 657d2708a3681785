"""One group of repeated runs as a row, by which groups are listed and found again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cnngen.runtime import group
from cnngen.runtime.driving import settling
from cnngen.runtime.driving.living import WAITING
from cnngen.runtime.store.rows import LIVING, UNREADABLE


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group: `done` of the `asked` runs are done, and `runs` are those that began, by their ids.

    `status` is that of the record (running, done, cancelled, failed), `waiting` until its turn comes, or `unreadable`.
    `message` says what went wrong where no run says it.
    """

    id: str
    path: Path
    program: str
    began: datetime
    status: str
    asked: int = 0
    done: int = 0
    runs: tuple[str, ...] = ()
    message: str | None = None

    @property
    def living(self) -> bool:
        """Whether the group goes on, or waits to."""
        return self.status in LIVING

    def to_json(self) -> dict[str, Any]:
        """The row as JSON says it: times in ISO 8601, the path as text."""
        return {**asdict(self), "path": str(self.path), "began": self.began.isoformat()}


def groups_of(runs_dir: Path) -> list[GroupRow]:
    """The groups of a folder of runs, the newest first; those whose process has died are closed. Raises OSError."""
    found = [_row(path) for path in runs_dir.glob(f"*{group.SUFFIX}")]
    return sorted(found, key=lambda row: (row.began, row.id), reverse=True)


def _row(path: Path) -> GroupRow:
    name = path.name.removesuffix(group.SUFFIX)
    program, began = _named(name)
    try:
        told = settling.settled(path)
        now = told["now"] or {}
        return GroupRow(
            id=name,
            path=path,
            program=program,
            began=began,
            status=WAITING if now.get("event") == WAITING else str(told["status"]),
            asked=int(told["asked"]),
            done=int(told["done"]),
            runs=tuple(str(run["id"]) for run in told["runs"]),
            message=told["error"],
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return GroupRow(name, path, program, began, UNREADABLE, message=f"{path} is not the record of a group of runs.")


def _named(name: str) -> tuple[str, datetime]:
    """The program of a group and when it was asked for, by the group's name: program, date, time, how many."""
    program, *rest = name.rsplit("-", 3)
    try:
        day, clock, _ = rest
        return program, datetime.strptime(f"{day}{clock}", "%Y%m%d%H%M%S").astimezone(UTC)
    except ValueError:  # a file that was given another name
        return name, datetime.fromtimestamp(0, UTC)
