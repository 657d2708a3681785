"""Messages as bytes, for tests in which it matters what arrives together."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

SERVE = "from cnngen.server import serve_stdio; serve_stdio()"
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
    command = [sys.executable, "-m", "cnngen.server"]
    with tempfile.TemporaryFile() as log, subprocess.Popen(command, stdin=-1, stdout=-1, stderr=log) as process:
        assert process.stdin and process.stdout
        process.stdin.write(sent)
        process.stdin.flush()
        answers: list[dict[str, Any]] = []
        # What was asked is answered in any order; when all has been, the session may end.
        numbers = {content["id"] for content in contents(sent) if "id" in content}
        while numbers:
            answers.append(read(process.stdout))
            numbers.discard(answers[-1].get("id"))
        process.stdin.write(message("shutdown", "end") + message("exit"))
        process.stdin.close()
        answers += contents(process.stdout.read())
        process.wait(60)
        log.seek(0)
        return answers, log.read().decode()


class Wire:
    """A client that sends without waiting, while a thread takes in what the server says."""

    def __init__(self, program: str = SERVE, *, capabilities: dict[str, Any] | None = None, **initialize: Any) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, stderr=-1)
        self.answers: dict[int | str, dict[str, Any]] = {}
        self.pushed: list[dict[str, Any]] = []
        self.log = b""
        self._news = threading.Condition()
        self._ended = False
        self._number = 0
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._read_log, daemon=True).start()
        parameters = {**INITIALIZE, "capabilities": capabilities or {}, **initialize}
        self.capabilities = self.ask("initialize", parameters)["result"]["capabilities"]
        self.send(message("initialized", None, {}))

    def send(self, *messages: bytes) -> None:
        """Send messages, all at once."""
        assert self.process.stdin
        self.process.stdin.write(b"".join(messages))
        self.process.stdin.flush()

    def begin(self, method: str, params: Any) -> int:
        """Ask something; the answer is for later."""
        self._number += 1
        self.send(message(method, self._number, params))
        return self._number

    def wait(self, number: int) -> dict[str, Any]:
        """The answer to what was asked."""
        with self._news:
            assert self._news.wait_for(lambda: self._ended or number in self.answers, 120), "no answer"
        return self.answers.pop(number)

    def ask(self, method: str, params: Any) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        return self.wait(self.begin(method, params))

    def wait_for_push(self, uri: str, version: int) -> list[Any]:
        """The diagnostics pushed for a version of a document."""

        def found() -> list[Any]:
            return [p["diagnostics"] for p in self.pushed if p["uri"] == uri and p.get("version") == version]

        with self._news:
            assert self._news.wait_for(lambda: self._ended or found(), 120), "no diagnostics"
        return found()[-1]

    def memory(self) -> float:
        """What the server holds in memory, in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def end(self) -> int:
        """Shut the server down; its exit code."""
        self.ask("shutdown", None)
        self.send(message("exit"))
        return self.process.wait(60)

    def _read(self) -> None:
        assert self.process.stdout
        with contextlib.suppress(AssertionError, ValueError):
            while True:
                content = read(self.process.stdout)
                with self._news:
                    if content.get("method") == "textDocument/publishDiagnostics":
                        self.pushed.append(content["params"])
                    elif "method" not in content:
                        assert content["id"] not in self.answers, "one answer a request"
                        self.answers[content["id"]] = content
                    self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _read_log(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.log += line


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
