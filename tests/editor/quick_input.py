"""The box at the window's top: the palette of commands, the search for files, the name of a file to save."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from playwright.sync_api import Error, Locator, Page, expect

#: Milliseconds after which a step is begun anew: something else has taken the focus, and with it the box.
SOON = 5_000
ATTEMPTS = 6


class QuickInput:
    """There is one for the window. It closes when it loses the focus, and takes a moment to close."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.widget = page.locator(".quick-input-widget")
        self.box = self.widget.locator("input.input")
        self.rows = page.locator(".quick-input-list .monaco-list-row")

    def type(self, key: str, text: str) -> None:
        """Open the box with a key, and write this into it."""

        def typed() -> None:
            if self.box.is_visible():  # one that is being closed, or that has not taken the text
                self.page.keyboard.press("Escape")
                expect(self.widget).to_be_hidden(timeout=SOON)
            self.page.keyboard.press(key)
            self.box.fill(text, timeout=SOON)
            expect(self.box).to_have_value(text, timeout=SOON)

        until_done(typed)

    def choose(self, key: str, text: str, row: str) -> None:
        """Open the box with a key, write this into it, and take the row that it proposes, once that is the one meant."""

        def chosen() -> None:
            self.type(key, text)
            self.take(row)

        until_done(chosen)

    def take(self, row: str) -> None:
        """Take the proposed row, once that is the one meant, and wait until the box is gone or asks for something else."""
        text = self.box.input_value()
        self.rows.and_(self.page.locator(".focused")).filter(has_text=row).wait_for(timeout=SOON)
        self.box.press("Enter", timeout=SOON)
        for _ in range(SOON // 50):
            if not self.box.is_visible() or self.box.input_value() != text:
                return
            self.page.wait_for_timeout(50)
        raise Error(f"the box still holds {text!r}")

    def row(self, text: str) -> Locator:
        return self.rows.filter(has_text=text)

    def answer(self, text: str) -> None:
        """Give the box, which asks for a file's name, this one."""
        self.box.fill(text)
        expect(self.box).to_have_value(text)
        self.widget.get_by_text("OK", exact=True).click()
        expect(self.widget).to_be_hidden()


def until_done(step: Callable[[], None]) -> None:
    """Do a step of a person's, and again when the window was not ready for it."""
    for _ in range(ATTEMPTS - 1):
        with contextlib.suppress(Error, AssertionError):
            step()
            return
    step()
