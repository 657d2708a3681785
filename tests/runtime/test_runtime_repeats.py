"""A group of runs is driven as one run is: started, followed, cancelled, found again, its record closed.

The processes are real, with real locks, turns, forks and ends; only Keras is left out of the workers.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from light_worker import interpreter

from cnngen.runtime import TrainOptions, load_result
from cnngen.runtime.driving import living, settling
from cnngen.runtime.driving.forking import AVAILABLE
from cnngen.runtime.driving.repeats import RepeatedTraining
from cnngen.runtime.driving.turn import Turn
from cnngen.runtime.lock import note
from cnngen.runtime.store import GroupRow, RunStore

pytestmark = pytest.mark.skipif(os.name != "posix", reason="ends processes by POSIX signals")


class Groups:
    """Starts groups of one small program, and leaves none behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[RepeatedTraining] = []

    def start(self, of: int = 3, *, detached: bool = False, device: str = "cpu", **light: str) -> RepeatedTraining:
        python = interpreter(self.folder / "python", **light)
        options = TrainOptions(runs_dir=self.folder / "runs", interpreter=str(python), device=device)
        group = RepeatedTraining.prepare("input(dataset=digits) conv flatten dense output", "net", options, of)
        group.start(detached=detached)
        self.started.append(group)
        return group

    def runs(self, group: RepeatedTraining) -> list[dict[str, Any]]:
        return [load_result(group.path.with_name(run["id"])) for run in group.result()["runs"]]


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Groups]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    # Charts are no subject here, and take longer than all else.
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "matplotlib.py").write_text("raise ImportError('not here')")
    path = [str(tmp_path / "plain"), *(path for path in sys.path if path)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path))
    made = Groups(tmp_path)
    yield made
    for group in made.started:
        group.cancel()
        for _ in group.batches():
            pass


def until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def epochs(group: RepeatedTraining) -> int:
    """How many epochs its last run has done."""
    known = groups_record(group)
    return len(load_result(group.path.with_name(known["runs"][-1]["id"]))["history"]) if known["runs"] else 0


def groups_record(group: RepeatedTraining) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(group.path.read_text())
    return found


def test_all_who_follow_a_group_are_told_of_each_run_and_at_the_end_what_they_come_to(groups: Groups) -> None:
    group = groups.start(2, detached=True)
    told = list(group.events())
    begun = [event for event in told if event["event"] == "repeat"]
    assert [(event["number"], event["of"]) for event in begun] == [(1, 2), (2, 2)]
    assert [event["event"] for event in told].count("done") == 1
    assert told[-1] == {"event": "done", "status": "done"}
    # Each run's events stand behind the word that it has begun.
    places = [place for place, event in enumerate(told) if event["event"] == "repeat"]
    for place, end in zip(places, [*places[1:], len(told)], strict=True):
        assert [event["epoch"] for event in told[place:end] if event["event"] == "epoch"] == [1, 2, 3]
    assert list(RepeatedTraining.attach(group.path).events()) == told[places[0] :]
    found = group.result()
    assert (found["done"], found["asked"], found["status"], found["now"]) == (2, 2, "done", None)
    assert [run["id"] for run in found["runs"]] == [event["run"] for event in begun]
    runs = groups.runs(group)
    assert [run["run"]["repeat"] for run in runs] == [
        {"group": group.name, "number": number, "of": 2} for number in (1, 2)
    ]
    # A process for each; that they were forked from one that had loaded everything is said.
    assert len({note(group.path.with_name(run["id"]) / "worker.lock")["pid"] for run in found["runs"]}) == 2
    assert [run["run"]["forked"] for run in runs] == [AVAILABLE] * 2 and found["forked"] == 2 * AVAILABLE
    # Nothing is left beside the record, the page and the log, which says nothing.
    assert not group.path.with_name(group.name + settling.LOCK).exists()
    assert group.path.with_name(f"{group.name}.html").exists() and group.log.read_text() == ""


def test_runs_on_a_gpu_are_not_forked_and_say_so(groups: Groups) -> None:
    group = groups.start(1, device="gpu")
    assert list(group.events())[-1]["status"] == "done"
    assert [run["run"]["forked"] for run in groups.runs(group)] == [False] and group.result()["forked"] == 0


def test_cancelling_a_group_keeps_the_run_that_goes_on_and_begins_no_other(groups: Groups) -> None:
    group = groups.start(3, detached=True, hang="epoch2")
    until(lambda: epochs(group) == 2)
    RepeatedTraining.attach(group.path).cancel()
    assert list(group.events())[-1] == {"event": "done", "status": "cancelled"}
    (run,) = groups.runs(group)
    assert (run["status"], len(run["history"])) == ("cancelled", 2)
    assert group.result()["done"] == 0


def test_a_group_waits_for_its_turn_before_anything_large_is_loaded_and_can_be_cancelled_there(groups: Groups) -> None:
    turn = Turn()
    turn.ask("other")
    assert turn.take()
    try:
        group = groups.start(2)
        events = group.events()
        assert next(events) == {"event": "waiting", "ahead": "other", "before": 1}
        group.cancel()
        assert list(events) == [{"event": "done", "status": "cancelled"}]
        assert group.result()["runs"] == []
    finally:
        turn.end()


def test_a_group_ends_with_who_holds_its_leash(groups: Groups) -> None:
    group = groups.start(3, hang="epoch1")
    until(lambda: epochs(group) == 1)
    assert group._process and group._process.stdin
    group._process.stdin.close()  # which is what the system does when a process ends, however
    assert list(group.events())[-1] == {"event": "done", "status": "cancelled"}
    assert [run["status"] for run in groups.runs(group)] == ["cancelled"]


def test_the_record_of_a_group_whose_process_was_killed_is_closed_and_its_run_keeps_what_was_done(
    groups: Groups,
) -> None:
    group = groups.start(3, detached=True, hang="epoch1")
    until(lambda: epochs(group) == 1)
    os.kill(note(group.path.with_name(group.name + settling.LOCK))["pid"], signal.SIGKILL)
    *_, error, done = RepeatedTraining.attach(group.path).events()
    assert "process that has the trainings done" in error["message"] and done["status"] == "failed"
    (run,) = groups.runs(group)
    assert (run["status"], len(run["history"])) == ("cancelled", 1)  # its leash was at an end
    assert groups_record(group)["status"] == "failed"


def listed(group: RepeatedTraining) -> GroupRow:
    (row,) = RunStore(group.path.parent).groups()
    return row


def test_who_lists_groups_closes_one_whose_process_was_killed_when_its_run_has_ended_too(groups: Groups) -> None:
    group = groups.start(3, detached=True, hang="epoch1")
    until(lambda: epochs(group) == 1)
    run = group.path.with_name(groups_record(group)["runs"][0]["id"])
    row = listed(group)
    assert (row.id, row.program, row.status, row.done, row.asked) == (group.name, "net", "running", 0, 3)
    assert row.runs == (run.name,)
    os.kill(note(group.path.with_name(group.name + settling.LOCK))["pid"], signal.SIGKILL)
    until(lambda: living.state(run) is None)
    row = listed(group)
    assert row.status == "failed" and "was ended" in str(row.message)
    known = groups_record(group)
    assert (known["status"], known["now"]) == ("failed", None)
    assert [run["status"] for run in known["runs"]] == ["cancelled"]  # as it ended, not as the group last saw it


def test_a_group_whose_process_died_with_its_last_run_done_is_done_and_has_all_figures(groups: Groups) -> None:
    group = groups.start(2)
    list(group.events())
    known = groups_record(group)
    unfinished = [*known["runs"][:1], {**known["runs"][1], "status": "unfinished"}]
    group.path.write_text(json.dumps({**known, "status": "running", "runs": unfinished, "figures": {}}))
    group.path.with_name(group.name + settling.LOCK).touch()
    assert settling.settled(group.path) == groups_record(group) == known


def test_a_group_that_waits_is_listed_so_and_another_file_is_said_to_be_none(groups: Groups) -> None:
    turn = Turn()
    turn.ask("other")
    assert turn.take()
    try:
        group = groups.start(2, detached=True)
        until(lambda: listed(group).status == "waiting")
        group.cancel()
        until(lambda: listed(group).status == "cancelled")
    finally:
        turn.end()
    group.path.with_name("mine.group.json").write_text("[]")
    assert [row.status for row in RunStore(group.path.parent).groups()] == ["cancelled", "unreadable"]


@pytest.mark.parametrize("light", [{"fault": "Keras is not amused."}, {"hang": "epoch1", "deaf": "1"}])
def test_a_run_that_fails_or_is_killed_is_the_last_and_says_why(groups: Groups, light: dict[str, str]) -> None:
    group = groups.start(3, **light)
    if "hang" in light:
        until(lambda: epochs(group) == 1)
        run = group.path.with_name(groups_record(group)["runs"][-1]["id"])
        os.kill(note(run / "worker.lock")["pid"], signal.SIGKILL)
    told = list(group.events())
    (error,) = [event for event in told if event["event"] == "error"]
    assert error["message"].startswith("Keras is not amused" if "fault" in light else "The worker was ended by SIGKILL")
    assert told[-1]["status"] == "failed" and [run["status"] for run in groups.runs(group)] == ["failed"]
