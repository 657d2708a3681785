"""*Train & Measure* over the wire: progress, the end, and a cancel that ends the worker."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lsprotocol import types
from server_editor import Editor, until

pytestmark = [pytest.mark.asyncio, pytest.mark.slow]

#: Another window, in which something is trained.
HOLD = """
import sys
from cnngen.runtime.turn import Turn

turn = Turn()
print(turn.take("other.cnn"), flush=True)
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


async def test_a_training_shows_progress_ends_and_is_reported(editor: Editor, tmp_path: Path) -> None:
    await editor.begin({"trainingFinished": True})
    uri, run = await start(editor, tmp_path, epochs=1)
    assert run.parent == tmp_path / "runs"
    # The server answers while the worker is busy.
    editor.edit(uri, (0, 6), (0, 10), "cnov")
    assert [d.code for d in await editor.found(uri)] == ["CNN102"]
    assert not editor.finished

    await until(lambda: editor.finished, 300)
    (finished,) = editor.finished
    assert (finished.uri, finished.status) == (uri, "done")
    assert finished.message.startswith("net.cnn is trained: test accuracy ")
    assert Path(unquote(urlsplit(finished.report).path)) == run / "report.md"
    assert (run / "report.md").exists()
    assert json.loads((run / "result.json").read_text())["status"] == "done"

    first, *middle, last = progress(editor)
    assert isinstance(first, types.WorkDoneProgressBegin)
    assert first.cancellable
    assert isinstance(last, types.WorkDoneProgressEnd)
    percentages = [report.percentage for report in middle]
    assert percentages == sorted(percentages)
    assert any(report.message.startswith("epoch 1 of 1") for report in middle)
    assert not workers(run)


async def test_a_second_training_waits_says_for_what_and_follows(editor: Editor, tmp_path: Path) -> None:
    await editor.begin({"trainingFinished": True})
    _, first = await start(editor, tmp_path, epochs=100_000)
    await until(lambda: any("epoch 1 of" in (r.message or "") for r in progress(editor)[1:]), 300)
    other = (tmp_path / "other.cnn").as_uri()
    editor.type_in(other, PROGRAM)
    second = Path(unquote(urlsplit((await editor.command("cnngen.train", other, {"epochs": 1}))["runDirectory"]).path))
    await until(lambda: any((r.message or "").startswith("waits for net.cnn") for r in progress(editor)), 60)
    assert workers(first)
    assert not workers(second)
    token, _ = editor.progress_reports
    editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    await until(lambda: len(editor.finished) == 2, 300)
    assert (editor.finished[1].uri, editor.finished[1].status) == (other, "done")


async def test_a_training_is_cancelled_while_it_waits_for_another_windows(editor: Editor, tmp_path: Path) -> None:
    with Popen([sys.executable, "-c", HOLD], stdin=PIPE, stdout=PIPE) as other:
        assert other.stdout and other.stdout.readline() == b"True\n"
        await editor.begin({"trainingFinished": True})
        _, run = await start(editor, tmp_path, epochs=1)
        await until(lambda: any((r.message or "").startswith("waits for other.cnn") for r in progress(editor)), 60)
        assert not workers(run)
        (token,) = editor.progress_reports
        editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
        await until(lambda: editor.finished, 60)
        assert editor.finished[0].status == "cancelled"
        assert json.loads((run / "result.json").read_text())["status"] == "cancelled"
        # The window is closed, and the turn is free.
        _, run = await start(editor, tmp_path, epochs=1)
        other.kill()
    await until(lambda: len(editor.finished) == 2, 300)
    assert editor.finished[1].status == "done"


async def test_a_worker_that_dies_is_a_message_and_the_server_goes_on(editor: Editor, tmp_path: Path) -> None:
    await editor.begin({"trainingFinished": True})
    uri, run = await start(editor, tmp_path, epochs=100_000)
    await until(lambda: any("epoch 1 of" in (r.message or "") for r in progress(editor)[1:]), 300)
    for worker in workers(run):
        os.kill(worker, signal.SIGKILL)
    await until(lambda: editor.finished, 60)
    assert editor.finished[0].status == "failed"
    assert "SIGKILL" in editor.finished[0].message
    editor.edit(uri, (0, 6), (0, 10), "cnov")
    assert [d.code for d in await editor.found(uri)] == ["CNN102"]


async def test_without_the_notification_the_end_is_a_message(editor: Editor, tmp_path: Path) -> None:
    await editor.begin({"runsDirectory": str(tmp_path / "elsewhere")})
    _, run = await start(editor, tmp_path, epochs=1)
    assert run.parent == tmp_path / "elsewhere"
    await until(lambda: editor.messages, 300)
    assert editor.messages[0].type == types.MessageType.Info
    assert str(run) in editor.messages[0].message
    assert not editor.finished


async def test_the_cancel_button_ends_the_worker_and_keeps_what_was_done(editor: Editor, tmp_path: Path) -> None:
    await editor.begin({"trainingFinished": True})
    _, run = await start(editor, tmp_path, epochs=100_000)
    await until(lambda: any("epoch 2 of" in (r.message or "") for r in progress(editor)[1:]), 300)
    assert workers(run)
    (token,) = editor.progress_reports
    editor.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    await until(lambda: editor.finished, 60)
    assert editor.finished[0].status == "cancelled"
    assert "what was done is kept" in editor.finished[0].message
    assert not workers(run)
    result = json.loads((run / "result.json").read_text())
    assert result["status"] == "cancelled"
    assert result["history"]
    assert isinstance(progress(editor)[-1], types.WorkDoneProgressEnd)
    # The server is free for the next training.
    _, next_run = await start(editor, tmp_path, epochs=1)
    await until(lambda: len(editor.finished) == 2, 300)
    assert next_run != run
    assert editor.finished[1].status == "done"


async def test_a_shutdown_during_a_training_ends_the_worker(editor: Editor, tmp_path: Path) -> None:
    await editor.begin()
    _, run = await start(editor, tmp_path, epochs=100_000)
    await until(lambda: any("epoch 1 of" in (r.message or "") for r in progress(editor)[1:]), 300)
    assert workers(run)
    await editor.shutdown_session()
    assert editor.process.returncode == 0
    await until(lambda: not workers(run), 60)
    assert json.loads((run / "result.json").read_text())["status"] == "cancelled"


async def test_an_editor_that_dies_takes_the_worker_with_it(editor: Editor, tmp_path: Path) -> None:
    await editor.begin()
    _, run = await start(editor, tmp_path, epochs=100_000)
    await until(lambda: any("epoch 1 of" in (r.message or "") for r in progress(editor)[1:]), 300)
    editor.process.kill()
    await editor.process.wait()
    await until(lambda: not workers(run), 60)
    assert json.loads((run / "result.json").read_text())["status"] == "cancelled"


async def test_a_training_that_fails_says_why(editor: Editor, tmp_path: Path) -> None:
    """The pictures vanish between the check and the training."""
    await editor.begin({"trainingFinished": True})
    data = tmp_path / "pictures"
    for name in ("cats", "dogs"):
        (data / name).mkdir(parents=True)
        (data / name / "1.png").write_bytes(b"no picture")
    uri = (tmp_path / "net.cnn").as_uri()
    editor.type_in(uri, PROGRAM.replace("input", "input(shape=(8, 8, 3))"))
    await editor.command("cnngen.train", uri, {"dataset": str(data), "epochs": 1})
    await until(lambda: editor.finished, 300)
    (finished,) = editor.finished
    assert finished.status == "failed"
    assert finished.message
    assert "\n" not in finished.message
