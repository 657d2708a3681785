"""An editor for harnesses: it starts a server, talks to it over its pipes, and waits for each answer."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: What VS Code says of itself, as far as it changes how much an answer holds.
ABILITIES = {
    "codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}},
    "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
    "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
    "foldingRange": {"lineFoldingOnly": True, "rangeLimit": 5000},
    "hover": {"contentFormat": ["markdown"]},
}


class Client:
    """An editor that waits for each answer. It pulls diagnostics, or has them pushed.

    `compiled` is the folder in which Python keeps bytecode, as beside an installed server: the first start fills it.
    """

    def __init__(self, *, pulls: bool = False, folder: Path | None = None, compiled: str | None = None) -> None:
        environment = dict(os.environ)
        if compiled:
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            environment["PYTHONPYCACHEPREFIX"] = compiled
        command = [sys.executable, "-m", "cnngen.server"]
        self._process = subprocess.Popen(command, stdin=-1, stdout=-1, bufsize=0, env=environment)
        self._arrived = b""
        self._numbers = itertools.count(1)
        document: dict[str, Any] = {**ABILITIES, "publishDiagnostics": {"relatedInformation": True}}
        if pulls:
            document["diagnostic"] = {}
        folders = [{"uri": folder.as_uri(), "name": "programs"}] if folder else None
        parameters = {
            "processId": None,
            "rootUri": None,
            "capabilities": {"textDocument": document},
            "workspaceFolders": folders,
        }
        self.capabilities = self.ask("initialize", parameters)["capabilities"]
        self.tell("initialized", {})

    def tell(self, method: str, parameters: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": parameters})

    def ask(self, method: str, parameters: Any) -> Any:
        """Send a request, and wait for its answer. Raises RuntimeError for one that failed."""
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": parameters})
        answer = self.wait(lambda message: message.get("id") == number and "method" not in message)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def wait(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read messages up to one that is wanted."""
        while not wanted(message := self._read()):
            if "id" in message and "method" in message:
                self._send({"id": message["id"], "result": None})
        return message

    def open(self, uri: str, text: str) -> None:
        """Open a document."""
        self.tell(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "cnn", "version": 1, "text": text}}
        )

    def edit(self, uri: str, version: int, change: dict[str, Any]) -> None:
        """Edit a document."""
        document = {"uri": uri, "version": version}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def diagnostics(self, uri: str, version: int) -> list[Any]:
        """The diagnostics pushed for a version of a document."""

        def wanted(message: dict[str, Any]) -> bool:
            if message.get("method") != "textDocument/publishDiagnostics":
                return False
            return message["params"]["uri"] == uri and message["params"].get("version") == version

        found: list[Any] = self.wait(wanted)["params"]["diagnostics"]
        return found

    def pull(self, uri: str) -> Any:
        """The diagnostics of a document, asked for."""
        return self.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})

    def memory(self) -> float:
        """What the server holds in memory, in MiB: its private and shared pages."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def cpu(self) -> float:
        """Seconds that all threads of the server have worked."""
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def close(self) -> None:
        """End the session."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        self._process.wait(30)

    def _send(self, content: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **content}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def _read(self) -> dict[str, Any]:
        while b"\r\n\r\n" not in self._arrived:
            self._more()
        head, _, self._arrived = self._arrived.partition(b"\r\n\r\n")
        (length,) = (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
        while len(self._arrived) < length:
            self._more()
        body, self._arrived = self._arrived[:length], self._arrived[length:]
        message: dict[str, Any] = json.loads(body)
        return message

    def _more(self) -> None:
        assert self._process.stdout
        if not (chunk := self._process.stdout.read(1 << 16)):
            raise RuntimeError("the server is gone")
        self._arrived += chunk
