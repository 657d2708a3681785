"""Ways to reach the server, and how it ends."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from server_editor import Editor
from server_wire import INITIALIZE, message, opened, session

#: A server one of whose features has a fault.
FAULTY = """
import cnngen.server.requests.code_lens as code_lens
from cnngen.server import serve_stdio

def broken(*_, **__):
    raise KeyError("the lens is broken")

code_lens.lenses = broken
serve_stdio()
"""

SESSION = message("initialize", 1, INITIALIZE) + message("shutdown", 2) + message("exit")


@pytest.mark.parametrize(
    "command",
    [["-m", "cnngen.server"], ["-m", "cnngen.server", "--stdio"], ["-m", "cnngen.cli", "serve", "--stdio"]],
)
def test_it_serves_standard_input_and_output_until_exit(command: list[str]) -> None:
    done = subprocess.run([sys.executable, *command], input=SESSION, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"Content-Length: ")
    assert b"cnngen.generateKeras" in done.stdout
    assert done.stderr == b""


def test_it_ends_when_the_editor_is_gone() -> None:
    only_initialize = message("initialize", 1, INITIALIZE)
    done = subprocess.run(
        [sys.executable, "-m", "cnngen.server"], input=only_initialize, capture_output=True, timeout=60, check=False
    )
    assert b"Traceback" not in done.stderr


def test_ctrl_c_ends_it_while_it_waits_for_the_editor() -> None:
    with subprocess.Popen([sys.executable, "-m", "cnngen.server"], stdin=-1, stdout=-1, stderr=-1) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(message("initialize", 1, INITIALIZE))
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == -signal.SIGINT
        assert process.stderr.read() == b""


@pytest.mark.asyncio
async def test_it_serves_a_tcp_port_and_says_which() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cnngen.cli", "serve", "--tcp", "--port", "0", stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    said = ""
    try:
        while not (found := re.search(r"Serving on .*'127.0.0.1', (\d+)", said)):
            said += (await asyncio.wait_for(process.stderr.readline(), 60)).decode()
        reader, writer = await asyncio.open_connection("127.0.0.1", int(found[1]))
        writer.write(SESSION)
        answer = await asyncio.wait_for(reader.read(), 60)
        assert b"cnngen.generateKeras" in answer
        writer.close()
        await asyncio.wait_for(process.wait(), 60)
    finally:
        if process.returncode is None:
            process.kill()


def test_exit_without_shutdown_is_an_error_as_the_protocol_says() -> None:
    sent = message("initialize", 1, INITIALIZE) + message("exit")
    assert subprocess.run([sys.executable, "-m", "cnngen.server"], input=sent, capture_output=True).returncode == 1


@pytest.mark.parametrize("command", [["-m", "cnngen.server"], ["-m", "cnngen.cli", "serve"]])
def test_the_log_goes_to_a_file_where_one_is_named(tmp_path: Path, command: list[str]) -> None:
    file = tmp_path / "logs" / "server.log"
    sent = message("initialize", 1, INITIALIZE) + message("shutdown", 3) + message("exit")
    options = ["--log-file", str(file), "--log-level", "debug"]
    done = subprocess.run([sys.executable, *command, *options], input=sent, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert re.search(r'^\d{4}-\d\d-\d\d .* INFO pygls.*"id": 3', file.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("command", [["-m", "cnngen.server"], ["-m", "cnngen.cli", "serve"]])
def test_a_log_file_that_cannot_be_written_is_a_sentence(tmp_path: Path, command: list[str]) -> None:
    call = [sys.executable, *command, "--log-file", str(tmp_path)]
    done = subprocess.run(call, input="", capture_output=True, text=True, timeout=60)
    assert done.returncode
    assert done.stderr.strip() == f"cnngen: The log file {tmp_path} cannot be written: Is a directory."


@pytest.mark.parametrize(("level", "told"), [("off", False), ("messages", True), ("verbose", True)])
def test_the_trace_tells_what_was_answered_as_far_as_the_client_wants_to_know(level: str, told: bool) -> None:
    uri = "file:///programs/net.cnn"
    lens = message("textDocument/codeLens", 1, {"textDocument": {"uri": uri}})
    answers, _ = session(opened(uri, "input output"), lens, initialize={**INITIALIZE, "trace": level})
    traces = [a["params"] for a in answers if a.get("method") == "$/logTrace"]
    found = [trace for trace in traces if trace["message"].startswith("textDocument/codeLens (1) answered after ")]
    assert bool(found) is told
    assert all(trace.get("verbose") == (uri if level == "verbose" else None) for trace in found)


def test_the_trace_is_switched_off_while_the_server_runs() -> None:
    off = message("$/setTrace", None, {"value": "off"})
    lens = message("textDocument/codeLens", 1, {"textDocument": {"uri": "file:///programs/net.cnn"}})
    answers, _ = session(off, lens, initialize={**INITIALIZE, "trace": "messages"})
    assert not [a for a in answers if a.get("method") == "$/logTrace" and "codeLens" in a["params"]["message"]]


def test_a_port_in_use_is_a_sentence() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "cnngen.cli", "serve", "--tcp", "--port", port],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert re.search(r"^cnngen: Cannot listen on 127\.0\.0\.1:\d+: .+\.$", done.stderr, re.MULTILINE)
    assert "Traceback" not in done.stderr


@pytest.mark.asyncio
async def test_a_fault_in_a_handler_is_logged_and_the_server_goes_on(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    editor = Editor()
    await editor.start_io(sys.executable, "-c", FAULTY)
    await editor.begin()
    editor.type_in("file:///programs/bad.cnn", "input conv flatten dense output")
    with pytest.raises(JsonRpcException):
        await editor.text_document_code_lens_async(
            types.CodeLensParams(types.TextDocumentIdentifier("file:///programs/bad.cnn"))
        )
    editor.type_in("file:///programs/good.cnn", "input conv flatten dense output")
    assert await editor.found("file:///programs/good.cnn") == []
    assert not editor.messages, "a fault is for the log, not for a box on the screen"
    await editor.shutdown_session()
    await editor.stop()
    assert b"the lens is broken" in capfdbinary.readouterr().err
