"""The worker's two lines to its parent: events out on standard output, the wish to stop in on standard input."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

from cnngen.runtime.record import finite
from cnngen.runtime.worker.errors import Cancelled

#: How long a worker without a parent may take to finish its batch, in seconds.
GRACE = 30.0

#: At most one progress event in this time, in seconds.
PROGRESS_INTERVAL = 0.25


class Events:
    """Writes JSON lines to the pipe that standard output was when the process started."""

    def __init__(self, pipe: TextIO) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()
        self._next_progress = 0.0

    @classmethod
    def protect(cls) -> Events:
        """Take standard output for events alone; what libraries print goes to standard error, the run's log."""
        sys.stdout.flush()
        pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        return cls(pipe)

    def send(self, event: str, **fields: Any) -> None:
        """Send one event. A parent that is gone is no reason to fail: the wish to stop tells of it."""
        line = json.dumps(finite({"event": event, **fields}), ensure_ascii=False)
        with self._lock, contextlib.suppress(OSError):
            self._pipe.write(line + "\n")
            self._pipe.flush()

    def progress(self, epoch: int, epochs: int, step: int, steps: int) -> None:
        """Tell how far the epoch is, not more often than people can read; its last step is always told."""
        now = time.monotonic()
        if step < steps and now < self._next_progress:
            return
        self._next_progress = now + PROGRESS_INTERVAL
        self.send("progress", epoch=epoch, epochs=epochs, step=step, steps=steps)


class StopWish:
    """Whether somebody wants the run to stop: SIGTERM, a line on standard input, or its end (the parent is gone)."""

    def __init__(self) -> None:
        self._wanted = threading.Event()

    @classmethod
    def listen(cls) -> StopWish:
        """Begin to listen, on standard input and for SIGTERM."""
        wish = cls()
        # A descriptor of its own, so that no child process of a library can inherit or read the pipe.
        pipe = os.dup(0)
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        threading.Thread(target=wish._watch, args=(pipe,), name="stop-wish", daemon=True).start()
        signal.signal(signal.SIGTERM, lambda *_: wish._wanted.set())
        return wish

    def _watch(self, pipe: int) -> None:
        word = b""
        with contextlib.suppress(OSError):
            word = os.read(pipe, 1)
        self._wanted.set()
        if not word:
            # Nobody is left who could end a worker that hangs: it ends itself.
            time.sleep(GRACE)
            os._exit(1)

    def check(self) -> None:
        """Raise `Cancelled` when somebody wants the run to stop."""
        if self._wanted.is_set():
            raise Cancelled
