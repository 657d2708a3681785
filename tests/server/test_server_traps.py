"""Traps of the library below this server, each with its test: what would go wrong if it were stepped into."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from server_wire import INITIALIZE, Wire, about, contents, edited, message, opened, session

from cnngen.language import Analysis, Diagnostic, Fix
from cnngen.language.fixing import trying
from cnngen.server.app import Server, make_server
from cnngen.server.progress import Progress
from cnngen.server.requests import diagram as diagram_request
from cnngen.server.requests import hover as hover_request

URI = "file:///programs/net.cnn"
TEXT = "input conv max_pooling flatten dense output"

#: A server whose analyses never end.
STUCK = """
import threading
from cnngen.server import documents, serve_stdio

documents.Analyser.analyse = lambda *_, **__: threading.Event().wait()
serve_stdio()
"""


def generate(uri: str) -> dict[str, Any]:
    return {"command": "cnngen.generateKeras", "arguments": [uri]}


def test_a_cancelled_command_is_answered_once_and_the_next_one_works(tmp_path: Path) -> None:
    """pygls answers a cancelled command, but its handler goes on."""
    uri = (tmp_path / "net.cnn").as_uri()
    wire = Wire()
    wire.send(opened(uri, TEXT))
    number = wire.begin("workspace/executeCommand", generate(uri))
    wire.send(message("$/cancelRequest", None, {"id": number}))
    answer = wire.wait(number)
    assert answer.get("error", {}).get("code") == -32800
    assert "result" in wire.ask("workspace/executeCommand", generate(uri))
    assert wire.end() == 0
    assert wire.log == b""


def test_a_shutdown_with_a_command_in_flight_ends_in_order(tmp_path: Path) -> None:
    """pygls walks over its table of requests while they remove themselves."""
    uri = (tmp_path / "net.cnn").as_uri()
    wire = Wire()
    commands = [message("workspace/executeCommand", f"command {n}", generate(uri)) for n in range(5)]
    wire.send(opened(uri, TEXT), *commands, message("shutdown", "end"), message("exit"))
    assert wire.process.wait(60) == 0
    assert wire.answers["end"]["result"] is None
    assert "Traceback" not in wire.log.decode()


def test_the_process_ends_while_an_analysis_runs() -> None:
    """Python waits for the threads of a pool before it ends."""
    wire = Wire(STUCK)
    wire.send(opened(URI, TEXT), about("codeLens", "lens", URI))
    assert wire.end() == 0


def test_messages_are_read_while_threads_are_busy() -> None:
    """pygls reads standard input in the pool that runs the handlers."""
    wire = Wire(STUCK)
    wire.send(*(opened(f"file:///{n}.cnn", TEXT) for n in range(50)))
    assert wire.ask("no/such", {})["error"]["code"] == -32601
    assert wire.end() == 0


def test_lines_end_where_the_protocol_says() -> None:
    """pygls splits them with `str.splitlines`, at form feeds too."""
    wire = Wire()
    wire.send(opened(URI, "// \x0c\x85\u2028\ninput cnov flatten dense output"))
    (found,) = wire.wait_for_push(URI, 1)
    assert found["range"]["start"] == {"line": 1, "character": 6}
    wire.send(edited(URI, 2, "conv", (1, 6), (1, 10)))
    assert wire.wait_for_push(URI, 2) == []
    assert wire.end() == 0


def test_a_text_that_ends_in_a_line_end_has_a_line_behind_it() -> None:
    """pygls' list of lines has none, and what is asked there fails."""
    wire = Wire()
    wire.send(opened(URI, "input conv flatten dense\n"))
    wire.wait_for_push(URI, 1)
    end = {"line": 1, "character": 0}
    place = {"range": {"start": end, "end": end}, "context": {"diagnostics": []}}
    assert "result" in wire.ask("textDocument/codeAction", {"textDocument": {"uri": URI}, **place})
    wire.send(edited(URI, 2, "output", (1, 0), (1, 0)))
    assert wire.wait_for_push(URI, 2) == []
    assert wire.end() == 0


def test_nothing_is_kept_of_messages_that_have_been_handled() -> None:
    """pygls keeps an entry for each notification, and for each handler of a command, for ever."""

    async def talk() -> Server:
        server = make_server()
        server.protocol.set_writer(_Nowhere())
        handle = server.protocol.handle_message
        read = server.protocol.structure_message
        messages = [message("initialize", "begin", INITIALIZE), opened(URI, TEXT)]
        messages += [edited(URI, version, "x") for version in range(2, 100)]
        messages += [about("codeLens", number, URI) for number in range(1, 100)]
        messages += [message("workspace/executeCommand", f"c{n}", {"command": "cnngen.train"}) for n in range(9)]
        for content in contents(b"".join(messages)):
            handle(read(content))
            await asyncio.sleep(0)
        while server.protocol._asked or server.protocol._request_futures:
            await asyncio.sleep(0.01)
        return server

    server = asyncio.run(asyncio.wait_for(talk(), 60))
    assert not server.protocol._request_futures
    assert not server.protocol._asked


def test_a_progress_that_has_ended_is_forgotten() -> None:
    """pygls keeps the tokens of all progresses."""

    async def work(server: Server) -> None:
        showing = types.ClientCapabilities(window=types.WindowClientCapabilities(work_done_progress=True))
        server.protocol.client_capabilities = showing
        progress = Progress(server, "token")
        begin = asyncio.create_task(progress.begin("Work"))
        while not server.protocol._request_futures:
            await asyncio.sleep(0)
        (number,) = server.protocol._request_futures
        server.protocol.handle_message(
            server.protocol.structure_message({"jsonrpc": "2.0", "id": number, "result": None})
        )
        await begin
        assert "token" in server.work_done_progress.tokens
        progress.end("It is done.")

    server = make_server()
    server.protocol.set_writer(_Nowhere())
    asyncio.run(asyncio.wait_for(work(server), 60))
    assert server.work_done_progress.tokens == {}


def test_a_request_that_cannot_be_read_is_answered() -> None:
    """pygls drops it, and its client waits."""
    answers, _ = session(message("textDocument/codeLens", 1, {"x": 1}), message("no/such", 2))
    assert {a["id"]: a["error"]["code"] for a in answers if "error" in a} == {1: -32602, 2: -32601}


@pytest.mark.parametrize(("taken_back", "code"), [("cancelled", -32800), ("outdated", -32801)])
def test_what_is_taken_back_while_it_waits_is_never_begun(
    taken_back: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pygls runs what is queued behind a slow handler, cancelled or not."""
    begun: list[int] = []
    monkeypatch.setattr(hover_request, "hover_at", lambda _, offset, *__: begun.append(offset))
    asked = range(1, 71)
    if taken_back == "cancelled":
        back = [message("$/cancelRequest", None, {"id": number}) for number in asked]
    else:
        back = [edited(URI, 2, " ")]
    hovers = [about("hover", number, URI, position={"line": 0, "character": 7}) for number in (*asked, "last")]
    answers = _conversation(opened(URI, TEXT), *hovers[:-1], *back, hovers[-1])
    assert [answers[number]["error"]["code"] for number in asked] == [code] * 70
    assert "error" not in answers["last"]
    assert len(begun) == 1


def test_a_picture_of_an_older_text_is_never_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """pygls knows nothing of a request that is the server's own."""
    begun: list[str] = []
    why = diagram_request.why_no_picture

    def why_no_picture(analysis: Analysis) -> str | None:
        begun.append(analysis.text)
        return why(analysis)

    monkeypatch.setattr(diagram_request, "why_no_picture", why_no_picture)
    asked = [message("cnngen/diagram", number, {"uri": URI, "dot": True}) for number in range(1, 71)]
    answers = _conversation(opened(URI, "input cnov output"), *asked[:-1], edited(URI, 2, " "), asked[-1])
    assert [answers[number]["result"] for number in range(1, 70)] == [None] * 69
    assert answers[70]["result"]["version"] == 2
    assert begun == [" input cnov output"]


def test_fixes_of_an_older_text_are_tried_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread learns nothing of a cancellation."""
    tried: list[int] = []
    first, go_on = threading.Event(), threading.Event()

    def working_fixes(_: Analysis, diagnostic: Diagnostic) -> tuple[Fix, ...]:
        tried.append(diagnostic.span.start)
        first.set()
        go_on.wait(60)
        return ()

    async def talk() -> None:
        server = make_server()
        server.protocol.set_writer(sent := _Kept())
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
        asked = about("codeAction", 1, URI, range=whole, context={"diagnostics": []})
        text = "input cnov cnov cnov flatten dense output"
        for content in contents(b"".join([message("initialize", "begin", INITIALIZE), opened(URI, text), asked])):
            server.protocol.handle_message(server.protocol.structure_message(content))
        await asyncio.to_thread(first.wait, 60)
        (edit,) = contents(edited(URI, 2, " "))
        server.protocol.handle_message(server.protocol.structure_message(edit))
        while 1 not in sent.answers():
            await asyncio.sleep(0)
        go_on.set()
        assert sent.answers()[1]["error"]["code"] == -32801

    monkeypatch.setattr(trying, "working_fixes", working_fixes)
    asyncio.run(asyncio.wait_for(talk(), 60))
    assert len(tried) == 1


def test_edits_deep_in_a_large_text_land_where_they_belong() -> None:
    """pygls builds the list of lines anew for each of them: 5,000 times 20 lines here."""
    text = "input\n" + "conv // 𝔸\n" * 5_000 + "flatten\ndense\noutput\n"
    wire = Wire()
    wire.send(opened(URI, text))
    wire.send(*(edited(URI, version, "x", (version * 200, 0), (version * 200, 1)) for version in range(2, 22)))
    assert [found["range"]["start"] for found in wire.wait_for_push(URI, 21)] == [
        {"line": version * 200, "character": 0} for version in range(2, 22)
    ]
    assert wire.end() == 0


def _conversation(*messages: bytes) -> dict[Any, dict[str, Any]]:
    """The answers to messages that arrive together."""

    async def talk() -> _Kept:
        server = make_server()
        server.protocol.set_writer(kept := _Kept())
        for content in contents(b"".join([message("initialize", "begin", INITIALIZE), *messages])):
            server.protocol.handle_message(server.protocol.structure_message(content))
        while server.protocol._asked or server.protocol._request_futures:
            await asyncio.sleep(0.01)
        return kept

    return asyncio.run(asyncio.wait_for(talk(), 60)).answers()


class _Kept:
    """What a server sends."""

    def __init__(self) -> None:
        self._sent = b""

    def write(self, data: bytes) -> None:
        self._sent += data

    def close(self) -> None:
        pass

    def answers(self) -> dict[Any, dict[str, Any]]:
        return {content["id"]: content for content in contents(self._sent) if "method" not in content}


class _Nowhere:
    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        pass
