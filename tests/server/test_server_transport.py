"""Ways to reach the server, and how it ends."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import subprocess
import sys

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from server_editor import Editor

INITIALIZE = {"processId": None, "rootUri": None, "capabilities": {}}


def message(method: str, number: int | None = None, params: object = None) -> bytes:
    content = {"jsonrpc": "2.0", "method": method}
    content |= {"id": number} if number else {}
    content |= {"params": params} if params is not None else {}
    body = json.dumps(content).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


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
