"""Running a benchmark: on each machine one trial after the other, every step on the disk before the next."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from cnngen.runtime import record
from cnngen.runtime.driving import closing, living
from cnngen.runtime.lock import FileLock, note
from cnngen.search.benchmark.engine import Bounds, Ending, Engine, Work, kept
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

#: The most trials that are under way at a time, and seconds between two looks at what the user wants and who is there.
MOST, LOOK = 256, 0.5

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
        """Keep as many trials under way as there are places. Threads only wait for them: all writing is done here."""
        began, spent = time.monotonic(), 0.0
        with ThreadPoolExecutor(MOST, thread_name_prefix="trial") as threads:
            under_way: dict[Future[Ending], Entry] = {}
            end: End | None = None
            try:
                while True:
                    end = end or self._over(began, spent)
                    while end is None and len(under_way) < min(self.engine.places(), MOST):
                        entry = ledger.take()
                        if entry is None:
                            end = "finished"
                        else:
                            under_way[threads.submit(self.engine.train, self._work(entry))] = entry
                    if not under_way and end:
                        return end
                    for done in wait(under_way, timeout=LOOK, return_when=FIRST_COMPLETED).done:
                        ended = self._ended(under_way.pop(done), done, ledger)
                        spent += ((ended.result or {}).get("run_energy_total_kwh") or 0.0) * 1000.0
                        # One that is to be done again is left.
                        end = None if end == "finished" and ended.state == "queued" else end
            finally:
                # Only when nothing can be trained any more is anything left here.
                for left, entry in under_way.items():
                    with suppress(SearchError):
                        self._ended(entry, left, ledger)

    def _over(self, began: float, spent: float) -> End | None:
        """Why no further trial is begun."""
        if self.wishes.pause:
            return "paused"
        if self.budget.time_s is not None and time.monotonic() - began >= self.budget.time_s:
            return "time"
        if self.budget.energy_wh is not None and spent >= self.budget.energy_wh:
            return "energy"
        return None

    def _ended(self, entry: Entry, done: Future[Ending], ledger: Ledger) -> Entry:
        """Note how a trial ended. Raises SearchError when it could not be trained."""
        try:
            ending = done.result()
        except SearchError:
            self._again(entry, ledger, uncounted=True)
            raise
        return self._conclude(entry, ending, ledger)

    def _conclude(self, entry: Entry, ending: Ending, ledger: Ledger) -> Entry:
        """Note what a trial came to; one that died without a word is tried again, as often as is allowed."""
        attempts = self.benchmark.specification.limits.attempts + (FATAL if ending.cut == "lost" else 0)
        if ending.cut == "dropped":
            self._again(entry, ledger, uncounted=True)
        elif (ending.cut == "lost" or (ending.died and not ending.cut)) and entry.attempt < attempts:
            self._again(entry, ledger)
        else:
            state, result, epochs = outcome(self.folders.path(entry.trial), ending)
            # One that died in its first moments has told nothing: its engine may know the machine, or the others do.
            known = ledger.learn_class(ending.host, result.get("host_class") or ending.host_class)
            ledger.end(entry.trial, state, {**result, "host": ending.host, "host_class": known}, epochs)
        found = ledger.entry(entry.trial.id)
        self.told(found, ledger)
        return found

    def _again(self, entry: Entry, ledger: Ledger, *, uncounted: bool = False) -> None:
        """Have a trial wait again. Its folder goes first: whoever finds a trial running takes a folder for its own."""
        self.folders.remove(entry.trial)
        ledger.put_back(entry.trial, uncounted=uncounted)

    def _recover(self, ledger: Ledger) -> None:
        """Find out what became of trials that were running when an earlier runner died."""
        for entry in list(ledger.entries("running")):
            ending = self._found(self._work(entry))
            if ending:
                self._conclude(entry, ending, ledger)
            elif entry.attempt < self.benchmark.specification.limits.attempts + FATAL:
                # Runner and worker died together, as when a machine goes off: most often that is nobody's fault.
                self._again(entry, ledger)
            else:
                reason = f"It took whoever trained it with it, {entry.attempt} times."
                self._conclude(entry, Ending(reason=reason, died=True), ledger)

    def _found(self, work: Work) -> Ending | None:
        """How a trial ended, as far as its folder tells; None where it has to be done again."""
        with suppress(OSError, ValueError):
            alive = _has_worker(work.run_dir)
            if record.read(work.run_dir)["status"] != "unfinished":
                return kept(work.run_dir) or Ending()
            if alive:  # its worker has outlived the runner
                return self.engine.follow(work)
            if ending := kept(work.run_dir):
                closing.close(work.run_dir, ending.reason)
            return ending
        return None

    def _work(self, entry: Entry) -> Work:
        limits = self.benchmark.specification.limits
        bounds = Bounds(limits.timeout_s, limits.memory_mb * 1_000_000)
        return Work(entry.trial, self.folders, bounds, lambda: self.wishes.drop)


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
    epochs: list[dict[str, Any]] = []
    status = "failed"
    try:
        result, epochs = row(run_dir)
        status = record.read(run_dir)["status"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        result = {"stage": "record", "reason": ending.reason or f"The record cannot be read: {error}."}
    if ending.cut in ("timeout", "memory"):
        return ending.cut, {**result, "stage": result.get("stage") or "train", "reason": ending.reason}, epochs
    if status == "cancelled":
        return "failed", {**result, "stage": "stopped", "reason": "Somebody stopped it."}, epochs
    return "done" if status == "done" else "failed", result, epochs
