"""The view of runs, in the real VS Code, with a real run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from editor_window import EditorWindow
from playwright.sync_api import Locator, expect
from runs_view import choose_by_keys, focus_runs

pytestmark = [pytest.mark.editor, pytest.mark.slow]


@pytest.fixture(scope="module")
def runs(workspace: Path, copy_run: Any) -> list[Path]:
    """Three runs of one program and one of another."""
    return [copy_run(workspace, day=day) for day in (23, 22, 21)] + [copy_run(workspace, day=20, name="other")]


@pytest.fixture
def view(editor: EditorWindow, runs: list[Path]) -> EditorWindow:
    editor.show_runs()
    expect(row(editor, "trained")).to_be_visible()
    return editor


def row(editor: EditorWindow, text: str | re.Pattern[str]) -> Locator:
    return editor.runs.filter(has_text=text)


def choose(editor: EditorWindow, item: Locator, action: str) -> None:
    """An action of the context menu."""
    item.click(button="right")
    entry = editor.page.get_by_role("menuitem", name=action)
    entry.hover()
    editor.page.wait_for_timeout(300)  # a menu that has just opened takes no click
    entry.click()


def test_runs_stand_by_program_the_newest_first_with_their_figures(
    view: EditorWindow, runs: list[Path], screenshots: Path
) -> None:
    expect(view.runs).to_have_text(
        [re.compile(text) for text in ("trained3 runs", "^23 Nov", "^22 Nov", "^21 Nov", "other1 run", "^20 Nov")]
    )
    accuracy = json.loads((runs[0] / "result.json").read_text("utf-8"))["quality"]["test_accuracy"]
    expect(row(view, "23 Nov")).to_contain_text(f"{100 * accuracy:.2f} %")
    expect(row(view, "23 Nov")).to_contain_text("Wh (")
    view.screenshot(screenshots / "runs.png")


def test_a_click_shows_the_run_and_its_menu_its_report(view: EditorWindow) -> None:
    row(view, "22 Nov").click()
    expect(view.webview.locator("#state")).to_contain_text("began 22 Nov 2026")
    view.close_editors()
    choose(view, row(view, "22 Nov"), "Open Report")
    expect(view.tab("Report trained")).to_be_visible()
    expect(view.webview.locator("h1")).to_have_text("trained")
    view.webview.locator("summary").first.click()
    expect(view.webview.get_by_role("table", name="Figures of each epoch")).to_be_visible()


@pytest.mark.parametrize("theme", ["Dark Modern", "Light Modern", "High Contrast", "High Contrast Light"])
def test_a_report_has_the_theme_s_colours_and_fits_its_tab(view: EditorWindow, screenshots: Path, theme: str) -> None:
    """The pictures are for people to look at."""
    settings = view.folder / ".vscode" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(json.dumps({"workbench.colorTheme": f"Default {theme}"}), "utf-8")
    kind = "high-contrast" if "Contrast" in theme else theme.split()[0].lower()
    choose(view, row(view, "22 Nov"), "Open Report")
    body = view.webview.locator("body")
    expect(body).to_have_class(re.compile(f"vscode-{kind}"))
    expect(view.webview.get_by_role("img").first).to_be_visible()
    dark = "Dark" in theme or theme == "High Contrast"
    brightness = (
        "element => getComputedStyle(element).%s.match(/[\\d.]+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)"
    )
    for part in ("p", "td", "code"):
        ink = view.webview.locator(part).first.evaluate(brightness % "color")
        assert (ink > 330) is dark, f"{part} in {theme}"
    assert (body.evaluate(brightness.replace("element)", "element.parentElement)") % "backgroundColor") < 330) is dark
    assert body.evaluate("body => body.scrollWidth <= body.clientWidth")
    view.screenshot(screenshots / f"report-{theme.lower().replace(' ', '-')}.png")
    settings.unlink()


def test_selected_runs_are_compared(view: EditorWindow) -> None:
    row(view, "23 Nov").click()
    row(view, "21 Nov").click(modifiers=["Control"])
    choose(view, row(view, "21 Nov"), "Compare Selected")
    heads = view.webview.locator("#figures-table thead th")
    expect(heads).to_have_text(["figure", re.compile("A: 23 Nov"), re.compile("B: 21 Nov")])


def test_the_keys_alone_show_a_run_and_compare_it_with_the_next(view: EditorWindow) -> None:
    focus_runs(view)
    keys = view.page.keyboard
    focused = view.runs.and_(view.page.locator(".focused"))
    expect(focused).to_contain_text("trained")
    keys.press("ArrowDown")
    expect(focused).to_contain_text("23 Nov")
    keys.press("Enter")
    expect(view.webview.locator("#state")).to_contain_text("began 23 Nov 2026")
    expect(view.runs.and_(view.page.locator(".selected"))).to_contain_text("23 Nov")
    keys.press("Shift+ArrowDown")
    expect(view.runs.and_(view.page.locator(".selected"))).to_have_count(2)
    choose_by_keys(view, "Compare Selected")
    heads = view.webview.locator("#figures-table thead th")
    expect(heads).to_have_text(["figure", re.compile("A: 23 Nov"), re.compile("B: 22 Nov")])


def test_the_run_that_was_asked_for_last_is_shown(view: EditorWindow) -> None:
    """However the answers for those before come in."""
    for day in (23, 21, 23, 22, 21, 22):
        row(view, f"{day} Nov").click()
    choose(view, row(view, "21 Nov"), "Show Results")
    expect(view.webview.locator("#state")).to_contain_text("began 21 Nov 2026")
    view.page.wait_for_timeout(1000)
    expect(view.webview.locator("#state")).to_contain_text("began 21 Nov 2026")


def test_a_run_is_deleted_after_a_question_and_by_hand_without_one(view: EditorWindow, runs: list[Path]) -> None:
    choose(view, row(view, "21 Nov"), "Delete")
    question = view.page.get_by_role("dialog")
    expect(question).to_contain_text("Delete the run of trained of 21 Nov 2026")
    question.get_by_role("button", name="Cancel").click()
    assert runs[2].exists()
    row(view, "21 Nov").click()
    view.page.keyboard.press("Delete")
    expect(question.get_by_role("button", name="Delete")).to_be_focused()
    view.page.keyboard.press("Enter")
    expect(row(view, "21 Nov")).to_have_count(0)
    assert not runs[2].exists()

    (runs[3] / "result.json").unlink()
    for file in runs[3].iterdir():
        file.unlink()
    runs[3].rmdir()
    expect(row(view, "other")).to_have_count(0)
