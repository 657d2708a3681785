"""A training is driven through its run's folder: started, queued, followed, stopped, found again, its record closed.

The worker is a real process with the real lock, turn, events and end; only Keras is left out.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from light_worker import interpreter

from cnngen.language import analyse
from cnngen.runtime import TrainingJob, TrainOptions, load_result, record
from cnngen.runtime.datasets import Choice
from cnngen.runtime.driving import closing, living, stopping
from cnngen.runtime.driving.following import EventReader
from cnngen.runtime.driving.preparation import Plan, make_run_folder
from cnngen.runtime.driving.turn import Turn
from cnngen.runtime.store import RunStore

pytestmark = pytest.mark.skipif(os.name != "posix", reason="ends processes by POSIX signals")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))


class Runs:
    """Makes runs, starts them, and leaves no worker behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "runs"
        self.jobs: list[TrainingJob] = []
        self.interpreter = interpreter(folder / "python")

    def prepared(self, name: str = "net") -> TrainingJob:
        analysis = analyse("input(dataset=digits) conv flatten dense output", name=name)
        options = TrainOptions(runs_dir=self.folder, interpreter=str(self.interpreter))
        plan = Plan(analysis, analysis.network.training, Choice("digits", None), options, None)
        job = TrainingJob(make_run_folder(plan), options)
        self.jobs.append(job)
        return job

    def started(self, name: str = "net", *, detached: bool = False, **environment: str) -> TrainingJob:
        job = self.prepared(name)
        with pytest.MonkeyPatch.context() as patch:
            for key, value in environment.items():
                patch.setenv(f"LIGHT_{key.upper()}", value)
            job.start(detached=detached)
        return job


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    made = Runs(tmp_path)
    yield made
    for job in made.jobs:
        stopping.kill(job.run_dir)


@pytest.fixture
def turn() -> Iterator[Turn]:
    """The turn, taken by the test: no worker gets beyond waiting."""
    turn = Turn()
    turn.ask("other")
    assert turn.take()
    yield turn
    turn.end()


def until(condition: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def seen(job: TrainingJob) -> list[dict[str, Any]]:
    """The events that are there now."""
    return EventReader(job.run_dir).read()


def has(job: TrainingJob, kind: str) -> Callable[[], bool]:
    return lambda: any(event["event"] == kind for event in seen(job))


def status(job: TrainingJob) -> str:
    return str(load_result(job.run_dir)["status"])


def test_a_run_tells_all_events_in_order_once_and_to_all_who_follow(runs: Runs) -> None:
    job = runs.started(epochs="40")
    told: list[list[dict[str, Any]]] = [[], [], []]
    followers = [job, TrainingJob.attach(job.run_dir), TrainingJob.attach(job.run_dir)]
    threads = [
        threading.Thread(target=lambda each=each, into=into: into.extend(each.events()))
        for each, into in zip(followers, told, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told[0] == told[1] == told[2] == list(TrainingJob.attach(job.run_dir).events()) == seen(job)
    assert [event["epoch"] for event in told[0] if event["event"] == "epoch"] == list(range(1, 41))
    assert told[0][-1] == {"event": "done", "status": "done"}
    assert [event["event"] for event in told[0]].count("done") == 1
    assert (job.run_dir / "report.html").exists()
    assert not list(job.run_dir.glob(".*"))


def test_a_half_written_line_is_waited_for(tmp_path: Path) -> None:
    reader = EventReader(tmp_path)
    assert reader.read() == []
    line = '{"event": "epoch", "name": "∑"}\n'.encode()
    with (tmp_path / record.EVENTS).open("ab", buffering=0) as file:
        for place in range(len(line)):
            file.write(line[place : place + 1])
            assert reader.read() == ([{"event": "epoch", "name": "∑"}] if place == len(line) - 1 else [])
        file.write(b'{"event": 1}\n[]\nno event\n\xff\n\n' + line + b'{"ev')
    assert len(reader.read()) == 1


def test_trainings_run_one_after_the_other_in_the_order_of_asking(runs: Runs, turn: Turn) -> None:
    jobs = [runs.prepared(name) for name in ("a", "b", "c")]
    # Their workers come up in another order.
    for job in (jobs[2], jobs[0], jobs[1]):
        job.start()
        until(has(job, "waiting"))
    until(lambda: seen(jobs[2])[-1] == {"event": "waiting", "ahead": "b", "before": 3})
    assert seen(jobs[0])[-1] == {"event": "waiting", "ahead": "other", "before": 1}
    assert [row.status for row in RunStore(runs.folder).runs()] == ["waiting"] * 3
    turn.end()
    for job in jobs:
        assert list(job.events())[-1]["status"] == "done"
    ended = [(job.run_dir / "result.json").stat().st_mtime_ns for job in jobs]
    assert ended == sorted(ended)


def test_the_queue_survives_who_asked_and_who_waits(runs: Runs, turn: Turn) -> None:
    """The middle one of three is killed while it waits: the last one goes on waiting for the first."""
    first, middle, last = (runs.started(name, detached=True) for name in ("a", "b", "c"))
    for job in (first, middle, last):
        until(has(job, "waiting"))
    assert middle.pid
    os.kill(middle.pid, signal.SIGKILL)
    until(lambda: seen(last)[-1].get("ahead") == "a")
    turn.end()
    assert list(last.events())[-1]["status"] == "done"
    assert status(first) == "done"
    *_, error, done = middle.events()
    assert "SIGKILL" in error["message"]
    assert done == {"event": "done", "status": "failed"}


def test_a_waiting_worker_is_small_and_knows_no_keras(runs: Runs, turn: Turn) -> None:
    job = runs.started()
    until(has(job, "waiting"))
    maps = Path(f"/proc/{job.pid}/maps").read_text() if sys.platform == "linux" else ""
    assert "tensorflow" not in maps
    assert "numpy" not in maps


def test_stopping_a_run_that_waits_ends_it_before_it_began(runs: Runs, turn: Turn) -> None:
    job = runs.started(detached=True)
    until(has(job, "waiting"))
    TrainingJob.attach(job.run_dir).cancel()
    assert list(job.events())[-1] == {"event": "done", "status": "cancelled"}
    assert status(job) == "cancelled"
    assert RunStore(runs.folder).runs()[0].status == "cancelled"


def test_any_follower_can_stop_a_run_and_what_was_done_is_kept(runs: Runs) -> None:
    job = runs.started(detached=True, hang="epoch2")
    until(lambda: [e["event"] for e in seen(job)].count("epoch") == 2)
    TrainingJob.attach(job.run_dir).cancel()
    assert list(job.events())[-1] == {"event": "done", "status": "cancelled"}
    assert len(load_result(job.run_dir)["history"]) == 2
    assert has(job, "error")() is False


def test_sigterm_is_a_cancel_too(runs: Runs) -> None:
    job = runs.started(hang="epoch1")
    until(has(job, "epoch"))
    assert job.pid
    os.kill(job.pid, signal.SIGTERM)
    assert list(job.events())[-1] == {"event": "done", "status": "cancelled"}


def test_a_worker_that_does_not_listen_ends_itself_and_counts_as_cancelled(runs: Runs) -> None:
    job = runs.started(hang="epoch1", deaf="1")
    until(has(job, "epoch"))
    stopping.ask(job.run_dir)
    assert list(job.events())[-1] == {"event": "done", "status": "cancelled"}
    assert len(load_result(job.run_dir)["history"]) == 1


def test_a_worker_that_cannot_even_end_itself_is_killed(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "GRACE", -1.5)
    job = runs.started(hang="epoch1")
    until(has(job, "epoch"))
    assert job.pid
    os.kill(job.pid, signal.SIGSTOP)
    job.cancel()
    assert list(job.events())[-1] == {"event": "done", "status": "cancelled"}
    assert living.worker(job.run_dir) is None


@pytest.mark.parametrize(
    ("moment", "epochs", "ended"),
    [("begun", 0, "failed"), ("epoch1", 1, "failed"), ("epoch3", 3, "failed"), ("closed", 3, "done")],
)
def test_a_killed_worker_loses_at_most_the_epoch_it_is_in(runs: Runs, moment: str, epochs: int, ended: str) -> None:
    """Nobody who started it is left: its record is closed by whoever looks next, and says why."""
    job = runs.started(detached=True, hang=moment)
    follower = TrainingJob.attach(job.run_dir)
    if moment == "closed":
        until(lambda: status(job) == "done")
    else:
        until(lambda: living.state(job.run_dir) == "running")
        until(lambda: len(load_result(job.run_dir)["history"]) == epochs)
    assert RunStore(runs.folder).runs()[0].status == ("done" if moment == "closed" else "running")
    stopping.kill(job.run_dir)
    until(lambda: living.state(job.run_dir) is None)
    (row,) = RunStore(runs.folder).runs()
    assert (row.status, row.epochs) == (ended, epochs)
    if ended == "failed":
        assert row.message
        assert row.message.startswith("The worker was killed, perhaps because")
        assert row.message.endswith(f"up to epoch {epochs} is kept." if epochs else "in the phase import.")
        assert (job.run_dir / "report.html").exists()
    events = list(follower.events())
    assert events[-1] == {"event": "done", "status": ended}
    assert [event["event"] for event in events].count("error") == (ended == "failed")
    assert not (job.run_dir / closing.RESERVE).exists()
    # Looked at again, nothing more is said.
    assert list(TrainingJob.attach(job.run_dir).events()) == events == list(job.events())


def test_who_started_the_worker_can_say_how_it_was_killed(runs: Runs) -> None:
    job = runs.started(hang="epoch1")
    until(has(job, "epoch"))
    stopping.kill(job.run_dir)
    *_, error, done = job.events()
    assert "SIGKILL" in error["message"]
    assert "in the phase train" in error["message"]
    assert done["status"] == "failed"


def test_who_only_follows_leaves_the_record_to_who_saw_the_worker_end(runs: Runs) -> None:
    job = runs.started(hang="epoch1")
    asked: list[bool] = []

    def owner_lives() -> bool:
        """The process that started the worker, which is slow: at the third look it has closed the record."""
        asked.append(True)
        if len(asked) == 3:
            assert list(job.events())[-1]["status"] == "failed"
        return True

    until(has(job, "epoch"))
    stopping.kill(job.run_dir)
    until(lambda: living.state(job.run_dir) is None)
    *_, error, done = TrainingJob.attach(job.run_dir, kept=owner_lives).events()
    assert len(asked) >= 3
    assert "SIGKILL" in error["message"]
    assert done["status"] == "failed"


PARENT = """
import sys
from pathlib import Path
from cnngen.runtime import TrainingJob, TrainOptions
job = TrainingJob(Path(sys.argv[1]), TrainOptions(interpreter=sys.argv[2]))
job.start(detached=sys.argv[3] == "True")
print("started", flush=True)
for event in job.events():
    print(event["event"], flush=True)
"""


@pytest.mark.parametrize(("detached", "moment"), [(False, "epoch1"), (False, "waiting"), (True, "epoch1")])
def test_a_run_that_is_not_detached_stops_when_its_parent_is_killed(
    runs: Runs, detached: bool, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIGHT_HANG", moment)
    turn = Turn()
    turn.ask("other")
    if moment == "waiting":
        assert turn.take()
    job = runs.prepared()
    command = [sys.executable, "-c", PARENT, str(job.run_dir), str(runs.interpreter), str(detached)]
    turn.end() if moment != "waiting" else None
    with subprocess.Popen(command, stdout=-1, text=True) as parent:
        assert parent.stdout
        for line in parent.stdout:
            if line.strip() == ("waiting" if moment == "waiting" else "epoch"):
                break
        parent.kill()
    follower = TrainingJob.attach(job.run_dir)
    if detached:
        time.sleep(0.5)
        assert living.state(job.run_dir) == "running"
        follower.cancel()
    assert list(follower.events())[-1] == {"event": "done", "status": "cancelled"}
    turn.end()


def test_a_job_cancelled_before_its_start_never_starts(runs: Runs) -> None:
    job = runs.prepared()
    job.cancel()
    job.start()
    assert list(job.events()) == [{"event": "done", "status": "cancelled"}]
    assert job.pid is None
    assert status(job) == "cancelled"


def test_a_run_that_was_given_up_is_not_begun_by_a_late_worker(runs: Runs) -> None:
    job = runs.prepared()
    assert closing.close(job.run_dir, "Nobody came.") == "failed"
    job.start()
    assert list(job.events())[-1] == {"event": "done", "status": "failed"}
    assert load_result(job.run_dir)["error"]["message"] == "Nobody came."
    assert load_result(job.run_dir)["history"] == []


def test_a_living_run_is_not_closed(runs: Runs) -> None:
    job = runs.started(hang="epoch1")
    until(has(job, "epoch"))
    assert closing.close(job.run_dir) is None
    assert status(job) == "unfinished"


def test_an_interpreter_without_cnngen_is_said_so(runs: Runs) -> None:
    runs.interpreter.write_text('#!/bin/sh\necho "No module named cnngen" >&2; exit 1\n')
    job = runs.started()
    *_, error, done = job.events()
    assert "has no CNNGen" in error["message"]
    assert done["status"] == "failed"


@pytest.mark.parametrize("damage", ["{", '{"schema": 1}', None])
def test_a_corrupted_record_of_a_dead_run_raises_nowhere(runs: Runs, damage: str | None) -> None:
    job = runs.started(hang="epoch1")
    until(has(job, "epoch"))
    stopping.kill(job.run_dir)
    until(lambda: living.state(job.run_dir) is None)
    path = job.run_dir / record.RESULT
    path.write_text(damage) if damage else path.unlink()
    assert RunStore(runs.folder).runs()[0].status == "unreadable"
    assert list(job.events())[-1]["status"] == "failed"


@pytest.mark.skipif(sys.platform != "linux", reason="limits files")
def test_a_disk_that_takes_nothing_more_keeps_the_last_whole_record(runs: Runs) -> None:
    job = runs.started(epochs="5", file_limit="100")
    *_, error, done = job.events()
    assert "could not be written" in error["message"]
    assert done["status"] == "failed"
    assert len(load_result(job.run_dir)["history"]) == 1


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk")
def test_on_a_full_disk_the_reserve_takes_the_last_words(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        runs = Runs(disk)
        job = runs.started(hang="epoch1", epochs="100000")
        until(has(job, "epoch"))
        with pytest.raises(OSError), (disk / "ballast").open("wb", buffering=0) as ballast:
            while ballast.write(bytes(512)):
                pass
        stopping.ask(job.run_dir)
        assert list(job.events())[-1] == {"event": "done", "status": "cancelled"}
        assert status(job) == "cancelled"
        assert len(load_result(job.run_dir)["history"]) == 1
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
