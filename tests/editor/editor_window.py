"""One window of VS Code, as a person handles it: open a file, type, look at problems, press a lens, answer a message."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, FrameLocator, Locator, Page, Route, expect
from quick_input import QuickInput

#: Milliseconds for anything the editor does. Ten seconds are the most of a machine with two idle cores.
PATIENCE = 60_000
#: Milliseconds for a training: TensorFlow's import, the data, an epoch.
TRAINING = 240_000

expect.set_options(timeout=PATIENCE)

#: code-server's webviews share one origin, and so one service worker: each page that is loaded registers its own and
#: waits until that has the control. One whose turn was over before it began to wait stayed blank for ever; any of these
#: workers serves it, so it is told to look again. (VS Code itself gives each webview an origin of its own.)
LOOK_AGAIN = """
if (location.pathname.endsWith("/webview/browser/pre/index.html")) setInterval(() => {
  const workers = navigator.serviceWorker;
  if (workers.controller?.scriptURL.includes("/webview/browser/pre/")) workers.dispatchEvent(new Event("controllerchange"));
}, 2000);
"""


#: VS Code in a browser writes what is open into a database of the browser's, every five seconds if it has nothing else
#: to do. Whether a text is in it by now, such as the title of a panel.
IS_KEPT = """async (text) => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith("vscode-web-state-db-")) continue;
    const database = await done(indexedDB.open(name));
    try {
      const items = database.transaction("ItemTable").objectStore("ItemTable");
      const editors = await done(items.get("memento/workbench.parts.editor"));
      if (String(editors).includes(text)) return true;
    } finally {
      database.close();
    }
  }
  return false;
}"""


class EditorWindow:
    """A window on a folder. The locators wait by themselves until they find what they name."""

    def __init__(
        self, browser: Browser, url: str, folder: Path, size: tuple[int, int] = (1400, 900), pixels: float = 1
    ) -> None:
        """`size` is that of the page; `pixels` is how many of a picture's stand for one of the page, along a side."""
        self.folder = folder
        self.outside: set[str] = set()
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, device_scale_factor=pixels)
        context.set_default_timeout(PATIENCE)
        context.route(lambda address: urlsplit(address).hostname not in ("127.0.0.1", "localhost"), self._block)
        context.add_init_script(LOOK_AGAIN)
        self.page: Page = context.new_page()
        self.quick_input = QuickInput(self.page)
        self.page.goto(url, wait_until="domcontentloaded")
        self._wait_for_workbench()

    def _block(self, route: Route) -> None:
        self.outside.add(urlsplit(route.request.url).hostname or "")
        route.abort()

    def _wait_for_workbench(self) -> None:
        self.page.wait_for_selector(".monaco-workbench")
        # The explorer is there when the extension host has answered for the first time.
        self.page.get_by_role("treeitem").or_(self.page.locator(".explorer-folders-view")).first.wait_for()

    def reload(self, kept: str = "") -> None:
        """Load the window anew, as *Developer: Reload Window* does, once the browser keeps of what is open this text."""
        self.wait_until(lambda: not kept or self.page.evaluate(IS_KEPT, kept), f"{kept} among what is kept")
        self.page.reload(wait_until="domcontentloaded")
        self._wait_for_workbench()

    def close(self) -> None:
        self.page.context.close()

    def screenshot(self, path: Path) -> None:
        self.page.screenshot(path=path)

    # Files and text

    def open(self, name: str, text: str | None = None) -> None:
        """Open a file of the folder; with `text`, write it there before."""
        if text is not None:
            (self.folder / name).write_text(text, "utf-8")
        # The list shows the last files until the search is through.
        self.quick_input.choose("Control+P", str(self.folder / name), Path(name).name)
        expect(self.tab(Path(name).name)).to_be_visible()
        self.page.locator(".editor-instance .view-lines .view-line").first.wait_for()

    def tab(self, title: str) -> Locator:
        """The tab with this title, when it is the active one."""
        return self.page.locator(".tab.active").filter(has=self.page.get_by_text(title, exact=True))

    def write(self, text: str) -> None:
        """Put this text in the place of the open file's, without saving it."""
        self.page.locator(".editor-instance .view-lines").first.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    @property
    def text(self) -> Locator:
        """What the active editor shows. Its blanks are no-break spaces."""
        return self.page.locator(".editor-group-container.active .view-lines")

    def token(self, text: str) -> Locator:
        """A word of the text with a colour of its own."""
        return self.page.locator(".view-line span span").get_by_text(text, exact=True)

    # What the language server shows

    @property
    def squiggles(self) -> Locator:
        return self.page.locator(".squiggly-error")

    def problems(self, message: str) -> Locator:
        """The rows of the Problems view with this message."""
        return self.page.locator(".markers-panel .monaco-list-row", has_text=message)

    def show_problems(self) -> None:
        if not self.page.locator(".markers-panel").is_visible():
            self.page.keyboard.press("Control+Shift+M")
        expect(self.page.locator(".markers-panel")).to_be_visible()

    @property
    def lenses(self) -> Locator:
        """The lenses that one can press; the network's totals are only to be read."""
        return self.page.locator(".codelens-decoration a")

    def lens(self, title: str | re.Pattern[str]) -> Locator:
        return self.lenses.get_by_text(title, exact=True)

    def press(self, lens: str | re.Pattern[str]) -> None:
        """Press a lens. One above the first line may come when that line is at the window's very top."""
        self.lens(lens).wait_for(state="attached")
        self.text.hover()
        self.page.mouse.wheel(0, -1000)
        self.settle(self.lens(lens))
        self.lens(lens).click()

    def settle(self, pressed: Locator) -> None:
        """Wait until what is to be pressed stands still: one that is drawn anew between press and release takes no click."""
        script = "e => new Promise(done => setTimeout(() => { const {x, y} = e.getBoundingClientRect(); done([x, y, e.isConnected].join()) }, 500))"
        before = ""
        for _ in range(PATIENCE // 500):
            now = str(pressed.evaluate(script))
            if now == before and now.endswith("true"):
                return
            before = now
        raise AssertionError("it does not stand still")

    # Commands and messages

    def palette(self, command: str) -> Locator:
        """The rows of the command palette for this command."""
        self.quick_input.type("F1", f">{command}")
        return self.quick_input.row(command)

    def run(self, command: str) -> None:
        """Run a command by the palette."""
        self.quick_input.choose("F1", f">{command}", command)

    def message(self, text: str | re.Pattern[str]) -> Locator:
        """A message that the window shows."""
        return self.page.locator(".notifications-toasts .notification-list-item").filter(has_text=text)

    def answer(self, message: Locator, button: str) -> None:
        message.get_by_role("button", name=button).click()

    # Panels and the status bar

    @property
    def webview(self) -> FrameLocator:
        """The page in the only webview that is open."""
        return self.page.frame_locator("iframe.webview.ready").frame_locator("#active-frame")

    def show_runs(self) -> None:
        """Open the view of runs."""
        tab = self.page.get_by_role("tab", name="CNNGen")
        if tab.get_attribute("aria-selected") != "true":  # otherwise a click would close it
            tab.click()
        self.runs.first.wait_for()

    @property
    def runs(self) -> Locator:
        """The rows of the view of runs: programs, and below each its runs."""
        return self.page.locator(".pane-body .monaco-list[aria-label*='Runs'] .monaco-list-row")

    @property
    def status(self) -> Locator:
        """The extension's item in the status bar."""
        return self.page.locator('.statusbar-item[id$="cnngen.status"]')

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait for something outside of the window."""
        for _ in range(PATIENCE // 200):
            if holds():
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(f"waited in vain for {what}")

    def saved(self, button: str, file: Path, proposed: str = "") -> bytes:
        """Press a page's button that saves, answer with this file, and wait for what it then holds.

        `proposed` is the name that the editor proposes, or a part of it.
        """
        self.webview.get_by_role("button", name=button).click()
        expect(self.quick_input.box).to_have_value(re.compile(re.escape(proposed or file.suffix)))
        self.quick_input.answer(str(file))
        self.wait_until(lambda: file.exists() and file.stat().st_size > 0, f"the file {file.name}")
        return file.read_bytes()

    def tidy(self) -> None:
        """Close what the last test has left: menus, messages, editors."""
        self.page.keyboard.press("Escape")
        self.run("Notifications: Clear All Notifications")
        # Closing an unsaved editor would ask what to do with it.
        dirty = self.page.locator(".tab.dirty")
        for left in reversed(range(dirty.count())):
            dirty.first.click()
            self.run("File: Revert File")
            expect(dirty).to_have_count(left)
        self.close_editors()

    def close_editors(self) -> None:
        """Close all editors, with the panels among them."""
        self.run("View: Close All Editors")
        expect(self.page.locator(".tab")).to_have_count(0)
