"""Soak: whatever happens for however long, the server neither hangs, nor leaks, nor lies."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from light_worker import interpreter
from server_wire import SERVE, Wire, about, edited, message, opened

from cnngen.language import Lines, Position, analyse
from cnngen.server.documents import Change, Document

PULLS = {"textDocument": {"diagnostic": {}, "publishDiagnostics": {"relatedInformation": True}}}
PUSHED = {"textDocument": {"publishDiagnostics": {"relatedInformation": True}}}

#: What is asked about a document, by the capability that announces it.
ASKED: dict[str, tuple[str, Any]] = {
    "hoverProvider": ("hover", lambda at: {"position": at}),
    "completionProvider": ("completion", lambda at: {"position": at}),
    "signatureHelpProvider": ("signatureHelp", lambda at: {"position": at}),
    "documentHighlightProvider": ("documentHighlight", lambda at: {"position": at}),
    "selectionRangeProvider": ("selectionRange", lambda at: {"positions": [at]}),
    "inlayHintProvider": ("inlayHint", lambda at: {"range": {"start": at, "end": {"line": 99, "character": 0}}}),
    "codeActionProvider": ("codeAction", lambda at: {"range": {"start": at, "end": at}, "context": {"diagnostics": []}}),
    "codeLensProvider": ("codeLens", lambda at: {}),
    "documentSymbolProvider": ("documentSymbol", lambda at: {}),
    "foldingRangeProvider": ("foldingRange", lambda at: {}),
    "semanticTokensProvider": ("semanticTokens/full", lambda at: {}),
    "documentFormattingProvider": ("formatting", lambda at: {"options": {"tabSize": 2, "insertSpaces": True}}),
    "diagnosticProvider": ("diagnostic", lambda at: {}),
}  # fmt: skip

#: Pieces of programs, and what has no place in one.
PIECES = ["input ", "conv ", "[ (", ", Empty) ]", "flatten dense output", "(filters=8)", "cnov", "\n", "\r\n", "𝔸", "\x0c",
          "\u2028", "/*", "*/", "//", "\x00", "\ud800", "9" * 40, "max_pooling ", "add(", "training(epochs=3) "]  # fmt: skip
PROGRAM = "input conv max_pooling\n[ (conv conv, Empty) ]\nflatten dense output\n"


class Model:
    """What a client that makes no mistakes believes about its documents."""

    def __init__(self, wire: Wire, seed: int) -> None:
        self.wire = wire
        self.random = random.Random(seed)
        self.documents: dict[str, Document] = {}
        self.versions: dict[str, int] = {}
        self.asked: list[int] = []
        self.requests = [entry for capability, entry in ASKED.items() if wire.capabilities.get(capability)]

    def step(self, uri: str) -> None:
        """One thing that an editor does."""
        if uri not in self.documents:
            # Versions go on when a document is opened anew, so that each belongs to one text.
            version = self.versions.setdefault(uri, 0) + 1
            self.documents[uri] = Document(uri, version, PROGRAM)
            self.wire.send(opened(uri, PROGRAM, version))
        match self.random.choice(["edit"] * 8 + ["ask"] * 4 + ["cancel"] * 2 + ["close", "whole"]):
            case "edit":
                self.edit(uri)
            case "ask":
                method, arguments = self.random.choice(self.requests)
                params = {"textDocument": {"uri": uri}, **arguments(self.place(uri)._asdict())}
                self.asked.append(self.wire.begin(f"textDocument/{method}", params))
            case "cancel" if self.asked:
                self.wire.send(message("$/cancelRequest", None, {"id": self.random.choice(self.asked)}))
            case "whole":
                self.put(uri, Change(None, None, PROGRAM * self.random.randrange(3)))
            case "close" if self.random.random() < 0.2:
                self.versions[uri] = self.documents.pop(uri).version or 0
                self.wire.send(message("textDocument/didClose", None, {"textDocument": {"uri": uri}}))

    def edit(self, uri: str) -> None:
        start, end = sorted((self.place(uri), self.place(uri)))
        if self.random.random() < 0.6:
            end = start
        self.put(uri, Change(start, end, self.random.choice(PIECES) if self.random.random() < 0.7 else ""))

    def put(self, uri: str, change: Change) -> None:
        document = self.documents[uri] = self.documents[uri].changed(
            (self.documents[uri].version or 0) + 1, [change], "utf-16"
        )
        event: dict[str, Any] = {"text": change.text}
        if change.start and change.end:
            event["range"] = {"start": change.start._asdict(), "end": change.end._asdict()}
        params = {"textDocument": {"uri": uri, "version": document.version}, "contentChanges": [event]}
        self.wire.send(message("textDocument/didChange", None, params))

    def place(self, uri: str) -> Position:
        text = self.documents[uri].text
        return Lines.of(text).position(self.random.randrange(len(text) + 1))

    def settle(self) -> None:
        """Every request has one answer."""
        for number in self.asked:
            self.wire.wait(number)
        self.asked.clear()


def fresh(document: Document) -> list[tuple[str, str, dict[str, Any]]]:
    """What an analysis from nothing finds in a document."""
    analysis = analyse(document.text, name=document.name)
    return [(str(d.code), d.message, analysis.lines.range(d.span)) for d in analysis.diagnostics]


def told(diagnostics: list[Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(d["code"], d["message"], d["range"]) for d in diagnostics]


def soak(seed: int, steps: int, *, pulls: bool, folder: Path) -> None:
    wire = Wire(capabilities=PULLS if pulls else PUSHED)
    model = Model(wire, seed)
    uris = [(folder / f"{number} ä.cnn").as_uri() for number in range(3)]
    memory = 0.0
    for step in range(steps):
        model.step(model.random.choice(uris))
        if step == steps // 2:
            model.settle()
            memory = wire.memory()
        if step % 100 == 99:
            model.settle()
    model.settle()
    for uri, document in model.documents.items():
        if pulls:
            (report,) = [wire.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})["result"]]
            assert told(report["items"]) == fresh(document)
        else:
            assert document.version
            assert told(wire.wait_for_push(uri, document.version)) == fresh(document)
    newest: dict[str, int] = {}
    for params in wire.pushed:
        version = params.get("version")
        assert not pulls, "nothing is pushed to a client that asks"
        assert version is None or version >= newest.get(params["uri"], 0), "an older version after a newer one"
        newest[params["uri"]] = version or newest.get(params["uri"], 0)
    assert wire.memory() - memory < 30
    assert wire.end() == 0
    assert "Traceback" not in wire.log.decode()


@pytest.mark.parametrize("pulls", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_after_any_session_the_diagnostics_are_those_of_a_fresh_analysis(
    seed: int, pulls: bool, tmp_path: Path
) -> None:
    soak(seed, 400, pulls=pulls, folder=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("pulls", [False, True])
@pytest.mark.parametrize("seed", range(10, 14))
def test_after_a_long_session_too(seed: int, pulls: bool, tmp_path: Path) -> None:
    soak(seed, 10_000, pulls=pulls, folder=tmp_path)


def test_a_thousand_edits_at_once_leave_the_last_text() -> None:
    wire = Wire(capabilities=PUSHED)
    uri = "file:///programs/net.cnn"
    wire.send(opened(uri, "input conv flatten dense output"))
    wire.send(*(edited(uri, version, "x" if version % 2 else " ", (0, 5), (0, 5)) for version in range(2, 2002)))
    last = wire.wait_for_push(uri, 2001)
    text = "input" + "x " * 1000 + " conv flatten dense output"
    assert told(last) == fresh(Document(uri, 2001, text))
    assert len(wire.pushed) < 1000, "what was typed over is not computed"
    assert wire.end() == 0


def test_a_client_that_cancels_everything_is_answered_everything() -> None:
    wire = Wire(capabilities=PULLS)
    uri = "file:///programs/net.cnn"
    wire.send(opened(uri, PROGRAM))
    numbers = []
    for _ in range(300):
        numbers.append(wire.begin("textDocument/diagnostic", {"textDocument": {"uri": uri}}))
        wire.send(message("$/cancelRequest", None, {"id": numbers[-1]}))
    for number in numbers:
        answer = wire.wait(number)
        assert "result" in answer or answer["error"]["code"] == -32800
    assert wire.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})["result"]["items"] == []
    assert wire.end() == 0
    assert wire.log == b""


def test_requests_before_the_beginning_and_behind_the_end_are_survived() -> None:
    wire = Wire()
    uri = "file:///programs/net.cnn"
    # Asked about, changed and closed before it is opened; opened twice; versions that go back.
    wire.send(about("codeLens", "early", uri), edited(uri, 7, "input"), about("diagnostic", "then", uri))
    wire.send(message("textDocument/didClose", None, {"textDocument": {"uri": uri}}))
    wire.send(message("textDocument/didClose", None, {"textDocument": {"uri": uri}}))
    wire.send(opened(uri, "input cnov", 5), opened(uri, PROGRAM, 3), edited(uri, 2, " "))
    assert wire.wait_for_push(uri, 2) == []
    assert "result" in wire.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
    assert wire.end() == 0


@pytest.mark.parametrize(
    "noise", [b"\x00" * 100_000, b"no header\r\n\r\n" * 5000, b"Content-Length: 3\r\n\r\n\xff\xff\xff" * 50]
)
def test_random_bytes_between_messages_are_survived(noise: bytes) -> None:
    wire = Wire()
    wire.send(noise, b"\r\n")
    uri = "file:///programs/net.cnn"
    wire.send(opened(uri, PROGRAM))
    assert wire.wait_for_push(uri, 1) == []
    assert wire.end() == 0


def test_a_huge_file_is_checked_and_others_are_not_lost() -> None:
    wire = Wire()
    huge, small = "file:///programs/huge.cnn", "file:///programs/small.cnn"
    wire.send(opened(huge, "input " + "conv\n" * 20_000 + "flatten dense output"), opened(small, "input cnov"))
    wire.wait_for_push(huge, 1)
    assert wire.wait_for_push(small, 1)
    assert wire.end() == 0


def test_a_client_that_dies_while_it_is_answered_leaves_no_server() -> None:
    wire = Wire()
    uri = "file:///programs/net.cnn"
    wire.send(opened(uri, PROGRAM))
    for number in range(50):
        wire.send(about("codeLens", number + 1000, uri))
    assert wire.process.stdin and wire.process.stdout
    wire.process.stdin.close()
    assert wire.process.wait(60) == 0


@pytest.mark.parametrize(
    "last", [b"Content-Le", b"Content-Length: 200\r\n\r\n", b'Content-Length: 200\r\n\r\n{"jsonrpc"']
)
def test_a_client_that_dies_in_the_middle_of_a_message_leaves_no_server(last: bytes) -> None:
    wire = Wire()
    wire.send(opened("file:///programs/net.cnn", PROGRAM), last)
    assert wire.process.stdin
    wire.process.stdin.close()
    assert wire.process.wait(60) in (0, 1)
    assert "Traceback" not in wire.log.decode()


def test_a_full_disk_is_a_sentence_and_leaves_no_half_files(tmp_path: Path) -> None:
    """A limit on the size of files fails as a full disk does: in the middle of a write."""
    wire = Wire("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))\n" + SERVE)
    uri = (tmp_path / "net.cnn").as_uri()
    wire.send(opened(uri, PROGRAM))
    answer = wire.ask("workspace/executeCommand", {"command": "cnngen.generateKeras", "arguments": [uri]})
    assert answer["error"]["message"] == f"{tmp_path / 'generated'} cannot be written: File too large."
    training = {"command": "cnngen.train", "arguments": [uri, {"interpreter": str(interpreter(tmp_path / "keras"))}]}
    assert "cannot be kept in" in wire.ask("workspace/executeCommand", training)["error"]["message"]
    assert [file.name for file in tmp_path.rglob("*") if file.is_file() and file.name != "keras"] == []
    wire.send(edited(uri, 2, "cnov "))
    assert wire.wait_for_push(uri, 2)
    assert wire.end() == 0
