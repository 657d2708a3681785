"""The item in the status bar and the walkthrough, in the real VS Code."""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path

import pytest
from editor_window import TRAINING, EditorWindow
from playwright.sync_api import Error, expect
from quick_input import SOON, until_done
from walkthrough import Walkthrough

pytestmark = pytest.mark.editor

SOUND = "input(dataset=digits)\nconv(filters=8) max_pooling\nflatten\ndense\noutput\n"


def test_the_item_tells_how_the_server_is_and_its_menu_restarts_it(editor: EditorWindow) -> None:
    editor.open("status.cnn", SOUND)
    editor.lens("Generate Keras").wait_for()
    expect(editor.status).to_have_text("CNNGen")
    expect(editor.status.locator("a")).to_have_attribute("aria-label", "CNNGen: The language server is running.")
    editor.status.click()
    rows = editor.quick_input.rows
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text="Choose the Python Interpreter")).to_contain_text(sys.executable)
    rows.filter(has_text="Restart Language Server").click()
    expect(editor.status.locator("a")).to_have_attribute("aria-label", "CNNGen: The language server is running.")
    editor.lens("Generate Keras").wait_for()


def test_the_doctor_s_report_says_how_energy_will_be_told(editor: EditorWindow) -> None:
    editor.open("doctor.cnn", SOUND)
    editor.lens("Generate Keras").wait_for()
    editor.status.click()
    editor.quick_input.row("What Can Be Measured Here").click()
    expect(editor.webview.locator("h1")).to_have_text("What this machine can measure", timeout=120_000)
    expect(editor.webview.locator("table").first).to_contain_text("CPU")
    editor.status.click()
    told = re.compile("CPU (measured|modelled|constant)")
    expect(editor.quick_input.row("What Can Be Measured Here")).to_contain_text(told)
    editor.page.keyboard.press("Escape")


def test_the_log_says_with_which_python_the_server_was_started(editor: EditorWindow) -> None:
    editor.open("log.cnn", SOUND)
    editor.lens("Generate Keras").wait_for()
    editor.status.click()
    editor.quick_input.row("Show Log").click()
    log = editor.page.locator(".output-view .view-lines")
    expect(log).to_contain_text(re.compile(r"Python\s3\.\d+\sfrom\scnngen\.interpreter:"))
    editor.page.keyboard.press("Control+J")  # the panel


@pytest.mark.slow
def test_the_walkthrough_alone_leads_by_keys_from_a_sample_to_a_measured_network(
    editor: EditorWindow, screenshots: Path
) -> None:
    """Nobody touches a mouse: each step has a picture, finds the program that the first has put into the folder, and
    the last ends at the results in the panel and above the program.
    """
    # The last test here, for it changes the window's size: walkthrough, program and panel stand side by side, and in a
    # column of less than 400 pixels VS Code shows no picture.
    editor.page.set_viewport_size({"width": 1900, "height": 900})
    walk = Walkthrough(editor, "A First Network")
    expect(walk.steps).to_have_count(5)
    keys = editor.page.keyboard

    walk.press("Open a sample", "Open the Sample")
    expect(editor.tab("lenet5.cnn")).to_be_visible()
    expect(walk.done).to_have_count(1)

    editor.lens("Generate Keras").wait_for()
    sample = (editor.folder / "lenet5.cnn").read_text("utf-8").splitlines()
    keys.press("Control+2")
    keys.press("Control+Home")
    for _ in sample[: next(line for line, text in enumerate(sample) if text.startswith("conv("))]:
        keys.press("ArrowDown")
    for _ in "conv":
        keys.press("Delete")
    keys.type("cnov")
    editor.squiggles.first.wait_for(state="attached")
    keys.press("Escape")  # the list of words
    expect(walk.done).to_have_count(2)
    walk.press("Make a mistake", "Show Problems")
    expect(editor.problems("cnov")).not_to_have_count(0)
    keys.press("Control+J")  # the panel with the problems
    keys.press("Control+2")
    fixes = editor.page.locator(".action-widget")

    def mended() -> None:
        keys.press("Escape")
        keys.press("Control+.")
        expect(fixes).to_contain_text("conv", timeout=SOON)
        keys.press("Enter")
        expect(editor.squiggles).to_have_count(0, timeout=SOON)

    until_done(mended)

    walk.press("Look at the network", "Show Diagram")
    editor.wait_until(lambda: shown(editor, "#stage .node") == 9, "the diagram of the sample")
    expect(walk.done).to_have_count(3)
    editor.screenshot(screenshots / "walkthrough.png")

    walk.press("Generate Keras code", "Generate Keras")
    expect(editor.tab("lenet5.py")).to_be_visible()
    expect(walk.done).to_have_count(4)

    walk.press("Train and measure", "Train & Measure")
    finished = editor.message("lenet5.cnn is trained")
    expect(finished).to_contain_text("training energy", timeout=TRAINING)
    expect(walk.done).to_have_count(5)
    walk.press("Train and measure", "Show Results")
    expect(editor.page.locator(".tab", has_text="Results lenet5")).to_be_visible()
    editor.wait_until(lambda: shown(editor, "#headlines .source") > 0, "the energy in the results, with its sources")
    editor.wait_until(lambda: shown(editor, "figure svg") >= 4, "the charts of the results")
    editor.screenshot(screenshots / "walkthrough-done.png")

    editor.open("lenet5.cnn")
    result = editor.lens(re.compile(r"% test accuracy · .*Wh to train \("))
    expect(result).to_be_visible()
    editor.screenshot(screenshots / "walkthrough-lens.png")


def shown(editor: EditorWindow, part: str) -> int:
    """How often in one of the pages, which come and go meanwhile."""
    with contextlib.suppress(Error):
        return max(frame.locator(part).count() for frame in editor.page.frames)
    return 0
