"""How a worker and the rest of the world speak, through the run's folder: events out, the wish to stop in."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.driving.stopping import GRACE, WRITING
from cnngen.runtime.record import finite
from cnngen.runtime.worker.errors import Cancelled

#: At most one progress event in this time, in seconds.
PROGRESS_INTERVAL = 0.25

#: Seconds between two looks for the wish to stop.
_PAUSE = 0.2


class Events:
    """Adds events to `events.jsonl`, one JSON object a line, each whole and once."""

    def __init__(self, run_dir: Path) -> None:
        self._file = run_dir / record.EVENTS
        self._descriptor: int | None = None
        self._unwritten = b""
        self._lock = threading.Lock()
        self._next_progress = 0.0

    def send(self, event: str, **fields: Any) -> None:
        """Write one event down. What a full disk does not take is no reason to fail: it is written with the next."""
        line = json.dumps(finite({"event": event, **fields}), ensure_ascii=False) + "\n"
        with self._lock, contextlib.suppress(OSError):
            self._unwritten += line.encode("utf-8", "replace")
            if self._descriptor is None:
                self._descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            while self._unwritten:
                self._unwritten = self._unwritten[os.write(self._descriptor, self._unwritten) :]

    def progress(self, epoch: int, epochs: int, step: int, steps: int) -> None:
        """Tell how far the epoch is, not more often than people can read; its last step is always told."""
        now = time.monotonic()
        if step < steps and now < self._next_progress:
            return
        self._next_progress = now + PROGRESS_INTERVAL
        self.send("progress", epoch=epoch, epochs=epochs, step=step, steps=steps)


class StopWish:
    """Whether somebody wants the run to stop: a file `stop` in its folder, SIGTERM, or the end of its leash.

    The leash is standard input: a worker on it stops when the process that holds the other end writes, or is gone.
    However the wish comes, it ends up as the file, so that the run counts as cancelled even when the worker dies of it.
    """

    def __init__(self, run_dir: Path) -> None:
        self._file = run_dir / record.STOP
        self._asked = threading.Event()
        self._wanted = threading.Event()
        self._obeyed = threading.Event()

    @classmethod
    def listen(cls, run_dir: Path, *, leash: bool = False) -> StopWish:
        """Begin to listen."""
        wish = cls(run_dir)
        if leash:
            # A descriptor of its own, so that no child process of a library can inherit or read the pipe.
            pipe = os.dup(0)
            with Path(os.devnull).open("rb") as nothing:
                os.dup2(nothing.fileno(), 0)
            threading.Thread(target=wish._hold, args=(pipe,), name="leash", daemon=True).start()
        signal.signal(signal.SIGTERM, lambda *_: wish._asked.set())
        threading.Thread(target=wish._watch, name="stop-wish", daemon=True).start()
        return wish

    def check(self) -> None:
        """Raise `Cancelled` when somebody wants the run to stop."""
        if self._wanted.is_set():
            raise Cancelled

    def pause(self, seconds: float) -> None:
        """Wait, or raise `Cancelled` as soon as somebody wants the run to stop."""
        self._wanted.wait(seconds)
        self.check()

    def obeyed(self) -> None:
        """The run is over, and only its record is to be written."""
        self._obeyed.set()

    def _hold(self, pipe: int) -> None:
        with contextlib.suppress(OSError):
            os.read(pipe, 1)
        self._asked.set()

    def _watch(self) -> None:
        while not self._file.exists():
            if self._asked.wait(_PAUSE):
                with contextlib.suppress(OSError):
                    self._file.touch()
                break
        self._wanted.set()
        # There may be nobody left who could end a worker that hangs: it ends itself.
        if self._obeyed.wait(GRACE):
            time.sleep(WRITING)
        os._exit(1)
