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
from typing import IO, Any

from cnngen.runtime.worker.power.forkserver import ForkServer

#: Seconds that an answer may take. It takes less than a millisecond; a sampler that was killed never answers.
PATIENCE = 10.0

#: What forks samplers, where somebody has begun one.
server: ForkServer | None = None


class Observer:
    """Starts a sampler and asks it for sums. Without one, because it was killed or never began, the answer is None."""

    def __init__(self, run_dir: Path) -> None:
        self._answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._alive = True
        self._input, self._output, self._process = _started(run_dir)
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
        with contextlib.suppress(OSError):
            self._input.close()
        # The end of its output is its end.
        with contextlib.suppress(queue.Empty):
            while self._alive and self._answers.get(timeout=PATIENCE) is not None:
                pass
        self._alive = False

    def _ask(self, content: dict[str, Any]) -> dict[str, Any] | None:
        if not self._alive:
            return None
        try:
            self._input.write((json.dumps(content) + "\n").encode())
            self._input.flush()
            answer = self._answers.get(timeout=PATIENCE)
        except (OSError, queue.Empty):
            answer = None
        if answer is None:
            self._alive = False
            return None
        found: dict[str, Any] = json.loads(answer)
        return found

    def _listen(self) -> None:
        for line in self._output:
            self._answers.put(line.decode())
        self._answers.put(None)
        if self._process:
            self._process.wait()


def _started(run_dir: Path) -> tuple[IO[bytes], IO[bytes], subprocess.Popen[bytes] | None]:
    """The input and the output of a new sampler, and its process where it is a child of this one."""
    if server:
        with contextlib.suppress(OSError):  # it was killed
            return *server.start(run_dir), None
    process = subprocess.Popen(
        [sys.executable, "-m", "cnngen.runtime.worker.power.sampler", str(run_dir), str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # A group of its own: who kills the trainer with all it has started leaves it, to write the last line.
        start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert process.stdin and process.stdout
    return process.stdin, process.stdout, process
