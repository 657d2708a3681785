"""Messages as bytes, for tests in which it matters what arrives together."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

INITIALIZE = {"processId": None, "rootUri": None, "capabilities": {}}


def message(method: str, number: int | str | None = None, params: object = None) -> bytes:
    """One message of a client."""
    content = {"jsonrpc": "2.0", "method": method}
    content |= {"id": number} if number else {}
    content |= {"params": params} if params is not None else {}
    body = json.dumps(content).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def opened(uri: str, text: str, version: int = 1) -> bytes:
    """A document is opened."""
    document = {"uri": uri, "languageId": "cnn", "version": version, "text": text}
    return message("textDocument/didOpen", None, {"textDocument": document})


def edited(uri: str, version: int, text: str, start: tuple[int, int] = (0, 0), end: tuple[int, int] = (0, 0)) -> bytes:
    """What lies between two positions gives way to a text."""
    place = {end: {"line": at[0], "character": at[1]} for end, at in (("start", start), ("end", end))}
    change = {"range": place, "text": text}
    return message(
        "textDocument/didChange", None, {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]}
    )


def about(method: str, number: int | str, uri: str, **params: Any) -> bytes:
    """A request about a document."""
    return message(f"textDocument/{method}", number, {"textDocument": {"uri": uri}, **params})


def session(*messages: bytes, initialize: dict[str, Any] = INITIALIZE) -> tuple[list[dict[str, Any]], str]:
    """What a server answers to messages that arrive all at once, and what it logs."""
    sent = message("initialize", "begin", initialize) + b"".join(messages)
    with subprocess.Popen([sys.executable, "-m", "cnngen.server"], stdin=-1, stdout=-1, stderr=-1) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(sent)
        process.stdin.flush()
        answers: list[dict[str, Any]] = []
        # What was asked is answered in any order; the last question tells that all has been.
        numbers = {content["id"] for content in contents(sent) if "id" in content}
        while numbers:
            answers.append(read(process.stdout))
            numbers.discard(answers[-1].get("id"))
        out, log = process.communicate(message("shutdown", "end") + message("exit"), timeout=60)
    return answers + contents(out), log.decode()


def contents(sent: bytes) -> list[dict[str, Any]]:
    """The messages of a stream."""
    found = []
    while sent:
        head, _, rest = sent.partition(b"\r\n\r\n")
        length = _length(head)
        found.append(json.loads(rest[:length]))
        sent = rest[length:]
    return found


def read(stream: Any) -> dict[str, Any]:
    """The next message of a stream."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = stream.read(1)
        assert byte, "the server is gone"
        head += byte
    content: dict[str, Any] = json.loads(stream.read(_length(head)))
    return content


def _length(head: bytes) -> int:
    (line,) = (line for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
    return int(line.split(b":")[1])
