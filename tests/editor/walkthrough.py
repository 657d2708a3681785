"""The walkthrough as it is gone through without a mouse."""

from __future__ import annotations

import re

from editor_window import EditorWindow
from playwright.sync_api import Locator, expect
from quick_input import SOON, until_done

#: What has the focus, by its text, when it is in the walkthrough; else nothing.
FOCUSED = """() => {
  const { activeElement: focused } = document;
  return focused.closest(".gettingStartedContainer") ? focused.textContent.trim() : null;
}"""

#: Nothing in the walkthrough, and nothing between it and a program's text, is further away from where the focus was.
FAR = 30


class Walkthrough:
    """It stands in the first group of editors, and what its steps open beside it."""

    def __init__(self, editor: EditorWindow, title: str) -> None:
        """Open it, by the palette."""
        self._editor = editor
        self._page = editor.page.locator(".gettingStartedContainer")  # lenses have the names of buttons
        self.steps = editor.page.locator(".getting-started-step")
        editor.run("Welcome: Open Walkthrough")
        editor.quick_input.box.fill(title)
        editor.quick_input.take(title)
        self.steps.first.wait_for()
        editor.wait_until(lambda: self._focused is not None, "the walkthrough, with the focus")

    @property
    def done(self) -> Locator:
        """The marks of the steps that are done."""
        return self.steps.locator(".codicon-getting-started-step-checked.complete")

    def press(self, title: str, button: str) -> None:
        """Go to a step, see that it has a picture, go to its button and press it."""
        step = self.steps.filter(has_text=title)

        def pressed() -> None:
            self._focus()
            self._go_to(re.compile(re.escape(title)))
            if "expanded" not in (step.get_attribute("class") or ""):
                self._editor.page.keyboard.press("Enter")
            expect(step).to_have_class(re.compile("expanded"), timeout=SOON)
            picture = self._page.locator(".getting-started-media img")
            expect(picture).to_have_js_property("complete", True, timeout=SOON)
            assert picture.evaluate("picture => picture.naturalWidth > 0")
            self._go_to(re.compile(f"{re.escape(button)}$"))

        until_done(pressed)
        self._editor.page.keyboard.press("Enter")

    def _focus(self) -> None:
        """Go there: Ctrl+1 alone shows it, but VS Code leaves the focus where it was."""
        keys = self._editor.page.keyboard
        if self._focused is not None:
            return
        keys.press("Control+2")
        expect(self._editor.page.locator(".editor-group-container.active textarea.inputarea")).to_be_focused(
            timeout=SOON
        )
        moves = self._editor.page.locator(r"#status\.editor\.tabFocusMode")
        if not moves.is_visible():
            keys.press("Control+M")
        expect(moves).to_be_visible(timeout=SOON)
        for _ in range(FAR):
            keys.press("Shift+Tab")
            if self._focused is not None:
                return
        raise AssertionError("the keys do not reach the walkthrough")

    @property
    def _focused(self) -> str | None:
        text: str | None = self._editor.page.evaluate(FOCUSED)
        return text

    def _go_to(self, words: re.Pattern[str]) -> None:
        """Tab until what begins with these words has the focus; behind the last thing there, go back."""
        for key in ("Tab", "Shift+Tab"):
            for _ in range(FAR):
                focused = self._focused
                if focused is None:
                    break
                if words.match(focused):
                    return
                self._editor.page.keyboard.press(key)
            self._focus()
        raise AssertionError(f"the keys do not reach {words.pattern}")
