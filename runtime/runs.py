"""The folders of runs: how they are named, and how those of one program are found again."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

#: name-YYYYMMDD-HHMMSS-hash, and a number where two begin in the same second.
_NAME = re.compile(r"(?P<stem>.+)-(?P<began>\d{8}-\d{6})-(?P<hash>[0-9a-f]{8})(?:-(?P<number>\d+))?")


class Run(NamedTuple):
    """A run's folder, when it began (local time, sorts as text), and the first digits of its network's hash."""

    began: str
    number: int
    hash: str
    path: Path


def folder_name(program: str, network_hash: str, began: datetime, number: int = 1) -> str:
    """What the folder of a run is called; `number` tells runs apart that are otherwise alike."""
    name = f"{_stem(program)}-{began:%Y%m%d-%H%M%S}-{network_hash[:8]}"
    return name if number == 1 else f"{name}-{number}"


def runs_of(program: str, runs_dir: Path) -> list[Run]:
    """The runs of a program, told by their folders' names, the newest first. Raises OSError."""
    stem, found = _stem(program), []
    for folder in runs_dir.iterdir():
        named = _NAME.fullmatch(folder.name)
        if named and named["stem"] == stem:
            found.append(Run(named["began"], int(named["number"] or 1), named["hash"], folder))
    return sorted(found, reverse=True)


def is_folder_name(name: str) -> bool:
    """Whether a folder of this name is a run's, by how runs are named."""
    return bool(_NAME.fullmatch(name))


def began_by_name(folder: str) -> datetime | None:
    """When a run began by its folder's name, in local time; None for another name."""
    named = _NAME.fullmatch(folder)
    try:
        return datetime.strptime(named["began"], "%Y%m%d-%H%M%S") if named else None
    except ValueError:
        return None


def _stem(program: str) -> str:
    """A program's name as part of a file name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", program).strip("_")[:60] or "network"
