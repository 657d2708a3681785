"""*Train & Measure* in the real VS Code, with the real worker."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from editor_window import TRAINING, EditorWindow
from playwright.sync_api import Locator, expect
from quick_input import SOON, until_done
from runs_view import choose_by_keys, focus_runs
from training_workers import workers

pytestmark = [pytest.mark.editor, pytest.mark.slow]

#: They are the folder's, as a user sets them, before the window is opened.
SETTINGS = {
    "cnngen.country": "FRA",
    "cnngen.device": "cpu",
    "cnngen.runsDirectory": "${workspaceFolder}/measured",
    "cnngen.training.dataset": "digits",
    "cnngen.training.idleSeconds": 1,
}

PROGRAM = """training(epochs={epochs})
input(dataset=digits)
conv(filters=8) max_pooling
flatten
dense
output
"""


@pytest.fixture(scope="module")
def workspace(workspace: Path) -> Path:
    settings = workspace / ".vscode" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps(SETTINGS), "utf-8")
    return workspace


def progress(editor: EditorWindow, name: str) -> Locator:
    """The message with the bar and the button that ends the training."""
    return editor.message(f"Training {name}").filter(has=editor.page.get_by_role("button", name="Cancel"))


def record(editor: EditorWindow, name: str) -> dict[str, Any]:
    """The record of the only run of a program."""
    (run,) = (editor.folder / "measured").glob(f"{name}-*")
    found: dict[str, Any] = json.loads((run / "result.json").read_text("utf-8"))
    return found


def status(editor: EditorWindow, name: str) -> object:
    """How the run has ended."""
    return record(editor, name)["status"]


def test_training_shows_its_progress_and_ends_in_results_with_folder_and_report(editor: EditorWindow) -> None:
    """The panel that was opened while it ran has followed it to its end. Country, data set and folder are those set."""
    program = PROGRAM.format(epochs=2).replace("dataset=digits", "shape=(8, 8, 1)").replace("dense", "dense(units=10)")
    editor.open("small.cnn", program)
    editor.press("Train & Measure")
    expect(progress(editor, "small.cnn")).to_be_visible(timeout=TRAINING)
    editor.run("CNNGen: Show Results")
    state = editor.webview.locator("#state")
    expect(state).to_have_text(re.compile("^(Running|Waiting)"))
    expect(editor.webview.get_by_role("button", name="Stop")).to_be_visible()
    expect(state).to_have_text(re.compile("^Done"), timeout=TRAINING)
    expect(editor.webview.get_by_role("figure", name="Accuracy").locator("svg")).to_be_visible()
    expect(editor.webview.get_by_role("button", name="Stop")).to_be_hidden()
    finished = editor.message("small.cnn is trained")
    expect(finished).to_be_visible(timeout=TRAINING)
    expect(finished).to_contain_text(re.compile(r"accuracy \d+(\.\d+)? ?%"))
    expect(progress(editor, "small.cnn")).to_have_count(0)
    assert status(editor, "small") == "done"
    told = record(editor, "small")
    assert (told["data"]["name"], told["run"]["device"]) == ("digits", "cpu")
    assert told["carbon"]["country_iso_code"] == "FRA"
    assert told["measuring"]["idle_s"] == 1
    (request,) = (editor.folder / "measured").glob("small-*/request.json")
    assert json.loads(request.read_text("utf-8"))["device"] == "cpu"  # not "auto", which may come to the same
    expect(editor.webview.get_by_role("row", name=re.compile("^Carbon"))).to_contain_text(re.compile(r"\d.*CO"))

    editor.close_editors()
    editor.answer(finished, "Show results")
    expect(state).to_contain_text("Done")
    editor.webview.get_by_role("button", name="Open Folder").click()
    (run,) = (editor.folder / "measured").glob("small-*")
    selected = editor.page.locator(".explorer-folders-view .monaco-list-row.focused")
    expect(selected).to_contain_text(run.name)
    editor.webview.get_by_role("button", name="Open Report").click()
    expect(editor.tab("Report small")).to_be_visible()


def test_a_training_is_repeated_by_one_command_and_the_results_say_what_the_runs_come_to_together(
    editor: EditorWindow, screenshots: Path
) -> None:
    editor.open("often.cnn", PROGRAM.format(epochs=1))
    editor.lens("Train & Measure").wait_for()
    editor.run("CNNGen: Train & Measure Repeatedly")
    expect(editor.quick_input.box).to_have_value("5")
    editor.quick_input.box.fill("1")
    expect(editor.quick_input.widget).to_contain_text("A whole number from 2 to 100")
    editor.quick_input.box.fill("2")
    editor.page.keyboard.press("Enter")
    finished = editor.message("often.cnn is trained (2 of 2 done")
    expect(finished).to_contain_text("median", timeout=2 * TRAINING)
    expect(progress(editor, "often.cnn")).to_have_count(0)
    editor.answer(finished, "Show results")
    together = editor.webview.locator("#group")
    expect(together).to_contain_text("2 of 2 done")
    for figure in ("Test accuracy", "Training time", "Training energy"):
        expect(together.get_by_role("row", name=re.compile(f"^{figure}"))).to_contain_text("95 % interval")
    editor.screenshot(screenshots / "repeated.png")


def test_a_second_training_waits_and_is_stopped_by_keys_and_cancel_ends_the_first_and_keeps_what_was_done(
    editor: EditorWindow,
) -> None:
    editor.open("long.cnn", PROGRAM.format(epochs=100_000))
    editor.press("Train & Measure")
    running = progress(editor, "long.cnn")
    expect(running).to_contain_text(re.compile("epoch", re.IGNORECASE), timeout=TRAINING)
    before = workers(editor.folder)
    editor.open("second.cnn", PROGRAM.format(epochs=1))
    editor.press("Train & Measure")
    editor.show_runs()
    waiting = editor.runs.filter(has_text="waiting for its turn")
    expect(waiting).to_be_visible()
    focus_runs(editor)
    for _ in range(editor.runs.count()):
        if "focused" in (waiting.get_attribute("class") or ""):
            break
        editor.page.keyboard.press("ArrowDown")
        editor.page.wait_for_timeout(300)
    expect(waiting).to_have_class(re.compile("focused"))
    choose_by_keys(editor, "Stop Training")
    expect(editor.message(re.compile("second.cnn was stopped"))).to_be_visible(timeout=TRAINING)
    assert status(editor, "second") == "cancelled"

    assert workers(editor.folder) == before
    editor.answer(running, "Cancel")
    stopped = editor.message(re.compile("long.cnn was stopped"))
    expect(stopped).to_be_visible(timeout=TRAINING)
    expect(running).to_have_count(0)
    assert not workers(editor.folder)
    assert status(editor, "long") == "cancelled"


def test_a_training_is_found_again_when_the_window_is_loaded_anew_and_stopped_in_the_view_of_runs(
    editor: EditorWindow, screenshots: Path
) -> None:
    editor.open("found.cnn", PROGRAM.format(epochs=100_000))
    editor.press("Train & Measure")
    running = progress(editor, "found.cnn")
    expect(running).to_contain_text(re.compile("epoch", re.IGNORECASE), timeout=TRAINING)
    before = workers(editor.folder)
    editor.reload()
    editor.open("found.cnn")
    expect(running).to_contain_text(re.compile("epoch", re.IGNORECASE), timeout=TRAINING)
    assert workers(editor.folder) == before

    editor.show_runs()
    row = editor.runs.filter(has_text="running")
    expect(row).to_contain_text("epoch")
    editor.run("CNNGen: Show Results")
    expect(editor.webview.locator("#state")).to_contain_text("of 100000 epochs")
    editor.screenshot(screenshots / "running.png")

    def pressed() -> None:
        """The row may be drawn anew under the pointer; then a person presses again."""
        if row.count():  # else it has stopped meanwhile
            row.hover(timeout=SOON)
            row.get_by_role("button", name="Stop Training").click(timeout=SOON)
        expect(row).to_have_count(0, timeout=3 * SOON)

    until_done(pressed)
    expect(editor.message(re.compile("found.cnn was stopped"))).to_be_visible(timeout=TRAINING)
    expect(editor.runs.filter(has_text="stopped").first).to_be_visible()
    expect(editor.webview.locator("#state")).to_have_text(re.compile("^Stopped"))
    assert not workers(editor.folder)
    assert status(editor, "found") == "cancelled"
