"""A locked file: who holds it has something, and the system takes it back when the holder's process ends, however."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Any

#: The byte that is locked: one behind all that is ever written, for a locked byte cannot be read on Windows.
_BYTE = 1 << 30


class FileLock:
    """One claim to a file's lock. Not to be shared by threads."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._descriptor: int | None = None

    def take(self, note: dict[str, Any]) -> bool:
        """Lock the file and write a note into it, unless another process has it locked.

        Makes the file and its folder where they are missing. Raises OSError where no lock can be kept, such as in a
        read-only folder or on a file system without locks.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor, shared=False)
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError):
                return False
            raise
        self._descriptor = descriptor
        self.write(note)
        return True

    def write(self, note: dict[str, Any]) -> None:
        """Replace the note. A full disk loses it, not the lock."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                text = json.dumps(note).encode()
                os.lseek(self._descriptor, 0, os.SEEK_SET)
                os.write(self._descriptor, text)
                os.ftruncate(self._descriptor, len(text))

    @property
    def held(self) -> bool:
        """Whether this claim has the lock."""
        return self._descriptor is not None

    def release(self) -> None:
        """Give the lock back. Does nothing without it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_held(file: Path) -> bool:
    """Whether a process has the file locked. False where there is no such file, or it cannot be told."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return False
    try:
        # Shared: those who ask do not see one another.
        _lock(descriptor, shared=True)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def note(file: Path) -> dict[str, Any]:
    """The note in a lock's file; empty when there is none, or it is just being written."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _lock(descriptor: int, *, shared: bool) -> None:
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

        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
