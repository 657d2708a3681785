"""Helix, which no package of Debian 12 has: its page is a configuration, and a client that says what Helix says is served."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from server_wire import Wire, opened

from cnngen.server.settings import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "editors" / "helix.md"

#: What Helix says of itself (helix-lsp/src/client.rs), as far as it changes an answer.
HELIX = {
    "general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]},
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "insertReplaceSupport": True}},
        "hover": {"contentFormat": ["markdown"]},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "source"]}}},
        "publishDiagnostics": {"versionSupport": True, "tagSupport": {"valueSet": [1, 2]}},
        "inlayHint": {"dynamicRegistration": False},
    },
    "window": {"workDoneProgress": True},
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
}


def test_the_page_is_a_configuration_whose_settings_are_the_servers() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    given = tomllib.loads(re.sub(r"^# (config = )", r"\1", text, flags=re.MULTILINE))
    server, (language,) = given["language-server"]["cnngen"], given["language"]
    assert [server["command"], *server["args"]] == ["cnngen", "serve"]
    assert (language["file-types"], language["language-servers"]) == (["cnn"], ["cnngen"])
    updated = Settings().updated(server["config"])
    assert updated != Settings()
    assert updated.country == server["config"]["country"]


def test_a_client_like_helix_is_answered_in_bytes() -> None:
    wire = Wire(capabilities=HELIX, initializationOptions={"country": "FRA"})
    uri = "file:///programs/net.cnn"
    assert wire.capabilities["positionEncoding"] == "utf-8"
    wire.send(opened(uri, "/* 𝔸 */ input cnov flatten dense output"))
    (found,) = wire.wait_for_push(uri, 1)
    assert found["range"]["start"] == {"line": 0, "character": len("/* 𝔸 */ input ".encode())}
    place = {"textDocument": {"uri": uri}, "position": found["range"]["start"]}
    assert wire.ask("textDocument/hover", place)["result"]["contents"]["kind"] == "markdown"
    context = {"diagnostics": [found], "only": ["quickfix"]}
    offered = wire.ask(
        "textDocument/codeAction", {"textDocument": {"uri": uri}, "range": found["range"], "context": context}
    )
    assert "Replace by conv" in [action["title"] for action in offered["result"]]
    assert wire.end() == 0
