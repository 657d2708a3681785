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
def test_the_walkthrough_alone_leads_from_a_sample_to_a_measured_network(
    editor: EditorWindow, screenshots: Path
) -> None:
    """Each step finds the program that the first has put into the folder, and has a picture."""
    # Walkthrough, program and panel stand side by side; in a column of less than 400 pixels VS Code shows no picture.
    editor.page.set_viewport_size({"width": 1900, "height": 900})
    editor.run("Welcome: Open Walkthrough")
    editor.quick_input.box.fill("A First Network")
    editor.quick_input.take("A First Network")
    page = editor.page.locator(".gettingStartedContainer")  # lenses have the same names
    steps = page.locator(".getting-started-step")
    expect(steps).to_have_count(5)
    done = steps.locator(".codicon-getting-started-step-checked.complete")

    def press(title: str, button: str) -> None:
        """Open a step, look at its picture, and press its button."""
        editor.page.locator(".tab", has_text="Walkthrough").click()  # something may have opened over it
        step = steps.filter(has_text=title)

        def opened() -> None:
            if "expanded" not in (step.get_attribute("class") or ""):
                step.click(timeout=SOON)
            expect(step).to_have_class(re.compile("expanded"), timeout=SOON)
            expect(page.locator(".getting-started-media img")).to_be_visible(timeout=SOON)

        until_done(opened)
        picture = page.locator(".getting-started-media img")
        editor.wait_until(lambda: picture.evaluate("picture => picture.naturalWidth > 0"), "the step's picture")
        step.get_by_role("button", name=button, exact=True).last.click()

    press("Open a sample", "Open the Sample")
    expect(editor.tab("lenet5.cnn")).to_be_visible()
    sample = (editor.folder / "lenet5.cnn").read_text("utf-8")
    assert "dataset=digits" in sample
    expect(editor.page.locator(".tab", has_text="Walkthrough")).to_be_visible()
    expect(done).to_have_count(1)

    editor.lens("Generate Keras").wait_for()
    editor.write(sample.replace("conv(", "cnov(", 1))
    editor.squiggles.first.wait_for(state="attached")
    expect(done).to_have_count(2)
    press("Make a mistake", "Show Problems")
    expect(editor.problems("cnov")).not_to_have_count(0)
    editor.write(sample)
    expect(editor.squiggles).to_have_count(0)
    editor.page.keyboard.press("Control+J")  # the panel with the problems

    press("Look at the network", "Show Diagram")

    def shown(part: str) -> int:
        """How often in one of the pages, which come and go meanwhile."""
        with contextlib.suppress(Error):
            return max(frame.locator(part).count() for frame in editor.page.frames)
        return 0

    editor.wait_until(lambda: shown("#stage .node") == 9, "the diagram of the sample")
    expect(editor.token("flatten")).to_be_visible()
    expect(done).to_have_count(3)
    editor.screenshot(screenshots / "walkthrough.png")

    press("Generate Keras code", "Generate Keras")
    expect(editor.tab("lenet5.py")).to_be_visible()

    press("Train and measure", "Train & Measure")
    finished = editor.message("lenet5.cnn is trained")
    expect(finished).to_contain_text("training energy", timeout=TRAINING)
    editor.answer(finished, "Show results")
    expect(editor.page.locator(".tab", has_text="Results lenet5")).to_be_visible()
    editor.page.locator(".tab", has_text="Walkthrough").click()
    expect(done).to_have_count(5)
    editor.screenshot(screenshots / "walkthrough-done.png")
