"""`python -m cnngen.runtime.driving.repeater [--leash]`: has the runs of a group done, one after the other.

What is to be done is a line of JSON on standard input (`RepeatedTraining.start`). On a leash the group ends when
standard input does. Each run is a process of its own; where the system can fork and no GPU is used, they are forked
from one that has TensorFlow loaded. The first run that is not done is the last.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnngen.runtime import group, record
from cnngen.runtime.driving.forking import AVAILABLE, ForkServer
from cnngen.runtime.driving.job import TrainingJob
from cnngen.runtime.driving.options import TrainOptions
from cnngen.runtime.driving.preparation import Plan, make_run_folder, plan
from cnngen.runtime.driving.repeats import RepeatedTraining
from cnngen.runtime.driving.settling import LOCK, STOP
from cnngen.runtime.driving.turn import Turn
from cnngen.runtime.errors import CannotTrain, ProgramNotTrainable
from cnngen.runtime.lock import FileLock
from cnngen.runtime.overview import overview
from cnngen.runtime.report import comparison

#: Seconds between two looks at whether it is this process' turn, and whether somebody wants the group to stop.
PAUSE = 0.2

_PATHS = ("runs_dir", "base_dir", "file", "python_path")


class Repeater:
    """Does what one task asks for."""

    def __init__(self, task: dict[str, Any]) -> None:
        told = task["options"]
        paths = {key: Path(told[key]) for key in _PATHS if told[key] is not None}
        self._options = TrainOptions(**{**told, **paths})
        self._text, self._name, self._of, self._group = task["text"], task["name"], task["of"], task["group"]
        self._runs = self._options.runs_dir
        self._stop = self._runs / f"{self._group}{STOP}"
        self._done: list[dict[str, Any]] = []

    def run(self) -> None:
        """Have all runs done, and keep the group's record. Raises OSError when that cannot be written."""
        lock = FileLock(self._runs / f"{self._group}{LOCK}")
        with suppress(OSError):
            lock.take({"pid": os.getpid()})
        status, error = "failed", None
        try:
            status = self._repeat(plan(self._text, self._name, self._options))
        except (CannotTrain, ProgramNotTrainable) as raised:
            error = str(raised)
        except (OSError, ValueError) as raised:
            error = f"The record of a run or of its group cannot be kept: {raised}"
        self._compare()
        self._tell(status, error=error)
        for file in (self._stop, lock.file):
            with suppress(OSError):
                file.unlink()

    def stop(self) -> None:
        """Have the group end."""
        RepeatedTraining.attach(self._runs / f"{self._group}{group.SUFFIX}").cancel()

    def _repeat(self, plan: Plan) -> str:
        forks = self._fork_server()
        try:
            for number in range(1, self._of + 1):
                if self._stop.exists():
                    return "cancelled"
                options = replace(self._options, repeat=group.Repeat(self._group, number, self._of))
                job = TrainingJob(make_run_folder(replace(plan, options=options)), options)
                self._tell(group.RUNNING, job.result())
                job.start(forks=forks)
                if self._stop.exists():
                    job.cancel()
                for _ in job.batches():
                    pass
                self._done.append(job.result())
                if self._done[-1]["status"] != "done":
                    break
            return str(self._done[-1]["status"])
        finally:
            if forks:
                forks.close()

    def _fork_server(self) -> ForkServer | None:
        """A process with TensorFlow loaded, or None where each run has to load it.

        It loads when it is this training's turn: that takes the processor for seconds, and would spoil what others
        measure. That each run is like the others, the first is forked too.
        """
        if not AVAILABLE or self._options.device.startswith("gpu"):
            return None
        turn = Turn()
        turn.ask(self._name)
        forks = ForkServer(self._options.interpreter, self._options.python_path, leash=True)
        try:
            while not turn.take():
                ahead, before = turn.ahead()
                self._tell(group.RUNNING, now={"event": "waiting", "ahead": ahead, "before": before})
                if self._stopped():
                    return None
            self._tell(group.RUNNING, now={"event": "phase", "phase": "import"})
            while not forks.ready(0.0):
                if self._stopped():
                    forks.kill()
                    return None
        except CannotTrain:
            return None  # A worker that is started by itself says what is wrong, in its record.
        finally:
            turn.end()
        if self._options.device == "auto" and forks.machine.get("gpu"):
            forks.close()
            return None
        return forks

    def _stopped(self) -> bool:
        """Whether the group is to stop, after a pause."""
        time.sleep(PAUSE)
        return self._stop.exists()

    def _tell(self, status: str, *going: dict[str, Any], error: str | None = None, now: Any = None) -> None:
        results = [*self._done, *going]
        group.write(self._runs, self._group, self._of, results, status, error=error, now=now)

    def _compare(self) -> None:
        """Write the page that shows the runs over one another; the figures are in the group's record, too."""
        folders = [self._runs / result["run"]["id"] for result in self._done]
        with suppress(OSError, ValueError, ImportError):
            if folders:
                page = comparison.compose([overview(folder) for folder in folders])
                record.write_text(self._runs / f"{self._group}{group.PAGE}", page)


def main(*, leash: bool) -> None:
    """Do what standard input asks for."""
    repeater = Repeater(json.loads(sys.stdin.buffer.readline()))
    ended = threading.Event()

    def hold() -> None:
        if leash:
            sys.stdin.buffer.read()
            ended.set()

    def obey() -> None:
        ended.wait()
        repeater.stop()

    for target in (hold, obey):
        threading.Thread(target=target, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    repeater.run()


if __name__ == "__main__":
    main(leash="--leash" in sys.argv[1:])
    os._exit(0)  # a thread may still wait for the leash
