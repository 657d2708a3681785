"""The events of a run as its worker writes them down, one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cnngen.runtime import record

Event = dict[str, Any]

#: Bytes that are read at once: a long run's file is passed on in parts.
_PART = 1 << 20


class EventReader:
    """Reads each event of a run once, in order, whoever else reads them."""

    def __init__(self, run_dir: Path) -> None:
        self._file = run_dir / record.EVENTS
        self._place = 0
        self._begun = b""

    def read(self) -> list[Event]:
        """The events that have come since the last call. A line without its end is waited for."""
        try:
            with self._file.open("rb", buffering=0) as file:
                file.seek(self._place)
                part = file.read(_PART)
        except OSError:  # not there yet
            return []
        self._place += len(part)
        *lines, self._begun = (self._begun + part).split(b"\n")
        return [event for line in lines if (event := _event(line))]


def _event(line: bytes) -> Event | None:
    """The event of a line; None for what is none, such as the half line of a worker that was killed while it wrote."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None
