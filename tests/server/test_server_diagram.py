"""`cnngen/diagram` and `cnngen/doctor` over the wire."""

from __future__ import annotations

import asyncio
import os
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from server_editor import Editor, until

pytestmark = pytest.mark.asyncio

URI = "file:///programs/net.cnn"
SOUND = "/* 𝔸 */ input(dataset=digits) conv(filters=4)\r\nflatten dense output"


async def diagram(editor: Editor, uri: str = URI) -> Any:
    """The answer to a request as plain data."""
    return plain(await editor.protocol.send_request_async("cnngen/diagram", {"uri": uri}))


def plain(answer: Any) -> Any:
    """pygls makes named tuples of the objects whose types it does not know."""
    if hasattr(answer, "_asdict"):
        return {name: plain(value) for name, value in answer._asdict().items()}
    return [plain(value) for value in answer] if isinstance(answer, list) else answer


@pytest.mark.parametrize(("encoding", "column"), [("utf-16", 9), ("utf-8", 11), ("utf-32", 8)])
async def test_each_layer_of_the_picture_has_its_place_in_the_text(editor: Editor, encoding: str, column: int) -> None:
    await editor.begin(encodings=[encoding])
    editor.type_in(URI, SOUND)
    answer = await diagram(editor)
    assert (answer["version"], answer["message"], answer["lanes"]) == (1, None, [])
    groups = {group.get("id") for group in ET.fromstring(answer["svg"]).iter("{http://www.w3.org/2000/svg}g")}
    assert {f"n{node['id']}" for node in answer["nodes"]} <= groups
    first, conv, flatten, _ = answer["nodes"]
    assert first["range"]["start"] == {"line": 0, "character": column}
    assert flatten["range"] == {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 7}}
    assert {name: conv[name] for name in ("name", "kind", "params", "macs", "activationBytes")} == {
        "name": "conv_1",
        "kind": "conv",
        "params": 40,
        "macs": 2304,
        "activationBytes": 1024,
    }


async def test_a_client_that_could_draw_by_itself_gets_a_picture_where_there_is_a_graphviz(editor: Editor) -> None:
    """Where there is none is tested in the real editor: this Python has one beside it."""
    await editor.begin()
    editor.type_in(URI, SOUND)
    answer = plain(await editor.protocol.send_request_async("cnngen/diagram", {"uri": URI, "dot": True}))
    assert answer["svg"]
    assert answer["dot"] is None


async def test_lanes_are_told(editor: Editor) -> None:
    await editor.begin()
    editor.type_in(URI, "input(dataset=digits) conv [ (conv conv, Empty) ] flatten dense output")
    assert (await diagram(editor))["lanes"] == [{"first": 2, "last": 3}]


async def test_a_program_with_errors_has_a_sentence_and_the_next_version_a_picture(editor: Editor) -> None:
    await editor.begin()
    editor.type_in(URI, SOUND.replace("flatten", "flaten"))
    answer = await diagram(editor)
    assert (answer["svg"], answer["nodes"]) == (None, [])
    assert "an error in line 2" in answer["message"]
    version = editor.edit(URI, (1, 0), (1, 6), "flatten")
    answer = await diagram(editor)
    assert answer["version"] == version
    assert answer["svg"].startswith("<?xml")


async def test_a_network_too_large_for_a_picture_gets_a_sentence(editor: Editor) -> None:
    await editor.begin()
    editor.type_in(URI, f"input(dataset=digits) {'conv ' * 1100} flatten dense output")
    answer = await diagram(editor)
    assert answer["svg"] is None
    assert answer["message"].startswith("1,103 layers are too many for a live picture; networks of up to 1,000")


async def test_a_document_that_is_not_open_has_no_diagram(editor: Editor) -> None:
    await editor.begin()
    assert await diagram(editor, "file:///nowhere.cnn") is None


@pytest.fixture
def slow_dot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Graphviz that never ends, in the place of the real one; the file to which it writes its process."""
    pid = tmp_path / "pid"
    dot = tmp_path / "dot"
    dot.write_text(f"#!/bin/sh\necho $$ >{pid}.new && mv {pid}.new {pid}\nexec sleep 600\n")
    dot.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return pid


async def test_a_diagram_that_nobody_waits_for_is_not_drawn_on(slow_dot: Path, editor: Editor) -> None:
    """To cancel the request ends Graphviz; meanwhile the server answers."""
    await editor.begin()
    editor.type_in(URI, SOUND)
    request = asyncio.create_task(editor.protocol.send_request_async("cnngen/diagram", {"uri": URI}, msg_id="asked"))
    await until(slow_dot.exists)
    drawing = int(slow_dot.read_text())
    assert await diagram(editor, "file:///nowhere.cnn") is None
    editor.protocol.notify(types.CANCEL_REQUEST, types.CancelParams("asked"))
    await until(lambda: not Path(f"/proc/{drawing}").exists())
    with pytest.raises((JsonRpcException, asyncio.CancelledError)):
        await request


async def test_the_doctor_tells_how_energy_will_be_told_and_needs_trust(editor: Editor) -> None:
    await editor.begin({"interpreter": "/no/such/python"})
    answer = await editor.protocol.send_request_async("cnngen/doctor", {})
    assert answer.problem.startswith("The Python interpreter /no/such/python cannot be started")
    assert answer.report.startswith("# What this machine can measure")


async def test_in_a_folder_that_is_not_trusted_the_doctor_starts_nothing(editor: Editor) -> None:
    await editor.begin({"trusted": False})
    with pytest.raises(JsonRpcException, match="trust it first"):
        await editor.protocol.send_request_async("cnngen/doctor", {})
