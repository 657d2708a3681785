"""Workers forked from a process that has TensorFlow loaded (`worker/forkserver.py`): hundredths of a second, not ten.

One worker at a time. Only where the system can fork, and for training on the processor: the state of a GPU cannot be
forked.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from cnngen.runtime.driving.interpreter import WORKER, environment, no_worker
from cnngen.runtime.driving.processes import is_alive
from cnngen.runtime.errors import CannotTrain

#: Whether processes can be forked here. On macOS the system's own libraries do not stand it.
AVAILABLE = hasattr(os, "fork") and sys.platform != "darwin"

#: Seconds between two looks at a worker whose server was killed.
_PAUSE = 0.1


class Forked:
    """A worker that was forked: the child of the server, so its end is what the server tells."""

    #: It has no pipe of its own: its leash is the server's.
    stdin = None

    def __init__(self, pid: int, server: subprocess.Popen[bytes]) -> None:
        self.pid = pid
        #: Processor time from its fork to its end, in seconds, once that has been told.
        self.cpu_s = 0.0
        self._server = server
        self._code: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it lives."""
        return self.wait(0.0)

    def wait(self, timeout: float | None = None) -> int | None:
        """The same, waiting for the end for at most so many seconds; without a number, however long it takes."""
        out = self._server.stdout
        assert out
        while self._code is None:
            if not select.select([out], [], [], timeout)[0]:
                break
            if said := _event(out.readline()):
                self._code, self.cpu_s = int(said["code"]), float(said["cpu_s"])
            elif not is_alive(self.pid):  # the server was killed, and can tell nothing of its child
                self._code = 1
            else:
                time.sleep(_PAUSE if timeout is None else timeout)
                if timeout is not None:
                    break
        return self._code


class ForkServer:
    """The process that workers are forked from, started when it is first needed or when it has died."""

    def __init__(
        self, interpreter: str = sys.executable, python_path: str | Path | None = None, *, leash: bool = False
    ) -> None:
        """`leash`: workers end when this process does."""
        self._interpreter = interpreter
        self._python_path = python_path
        self._leash = ["--leash"] if leash else []
        self._process: subprocess.Popen[bytes] | None = None
        self._worker: Forked | None = None
        self._loaded = False
        #: The hardware as provenance has it, once the server is ready.
        self.machine: dict[str, Any] = {}

    @property
    def pid(self) -> int | None:
        """The server's process number, once there is one."""
        return self._process.pid if self._process else None

    def ready(self, wait_s: float | None = None) -> bool:
        """Whether TensorFlow is loaded, after at most so many seconds; without a number, however long it takes.

        Raises CannotTrain when it cannot be loaded.
        """
        process = self._begun()
        if self._loaded:
            return True
        assert process.stdout
        if not select.select([process.stdout], [], [], wait_s)[0]:
            return False
        said = _event(process.stdout.readline())
        if said.get("event") != "ready":
            raise self._failure(process)
        self._loaded, self.machine = True, said["machine"]
        return True

    def start(self, run_dir: Path, *, reported: bool) -> Forked:
        """Have a worker forked for a run, which writes a report at its end or none, when the last one has ended.

        Raises CannotTrain.
        """
        if self._worker:
            self._worker.wait()
        self.ready()
        process = self._process
        assert process and process.stdin and process.stdout
        request = json.dumps({"run": str(run_dir), "reported": reported})
        with suppress(OSError):
            process.stdin.write(request.encode() + b"\n")
            process.stdin.flush()
        said = _event(process.stdout.readline())
        if said.get("event") != "started":
            raise self._failure(process)
        self._worker = Forked(int(said["pid"]), process)
        return self._worker

    def close(self) -> None:
        """End the server; a worker that it has forked lives on."""
        if self._process and self._process.stdin:
            with suppress(OSError):
                self._process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
        self._forget()

    def kill(self) -> None:
        """End the server at once, such as while it still loads."""
        if self._process:
            self._process.kill()
            self._process.wait()
        self._forget()

    def _begun(self) -> subprocess.Popen[bytes]:
        if self._process and self._process.poll() is None:
            return self._process
        self._forget()
        try:
            self._process = subprocess.Popen(
                [self._interpreter, "-m", f"{WORKER}.forkserver", *self._leash],
                env=environment(self._python_path),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,  # nothing that was said may wait here unseen
                start_new_session=True,
            )
        except OSError as error:
            raise CannotTrain(
                f"The Python interpreter {self._interpreter} cannot be started: {error.strerror}."
            ) from error
        return self._process

    def _failure(self, process: subprocess.Popen[bytes]) -> CannotTrain:
        """What a server said at its end, which this is."""
        process.kill()
        said = process.stderr.read().decode("utf-8", "replace") if process.stderr else ""
        process.wait()
        self._forget()
        return CannotTrain(no_worker(self._interpreter, said))

    def _forget(self) -> None:
        # Its streams close when nobody holds them: a thread may still wait there for the end of a worker that lives on.
        self._process, self._worker, self._loaded, self.machine = None, None, False, {}


def _event(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
