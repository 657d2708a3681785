"""Training on this machine: a fork server with TensorFlow loaded, or a fresh process for each trial."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from cnngen.runtime import record
from cnngen.runtime.driving import closing, living, stopping
from cnngen.runtime.driving.forking import AVAILABLE, ForkServer
from cnngen.runtime.driving.interpreter import WORKER, environment
from cnngen.runtime.driving.processes import is_alive, kill
from cnngen.runtime.errors import CannotTrain
from cnngen.search.benchmark.engine import ENDING, Cut, Ending, Work, written
from cnngen.search.benchmark.rows import class_of
from cnngen.search.errors import SearchError

#: Seconds between two looks at a trial, at how long it takes and how much memory; its end is seen at once.
PAUSE = 0.2


class LocalEngine:
    """One trial at a time on this machine.

    `fork`: workers are forked from a process that has TensorFlow loaded; where that is not possible, such as on
    Windows and on a GPU, each is started anew.
    """

    def __init__(self, interpreter: str = sys.executable, *, fork: bool = True, leash: bool = False) -> None:
        """`leash`: workers end when this process does, for nobody could find them again."""
        self._interpreter = interpreter
        self._leash = ["--leash"] if leash else []
        self._server = ForkServer(interpreter, leash=leash) if fork and AVAILABLE else None
        self._host_class: str | None = None
        #: Processor time of the last forked worker, from its fork to its end, in seconds.
        self.cpu_s = 0.0

    @property
    def server_pid(self) -> int | None:
        """The process that forks workers, once there is one."""
        return self._server.pid if self._server else None

    def places(self) -> int:
        """One at a time."""
        return 1

    def train(self, work: Work) -> Ending:
        """Train one trial to its end. Raises SearchError when no worker can be started, or its folder not written."""
        if self._server:
            try:
                self._server.ready()
                self._host_class = class_of(self._server.machine)
                run_dir = work.folders.make(work.trial)
                worker = self._server.start(run_dir, reported=False)
            except CannotTrain as error:
                raise SearchError(str(error)) from error
            ending = self._watch(work, worker.pid, lambda: worker.wait(PAUSE) is not None)
            worker.wait()  # one that was killed, too
            self.cpu_s = worker.cpu_s
            return self._closed(run_dir, ending)
        run_dir = work.folders.make(work.trial)
        with (run_dir / record.LOG).open("ab") as log:
            process = subprocess.Popen(
                [self._interpreter, "-m", WORKER, str(run_dir), "--no-report", *self._leash],
                env=environment(None),
                cwd=run_dir,
                stdin=subprocess.PIPE if self._leash else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        with process:  # closes the leash behind it
            ending = self._watch(work, process.pid, lambda: _has_ended(process))
        return self._closed(run_dir, ending)

    def follow(self, work: Work) -> Ending:
        """Wait for a trial whose worker is alive."""
        pid = living.worker(work.run_dir) or 0
        return self._closed(work.run_dir, self._watch(work, pid, lambda: _is_gone(pid)))

    def close(self) -> None:
        """End the fork server; a worker that it has forked lives on."""
        if self._server:
            self._server.close()

    # -- one trial ---------------------------------------------------------------------------------------------

    def _watch(self, work: Work, pid: int, ended: Callable[[], bool]) -> Ending:
        """Wait until the worker has ended, or end it. Its time counts from when it no longer waits for its turn.

        `ended` waits a little for the end, and tells whether it has come.
        """
        run_dir, bounds = work.run_dir, work.bounds
        began: float | None = None
        memory = memory_of(pid)
        while not ended():
            if began is None and living.state(run_dir) == living.RUNNING:
                began = time.monotonic()
            if began is not None and time.monotonic() - began > bounds.timeout_s:
                ending = self._cut(run_dir, "timeout", f"It took longer than {bounds.timeout_s:g} s.")
                self._end(run_dir, pid)
                return ending
            if (used := memory()) > bounds.memory_bytes:
                ending = self._cut(
                    run_dir,
                    "memory",
                    f"It took {used / 1e6:,.0f} MB of memory, more than {bounds.memory_bytes / 1e6:,.0f}.",
                )
                kill(pid)
                return ending
            if work.dropped():
                kill(pid)
                return Ending("dropped")
        return Ending()

    def _cut(self, run_dir: Path, cut: Cut, reason: str) -> Ending:
        """Note that a trial is given up before it is: should this process die in between, the record alone would say
        that somebody stopped it.
        """
        ending = Ending(cut, reason)
        with suppress(OSError):  # such as on a full disk: then only a kill in this moment would lose it
            record.write_bytes(run_dir / ENDING, written(ending))
        return ending

    def _end(self, run_dir: Path, pid: int) -> None:
        """Ask a worker to end with what it has, and kill it when it does not."""
        stopping.ask(run_dir)
        end = time.monotonic() + stopping.GRACE
        while is_alive(pid) and time.monotonic() < end:
            time.sleep(0.02)
        kill(pid)

    def _closed(self, run_dir: Path, ending: Ending) -> Ending:
        """The ending, with the record brought to its end where the worker could not, and the machine's class."""
        ending = replace(ending, host_class=self._host_class)
        with suppress(OSError, ValueError):
            if record.read(run_dir)["status"] == "unfinished":
                closing.close(run_dir, ending.reason)
                return replace(ending, died=True)
        return ending


def memory_of(pid: int) -> Callable[[], int]:
    """What tells the bytes of memory that a worker holds; 0 where that cannot be told. What it starts is small."""
    try:
        import psutil
    except ModuleNotFoundError:
        return lambda: 0
    try:
        process = psutil.Process(pid)
    except psutil.Error:
        return lambda: 0

    def held() -> int:
        try:
            return int(process.memory_info().rss)
        except psutil.Error:
            return 0

    return held


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(PAUSE)
    except subprocess.TimeoutExpired:
        return False
    return True


def _is_gone(pid: int) -> bool:
    """Whether a worker that is nobody's child here is gone, after a while."""
    if is_alive(pid):
        time.sleep(PAUSE)
    return not is_alive(pid)
