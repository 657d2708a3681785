"""The view of runs, as it is used without a mouse."""

from __future__ import annotations

import re

from editor_window import EditorWindow
from playwright.sync_api import expect
from quick_input import SOON, until_done


def focus_runs(editor: EditorWindow) -> None:
    """Go to the view's first row, by keys."""

    def focused() -> None:
        editor.run("CNNGen: Focus on Runs View")
        expect(editor.page.locator(".pane-body .monaco-list[aria-label*='Runs']")).to_be_focused(timeout=SOON)
        editor.page.keyboard.press("Home")
        expect(editor.runs.first).to_have_class(re.compile("focused"), timeout=SOON)

    until_done(focused)


def choose_by_keys(editor: EditorWindow, action: str) -> None:
    """An action of the context menu of the row that has the focus."""
    menu = editor.page.locator(".monaco-menu .action-item")

    def chosen() -> None:
        if menu.first.is_visible():
            editor.page.keyboard.press("Escape")
            expect(menu).to_have_count(0, timeout=SOON)
        editor.page.keyboard.press("Shift+F10")
        expect(menu.filter(has_text=action)).to_be_visible(timeout=SOON)
        for _ in range(menu.count()):
            editor.page.keyboard.press("ArrowDown")
            focused = menu.and_(editor.page.locator(".focused"))
            expect(focused).to_have_count(1, timeout=SOON)
            if action in focused.inner_text():
                editor.page.keyboard.press("Enter")
                expect(menu).to_have_count(0, timeout=SOON)
                return
        raise AssertionError(f"the keys do not reach {action}")

    until_done(chosen)
