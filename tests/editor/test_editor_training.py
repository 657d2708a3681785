"""*Train & Measure* in the real VS Code, with the real worker."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from editor_window import TRAINING, EditorWindow
from playwright.sync_api import Locator, expect

pytestmark = [pytest.mark.editor, pytest.mark.slow]

PROGRAM = """training(epochs={epochs})
input(dataset=digits)
conv(filters=8) max_pooling
flatten
dense
output
"""


def progress(editor: EditorWindow, name: str) -> Locator:
    """The message with the bar and the button that ends the training."""
    return editor.message(f"Training {name}").filter(has=editor.page.get_by_role("button", name="Cancel"))


def status(editor: EditorWindow, name: str) -> object:
    """How the record of the only run of a program says that it has ended."""
    (run,) = (editor.folder / "runs").glob(f"{name}-*")
    return json.loads((run / "result.json").read_text("utf-8"))["status"]


def workers(folder: Path) -> list[int]:
    """The training workers that write into this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"cnngen.runtime.worker" in command and os.fsencode(folder) in command:
            found.append(int(process.name))
    return found


def test_training_shows_its_progress_and_ends_in_results_with_folder_and_report(editor: EditorWindow) -> None:
    editor.open("small.cnn", PROGRAM.format(epochs=1))
    editor.press("Train & Measure")
    expect(progress(editor, "small.cnn")).to_be_visible(timeout=TRAINING)
    finished = editor.message("small.cnn is trained")
    expect(finished).to_be_visible(timeout=TRAINING)
    expect(finished).to_contain_text(re.compile(r"accuracy \d+(\.\d+)? ?%"))
    expect(progress(editor, "small.cnn")).to_have_count(0)
    assert status(editor, "small") == "done"

    editor.answer(finished, "Show results")
    expect(editor.webview.locator("#state")).to_contain_text("Run done")
    editor.webview.get_by_role("button", name="Open Folder").click()
    (run,) = (editor.folder / "runs").glob("small-*")
    selected = editor.page.locator(".explorer-folders-view .monaco-list-row.focused")
    expect(selected).to_contain_text(run.name)
    editor.webview.get_by_role("button", name="Open Report").click()
    expect(editor.tab("Preview report.md")).to_be_visible()


def test_cancel_ends_the_worker_and_keeps_what_was_done(editor: EditorWindow) -> None:
    editor.open("long.cnn", PROGRAM.format(epochs=100_000))
    editor.press("Train & Measure")
    running = progress(editor, "long.cnn")
    expect(running).to_contain_text(re.compile("epoch", re.IGNORECASE), timeout=TRAINING)
    assert workers(editor.folder)
    editor.answer(running, "Cancel")
    stopped = editor.message(re.compile("long.cnn was stopped"))
    expect(stopped).to_be_visible(timeout=TRAINING)
    expect(running).to_have_count(0)
    assert not workers(editor.folder)
    assert status(editor, "long") == "cancelled"
