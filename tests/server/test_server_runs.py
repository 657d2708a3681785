"""`cnngen/runs`, `cnngen/run`, `cnngen/stopRun` and `cnngen/deleteRun` over the wire, on a real run's folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from pygls.exceptions import JsonRpcException
from server_editor import Editor
from test_server_diagram import plain

from cnngen.runtime.lock import FileLock

pytestmark = pytest.mark.asyncio

RECORD = next((Path(__file__).parents[1] / "runtime" / "records" / "v1").glob("lenet5-*"))
LATER = RECORD.name.replace("20261122", "20261123")
OTHER = RECORD.name.replace("lenet5-20261122", "other-20261124")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder with two runs of lenet5 and one of another program."""
    for name, program, day in ((RECORD.name, "lenet5", 22), (LATER, "lenet5", 23), (OTHER, "other", 24)):
        folder = tmp_path / "work" / "runs" / name
        shutil.copytree(RECORD, folder)
        record = json.loads((folder / "result.json").read_text())
        record["program"]["name"] = program
        record["run"]["started_utc"] = record["run"]["started_utc"].replace("-22T", f"-{day}T")
        (folder / "result.json").write_text(json.dumps(record))
    return tmp_path / "work"


async def ask(editor: Editor, method: str, **params: Any) -> Any:
    return plain(await editor.protocol.send_request_async(f"cnngen/{method}", params))


async def begin(editor: Editor, workspace: Path) -> None:
    await editor.begin(folders=[workspace], settings={"": {"runsDirectory": "${workspaceFolder}/runs"}})


def names(answer: Any) -> list[str]:
    return [row["id"] for row in answer["runs"]]


async def test_all_runs_of_the_open_folders_are_told_newest_first(editor: Editor, workspace: Path) -> None:
    await begin(editor, workspace)
    answer = await ask(editor, "runs")
    assert names(answer) == [OTHER, LATER, RECORD.name]
    assert answer["folders"] == [(workspace / "runs").as_uri()]
    row, record = answer["runs"][-1], json.loads((RECORD / "result.json").read_text())
    assert row["directory"] == (workspace / "runs" / RECORD.name).as_uri()
    assert row["status"] == "done"
    assert row["began"].startswith("2026-11-22T")
    assert row["test_accuracy"] == record["quality"]["test_accuracy"]
    assert row["accuracy_text"] == f"{100 * row['test_accuracy']:.2f} %"
    assert row["energy_text"].endswith("Wh")


async def test_the_runs_of_a_program_or_beside_a_run_are_those_of_that_program(editor: Editor, workspace: Path) -> None:
    await begin(editor, workspace)
    of_file = await ask(editor, "runs", uri=(workspace / "lenet5.cnn").as_uri())
    beside = await ask(editor, "runs", directory=(workspace / "runs" / LATER).as_uri())
    assert names(of_file) == names(beside) == [LATER, RECORD.name]
    shutil.rmtree(workspace / "runs" / LATER)
    beside = await ask(editor, "runs", directory=(workspace / "runs" / LATER).as_uri())
    assert names(beside) == [RECORD.name]


async def test_without_runs_the_answer_is_empty(editor: Editor, tmp_path: Path) -> None:
    await begin(editor, tmp_path)
    assert names(await ask(editor, "runs")) == []
    assert names(await ask(editor, "runs", uri="untitled:Untitled-1")) == []


async def test_a_run_is_told_whole(editor: Editor, workspace: Path) -> None:
    await begin(editor, workspace)
    uri = (workspace / "runs" / LATER).as_uri()
    answer = await ask(editor, "run", directory=uri)
    record = json.loads((RECORD / "result.json").read_text())
    assert (answer["directory"], answer["name"], answer["status"]) == (uri, "lenet5", "done")
    assert [row["epoch"] for row in answer["history"]] == [row["epoch"] for row in record["history"]]
    assert {row["phase"] for row in answer["phases"]} == set(record["energy"]["phases"])


async def test_a_run_whose_worker_lives_is_running_and_can_be_stopped_not_deleted(
    editor: Editor, workspace: Path
) -> None:
    await begin(editor, workspace)
    folder = workspace / "runs" / LATER
    record = json.loads((folder / "result.json").read_text()) | {"status": "unfinished"}
    (folder / "result.json").write_text(json.dumps(record))
    lock = FileLock(folder / "worker.lock")
    lock.take({"state": "running"})
    assert (await ask(editor, "run", directory=folder.as_uri()))["status"] == "running"
    assert (await ask(editor, "runs"))["runs"][1]["status"] == "running"
    with pytest.raises(JsonRpcException, match="stop it first"):
        await ask(editor, "deleteRun", directory=folder.as_uri())
    assert folder.exists()
    assert not (folder / "stop").exists()
    await ask(editor, "stopRun", directory=folder.as_uri())
    assert (folder / "stop").exists()
    lock.release()


async def test_a_deleted_run_is_gone_and_nothing_else(editor: Editor, workspace: Path) -> None:
    await begin(editor, workspace)
    await ask(editor, "deleteRun", directory=(workspace / "runs" / LATER).as_uri())
    assert names(await ask(editor, "runs")) == [OTHER, RECORD.name]
    assert not (workspace / "runs" / LATER).exists()


async def test_a_folder_that_is_no_run_is_not_deleted(editor: Editor, workspace: Path) -> None:
    (workspace / "runs" / "notes").mkdir()
    (workspace / "runs" / "notes" / "a.txt").write_text("mine")
    await begin(editor, workspace)
    for folder in (workspace, workspace / "runs", workspace / "runs" / "notes"):
        with pytest.raises(JsonRpcException, match="no folder of a run"):
            await ask(editor, "deleteRun", directory=folder.as_uri())
    assert (workspace / "runs" / "notes" / "a.txt").read_text() == "mine"


async def test_a_record_that_cannot_be_read_is_listed_and_refused_with_one_sentence(
    editor: Editor, workspace: Path
) -> None:
    (workspace / "runs" / LATER / "result.json").write_text("{")
    await begin(editor, workspace)
    row = next(row for row in (await ask(editor, "runs"))["runs"] if row["id"] == LATER)
    assert row["status"] == "unreadable"
    with pytest.raises(JsonRpcException, match=r"result\.json is not a run's record"):
        await ask(editor, "run", directory=(workspace / "runs" / LATER).as_uri())
    with pytest.raises(JsonRpcException, match="cannot be read"):
        await ask(editor, "run", directory=(workspace / "runs" / "none").as_uri())
    with pytest.raises(JsonRpcException, match="by its URI"):
        await ask(editor, "run")
