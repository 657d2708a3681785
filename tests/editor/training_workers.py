"""The training workers of the editor's, which outlive its window as they should."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path


def workers(folder: Path) -> list[int]:
    """The processes that train into this folder, and those that watch them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"cnngen.runtime.worker" in command and os.fsencode(folder) in command:
            found.append(int(process.name))
    return sorted(found)


def end_workers(folder: Path) -> None:
    """End them all: one that is left has the machine's turn to train, and all later trainings would wait for it."""
    for process in workers(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
