"""Whose turn it is to train: one training at a time, since two would spoil each other's measurement.

The turn is a lock on a file in the user's cache folder, one for each machine. Who waits for it holds a ticket: a file
beside it, locked for as long as its process lives, whose name sorts by the time at which the training was asked for.
Only the first in the queue tries for the turn, so it goes round in order. The system releases the locks of a process
that ends, however it ends, so there is nothing to clean up.
"""

from __future__ import annotations

import os
import platform
import re
import time
from contextlib import suppress
from pathlib import Path

from cnngen.runtime.lock import FileLock, is_held, note
from cnngen.runtime.places import cache_folder

#: Seconds after which a ticket that nobody holds is thrown away; a new one is not yet locked for a moment.
_STALE = 60.0


class Turn:
    """One training's claim, in its worker. Not to be shared by threads."""

    def __init__(self, folder: Path | None = None) -> None:
        # A home may be shared by machines, which do not disturb each other.
        self._folder = folder or cache_folder() / "turns" / (re.sub(r"\W", "_", platform.node()) or "machine")
        self._turn = FileLock(self._folder / "training.lock")
        self._ticket: FileLock | None = None
        self._free = False

    def ask(self, name: str, asked_ns: int | None = None) -> None:
        """Join the queue for a training of this name, which was asked for at this time (by default, now).

        Where no lock can be kept at all, such as in a read-only home, there is no queue, and it is everyone's turn.
        """
        ticket = FileLock(self._folder / f"{asked_ns or time.time_ns():020d}-{os.getpid()}.ticket")
        try:
            ticket.take({"name": name, "pid": os.getpid()})
        except OSError:
            self._free = True
        else:
            self._ticket = ticket

    def take(self) -> bool:
        """Take the turn, unless another training has it or was asked for before."""
        if self._free or self._turn.held:
            return True
        assert self._ticket is not None, "ask first"
        if self._before():
            return False
        try:
            taken = self._turn.take(note(self._ticket.file))
        except OSError:
            taken = self._free = True
        if taken:
            self._leave()
        return taken

    def ahead(self) -> tuple[str | None, int]:
        """The name of the training that this one waits for, as far as can be told, and how many are before it."""
        before = self._before()
        name = note(before[-1] if before else self._turn.file).get("name")
        return name if isinstance(name, str) else None, len(before) + is_held(self._turn.file)

    def end(self) -> None:
        """Give the turn back, or leave the queue. Does nothing without either."""
        self._turn.release()
        self._leave()

    def _before(self) -> list[Path]:
        """The tickets of the living that were asked for before, in order."""
        if self._ticket is None:
            return []
        try:
            names = sorted(name for name in os.listdir(self._folder) if name.endswith(".ticket"))  # noqa: PTH208 - often
        except OSError:
            return []
        before = [self._folder / name for name in names if name < self._ticket.file.name]
        return [file for file in before if is_held(file) or _thrown_away(file)]

    def _leave(self) -> None:
        if self._ticket is not None:
            self._ticket.release()
            with suppress(OSError):
                self._ticket.file.unlink()
            self._ticket = None


def _thrown_away(file: Path) -> bool:
    """Throw away the ticket of a process that has died; always False."""
    with suppress(OSError):
        if time.time() - file.stat().st_mtime > _STALE:
            file.unlink()
    return False
