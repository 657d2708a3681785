"""One training in a process of its own: started, listened to, cancelled, and its record brought to an end."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cnngen.runtime import record, report
from cnngen.runtime.errors import CannotTrain
from cnngen.runtime.interpreter import WORKER, environment, no_worker
from cnngen.runtime.options import TrainOptions
from cnngen.runtime.preparation import make_run_folder, plan

#: Seconds that a worker has to finish its batch and write its record before its process group is killed.
GRACE = 5.0

#: TensorFlow on a processor ends like this when memory runs out, and so does a process that the system picks then.
_MEMORY = "often because the machine ran out of memory; a smaller batch_size or a smaller network may fit"

Event = dict[str, Any]


class TrainingJob:
    """A run from its folder to its record. `prepare` makes one; `events` may be read again after an interruption."""

    def __init__(self, run_dir: Path, options: TrainOptions) -> None:
        self.run_dir = run_dir
        self._options = options
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._cancelled = False
        self._phase = "import"

    @classmethod
    def prepare(cls, text: str, name: str, options: TrainOptions) -> TrainingJob:
        """Check the program, the options and the interpreter, and make the run folder. Takes about a second.

        Raises CannotTrain (one sentence that says what to do) or ProgramNotTrainable (with the diagnostics); nothing
        is left on the disk then.
        """
        return cls(make_run_folder(plan(text, name, options)), options)

    @property
    def pid(self) -> int | None:
        """The worker's process number, once it has been started."""
        return self._process.pid if self._process else None

    def start(self, *, inherits: Sequence[int] = ()) -> None:
        """Start the worker, with these open files for it to keep.

        Raises CannotTrain when it cannot be started; the record then says failed.
        """
        with self._lock:
            if self._cancelled:
                self._finish(None)
                return
            try:
                with (self.run_dir / record.LOG).open("ab") as log:
                    self._process = subprocess.Popen(
                        [self._options.interpreter, "-m", WORKER, str(self.run_dir)],
                        env=environment(self._options.python_path),
                        cwd=self.run_dir,
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        stderr=log,
                        # A group of its own: Ctrl-C in a terminal is the parent's, and a kill reaches all of it.
                        start_new_session=os.name == "posix",
                        pass_fds=inherits,
                        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
                    )
            except OSError as error:
                message = f"The worker cannot be started: {error.strerror or error}."
                self._close("failed", {"stage": "import", "class": type(error).__name__, "message": message})
                raise CannotTrain(message) from error
        threading.Thread(target=self._listen, args=(self._process,), name="training-events", daemon=True).start()

    def events(self) -> Iterator[Event]:
        """The worker's events as they come, to the end of the run. The last one is `done`, with the status."""
        while (event := self._events.get()) is not None:
            yield event
        self._events.put(None)  # The next reader finds the end too.

    def cancel(self) -> None:
        """Ask the worker to stop after its batch and to keep what was done; kill it when it has not after 5 s.

        May be called from any thread, at any time, more than once.
        """
        with self._lock:
            if self._cancelled:
                return
            self._cancelled = True
            process = self._process
        if process is None or process.poll() is not None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.write(b"stop\n")
            process.stdin.flush()
        timer = threading.Timer(GRACE, _kill, (process,))
        timer.daemon = True
        timer.start()

    def result(self) -> dict[str, Any]:
        """The record as it stands on the disk. Raises OSError or ValueError when it cannot be read."""
        return record.load_result(self.run_dir)

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Pass the worker's events on, and bring the record to its end when there are no more."""
        assert process.stdout is not None
        done: Event | None = None
        error: dict[str, str] | None = None
        for line in process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if not isinstance(event, dict):
                continue
            if event.get("event") == "done":
                done = event  # Told when the report is there too.
                continue
            if event.get("event") == "phase":
                self._phase = str(event.get("phase"))
            if event.get("event") == "error":
                error = {"stage": str(event["stage"]), "class": "WorkerError", "message": str(event["message"])}
            self._events.put(event)
        process.wait()
        with contextlib.suppress(OSError):
            if process.stdin:
                process.stdin.close()
        self._finish(done, error)

    def _finish(self, done: Event | None, error: dict[str, str] | None = None) -> None:
        """Mark a record that the worker could not finish, write the report, and tell the end."""
        status = str(done["status"]) if done else "failed"
        if error:
            self._close(status, error)
        if done is None:
            if self._cancelled:
                status = "cancelled"
                self._close(status, None)
            else:
                message = self._cause()
                self._close(status, {"stage": self._phase, "class": "WorkerDied", "message": message})
                self._events.put({"event": "error", "message": message, "stage": self._phase})
        if done is None:
            # A worker that comes to its end writes the report itself, with charts.
            with contextlib.suppress(OSError, ValueError):
                report.write(self.run_dir)
        self._events.put({"event": "done", "status": status})
        self._events.put(None)

    def _close(self, status: str, error: dict[str, str] | None) -> None:
        """Give an unfinished record its status. Where it cannot be written, it stays unfinished, which is true."""
        with contextlib.suppress(OSError, ValueError):
            result = record.read(self.run_dir)
            if result["status"] == "unfinished":
                record.write_json(self.run_dir / record.RESULT, {**result, "status": status, "error": error})

    def _cause(self) -> str:
        """Why the worker ended without a word."""
        assert self._process is not None
        code = self._process.returncode
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
            cause = _MEMORY if name in ("SIGKILL", "SIGABRT", "SIGSEGV", "SIGBUS") else "see log.txt"
            return f"The worker was ended by {name} in the phase {self._phase}, {cause}."
        said = ""
        with contextlib.suppress(OSError):
            said = (self.run_dir / record.LOG).read_text(encoding="utf-8", errors="replace")
        return no_worker(self._options.interpreter, said)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the worker and whatever it has started."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
