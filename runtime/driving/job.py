"""One training in a process of its own, driven through its folder: started or found again, followed, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from cnngen.runtime import record
from cnngen.runtime.driving import closing, living, stopping
from cnngen.runtime.driving.following import Event, EventReader
from cnngen.runtime.driving.forking import Forked, ForkServer
from cnngen.runtime.driving.interpreter import WORKER, environment, no_worker
from cnngen.runtime.driving.options import TrainOptions
from cnngen.runtime.driving.preparation import make_run_folder, plan
from cnngen.runtime.errors import DISK_FULL, CannotTrain
from cnngen.runtime.lock import note

#: Seconds between two looks at a run's events while somebody follows it.
PAUSE = 0.1

#: Seconds that a worker may take from its last word to its end.
_FAREWELL = 5.0

#: TensorFlow on a processor ends like this when memory runs out, and so does a process that the system picks then.
_MEMORY = "often because the machine ran out of memory; a smaller batch_size or a smaller network may fit"


class TrainingJob:
    """A run from its folder to its record: `prepare` makes one, `attach` finds one again.

    Any number of jobs, in any processes, may follow one run, and any of them may cancel it.
    """

    def __init__(
        self, run_dir: Path, options: TrainOptions | None = None, kept: Callable[[], bool] = lambda: False
    ) -> None:
        self.run_dir = run_dir
        self._options = options
        self._kept = kept
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._cancelled = False

    @classmethod
    def prepare(cls, text: str, name: str, options: TrainOptions) -> TrainingJob:
        """Check the program, the options and the interpreter, and make the run folder. Takes about a second.

        Raises CannotTrain (one sentence that says what to do) or ProgramNotTrainable (with the diagnostics); nothing
        is left on the disk then.
        """
        return cls(make_run_folder(plan(text, name, options)), options)

    @classmethod
    def attach(cls, run_dir: Path, kept: Callable[[], bool] = lambda: False) -> TrainingJob:
        """A run that somebody has started. Its events are told from the first on.

        For as long as `kept` says so, the process that started it lives: should the worker die without a word, that
        process saw how, and closes the record.
        """
        return cls(run_dir, kept=kept)

    @property
    def pid(self) -> int | None:
        """The worker's process number, once it has been started and while it is known."""
        return self._process.pid if self._process else living.worker(self.run_dir)

    def start(self, *, detached: bool = False, forks: ForkServer | None = None) -> None:
        """Start the worker, which waits for its turn by itself. A detached one lives on without this process.

        One that is not stops after its batch when this process ends, however it ends. With `forks` it is forked
        there, and on that server's leash or on none. Raises CannotTrain when the worker cannot be started; the record
        then says failed.
        """
        assert self._options is not None, "this run was started by somebody else"
        with self._lock:
            if self._cancelled:
                closing.close(self.run_dir)
                return
            if forks:
                try:
                    self._process = forks.start(self.run_dir, reported=True)
                except CannotTrain as error:
                    closing.close(self.run_dir, str(error))
                    raise
                return
            try:
                with (self.run_dir / record.LOG).open("ab") as log:
                    self._process = subprocess.Popen(
                        [
                            self._options.interpreter,
                            "-m",
                            WORKER,
                            str(self.run_dir),
                            *([] if detached else ["--leash"]),
                        ],
                        env=environment(self._options.python_path),
                        cwd=self.run_dir,
                        stdin=subprocess.DEVNULL if detached else subprocess.PIPE,
                        stdout=log,
                        stderr=log,
                        # A group of its own: Ctrl-C in a terminal is the parent's, and a kill reaches all of it.
                        start_new_session=os.name == "posix",
                        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
                    )
            except OSError as error:
                message = f"The worker cannot be started: {error.strerror or error}."
                closing.close(self.run_dir, message)
                raise CannotTrain(message) from error

    def events(self) -> Iterator[Event]:
        """The worker's events as they come, to the end of the run. The last one is `done`, with the status.

        Each call tells all of them, from the first on.
        """
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[list[Event]]:
        """The same, those that are there at once together. With `done`, the record and the report are there."""
        reader = EventReader(self.run_dir)
        while True:
            # Asked first: what a worker wrote before its end is read after it.
            alive = self._is_alive() or self._kept()
            events = reader.read()
            last = next((number for number, event in enumerate(events) if event["event"] == "done"), None)
            if last is not None:
                self._see_off()
                yield events[: last + 1]
                return
            if events:
                yield events
            elif not alive:
                yield self._end(reader)
                return
            else:
                time.sleep(PAUSE)

    def cancel(self) -> None:
        """Ask the worker to stop after its batch and to keep what was done; it is killed when it has not after 5 s.

        May be called from any thread, at any time, more than once.
        """
        with self._lock:
            if self._cancelled or not self._is_alive():
                return
            stopping.ask(self.run_dir)
            stopping.insist(self.run_dir)
            self._cancelled = True

    def result(self) -> dict[str, Any]:
        """The record as it stands on the disk. Raises OSError or ValueError when it cannot be read."""
        return record.load_result(self.run_dir)

    def _is_alive(self) -> bool:
        if self._process is not None and self._process.poll() is None:
            return True
        return living.state(self.run_dir) is not None and not self._never_started()

    def _never_started(self) -> bool:
        """Whether the worker of this job ended before it could take its lock."""
        ended = self._process is not None and self._process.poll() is not None
        return (ended or self._cancelled) and not note(self.run_dir / record.WORKER_LOCK)

    def _end(self, reader: EventReader) -> list[Event]:
        """The last events of a run whose worker died without a word: its record is closed, by us or by others."""
        status = closing.close(self.run_dir, self._cause())
        events = reader.read()
        if not any(event["event"] == "done" for event in events):
            # Nothing can be written there, or it can no longer be read.
            with suppress(OSError, ValueError, LookupError):
                status = record.read(self.run_dir)["status"]
            status = status if status in ("done", "cancelled", "failed") else "failed"
            events.append({"event": "done", "status": status})
        return events

    def _see_off(self) -> None:
        """Wait until the worker, which has said its last word, is gone."""
        end = time.monotonic() + _FAREWELL
        while self._is_alive() and time.monotonic() < end:
            time.sleep(0.02)
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def _cause(self) -> str | None:
        """Why the worker ended without a word, where this process saw it."""
        code = self._process.poll() if self._process is not None else None
        if code is None:
            return None
        if code < 0:
            phase = "import"
            for event in _all(self.run_dir):
                phase = str(event["phase"]) if event["event"] == "phase" else phase
            name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
            cause = _MEMORY if name in ("SIGKILL", "SIGABRT", "SIGSEGV", "SIGBUS") else "see log.txt"
            return f"The worker was ended by {name} in the phase {phase}, {cause}."
        if code == DISK_FULL:
            return "The run's files could not be written any more: make room on the disk."
        if note(self.run_dir / record.WORKER_LOCK):
            return None
        said = ""
        with suppress(OSError):
            said = (self.run_dir / record.LOG).read_text(encoding="utf-8", errors="replace")
        assert self._options is not None
        return no_worker(self._options.interpreter, said)


def _all(run_dir: Path) -> Iterator[Event]:
    reader = EventReader(run_dir)
    while events := reader.read():
        yield from events
