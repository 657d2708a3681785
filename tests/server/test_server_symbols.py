"""Workspace symbols over the wire: the programs of the folders and the open ones, as they are now."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lsprotocol import types
from server_editor import Editor

from cnngen.server.reports import LARGEST

pytestmark = pytest.mark.asyncio

PROGRAM = "// 𝔸\r\ninput conv flatten dense output"


async def found(editor: Editor, query: str = "") -> dict[str, str]:
    """The names of the programs that a query finds, and what is told of them."""
    symbols = await editor.workspace_symbol_async(types.WorkspaceSymbolParams(query)) or ()
    return {symbol.name: symbol.container_name or "" for symbol in symbols}


async def test_programs_of_all_folders_are_found_by_their_names(editor: Editor, tmp_path: Path) -> None:
    for name in ("a/lenet.cnn", "b/deep/resnet.cnn", "b/node_modules/hidden.cnn", "b/.git/hidden.cnn", "b/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(PROGRAM.encode())
    await editor.begin(folders=[tmp_path / "a", tmp_path / "b"])
    assert await found(editor) == {"lenet": "4 layers", "resnet": "4 layers"}
    assert await found(editor, "res") == {"resnet": "4 layers"}
    (symbol,) = await editor.workspace_symbol_async(types.WorkspaceSymbolParams("ln")) or ()
    assert isinstance(symbol.location, types.Location)
    assert symbol.location.uri == (tmp_path / "a/lenet.cnn").as_uri()
    assert symbol.location.range == types.Range(types.Position(1, 0), types.Position(1, 5))


async def test_files_that_cannot_be_read_are_left_out(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "good.cnn").write_text(PROGRAM)
    (tmp_path / "latin.cnn").write_bytes(b"input // \xe9")
    (tmp_path / "huge.cnn").write_bytes(b" " * (LARGEST + 1))
    (tmp_path / "folder.cnn").mkdir()
    (tmp_path / "gone.cnn").symlink_to(tmp_path / "nowhere.cnn")
    await editor.begin(folders=[tmp_path])
    assert await found(editor) == {"good": "4 layers"}


async def test_what_is_found_is_as_it_is_now(editor: Editor, tmp_path: Path) -> None:
    """A file that changed is read again; of an open one the editor's text counts, saved or not."""
    file = tmp_path / "net.cnn"
    file.write_text(PROGRAM)
    await editor.begin(folders=[tmp_path])
    assert await found(editor) == {"net": "4 layers"}
    file.write_text("input conv conv flatten dense output")
    os.utime(file, ns=(1, 1))
    assert await found(editor) == {"net": "5 layers"}
    editor.type_in(file.as_uri(), "input conv conv conv flatten dense output")
    editor.type_in("untitled:new", "input cnov")
    assert await found(editor) == {"net": "6 layers", "new": "2 layers, has errors"}
    file.unlink()
    editor.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(file.as_uri())))
    assert await found(editor) == {"new": "2 layers, has errors"}
