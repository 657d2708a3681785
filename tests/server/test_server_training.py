"""*Train & Measure* over the wire: progress, the end, a cancel that ends the worker, trainings that outlive the server.

One training is real; in the others only Keras is left out.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from light_worker import interpreter
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from server_editor import Editor, until

pytestmark = [pytest.mark.asyncio, pytest.mark.skipif(os.name != "posix", reason="ends processes by POSIX signals")]

#: Another window, in which something is trained.
HOLD = """
import sys
from cnngen.runtime.driving.turn import Turn

turn = Turn()
turn.ask("other")
print(turn.take(), flush=True)
sys.stdin.read()
"""

PROGRAM = "input conv max_pooling flatten dense output"


async def start(editor: Editor, folder: Path, **options: Any) -> tuple[str, Path]:
    """Open a program and have it trained; returns its URI and the run's folder."""
    uri = (folder / "net.cnn").as_uri()
    editor.type_in(uri, PROGRAM)
    answer = await editor.command("cnngen.train", uri, options)
    return uri, Path(unquote(urlsplit(answer["runDirectory"]).path))


def progress(editor: Editor) -> list[Any]:
    """What the progress showed, from begin to end."""
    return [value for values in editor.progress_reports.values() for value in values]


def workers(run: Path) -> list[int]:
    """The processes that have a run's folder on their command line."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            arguments = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
        except OSError:
            continue
        if b"cnngen.runtime.worker" in arguments and os.fsencode(run) in arguments:
            found.append(int(entry.name))
    return found


@pytest.mark.slow
async def test_a_training_shows_progress_ends_is_reported_and_becomes_a_lens(editor: Editor, tmp_path: Path) -> None:
    await editor.begin({"trainingFinished": True})
    uri, run = await start(editor, tmp_path, epochs=20)
    assert run.parent == tmp_path / "runs"
    # The server answers while the worker is busy.
    editor.edit(uri, (0, 6), (0, 10), "cnov")
    assert [d.code for d in await editor.found(uri)] == ["CNN102"]
    assert not editor.finished
    editor.edit(uri, (0, 6), (0, 10), "conv")

    await until(lambda: editor.finished, 300)
    (finished,) = editor.finished
    assert (finished.uri, finished.status) == (uri, "done")
    assert finished.message.startswith("net.cnn is trained: test accuracy ")
    assert Path(unquote(urlsplit(finished.report).path)) == run / "report.html"
    assert (run / "report.html").exists()
    assert json.loads((run / "result.json").read_text())["status"] == "done"

    first, *middle, last = progress(editor)
    assert isinstance(first, types.WorkDoneProgressBegin)
    assert first.cancellable
    assert isinstance(last, types.WorkDoneProgressEnd)
    percentages = [report.percentage for report in middle]
    assert percentages == sorted(percentages)
    assert any(re.match(r"epoch \d+ of 20", report.message) for report in middle)
    assert not workers(run)

    await until(lambda: editor.lenses_refreshed)
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    *_, result = await editor.text_document_code_lens_async(params) or ()
    assert result.command
    assert "% test accuracy · " in result.command.title
    assert " to train (" in result.command.title


def light(folder: Path, **environment: str) -> dict[str, Any]:
    """The editor's options with a worker that needs no Keras; what it does, tests/support/light_worker.py tells."""
    return {"trainingFinished": True, "interpreter": str(interpreter(folder / "python", **environment))}


def shown(editor: Editor, text: str) -> Callable[[], bool]:
    """Whether the progress has shown a text."""
    return lambda: any(text in (report.message or "") for report in progress(editor)[1:])


def status(run: Path) -> str:
    return str(json.loads((run / "result.json").read_text())["status"])


async def test_a_second_training_waits_says_for_what_and_follows(editor: Editor, tmp_path: Path) -> None:
    await editor.begin(light(tmp_path, hang="epoch2"))
    _, first = await start(editor, tmp_path)
    await until(shown(editor, "epoch 2 of"))
    other = (tmp_path / "other.cnn").as_uri()
    editor.type_in(other, PROGRAM)
    second = Path(unquote(urlsplit((await editor.command("cnngen.train", other))["runDirectory"]).path))
    await until(shown(editor, "waits for net,"))
    assert editor.changed
    assert set(editor.changed) == {first.as_uri(), second.as_uri()}
    tokens = list(editor.progress_reports)
    editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(tokens[0]))
    await until(lambda: len(progress(editor)) and status(first) == "cancelled")
    await until(lambda: len(json.loads((second / "result.json").read_text())["history"]) == 2)
    editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(tokens[1]))
    await until(lambda: len(editor.finished) == 2)
    assert [finished.uri for finished in editor.finished] == [(tmp_path / "net.cnn").as_uri(), other]


async def test_a_training_is_cancelled_while_it_waits_for_another_windows(editor: Editor, tmp_path: Path) -> None:
    with Popen([sys.executable, "-c", HOLD], stdin=PIPE, stdout=PIPE) as other:
        assert other.stdout and other.stdout.readline() == b"True\n"
        await editor.begin(light(tmp_path))
        _, run = await start(editor, tmp_path)
        await until(shown(editor, "waits for other,"))
        (token,) = editor.progress_reports
        editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
        await until(lambda: editor.finished)
        assert editor.finished[0].status == status(run) == "cancelled"
        # The window is closed, and the turn is free.
        _, run = await start(editor, tmp_path)
        other.kill()
    await until(lambda: len(editor.finished) == 2)
    assert editor.finished[1].status == status(run) == "done"


async def test_a_worker_that_dies_is_a_message_and_the_server_goes_on(editor: Editor, tmp_path: Path) -> None:
    await editor.begin(light(tmp_path, hang="epoch1"))
    uri, run = await start(editor, tmp_path)
    await until(shown(editor, "epoch 1 of"))
    for worker in workers(run):
        os.kill(worker, signal.SIGKILL)
    await until(lambda: editor.finished)
    assert editor.finished[0].status == status(run) == "failed"
    assert "SIGKILL" in editor.finished[0].message
    editor.edit(uri, (0, 6), (0, 10), "cnov")
    assert [d.code for d in await editor.found(uri)] == ["CNN102"]


async def test_without_the_notification_the_end_is_a_message(editor: Editor, tmp_path: Path) -> None:
    options = light(tmp_path) | {"trainingFinished": False, "runsDirectory": str(tmp_path / "elsewhere")}
    await editor.begin(options)
    _, run = await start(editor, tmp_path)
    assert run.parent == tmp_path / "elsewhere"
    await until(lambda: editor.messages)
    assert editor.messages[0].type == types.MessageType.Info
    assert str(run) in editor.messages[0].message
    assert not editor.finished


async def test_the_cancel_button_ends_the_worker_and_keeps_what_was_done(editor: Editor, tmp_path: Path) -> None:
    await editor.begin(light(tmp_path, hang="epoch2"))
    _, run = await start(editor, tmp_path)
    await until(shown(editor, "epoch 2 of"))
    assert workers(run)
    (token,) = editor.progress_reports
    editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    await until(lambda: editor.finished)
    assert editor.finished[0].status == status(run) == "cancelled"
    assert "what was done is kept" in editor.finished[0].message
    assert not workers(run)
    assert len(json.loads((run / "result.json").read_text())["history"]) == 2
    assert isinstance(progress(editor)[-1], types.WorkDoneProgressEnd)


async def test_a_training_survives_its_server_and_the_next_one_finds_it(
    editor: Editor, another: Editor, tmp_path: Path
) -> None:
    await editor.begin(light(tmp_path, hang="epoch2"), folders=[tmp_path])
    _, run = await start(editor, tmp_path)
    await until(shown(editor, "epoch 2 of"))
    (worker,) = workers(run)
    await editor.shutdown_session()
    assert editor.process.returncode == 0
    assert workers(run) == [worker]
    assert status(run) == "unfinished"
    assert not editor.finished

    (tmp_path / "net.cnn").write_text(PROGRAM)
    await another.begin({"trainingFinished": True}, folders=[tmp_path])
    await until(shown(another, "epoch 2 of"))
    begun = progress(another)[0]
    assert (begun.title, begun.cancellable) == ("Training net.cnn", True)
    (token,) = another.progress_reports
    another.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    await until(lambda: another.finished)
    (finished,) = another.finished
    assert (finished.uri, finished.status) == ((tmp_path / "net.cnn").as_uri(), "cancelled")
    assert not workers(run)
    assert len(json.loads((run / "result.json").read_text())["history"]) == 2


async def test_a_training_survives_an_editor_that_dies(editor: Editor, tmp_path: Path) -> None:
    await editor.begin(light(tmp_path, hang="epoch1"))
    _, run = await start(editor, tmp_path)
    await until(shown(editor, "epoch 1 of"))
    editor.process.kill()
    await editor.process.wait()
    assert workers(run)
    (run / "stop").touch()
    await until(lambda: not workers(run))
    assert status(run) == "cancelled"


async def test_a_run_that_somebody_else_begins_is_followed_when_the_client_tells_of_it(
    editor: Editor, another: Editor, tmp_path: Path
) -> None:
    await another.begin(folders=[tmp_path])
    await editor.begin(light(tmp_path, hang="epoch1"))
    _, run = await start(editor, tmp_path)
    await until(shown(editor, "epoch 1 of"))
    changes = [types.FileEvent((run / "worker.lock").as_uri(), types.FileChangeType.Created)]
    another.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes))
    await until(shown(another, "epoch 1 of"))
    assert run.as_uri() in another.changed
    (run / "stop").touch()
    await until(lambda: another.messages)
    assert str(run) in another.messages[0].message
    assert isinstance(progress(another)[-1], types.WorkDoneProgressEnd)


async def test_a_training_that_is_seen_on_the_disk_while_it_begins_is_followed_once_and_by_its_file(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.begin(light(tmp_path, hang="epoch1"))
    uri = (tmp_path / "net.cnn").as_uri()
    editor.type_in(uri, PROGRAM)
    started = asyncio.ensure_future(editor.command("cnngen.train", uri))
    while not started.done():
        seen = [types.FileEvent(file.as_uri(), types.FileChangeType.Created) for file in tmp_path.glob("runs/*/*.json")]
        editor.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(seen))
        await asyncio.sleep(0.02)
    await until(shown(editor, "epoch 1 of"))
    begun = [value for value in progress(editor) if isinstance(value, types.WorkDoneProgressBegin)]
    assert [value.title for value in begun] == ["Training net.cnn"]
    (token,) = editor.progress_reports
    editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    await until(lambda: editor.finished)
    assert editor.finished[0].uri == uri


async def test_a_server_closes_the_record_of_a_run_that_died_while_it_was_away(
    editor: Editor, another: Editor, tmp_path: Path
) -> None:
    (tmp_path / "net.cnn").write_text(PROGRAM)
    await editor.begin(light(tmp_path, hang="epoch1"), folders=[tmp_path])
    _, run = await start(editor, tmp_path)
    await until(shown(editor, "epoch 1 of"))
    await editor.shutdown_session()
    for worker in workers(run):
        os.kill(worker, signal.SIGKILL)
    await until(lambda: not workers(run))
    await another.begin(folders=[tmp_path])
    await until(lambda: status(run) == "failed")
    assert "up to epoch 1 is kept" in (run / "result.json").read_text()


async def test_a_training_that_fails_says_why(editor: Editor, tmp_path: Path) -> None:
    await editor.begin(light(tmp_path, fault="The pictures are gone; bring them back."))
    await start(editor, tmp_path)
    await until(lambda: editor.finished)
    (finished,) = editor.finished
    assert finished.status == "failed"
    assert finished.message == "The pictures are gone; bring them back."


async def repeat(editor: Editor, folder: Path, repeats: int) -> Path:
    """Open a program and have it trained several times; returns the group's record."""
    uri = (folder / "net.cnn").as_uri()
    editor.type_in(uri, PROGRAM)
    answer = await editor.command("cnngen.train", uri, {"repeats": repeats})
    return Path(unquote(urlsplit(answer["group"]).path))


async def test_repeated_trainings_are_one_progress_and_one_message_and_the_results_say_what_they_come_to(
    editor: Editor, tmp_path: Path
) -> None:
    await editor.begin(light(tmp_path), folders=[tmp_path])
    path = await repeat(editor, tmp_path, 3)
    await until(lambda: editor.finished)
    (finished,) = editor.finished
    assert finished.status == "done"
    assert finished.message.startswith("net.cnn is trained (3 of 3 done)")
    group = json.loads(path.read_text())
    runs = [path.with_name(run["id"]) for run in group["runs"]]
    assert [status(run) for run in runs] == ["done"] * 3
    assert finished.runDirectory == runs[-1].as_uri()
    (token,) = editor.progress_reports
    _, *middle, last = editor.progress_reports[token]
    assert isinstance(last, types.WorkDoneProgressEnd)
    percentages = [report.percentage for report in middle]
    assert percentages == sorted(percentages)
    for number in (1, 2, 3):
        assert any(report.message.startswith(f"run {number} of 3: epoch ") for report in middle)
    assert {run.as_uri() for run in runs} <= set(editor.changed)
    told = await editor.protocol.send_request_async("cnngen/run", {"directory": runs[0].as_uri()})
    assert told.group.status == "done"
    assert (told.group.rows[0].label, told.group.rows[0].text) == ("Repeated", "3 of 3 done")


async def test_the_cancel_button_of_repeated_trainings_ends_the_group_and_a_restart_finds_it_as_one(
    editor: Editor, another: Editor, tmp_path: Path
) -> None:
    (tmp_path / "net.cnn").write_text(PROGRAM)
    await editor.begin(light(tmp_path, hang="epoch2"), folders=[tmp_path])
    path = await repeat(editor, tmp_path, 3)
    await until(shown(editor, "run 1 of 3: epoch 2 of"))
    await editor.shutdown_session()
    await another.begin({"trainingFinished": True}, folders=[tmp_path])
    await until(shown(another, "run 1 of 3: epoch 2 of"))
    (token,) = another.progress_reports
    another.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    await until(lambda: another.finished)
    (finished,) = another.finished
    assert finished.status == "cancelled"
    group = json.loads(path.read_text())
    assert (group["status"], len(group["runs"])) == ("cancelled", 1)
    assert not workers(path.with_name(group["runs"][0]["id"]))


async def test_a_group_that_waits_for_its_turn_is_found_after_a_restart_and_can_be_cancelled(
    editor: Editor, another: Editor, tmp_path: Path
) -> None:
    with Popen([sys.executable, "-c", HOLD], stdin=PIPE, stdout=PIPE) as other:
        assert other.stdout and other.stdin
        assert other.stdout.readline() == b"True\n"
        await editor.begin(light(tmp_path), folders=[tmp_path])
        path = await repeat(editor, tmp_path, 3)
        await until(shown(editor, "waits for other"))
        await editor.shutdown_session()
        await another.begin({"trainingFinished": True}, folders=[tmp_path])
        await until(shown(another, "waits for other"))
        (token,) = another.progress_reports
        another.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
        await until(lambda: another.finished)
        other.stdin.close()
    group = json.loads(path.read_text())
    assert (another.finished[0].status, group["status"], group["runs"]) == ("cancelled", "cancelled", [])


@pytest.mark.parametrize("repeats", [1, 101])
async def test_a_number_of_repeats_that_makes_no_sense_is_refused_in_a_sentence(
    editor: Editor, tmp_path: Path, repeats: int
) -> None:
    await editor.begin(light(tmp_path))
    uri = (tmp_path / "net.cnn").as_uri()
    editor.type_in(uri, PROGRAM)
    with pytest.raises(JsonRpcException, match="repeated 2 to 100 times"):
        await editor.command("cnngen.train", uri, {"repeats": repeats})
    assert not (tmp_path / "runs").exists()
