"""Other processes of this machine by their numbers: whether one is there, and its end."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    if pid <= 0:
        return False
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return told.rpartition(")")[2].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        pass
    except OSError:
        return False
    if sys.platform == "linux":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def kill(pid: int) -> None:
    """End a worker and all that it has started."""
    if pid <= 0:
        return
    if sys.platform == "win32":
        with suppress(OSError):
            os.kill(pid, signal.SIGTERM)
        return
    # One that was forked this moment may not have a group of its own yet.
    for end in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            end(pid, signal.SIGKILL)
