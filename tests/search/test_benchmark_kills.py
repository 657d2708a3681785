"""A benchmark that is killed at every single step of its making and of its running, and then gone on with."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import pty
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import light_worker
import pytest
from benchmark_driver import Pretended

from cnngen.runtime import record
from cnngen.search.benchmark.engine import ENDING, Ending, Work, written
from cnngen.search.benchmark.folders import Folders
from cnngen.search.benchmark.ledger import Entry
from cnngen.search.benchmark.making import Benchmark, make
from cnngen.search.benchmark.runner import Runner
from cnngen.search.benchmark.specification import specification

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed in the middle by forking it")

#: What the interpreter tells before it does it: all ways in which a file or a folder changes.
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "os.truncate"}
NETWORKS: dict[str, Any] = {"sampler": {"conditions": {"layers": [0, 5]}}, "count": 3}
TOO_LONG = "It took longer than 1 s."


class Varied(Pretended):
    """Trials that come to the different ends: by their place, one is done, one fails, one takes too long."""

    def train(self, work: Work) -> Ending:
        end = _end(work)
        if end == "done":
            return super().train(work)
        run_dir = work.folders.make(work.trial)
        self._note(f"begin {run_dir.name}")
        if end == "timeout":
            # As the engine of this machine does it: it notes why, and the worker obeys.
            record.write_bytes(run_dir / ENDING, written(Ending("timeout", TOO_LONG)))
        record.write_json(run_dir / record.RESULT, _ended(record.read(run_dir), end))
        return Ending("timeout", TOO_LONG) if end == "timeout" else Ending()


class Afar(Pretended):
    """The same trials trained on another machine, from which only files come."""

    def train(self, work: Work) -> Ending:
        end = _end(work)
        self._note(f"begin {work.trial.id}")
        work.folders.make(work.trial)
        result = record.read(work.run_dir)
        work.folders.remove(work.trial)
        ending = Ending("timeout" if end == "timeout" else None, TOO_LONG if end == "timeout" else None, host="afar")
        files = {record.RESULT: json.dumps(_ended(result, end)).encode(), ENDING: written(ending)}
        work.folders.bring(work.trial, files)
        return ending


def _end(work: Work) -> str:
    ids = sorted(entry.trial.id for entry in entries(work.folders.benchmark))
    return ("done", "failed", "timeout")[ids.index(work.trial.id)]


def _ended(result: dict[str, Any], end: str) -> dict[str, Any]:
    result["status"] = {"timeout": "cancelled"}.get(end, end)
    result["quality"] = {"test_accuracy": int(result["run"]["id"][:4], 16) / 65536, "test_loss": 1.0}
    if end == "failed":
        result["error"] = {"stage": "train", "class": "RunError", "message": "The loss became NaN in epoch 1."}
    return result


def killed(step: int, work: Callable[[], Any]) -> bool:
    """Do some work in a process that is killed before it does its `step`-th change; whether it came to that."""
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the work itself failed"
        return os.WIFSIGNALED(status)
    left = step

    def change(event: str, arguments: Any = ()) -> None:
        nonlocal left
        if event in CHANGES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    class Base(sqlite3.Connection):
        def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
            if not sql.startswith(("SELECT", "PRAGMA")):
                change("os.rename")
            return super().execute(sql, *rest)

    connect = sqlite3.connect
    sqlite3.connect = lambda *args, **more: connect(*args, factory=Base, **more)  # type: ignore[assignment]
    sys.addaudithook(change)
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def spec() -> Any:
    return specification({"networks": NETWORKS, "order": {"reference_every": 0}}, "the test")


def entries(benchmark: Benchmark) -> list[Entry]:
    ledger = benchmark.ledger()
    try:
        return list(ledger.entries())
    finally:
        ledger.close()


def told(entry: Entry) -> Any:
    """A trial's end. What one had measured that was given up depends on when it was killed."""
    assert entry.result
    if entry.state == "timeout":
        return entry.trial, entry.state, entry.result["reason"]
    return entry.trial, entry.state, entry.result, entry.epochs


def going(benchmark: Benchmark, kind: type[Pretended]) -> Callable[[], Any]:
    folder = benchmark.folder
    engine = kind(0.0, folder / "trained.txt")
    return Runner(benchmark, Folders(benchmark, sys.executable, None), engine).run


@pytest.mark.parametrize("kind", [Varied, Afar])
def test_a_run_that_is_killed_at_any_step_and_again_at_any_step_ends_as_one_that_is_not(
    tmp_path: Path, kind: type[Pretended]
) -> None:
    """Both ways in which a trial's folder comes about, and all ways in which a trial ends."""
    made, _ = make(tmp_path / "bench", spec(), tmp_path)

    def copied(name: str) -> Benchmark:
        shutil.copytree(made.folder, tmp_path / name)
        return replace(made, folder=tmp_path / name)

    whole = copied("whole")
    going(whole, kind)()
    wanted = [told(entry) for entry in entries(whole)]
    assert Counter(state for _, state, *_ in wanted) == {"done": 1, "failed": 1, "timeout": 1}

    chance = random.Random(5)
    for step in itertools.count(1):
        benchmark = copied(f"step{step}")
        if not killed(step, going(benchmark, kind)):
            break
        ended = [entry for entry in entries(benchmark) if entry.result]
        if not step % 5:
            killed(chance.randint(1, 40), going(benchmark, kind))
        going(benchmark, kind)()
        found = entries(benchmark)
        assert [told(entry) for entry in found] == wanted, step
        assert all(entry in found for entry in ended), step
        # At most one training is cut short by each kill, and no other is begun twice.
        lines = (benchmark.folder / "trained.txt").read_text().splitlines()
        begun = Counter(line.split()[1] for line in lines if line.startswith("begin"))
        assert sum(begun.values()) <= len(found) + 2, step
        assert all(begun[entry.trial.id] <= 1 for entry in ended), step
        shutil.rmtree(benchmark.folder)
    assert step > 60


def test_a_benchmark_whose_making_is_killed_at_any_step_is_made_by_making_it_again(tmp_path: Path) -> None:
    whole, _ = make(tmp_path / "whole", spec(), tmp_path)
    wanted = [(entry.trial, entry.place) for entry in entries(whole)]
    for step in itertools.count(1):
        folder = tmp_path / f"step{step}"
        if not killed(step, partial(make, folder, spec(), tmp_path)):
            break
        again, _ = make(folder, spec(), tmp_path)
        assert [(entry.trial, entry.place) for entry in entries(again)] == wanted, step
        for entry in entries(again):
            assert again.program(entry.trial.network) == whole.program(entry.trial.network)
    assert going(again, Varied)() == "finished"
    assert step > 15


def test_ctrl_c_in_a_terminal_pauses_after_the_trial_and_resuming_repeats_none(tmp_path: Path) -> None:
    """The terminal sends the interrupt to all that runs in it, to the worker too, whose trial is to end all the same."""
    benchmark, _ = make(tmp_path / "bench", spec(), tmp_path)
    notes, go = tmp_path / "notes.txt", tmp_path / "go"
    light = light_worker.interpreter(tmp_path / "python", notes=str(notes), until=str(go))
    command = [sys.executable, "-m", "cnngen.cli", "benchmark", "run", str(benchmark.folder)]
    command += ["--spawn", "--interpreter", str(light)]
    pid, terminal = pty.fork()
    if not pid:
        os.execv(command[0], command)
    while not notes.exists():
        assert os.waitpid(pid, os.WNOHANG) == (0, 0)
        time.sleep(0.05)
    os.write(terminal, b"\x03")
    shown = b""
    while b"pausing after what is being trained" not in shown:
        shown += os.read(terminal, 4096)
    go.touch()
    with contextlib.suppress(OSError):  # how Linux says that the other end is closed
        while os.read(terminal, 4096):
            pass
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130
    os.close(terminal)
    (done,) = [entry for entry in entries(benchmark) if entry.result]
    assert done.state == "done"

    assert subprocess.run(command, check=False).returncode == 0
    found = entries(benchmark)
    assert done in found
    assert [entry.state for entry in found] == ["done"] * 3
    begun = Counter(line.split()[1] for line in notes.read_text().splitlines() if line.startswith("begin"))
    assert sorted(begun.values()) == [1, 1, 1]
