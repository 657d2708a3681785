"""Whose turn it is to train: one training at a time, since two would spoil each other's measurement.

The turn is a lock on a file in the user's cache folder. The system releases it when the last process that holds it has
ended, however it ends, so there is nothing to clean up.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path

from cnngen.runtime.places import cache_folder

#: The byte that is locked: one behind all that is ever written, for a locked byte cannot be read on Windows.
_BYTE = 1 << 30


class Turn:
    """One training's claim. Not to be shared by threads."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or cache_folder() / "training.lock"
        self._descriptor: int | None = None

    def take(self, name: str) -> bool:
        """Take the turn for a training of this name, unless another one has it.

        Where no lock can be kept at all, such as in a read-only home, there is no queue, and it is everyone's turn.
        """
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return True
        try:
            _lock(descriptor)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError:  # a file system without locks
            os.close(descriptor)
            return True
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.write(descriptor, json.dumps({"name": name, "pid": os.getpid()}).encode())
        self._descriptor = descriptor
        return True

    def holder(self) -> str | None:
        """The name of the training whose turn it is, as far as can be told."""
        try:
            name = json.loads(self._file.read_text("utf-8"))["name"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return name if isinstance(name, str) else None

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a worker must inherit to keep the turn until it has ended itself, even when this process dies first."""
        return () if self._descriptor is None or sys.platform == "win32" else (self._descriptor,)

    def end(self) -> None:
        """Give the turn back. Does nothing without one."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _lock(descriptor: int) -> None:
    """Lock an open file. Raises BlockingIOError when another process has it locked."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
        os.lseek(descriptor, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
