"""Files of rows that grow while work goes on: JSON, a row a line, each written as soon as it is known.

Who is killed while a row is written leaves a line that was cut short. It is as if it were not there, and what comes
after it begins a line of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from cnngen.search.errors import SearchError

_T = TypeVar("_T")


def read_rows(path: Path, made: Callable[[dict[str, Any]], _T]) -> list[_T]:
    """What `made` makes of each row of a file, in the file's order; nothing where there is no file.

    A row that it makes nothing of, with a ValueError, KeyError or TypeError, is left out as a line cut short is.

    Raises SearchError where the file cannot be read.
    """
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SearchError(f"{path} cannot be read: {error.strerror or error}.") from error
    found = []
    for line in lines:
        try:
            row = json.loads(line)
            if isinstance(row, dict):
                found.append(made(row))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def append_rows(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows to a file, which is made with its folder where there is none. Raises SearchError."""
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            file.write((b"\n" if _cut_short(file) else b"") + lines.encode())
    except OSError as error:
        raise SearchError(f"{path} cannot be written: {error.strerror or error}.") from error


def _cut_short(file: BinaryIO) -> bool:
    """Whether a file's last line has no end."""
    if not file.seek(0, os.SEEK_END):
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"
