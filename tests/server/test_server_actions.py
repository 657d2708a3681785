"""Code lenses, quick fixes and *Generate Keras* over the wire."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from server_editor import Editor, until

pytestmark = pytest.mark.asyncio

GOOD = "// a small one\ninput conv max_pooling flatten dense output\n"
UNTITLED = "untitled:Untitled-1"


async def lenses(editor: Editor, uri: str) -> list[types.CodeLens]:
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    return list(await editor.text_document_code_lens_async(params) or ())


async def actions(editor: Editor, uri: str, place: types.Range, only: Any = None) -> list[types.CodeAction]:
    context = types.CodeActionContext(diagnostics=[], only=only)
    params = types.CodeActionParams(types.TextDocumentIdentifier(uri), place, context)
    found = await editor.text_document_code_action_async(params) or ()
    return [action for action in found if isinstance(action, types.CodeAction)]


async def test_lenses_stand_above_input_and_carry_their_commands(editor: Editor, tmp_path: Path) -> None:
    await editor.begin()
    uri = (tmp_path / "net.cnn").as_uri()
    editor.type_in(uri, GOOD)
    found = await lenses(editor, uri)
    assert [lens.range.start for lens in found] == [types.Position(1, 0)] * 4
    *commands, predicted = [lens.command for lens in found if lens.command]
    assert predicted.title.startswith("predicted: ")
    assert [(c.title, c.command, list(c.arguments or ())) for c in commands] == [
        ("Generate Keras", "cnngen.generateKeras", [uri]),
        ("Train & Measure", "cnngen.train", [uri]),
        ("5 layers · 5.5 k parameters · 24 k MACs", "", []),
    ]


async def test_a_folder_that_is_not_trusted_has_no_training(editor: Editor, tmp_path: Path) -> None:
    await editor.begin({"trusted": False})
    uri = (tmp_path / "net.cnn").as_uri()
    editor.type_in(uri, GOOD)
    titles = [lens.command.title for lens in await lenses(editor, uri) if lens.command]
    assert "Generate Keras" in titles and "Train & Measure" not in titles
    with pytest.raises(JsonRpcException, match="trust the folder first"):
        await editor.command("cnngen.train", uri, {"trusted": True})
    assert list(tmp_path.iterdir()) == []


async def test_a_quick_fix_removes_its_diagnostic(editor: Editor) -> None:
    await editor.begin()
    uri = "file:///programs/net.cnn"
    editor.type_in(uri, "/* 𝔸 */ input cnov flatten dense output")
    (found,) = await editor.found(uri)
    (action,) = await actions(editor, uri, types.Range(found.range.start, found.range.start))
    assert action.kind == types.CodeActionKind.QuickFix
    assert action.is_preferred
    assert [d.code for d in action.diagnostics or ()] == ["CNN102"]
    assert action.edit and action.edit.document_changes
    (change,) = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    assert (change.text_document.uri, change.text_document.version) == (uri, 1)
    (edit,) = change.edits
    assert isinstance(edit, types.TextEdit)
    start, end = edit.range.start, edit.range.end
    editor.edit(uri, (start.line, start.character), (end.line, end.character), edit.new_text)
    assert await editor.found(uri) == []


async def test_quick_fixes_are_of_the_place_and_of_the_kind_asked_for(editor: Editor) -> None:
    await editor.begin()
    uri = "file:///programs/net.cnn"
    editor.type_in(uri, "input cnov flatten dense output")
    everywhere = types.Range(types.Position(0, 0), types.Position(9, 9))
    elsewhere = types.Range(types.Position(0, 20), types.Position(0, 22))
    assert await actions(editor, uri, everywhere)
    assert await actions(editor, uri, everywhere, [types.CodeActionKind.QuickFix])
    assert not await actions(editor, uri, everywhere, [types.CodeActionKind.Refactor])
    assert not await actions(editor, uri, elsewhere)


async def test_generate_writes_the_text_in_the_editor_and_shows_it(editor: Editor, tmp_path: Path) -> None:
    """What counts is the open buffer, saved or not."""
    await editor.begin()
    file = tmp_path / "my net#1.cnn"
    file.write_text("input cnov")
    editor.type_in(file.as_uri(), GOOD)
    answer = await editor.command("cnngen.generateKeras", file.as_uri())
    python = _path(answer["files"]["python"])
    assert python == tmp_path / "generated" / "my net#1.py"
    compile(python.read_text(), str(python), "exec")
    network = json.loads(_path(answer["files"]["json"]).read_text())
    assert [node["kind"] for node in network["nodes"]] == ["input", "conv", "max_pooling", "flatten", "dense"]
    assert _path(answer["directory"]) == tmp_path / "generated"
    assert answer["notes"] or {"svg", "png"} <= answer["files"].keys()
    await until(lambda: editor.shown_documents)
    assert editor.shown_documents[0].uri == answer["files"]["python"]


async def test_generate_takes_a_file_that_is_not_open_from_the_disk(editor: Editor, tmp_path: Path) -> None:
    await editor.begin()
    (tmp_path / "net.cnn").write_text(GOOD)
    answer = await editor.command("cnngen.generateKeras", (tmp_path / "net.cnn").as_uri())
    assert _path(answer["files"]["python"]).exists()


@pytest.mark.parametrize("command", ["cnngen.generateKeras", "cnngen.train"])
@pytest.mark.parametrize(
    ("uri", "text", "sentence"),
    [
        ("net.cnn", "input cnov dense output", "error"),
        (UNTITLED, GOOD, "Save the program to a file first"),
        ("nowhere.cnn", None, "cannot be read: No such file"),
        (None, None, "Open a .cnn file first"),
    ],
)
async def test_a_command_that_cannot_work_says_why_in_one_sentence(
    editor: Editor, tmp_path: Path, command: str, uri: str | None, text: str | None, sentence: str
) -> None:
    await editor.begin()
    if uri is not None and uri != UNTITLED:
        uri = (tmp_path / uri).as_uri()
    if uri is not None and text is not None:
        editor.type_in(uri, text)
    with pytest.raises(JsonRpcException, match=sentence) as raised:
        await editor.command(command, *([uri] if uri else []))
    assert "\n" not in str(raised.value)
    assert "Traceback" not in str(raised.value.data)
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_cannot_be_written_is_a_sentence(editor: Editor, tmp_path: Path) -> None:
    await editor.begin()
    (tmp_path / "generated").write_text("a file where the folder should be")
    uri = (tmp_path / "net.cnn").as_uri()
    editor.type_in(uri, GOOD)
    with pytest.raises(JsonRpcException, match="generated cannot be written: File exists"):
        await editor.command("cnngen.generateKeras", uri)


async def test_training_refuses_an_interpreter_that_is_none(editor: Editor, tmp_path: Path) -> None:
    await editor.begin({"interpreter": "/nowhere/python"})
    uri = (tmp_path / "net.cnn").as_uri()
    editor.type_in(uri, GOOD)
    with pytest.raises(JsonRpcException, match="/nowhere/python cannot be started"):
        await editor.command("cnngen.train", uri)
    # The server is free for the next try.
    with pytest.raises(JsonRpcException, match="/elsewhere/python cannot be started"):
        await editor.command("cnngen.train", uri, {"interpreter": "/elsewhere/python"})


def _path(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))
