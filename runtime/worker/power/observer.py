"""The trainer's end of the line to its sampler."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

#: Seconds that an answer may take. It takes less than a millisecond; a sampler that was killed never answers.
PATIENCE = 10.0


class Observer:
    """Starts a sampler and asks it for sums. Without one, because it was killed or never began, the answer is None."""

    def __init__(self, run_dir: Path) -> None:
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._alive = True
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cnngen.runtime.worker.power.sampler", str(run_dir), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # A group of its own: who kills the trainer with all it has started leaves it, to write the last line.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        threading.Thread(target=self._listen, name="sampler", daemon=True).start()

    def configure(self, configuration: dict[str, Any]) -> dict[str, dict[str, str]]:
        """Tell the sampler what to look at; returns what it counts, as {component: {source, method}}."""
        return self._ask(configuration) or {}

    def mark(self, phase: str | None, epoch: int | None = None, part: str | None = None) -> dict[str, Any] | None:
        """End the open window and begin the next; returns the sums at that moment."""
        return self._ask({"do": "mark", "phase": phase, "epoch": epoch, "part": part})

    def count_gpus(self, gpus: list[int]) -> None:
        """Have the GPUs with these numbers counted from now on, and no others."""
        self._ask({"do": "gpus", "gpus": gpus})

    def sums(self) -> dict[str, Any] | None:
        """The sums at the last reading, at most half a second old."""
        return self._ask({"do": "sums"})

    def close(self) -> None:
        """Have the sampler write its last line and end."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        # The end of its output is its end.
        with contextlib.suppress(queue.Empty):
            while self._alive and self._answers.get(timeout=PATIENCE) is not None:
                pass
        self._alive = False

    def _ask(self, content: dict[str, Any]) -> dict[str, Any] | None:
        if not self._alive:
            return None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write((json.dumps(content) + "\n").encode())
            self._process.stdin.flush()
            answer = self._answers.get(timeout=PATIENCE)
        except (OSError, queue.Empty):
            answer = None
        if answer is None:
            self._alive = False
            return None
        found: dict[str, Any] = json.loads(answer)
        return found

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line.decode())
        self._answers.put(None)
        self._process.wait()
