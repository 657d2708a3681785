"""Training on this machine: a fork server with TensorFlow loaded, or a fresh process for each trial."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from cnngen.runtime import closing, living, record, stopping
from cnngen.runtime.interpreter import WORKER, environment, no_worker
from cnngen.search.benchmark.engine import Bounds, Ending
from cnngen.search.errors import SearchError

#: Seconds between two looks at a trial.
PAUSE = 0.02

#: Looks after which memory is read: 0.2 s.
_MEMORY_EVERY = 10


class LocalEngine:
    """One trial at a time on this machine.

    `fork`: workers are forked from a process that has TensorFlow loaded; where that is not possible, such as on
    Windows and on a GPU, each is started anew.
    """

    def __init__(self, interpreter: str = sys.executable, *, fork: bool = True) -> None:
        self._interpreter = interpreter
        self._forks = fork and hasattr(os, "fork")
        self._server: subprocess.Popen[bytes] | None = None

    def train(self, run_dir: Path, bounds: Bounds, dropped: Callable[[], bool]) -> Ending:
        """Train what a run folder asks for, to its end. Raises SearchError when no worker can be started."""
        if self._forks:
            server = self._ready()
            assert server.stdin and server.stdout
            with suppress(OSError):
                server.stdin.write(json.dumps(str(run_dir)).encode() + b"\n")
                server.stdin.flush()
            said = _event(server.stdout.readline())
            if said.get("event") != "started":
                self._give_up(server)
            ending = self._watch(run_dir, int(said["pid"]), bounds, dropped)
            _event(server.stdout.readline())  # that it has ended
            return self._closed(run_dir, ending)
        with (run_dir / record.LOG).open("ab") as log:
            process = subprocess.Popen(
                [self._interpreter, "-m", WORKER, str(run_dir)],
                env=environment(None),
                cwd=run_dir,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        ending = self._watch(run_dir, process.pid, bounds, dropped, process)
        process.wait()
        return self._closed(run_dir, ending)

    def follow(self, run_dir: Path, bounds: Bounds, dropped: Callable[[], bool]) -> Ending:
        """Wait for a trial whose worker is alive."""
        return self._closed(run_dir, self._watch(run_dir, living.worker(run_dir) or 0, bounds, dropped))

    def close(self) -> None:
        """End the fork server; a worker that it has forked lives on."""
        if self._server and self._server.stdin:
            with suppress(OSError):
                self._server.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                self._server.wait(timeout=5)
            self._server = None

    # -- the server --------------------------------------------------------------------------------------------

    def _ready(self) -> subprocess.Popen[bytes]:
        """The server, started when it is first needed, or when it has died."""
        if self._server and self._server.poll() is None:
            return self._server
        try:
            server = subprocess.Popen(
                [self._interpreter, "-m", f"{WORKER}.forkserver"],
                env=environment(None),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise SearchError(
                f"The Python interpreter {self._interpreter} cannot be started: {error.strerror}."
            ) from error
        assert server.stdout
        if _event(server.stdout.readline()).get("event") != "ready":
            self._give_up(server)
        self._server = server
        return server

    def _give_up(self, server: subprocess.Popen[bytes]) -> None:
        """Raise SearchError with what a server said at its end."""
        server.kill()
        said = server.stderr.read().decode("utf-8", "replace") if server.stderr else ""
        self._server = None
        raise SearchError(no_worker(self._interpreter, said))

    # -- one trial ---------------------------------------------------------------------------------------------

    def _watch(
        self,
        run_dir: Path,
        pid: int,
        bounds: Bounds,
        dropped: Callable[[], bool],
        process: subprocess.Popen[bytes] | None = None,
    ) -> Ending:
        """Wait until the worker has ended, or end it. Its time counts from when it no longer waits for its turn."""
        began: float | None = None
        for look in range(10**12):
            if (process.poll() is not None) if process else not _alive(pid):
                break
            state = living.state(run_dir)
            if began is None and state == living.RUNNING:
                began = time.monotonic()
            if began is not None and time.monotonic() - began > bounds.timeout_s:
                self._end(run_dir, pid)
                return Ending("timeout", f"It took longer than {bounds.timeout_s:g} s.")
            if look % _MEMORY_EVERY == 0 and (used := memory(pid)) > bounds.memory_bytes:
                _kill(pid)
                return Ending(
                    "memory", f"It took {used / 1e6:,.0f} MB of memory, more than {bounds.memory_bytes / 1e6:,.0f}."
                )
            if dropped():
                _kill(pid)
                return Ending("dropped")
            time.sleep(PAUSE)
        return Ending()

    def _end(self, run_dir: Path, pid: int) -> None:
        """Ask a worker to end with what it has, and kill it when it does not."""
        stopping.ask(run_dir)
        end = time.monotonic() + stopping.GRACE
        while _alive(pid) and time.monotonic() < end:
            time.sleep(PAUSE)
        _kill(pid)

    def _closed(self, run_dir: Path, ending: Ending) -> Ending:
        """The ending, with the record brought to its end where the worker could not."""
        with suppress(OSError, ValueError):
            if record.read(run_dir)["status"] == "unfinished":
                closing.close(run_dir, ending.reason)
                return Ending(ending.cut, ending.reason, died=True)
        return ending


def memory(pid: int) -> int:
    """Bytes of memory that a worker holds; 0 where that cannot be told. What it starts beside itself is small."""
    try:
        import psutil
    except ModuleNotFoundError:
        return 0
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _event(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _alive(pid: int) -> bool:
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


def _kill(pid: int) -> None:
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
