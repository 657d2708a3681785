"""Running a benchmark: one trial after the other, every step on the disk before the next."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cnngen.runtime import living, record
from cnngen.runtime.lock import FileLock, note
from cnngen.search.benchmark.engine import Bounds, Ending, Engine
from cnngen.search.benchmark.folders import Folders
from cnngen.search.benchmark.ledger import Entry, Ledger, State
from cnngen.search.benchmark.making import Benchmark
from cnngen.search.benchmark.rows import row
from cnngen.search.errors import SearchError

LOCK = "benchmark.lock"

#: So much oftener than other trials may one run that took its runner with it.
FATAL = 3

#: Seconds that a worker may take from the fork to its lock.
STARTUP = 3.0

#: Why a runner came to its end.
End = Literal["finished", "paused", "energy", "time"]


@dataclass
class Budget:
    """What one run of the runner may take: Wh that its trials cost, and seconds; None means no end."""

    energy_wh: float | None = None
    time_s: float | None = None


@dataclass
class Wishes:
    """What the user wants by now: `pause` after this trial, or `drop` it, which will be done again."""

    pause: bool = False
    drop: bool = False


@dataclass
class Runner:
    """Does what a ledger has left. Only one at a time may: `run` takes the benchmark's lock."""

    benchmark: Benchmark
    folders: Folders
    engine: Engine
    budget: Budget = field(default_factory=Budget)
    wishes: Wishes = field(default_factory=Wishes)
    #: Told after each trial.
    told: Callable[[Entry, Ledger], None] = lambda entry, ledger: None

    def run(self) -> End:
        """Run until all trials have ended, or a budget has, or the user wants a pause.

        Raises SearchError when another runner is at it, or nothing can be trained here.
        """
        lock = FileLock(self.benchmark.folder / LOCK)
        if not lock.take({"host": platform.node(), "since": time.time()}):
            host = note(lock.file).get("host", "another machine")
            raise SearchError(
                f"{self.benchmark.folder} is being run already, on {host}; watch it with: status --watch."
            )
        ledger = self.benchmark.ledger()
        try:
            self._recover(ledger)
            return self._run(ledger)
        finally:
            ledger.close()
            lock.release()

    def _run(self, ledger: Ledger) -> End:
        began, spent = time.monotonic(), 0.0
        while True:
            if self.wishes.pause:
                return "paused"
            if self.budget.time_s is not None and time.monotonic() - began >= self.budget.time_s:
                return "time"
            if self.budget.energy_wh is not None and spent >= self.budget.energy_wh:
                return "energy"
            entry = ledger.take()
            if entry is None:
                return "finished"
            ended = self._trial(entry, ledger)
            if ended.result:
                spent += (ended.result.get("run_energy_total_kwh") or 0.0) * 1000.0

    def _trial(self, entry: Entry, ledger: Ledger) -> Entry:
        """One trial, from its folder to its entry in the ledger."""
        try:
            run_dir = self.folders.make(entry.trial)
        except OSError as error:
            ledger.put_back(entry.trial, uncounted=True)
            raise SearchError(
                f"The trial {entry.trial.id} cannot be written: {error.strerror or error}; make room and run again."
            ) from error
        try:
            ending = self.engine.train(run_dir, self._bounds, lambda: self.wishes.drop)
        except SearchError:
            ledger.put_back(entry.trial, uncounted=True)
            raise
        return self._conclude(entry, ending, run_dir, ledger)

    def _conclude(self, entry: Entry, ending: Ending, run_dir: Path, ledger: Ledger) -> Entry:
        """Note what a trial came to; one that died without a word is tried again, as often as is allowed."""
        attempts = self.benchmark.specification.limits.attempts
        if ending.cut == "dropped":
            ledger.put_back(entry.trial, uncounted=True)
        elif ending.cut is None and ending.died and entry.attempt < attempts:
            ledger.put_back(entry.trial)
        else:
            state, result, epochs = outcome(run_dir, ending)
            ledger.end(entry.trial, state, {**result, "host": platform.node()}, epochs)
        found = ledger.entry(entry.trial.id)
        self.told(found, ledger)
        return found

    def _recover(self, ledger: Ledger) -> None:
        """Find out what became of trials that were running when an earlier runner died."""
        for entry in ledger.entries("running"):
            run_dir = self.folders.path(entry.trial)
            ending: Ending | None = None
            with suppress(OSError, ValueError):
                alive = _has_worker(run_dir)
                unfinished = record.read(run_dir)["status"] == "unfinished"
                if unfinished and alive:
                    # Its worker has outlived the runner.
                    ending = self.engine.follow(run_dir, self._bounds, lambda: self.wishes.drop)
                elif not unfinished:
                    ending = Ending()
            if ending is None and entry.attempt < self.benchmark.specification.limits.attempts + FATAL:
                # Runner and worker died together, as when a machine goes off: most often that is nobody's fault.
                ledger.put_back(entry.trial)
            elif ending is None:
                self._conclude(entry, Ending(died=True), run_dir, ledger)
            else:
                self._conclude(entry, ending, run_dir, ledger)

    @property
    def _bounds(self) -> Bounds:
        limits = self.benchmark.specification.limits
        return Bounds(limits.timeout_s, limits.memory_mb * 1_000_000)


def _has_worker(run_dir: Path) -> bool:
    """Whether a trial's worker is alive. One that was being started gets some seconds to come up."""
    end = time.monotonic() + STARTUP
    while living.state(run_dir) is not None:
        if note(run_dir / record.WORKER_LOCK):
            return True
        if time.monotonic() > end:
            break
        time.sleep(0.05)
    return False


def outcome(run_dir: Path, ending: Ending) -> tuple[State, dict[str, Any], list[dict[str, Any]]]:
    """What a trial came to: its state, its row, its epochs."""
    result: dict[str, Any] = {}
    epochs: list[dict[str, Any]] = []
    status = "failed"
    try:
        result, epochs = row(run_dir)
        status = record.read(run_dir)["status"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        result = {"stage": "record", "reason": f"The record cannot be read: {error}."}
    if ending.cut in ("timeout", "memory"):
        return ending.cut, {**result, "stage": result.get("stage") or "train", "reason": ending.reason}, epochs
    if status == "cancelled":
        return "failed", {**result, "stage": "stopped", "reason": "Somebody stopped it."}, epochs
    return "done" if status == "done" else "failed", result, epochs
