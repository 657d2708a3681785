"""The results' panel, in the real VS Code, with a real run."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from editor_window import EditorWindow
from page_policy import runs_and_loads_nothing_else
from playwright.sync_api import Locator, expect

pytestmark = [pytest.mark.editor, pytest.mark.slow]


@pytest.fixture(scope="module")
def runs(workspace: Path, copy_run: Any) -> list[Path]:
    """Two runs of the program in the workspace, the later one first."""
    return [copy_run(workspace, day=23), copy_run(workspace, day=22)]


@pytest.fixture
def shown(editor: EditorWindow, runs: list[Path]) -> EditorWindow:
    """A window with the program, beside it its results."""
    editor.open("trained.cnn", (runs[0] / "program.cnn").read_text("utf-8"))
    editor.lens("Train & Measure").wait_for()
    editor.run("CNNGen: Show Results")
    expect(chart(editor, "Accuracy")).to_be_visible()
    return editor


def chart(editor: EditorWindow, title: str) -> Locator:
    return editor.webview.get_by_role("figure", name=title, exact=True)


def record(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "result.json").read_text("utf-8"))
    return found


def compare(editor: EditorWindow) -> None:
    """Put the earlier run beside the one that is shown."""
    editor.webview.get_by_role("checkbox", name="Compare with the run of 22 Nov").check()
    expect(chart(editor, "Energy of each run")).to_be_visible()


def test_the_panels_come_back_when_the_window_is_loaded_anew(shown: EditorWindow, runs: list[Path]) -> None:
    # The first test here: once a window had another size, VS Code writes no more what is open in it.
    compare(shown)
    shown.reload(kept=runs[1].name)
    expect(shown.page.locator(".tab", has_text="Results trained")).to_be_visible()
    expect(chart(shown, "Energy of each run")).to_be_visible()
    shown.close_editors()
    shown.open("trained.cnn")
    shown.lens("Train & Measure").wait_for()
    shown.run("CNNGen: Show Diagram")
    expect(shown.webview.locator(".node").first).to_be_visible()
    shown.reload(kept="Diagram trained.cnn")
    expect(shown.page.locator(".tab", has_text="Diagram trained.cnn")).to_be_visible()
    expect(shown.webview.locator(".node").first).to_be_visible()


def test_the_command_shows_the_newest_run_with_the_source_of_every_energy_figure(
    shown: EditorWindow, runs: list[Path]
) -> None:
    page = shown.webview
    expect(page.get_by_role("heading", level=1)).to_have_text("trained")
    expect(page.locator("#state")).to_contain_text("Done, began 23 Nov 2026")
    accuracy = f"{100 * record(runs[0])['quality']['test_accuracy']:.2f} %"
    expect(page.locator(".headlines")).to_contain_text(f"Test accuracy{accuracy}")
    energy = page.get_by_role("row", name=re.compile("^Training energy(?!,)"))
    expect(energy.locator(".source")).to_have_text(re.compile("measured|modelled|constant"))
    expect(energy).to_contain_text(re.compile(r"RAM \d+ % constant"))
    for title in ("Accuracy", "Loss", "Energy by phase", "Power"):
        expect(chart(shown, title).locator("svg")).to_be_visible()
    expect(chart(shown, "Energy by phase")).to_contain_text("RAM constant: 5 W for each memory module")


def test_the_page_runs_its_own_script_alone_and_loads_nothing_from_elsewhere(shown: EditorWindow) -> None:
    runs_and_loads_nothing_else(shown)


def test_the_keys_alone_put_a_run_beside_the_one_that_is_shown(shown: EditorWindow) -> None:
    box = shown.webview.get_by_role("checkbox", name="Compare with the run of 22 Nov")
    box.focus()
    shown.page.keyboard.press("Space")
    expect(chart(shown, "Energy of each run")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_be_checked()
    shown.page.keyboard.press("Space")
    expect(chart(shown, "Energy of each run")).to_have_count(0)


def test_the_figures_behind_a_chart_are_a_table_that_keys_alone_open(shown: EditorWindow, runs: list[Path]) -> None:
    loss = chart(shown, "Loss")
    loss.get_by_role("button", name="Save the chart Loss as PNG").focus()
    shown.page.keyboard.press("Tab")
    expect(loss.locator("summary")).to_be_focused()
    shown.page.keyboard.press("Enter")
    rows = loss.locator("tbody tr")
    expect(rows).to_have_count(len(record(runs[0])["history"]))
    expect(rows.first).to_contain_text("1")
    assert loss.locator("svg").get_attribute("aria-label")


def test_the_lens_of_the_last_result_opens_its_run(editor: EditorWindow, runs: list[Path]) -> None:
    editor.open("trained.cnn", (runs[0] / "program.cnn").read_text("utf-8"))
    editor.press(re.compile("test accuracy"))
    expect(editor.webview.locator("#state")).to_contain_text("began 23 Nov 2026")


def test_an_earlier_run_is_put_beside_the_newest_and_shown_itself(shown: EditorWindow) -> None:
    compare(shown)
    figures = shown.webview.locator("#figures-table")
    expect(figures.locator("thead th")).to_have_text(["figure", re.compile("A: 23 Nov"), re.compile("B: 22 Nov")])
    expect(chart(shown, "Accuracy").locator(".legend")).to_contain_text("B: 22 Nov")
    shown.webview.get_by_role("button", name=re.compile("^22 Nov")).click()
    expect(shown.webview.locator("#state")).to_contain_text("began 22 Nov 2026")
    expect(chart(shown, "Energy of each run")).to_have_count(0)


def test_without_a_run_a_sentence_says_what_to_do(editor: EditorWindow) -> None:
    editor.open("untrained.cnn", "input(dataset=digits) flatten dense output\n")
    editor.lens("Train & Measure").wait_for()
    editor.run("CNNGen: Show Results")
    expect(editor.webview.get_by_role("status").filter(has_text="There is no run")).to_be_visible()
    expect(editor.webview.get_by_role("button", name="Train & Measure")).to_be_visible()


def test_what_is_shown_can_be_saved_as_table_data_and_picture(
    shown: EditorWindow, runs: list[Path], tmp_path: Path
) -> None:
    compare(shown)
    table = list(
        csv.DictReader(io.StringIO(shown.saved("Save the figures of Loss as CSV", tmp_path / "l.csv").decode()))
    )
    told = [row["loss"] for run in runs for row in record(run)["history"]]
    assert [float(row["loss"]) for row in table] == told
    data = json.loads(shown.saved("Save JSON", tmp_path / "all.json"))
    assert [run["id"] for run in data] == [run.name for run in runs]
    svg = shown.saved("Save the chart Energy by phase as SVG", tmp_path / "e.svg").decode()
    assert "Energy by phase" in svg and "mWh" in svg
    assert "var(--" not in svg
    png = shown.saved("Save the chart Accuracy as PNG", tmp_path / "a.png")
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20]) > 1000


#: The texts of charts that stick out of their figure, and the page itself when it is wider than its panel.
CUT_OFF = """body => {
  const found = body.scrollWidth > body.clientWidth ? ["the page"] : [];
  for (const figure of body.querySelectorAll("figure")) {
    const around = figure.getBoundingClientRect();
    for (const each of figure.querySelectorAll("text, button, li, p")) {
      const { width, left, right } = each.getBoundingClientRect();
      if (width && (left < around.left - 1 || right > around.right + 1)) found.push(each.textContent);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("theme", ["Dark Modern", "Light Modern", "High Contrast", "High Contrast Light"])
def test_the_panel_is_legible_in_the_theme(shown: EditorWindow, screenshots: Path, theme: str) -> None:
    """No text is cut off at a chart's or the page's edge. The pictures are for people to look at."""
    settings = shown.folder / ".vscode" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(json.dumps({"workbench.colorTheme": f"Default {theme}"}), "utf-8")
    light = "light" in theme.lower()
    kind = (
        f"vscode-high-contrast{'-light' if light else ''}"
        if "Contrast" in theme
        else f"vscode-{theme.split()[0].lower()}"
    )
    expect(shown.webview.locator("body")).to_have_class(re.compile(rf"{kind}( |$)"))
    compare(shown)
    shown.page.keyboard.press("Control+B")  # the side bar
    expect(shown.page.locator(".part.sidebar")).to_be_hidden()
    name = theme.lower().replace(" ", "-")
    body = shown.webview.locator("body")
    for width, kind in ((700, "-narrow"), (1400, "")):
        shown.page.set_viewport_size({"width": width, "height": 900})
        shown.wait_until(lambda: body.evaluate(CUT_OFF) == [], f"whole texts in {width} pixels")
        shown.screenshot(screenshots / f"results-{name}{kind}.png")
    assert shown.webview.locator("#runs .scroll").evaluate("table => table.scrollWidth <= table.clientWidth")
    line, ground = (
        shown.webview.locator("body").evaluate(f"body => getComputedStyle(body).{name}")
        for name in ("color", "backgroundColor")
    )
    assert line != ground
    shown.webview.locator("#figures").scroll_into_view_if_needed()
    shown.screenshot(screenshots / f"results-{name}-figures.png")
    settings.unlink()
    shown.page.keyboard.press("Control+B")
