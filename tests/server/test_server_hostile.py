"""Whatever a client sends, the server lives and answers the next request."""

from __future__ import annotations

import json

import pytest
from lsprotocol import types
from server_editor import Editor

pytestmark = pytest.mark.asyncio

TEXTS = {
    "nothing": "",
    "blank": " \t\r\n\f\v \u2028",
    "binary": "\x00\x01\x1b[31m\x7f\x9b",
    "right to left": "input \u202econv\u2066 output",
    "half a surrogate pair": "input \ud800 conv \udfff",
    "never closed": "[(" * 3000,
    "never opened": ")]" * 3000,
    "deep": "input " + "[ (" * 1000 + "conv" + ", Empty) ]" * 1000 + " flatten dense output",
    "one long line": "input " + "conv " * 5000 + "flatten dense output",
    "many lines": "input\r" + "conv\r\n" * 3000 + "flatten\ndense output",
    "huge numbers": "input conv(filters=" + "9" * 5000 + ") flatten dense(units=1e999999) output",
    "open comment": "input /* conv",
    "astral": "𝔸" * 500 + " input",
}


async def test_no_text_stops_the_server(editor: Editor) -> None:
    await editor.begin()
    everywhere = types.Range(types.Position(0, 0), types.Position(10**9, 10**9))
    context = types.CodeActionContext(diagnostics=[])
    for name, text in TEXTS.items():
        uri = f"file:///programs/{name}.cnn"
        identifier = types.TextDocumentIdentifier(uri)
        editor.type_in(uri, text)
        await editor.found(uri)
        await editor.text_document_code_lens_async(types.CodeLensParams(identifier))
        await editor.text_document_code_action_async(types.CodeActionParams(identifier, everywhere, context))
        editor.edit(uri, (0, 0), (10**9, 0), "input conv flatten dense output")
        assert await editor.found(uri) == [], name


async def test_senseless_edits_and_uris_are_survived(editor: Editor) -> None:
    await editor.begin()
    uri = "file:///programs/net.cnn"
    editor.type_in(uri, "input conv flatten dense output")
    editor.edit(uri, (7, 9), (3, 2), " ")
    editor.edit(uri, (0, 10), (0, 2), "")
    for strange in ("", "http://[", "file://", "untitled:", "file:///%00", "a b\n"):
        editor.type_in(strange, "input cnov")
        assert await editor.found(strange)
    never_opened = "file:///programs/never.cnn"
    editor.versions[never_opened] = 1
    editor.edit(never_opened, (0, 0), (0, 0), "input cnov")
    assert await editor.found(never_opened)


async def test_broken_messages_are_survived(editor: Editor) -> None:
    await editor.begin({"trusted": "perhaps", "country": 7, "interpreter": None, "epochs": True, "x": {}})
    stdin = editor.process.stdin
    assert stdin is not None
    messages: list[object] = [
        {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {}},
        {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": None},
        {"jsonrpc": "2.0", "method": "no/such", "params": [1]},
        {"jsonrpc": "2.0", "method": "window/workDoneProgress/cancel", "params": {"token": "unknown"}},
        {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 99}},
    ]
    for message in messages:
        body = json.dumps(message).encode()
        stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    stdin.write(b"Content-Length: 5\r\n\r\n{nope")
    editor.type_in("file:///programs/net.cnn", "input conv flatten dense output")
    assert await editor.found("file:///programs/net.cnn") == []
