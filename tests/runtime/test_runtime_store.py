"""The run store: the folders are the truth, the index only makes it fast, and neither faults nor company make it lie."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnngen.runtime.driving.living import STARTUP
from cnngen.runtime.lock import FileLock
from cnngen.runtime.record import RESULT, WORKER_LOCK, write_json
from cnngen.runtime.runs import folder_name
from cnngen.runtime.store import RunRow, RunStore
from cnngen.runtime.store.index import Index
from cnngen.runtime.store.rows import read_row

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HASH = "0123456789abcdef"
SOURCES = {"cpu": {"source": "measured"}, "gpu": {"source": "absent"}, "ram": {"source": "modelled"}}
ENERGY = {
    "windows": 2,
    "energy_total_kwh": 0.0013,
    "energy_cpu_kwh": 0.001,
    "energy_gpu_kwh": 0.0,
    "energy_ram_kwh": 0.0003,
}


def ran(runs: Path, minutes: int = 0, *, name: str = "net", status: str = "done", **changes: Any) -> Path:
    """A run's folder as a training leaves it."""
    began = NOON + timedelta(minutes=minutes)
    folder = runs / folder_name(name, HASH, began)
    folder.mkdir(parents=True)
    record: dict[str, Any] = {
        "schema": 1,
        "status": status,
        "error": None,
        "run": {
            "started_utc": began.isoformat(), "ended_utc": (began + timedelta(seconds=9)).isoformat(), "duration_s": 9.0,
            "epochs_executed": 3,
        },
        "program": {"name": name, "hash": HASH},
        "network": {"layers": 5, "parameters": 5490, "macs": 24000},
        "quality": {"test_accuracy": 0.5},
        "energy": {"training": ENERGY, "sources": SOURCES},
    }  # fmt: skip
    write_json(folder / RESULT, record | changes)
    return folder


def change(folder: Path, **changes: Any) -> None:
    record = json.loads((folder / RESULT).read_text())
    write_json(folder / RESULT, record | changes)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "index.sqlite"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def stored(index: Path, runs: Path) -> list[str]:
    return sorted(Index(index).load(runs))


def test_a_row_has_the_figures_of_the_record(runs: Path, index: Path) -> None:
    folder = ran(runs)
    (folder / "program.cnn").write_text("input")
    (row,) = RunStore(runs, Index(index)).runs()
    assert row == RunRow(
        id=folder.name,
        path=folder,
        program="net",
        network_hash=HASH,
        began=NOON,
        status="done",
        test_accuracy=0.5,
        energy_training_kwh=0.0013,
        energy_source="modelled",
        epochs=3,
        parameters=5490,
        duration_s=9.0,
        message=None,
        ended=NOON + timedelta(seconds=9),
        text_sha256=row.text_sha256,
    )
    assert row.text_sha256
    assert row.began.utcoffset() == timedelta(0)


def test_a_row_says_which_run_of_a_group_it_is_also_from_the_index(runs: Path, index: Path) -> None:
    ran(runs, run={"repeat": {"group": "net-x3", "number": 2, "of": 3}})
    for _ in range(2):
        (row,) = RunStore(runs, Index(index)).runs()
        assert (row.group, row.number, row.of) == ("net-x3", 2, 3)


def test_runs_come_newest_first_and_those_of_one_program_on_request(runs: Path, index: Path) -> None:
    for minutes, name in ((1, "a"), (3, "b"), (2, "a")):
        ran(runs, minutes, name=name)
    store = RunStore(runs, Index(index))
    assert [(row.began.minute, row.program) for row in store.runs()] == [(3, "b"), (2, "a"), (1, "a")]
    assert [row.began.minute for row in store.runs("a")] == [2, 1]
    assert [row.began.minute for row in store.newest("a")] == [2, 1]


def test_a_renamed_folder_is_a_run_and_a_folder_without_a_record_is_none(runs: Path, index: Path) -> None:
    ran(runs).rename(runs / "my best one")
    (runs / "notes").mkdir()
    (runs / folder_name("file", HASH, NOON)).write_text("")
    assert [row.id for row in RunStore(runs, Index(index)).runs()] == ["my best one"]


def test_where_there_is_no_folder_there_are_no_runs(runs: Path, index: Path) -> None:
    store = RunStore(runs, Index(index))
    assert store.runs() == []
    assert list(store.newest("net")) == []


def test_what_is_in_the_index_is_not_read_again(runs: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for minutes in range(3):
        ran(runs, minutes)
    first = RunStore(runs, Index(index)).runs()
    monkeypatch.setattr("cnngen.runtime.store.store.read_row", lambda folder: pytest.fail(f"{folder} is read again"))
    assert RunStore(runs, Index(index)).runs() == first


def test_changes_are_seen_at_once_by_stores_that_knew_the_run(runs: Path, index: Path) -> None:
    folder = ran(runs)
    one, two = RunStore(runs, Index(index)), RunStore(runs, Index(index))
    assert one.runs() == two.runs()
    for accuracy in (0.51, 0.52, 0.53):
        change(folder, quality={"test_accuracy": accuracy})
        assert one.runs()[0].test_accuracy == accuracy
        assert next(two.newest("net")).test_accuracy == accuracy
    new = ran(runs, 5)
    assert [row.path for row in one.runs()] == [row.path for row in two.newest("net")] == [new, folder]
    shutil.rmtree(folder)
    assert [row.path for row in one.runs()] == [row.path for row in two.newest("net")] == [new]
    assert stored(index, runs) == [new.name]


def test_a_deleted_index_is_made_anew(runs: Path, index: Path) -> None:
    ran(runs)
    first = RunStore(runs, Index(index)).runs()
    for file in index.parent.iterdir():
        file.unlink()
    assert RunStore(runs, Index(index)).runs() == first
    assert len(stored(index, runs)) == 1


@pytest.mark.parametrize("damage", ["text", "middle", "cut", "foreign", "rows"])
def test_a_corrupted_index_is_no_fault_and_is_made_anew(runs: Path, index: Path, damage: str) -> None:
    for minutes in range(60):
        ran(runs, minutes)
    first = RunStore(runs, Index(index)).runs()
    content = index.read_bytes()
    match damage:
        case "text":
            index.write_bytes(b"no database")
        case "middle":
            index.write_bytes(content[:2048] + b"\xff" * (len(content) - 4096) + content[-2048:])
        case "cut":
            index.write_bytes(content[: len(content) // 2])
        case "foreign":
            index.unlink()
            with sqlite3.connect(index) as connection:
                connection.execute("CREATE TABLE run (name)")
        case "rows":
            with sqlite3.connect(index) as connection:
                connection.execute("UPDATE run SET began = 'yesterday'")
    assert RunStore(runs, Index(index)).runs() == first
    RunStore(runs, Index(index)).runs()
    assert len(stored(index, runs)) == 60


@given(noise=st.binary(max_size=300), place=st.integers(0, 20000))
@settings(max_examples=25)
def test_noise_in_the_index_never_raises(tmp_path_factory: pytest.TempPathFactory, noise: bytes, place: int) -> None:
    folder = tmp_path_factory.mktemp("noise")
    run, index = ran(folder / "runs"), folder / "index.sqlite"
    RunStore(folder / "runs", Index(index)).runs()
    content = bytearray(index.read_bytes())
    content[place % len(content) : place % len(content) + len(noise)] = noise
    index.write_bytes(content)
    assert [row.path for row in RunStore(folder / "runs", Index(index)).runs()] == [run]


def test_where_no_index_can_be_kept_all_is_read_from_the_folders(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran(runs)
    store = RunStore(runs, Index(tmp_path / "file" / "index.sqlite"))
    assert len(store.runs()) == len(list(store.newest("net"))) == 1


def test_an_index_that_another_process_has_locked_holds_nobody_up(
    runs: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnngen.runtime.store.index._PATIENCE", 0.05)
    ran(runs)
    RunStore(runs, Index(index)).runs()
    ran(runs, 1)
    with sqlite3.connect(index) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert len(RunStore(runs, Index(index)).runs()) == 2
    assert len(RunStore(runs, Index(index)).runs()) == 2
    assert len(stored(index, runs)) == 2


WRITER = """
import sys
from pathlib import Path
from cnngen.runtime.store import RunStore
from cnngen.runtime.store.index import Index
for _ in range(15):
    print(len(RunStore(Path(sys.argv[1]), Index(Path(sys.argv[2]))).runs()))
"""


def test_several_processes_use_one_index_while_runs_come_and_change(runs: Path, index: Path) -> None:
    for minutes in range(20):
        ran(runs, minutes)
    command = [sys.executable, "-c", WRITER, str(runs), str(index)]
    others = [subprocess.Popen(command, stdout=-1, stderr=-1, text=True) for _ in range(4)]
    for minutes in range(20, 50):
        change(ran(runs, minutes), status="cancelled")
    for other in others:
        out, err = other.communicate(timeout=120)
        assert (other.returncode, err) == (0, "")
        counts = [int(line) for line in out.split()]
        assert counts == sorted(counts)
    rows = RunStore(runs, Index(index)).runs()
    assert [row.status for row in rows] == ["cancelled"] * 30 + ["done"] * 20
    known = Index(index).load(runs)
    assert {id: row for id, (_, row) in known.items()} == {row.id: row for row in rows}


def test_a_record_that_cannot_be_read_is_a_row_that_says_so(runs: Path, index: Path) -> None:
    ran(runs)
    (ran(runs, 1) / RESULT).write_text('{"schema": 1, "status": "do')
    change(ran(runs, 2), schema=99)
    change(ran(runs, 3), run=None)
    (ran(runs, 4) / RESULT).unlink()
    rows = RunStore(runs, Index(index)).runs()
    assert [row.status for row in rows] == ["unreadable"] * 4 + ["done"]
    assert all(row.message and row.message.endswith(".") and "\n" not in row.message for row in rows[:4])
    assert [row.program for row in rows] == ["net"] * 5
    assert RunStore(runs, Index(index)).runs() == rows


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_a_row_that_says_so(runs: Path, index: Path) -> None:
    folder = ran(runs)
    folder.chmod(0)
    try:
        (row,) = RunStore(runs, Index(index)).runs()
    finally:
        folder.chmod(0o700)
    assert row.status == "unreadable"
    assert "ermission denied" in str(row.message)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    ),
    st.sampled_from(["status", "run", "program", "network", "quality", "energy", "error"]),
)
@settings(max_examples=60)
def test_any_record_makes_a_row_that_the_index_takes(
    tmp_path_factory: pytest.TempPathFactory, value: Any, key: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    run = ran(folder / "runs")
    (run / RESULT).write_text(json.dumps(json.loads((run / RESULT).read_text()) | {key: value}))
    assert read_row(run).id == run.name
    assert len(RunStore(folder / "runs", Index(folder / "index.sqlite")).runs()) == 1


def test_an_unfinished_run_is_what_its_workers_lock_says(runs: Path, index: Path) -> None:
    folder = ran(runs, status="unfinished")
    store, lock = RunStore(runs, Index(index)), FileLock(folder / WORKER_LOCK)
    assert store.runs()[0].status == "waiting"  # the worker is coming up
    assert lock.take({"pid": 1, "state": "waiting"})
    assert store.runs()[0].status == "waiting"
    lock.write({"pid": 1, "state": "running"})
    assert store.runs()[0].status == "running"
    assert store.runs()[0].living
    lock.release()
    assert store.runs()[0].status == "failed"
    assert not store.runs()[0].living


def test_a_worker_that_never_came_up_is_dead_after_a_while(runs: Path, index: Path) -> None:
    folder = ran(runs, status="unfinished")
    past = (folder / RESULT).stat().st_mtime - STARTUP - 1
    os.utime(folder / RESULT, (past, past))
    (row,) = RunStore(runs, Index(index)).runs()
    assert row.status == "failed"
    assert row.message
