"""What a page of the extension may do: run its own script and show what it is sent. What it may not is tried here."""

from __future__ import annotations

import re

from editor_window import EditorWindow
from playwright.sync_api import expect

#: All that is tried, each with what the policy refuses it by.
REFUSED = {
    "a script in the page": "script-src-elem",
    "a script of another host": "script-src-elem",
    "a handler in an attribute": "script-src-attr",
    "a style in the page": "style-src-elem",
    "a picture of another host": "img-src",
    "a question to another host": "connect-src",
    "a page of another host": "frame-src",
}

#: No host has this name, whoever is asked (RFC 2606).
ATTEMPTS = """async (body) => {
  const far = "https://page-policy.invalid/";
  const refused = [];
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => refused.push(effectiveDirective));
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
  for (let turn = 0; turn < 200 && refused.length < COUNT; turn++) await new Promise((done) => setTimeout(done, 50));
  for (const each of made) each.remove();
  return { broken: window.broken ?? false, refused: refused.sort() };
}"""

#: Attributes of elements that would run something: the page has none, refused or not.
HANDLERS = """body => [...document.querySelectorAll("*")].flatMap(e => e.getAttributeNames()).filter(name => name.startsWith("on"))"""


def runs_and_loads_nothing_else(editor: EditorWindow) -> None:
    """The page of the only webview. What would reach another host, the window's own watch would report too."""
    policy = editor.webview.locator("meta[http-equiv='Content-Security-Policy']")
    expect(policy).to_have_attribute(
        "content", re.compile(r"^default-src 'none'; style-src [^']*; script-src 'nonce-\w+'; ")
    )
    body = editor.webview.locator("body")
    assert body.evaluate(HANDLERS) == []
    tried = body.evaluate(ATTEMPTS.replace("COUNT", str(len(REFUSED))))
    assert tried == {"broken": False, "refused": sorted(REFUSED.values())}
