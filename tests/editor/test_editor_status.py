"""The item in the status bar and the walkthrough, in the real VS Code."""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path

import pytest
from editor_window import TRAINING, EditorWindow
from playwright.sync_api import Error, expect

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


def test_the_log_says_with_which_python_the_server_was_started(editor: EditorWindow) -> None:
    editor.open("log.cnn", SOUND)
    editor.lens("Generate Keras").wait_for()
    editor.status.click()
    editor.quick_input.row("Show Log").click()
    log = editor.page.locator(".output-view .view-lines")
    expect(log).to_contain_text(re.compile(r"Python\s3\.\d+\sfrom\scnngen\.interpreter:"))
    editor.page.keyboard.press("Control+J")  # the panel


@pytest.mark.slow
def test_the_walkthrough_alone_leads_from_a_sample_to_a_measured_network(
    editor: EditorWindow, screenshots: Path
) -> None:
    """Each step finds the program that the first has put into the folder."""
    editor.run("Welcome: Open Walkthrough")
    editor.quick_input.box.fill("A First Network")
    editor.quick_input.take("A First Network")
    page = editor.page.locator(".gettingStartedContainer")  # lenses have the same names
    steps = editor.page.locator(".getting-started-step")
    expect(steps).to_have_count(5)
    editor.page.get_by_role("button", name="Open the Sample").click()
    expect(editor.tab("lenet5.cnn")).to_be_visible()
    assert "dataset=digits" in (editor.folder / "lenet5.cnn").read_text("utf-8")
    expect(editor.page.locator(".tab", has_text="Walkthrough")).to_be_visible()
    done = editor.page.locator(".getting-started-step .codicon-getting-started-step-checked.complete")
    expect(done).to_have_count(1)

    editor.lens("Generate Keras").wait_for()
    steps.filter(has_text="Look at the network").click()
    page.get_by_role("button", name="Show Diagram", exact=True).last.click()

    def shown(part: str) -> int:
        """How often in one of the pages: the walkthrough's own picture is one too, and pages come and go meanwhile."""
        with contextlib.suppress(Error):
            return max(frame.locator(part).count() for frame in editor.page.frames)
        return 0

    editor.wait_until(lambda: shown("#stage .node") == 9, "the diagram of the sample")
    expect(editor.token("flatten")).to_be_visible()
    expect(done).to_have_count(2)
    editor.screenshot(screenshots / "walkthrough.png")

    steps.filter(has_text="Generate Keras code").click()
    page.get_by_role("button", name="Generate Keras", exact=True).last.click()
    expect(editor.tab("lenet5.py")).to_be_visible()

    editor.page.locator(".tab", has_text="Walkthrough").click()  # the code has opened over it
    steps.filter(has_text="Train and measure").click()
    page.get_by_role("button", name="Train & Measure", exact=True).last.click()
    finished = editor.message("lenet5.cnn is trained")
    expect(finished).to_contain_text("training energy", timeout=TRAINING)
    editor.answer(finished, "Show results")
    expect(editor.page.locator(".tab", has_text="Results lenet5")).to_be_visible()
    editor.page.locator(".tab", has_text="Walkthrough").click()
    expect(done).to_have_count(4)  # all but the mistake, which nobody has made
    editor.screenshot(screenshots / "walkthrough-done.png")
