"""The same training several times, one after the other: started or found again, followed, stopped.

A group of runs is driven as one run is (`job.py`), and its handle has the same methods. A process of its own
(`repeater.py`) has one run after the other done; what it says stands in the group's record, `NAME.group.json`
(`runtime/group.py`) beside the runs' folders, and the wish to stop is a file beside that.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from cnngen.runtime import group
from cnngen.runtime.driving import settling
from cnngen.runtime.driving.following import Event
from cnngen.runtime.driving.interpreter import environment
from cnngen.runtime.driving.job import PAUSE, TrainingJob
from cnngen.runtime.driving.options import TrainOptions
from cnngen.runtime.driving.preparation import plan
from cnngen.runtime.errors import CannotTrain

#: What is done by `python -m`.
REPEATER = "cnngen.runtime.driving.repeater"


class RepeatedTraining:
    """A group of runs from its plan to its record: `prepare` makes one, `attach` finds one again.

    Any number of processes may follow a group, and any of them may cancel it.
    """

    def __init__(self, path: Path, task: dict[str, Any] | None = None) -> None:
        #: The group's record, there from `start` on.
        self.path = path
        self._task = task
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def prepare(cls, text: str, name: str, options: TrainOptions, of: int) -> RepeatedTraining:
        """Check the program, the options and the interpreter, as `TrainingJob.prepare` does. Nothing is written.

        Raises CannotTrain (one sentence that says what to do) or ProgramNotTrainable (with the diagnostics).
        """
        plan(text, name, options)
        runs = options.runs_dir.expanduser().resolve()
        known = group.group_name(name, of, datetime.now())
        # The process may have another working folder.
        given = asdict(options) | {"runs_dir": runs, "base_dir": options.base_dir.resolve()}
        task = {"text": text, "name": name, "of": of, "group": known, "options": given}
        return cls(runs / f"{known}{group.SUFFIX}", task)

    @classmethod
    def attach(cls, path: Path) -> RepeatedTraining:
        """A group that somebody has started, by its record. Its events are told from the first on."""
        return cls(path)

    @property
    def name(self) -> str:
        """What the group is called, and `run.repeat.group` of each of its runs' records."""
        return self.path.name.removesuffix(group.SUFFIX)

    @property
    def log(self) -> Path:
        """What the group's process wrote, which is nothing unless something is wrong with it."""
        return settling.beside(self.path, settling.LOG)

    def start(self, *, detached: bool = False) -> None:
        """Begin. A detached group goes on without this process; others end with it, after their batch.

        Raises CannotTrain.
        """
        assert self._task is not None, "this group was started by somebody else"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            group.write(self.path.parent, self.name, self._task["of"], [], group.RUNNING)
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", REPEATER, *([] if detached else ["--leash"])],
                    env=environment(self._task["options"]["python_path"]),
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    # A group of its own: Ctrl-C in a terminal is the parent's.
                    start_new_session=os.name == "posix",
                    creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
                )
            assert self._process.stdin
            self._process.stdin.write(json.dumps(self._task, default=str).encode() + b"\n")
            self._process.stdin.flush()
            if detached:
                self._process.stdin.close()
        except OSError as error:
            raise CannotTrain(f"The trainings cannot be started: {error.strerror or error}.") from error

    def events(self) -> Iterator[Event]:
        """The events of all runs as they come: `repeat` with `number`, `of` and `run` (its folder's name) stands before
        those of each, and one `done` with the group's status at the end.
        """
        for batch in self.batches():
            yield from batch

    def batches(self) -> Iterator[list[Event]]:
        """The same, those that are there at once together. With `done`, the group's record and page are there."""
        told, now = 0, None
        while True:
            alive = self._is_alive()  # asked first: what its process wrote before its end is read after it
            try:
                known = self.result()
            except (OSError, ValueError):
                yield [_error(f"The group's record cannot be read: {self.path}."), _ended("failed")]
                return
            if known["now"] != now and (now := known["now"]):
                yield [now]
            for number, run in enumerate(known["runs"][told:], told + 1):
                yield [{"event": "repeat", "number": number, "of": known["asked"], "run": run["id"]}]
                for events in TrainingJob.attach(self.path.with_name(run["id"]), kept=self._is_alive).batches():
                    yield [event for event in events if event["event"] != "done"]
            if len(known["runs"]) > told:
                told = len(known["runs"])
            elif known["status"] != group.RUNNING:
                self._see_off()
                error = [_error(known["error"])] if known["error"] else []
                yield [*error, _ended(known["status"])]
                return
            elif not alive:
                settling.close(self.path, known)
            else:
                time.sleep(PAUSE)

    def cancel(self) -> None:
        """End the group: the run that goes on is stopped after its batch and kept, and no other begins.

        May be called from any thread and any process, at any time, more than once.
        """
        with suppress(OSError):
            settling.beside(self.path, settling.STOP).touch()
        with suppress(OSError, ValueError):
            # A run that is not told yet, its process will stop: it looks for the wish when it has told it.
            for run in self.result()["runs"][-1:]:
                TrainingJob.attach(self.path.with_name(run["id"])).cancel()

    def result(self) -> dict[str, Any]:
        """The group's record as it stands on the disk. Raises OSError or ValueError when it cannot be read."""
        return settling.read(self.path)

    def _is_alive(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return settling.is_alive(self.path)

    def _see_off(self) -> None:
        """Wait until the group's process, which has said its last word, is gone."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(10.0)
            if self._process.stdin is not None:
                with suppress(OSError):
                    self._process.stdin.close()


def _error(message: str) -> Event:
    return {"event": "error", "message": message}


def _ended(status: str) -> Event:
    return {"event": "done", "status": status}
