"""What a page of the extension may do: run its own script and show what it is sent. What it may not is tried here."""

from __future__ import annotations

import re

from editor_window import EditorWindow
from playwright.sync_api import expect

#: Styles from where the editor has this extension's files, the one script of the page, pictures that it has painted.
POLICY = re.compile(r"^default-src 'none'; style-src (?!.*unsafe)[^;]+; script-src 'nonce-\w+'; img-src blob:$")

#: What refuses all that is tried, in the order of the alphabet.
REFUSING = ["connect-src", "frame-src", "img-src", "script-src-attr", "script-src-elem", "style-src-elem"]

#: No host has this name, whoever is asked (RFC 2606).
ATTEMPTS = """async (body, refusing) => {
  const far = "https://page-policy.invalid/";
  const refused = new Set();
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => refused.add(effectiveDirective));
  const put = (name, change) => {
    const made = document.createElement(name);
    change(made);
    body.append(made);
    return made;
  };
  const made = [
    put("script", (e) => (e.textContent = "window.broken = true")),
    put("script", (e) => (e.src = far + "a.js")),
    put("button", (e) => e.setAttribute("onclick", "window.broken = true")),
    put("style", (e) => (e.textContent = "body { color: red }")),
    put("img", (e) => (e.src = far + "a.png")),
    put("iframe", (e) => (e.src = far)),
  ];
  made[2].click();
  await fetch(far).catch(() => undefined);
  for (let turn = 0; turn < 200 && !refusing.every((each) => refused.has(each)); turn++) {
    await new Promise((done) => setTimeout(done, 50));
  }
  for (const each of made) each.remove();
  return { broken: window.broken ?? false, refused: [...refused].sort() };
}"""

#: Attributes of elements that would run something: the page has none, refused or not.
HANDLERS = """body => [...document.querySelectorAll("*")].flatMap(e => e.getAttributeNames()).filter(name => name.startsWith("on"))"""


def runs_and_loads_nothing_else(editor: EditorWindow) -> None:
    """The page of the only webview. What would reach another host, the window's own watch would report too."""
    policy = editor.webview.locator("meta[http-equiv='Content-Security-Policy']")
    expect(policy).to_have_attribute("content", POLICY)
    body = editor.webview.locator("body")
    assert body.evaluate(HANDLERS) == []
    assert body.evaluate(ATTEMPTS, REFUSING) == {"broken": False, "refused": REFUSING}
