"""Diagnostics that the client asks for: of a document, and of the workspace."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lsprotocol import types
from server_editor import Editor, until

pytestmark = pytest.mark.asyncio

GOOD = "input conv max_pooling flatten dense output"
URI = "file:///programs/net.cnn"


async def test_a_document_is_reported_in_full_then_as_unchanged_then_in_full_again(editor: Editor) -> None:
    await editor.begin(pulls=True)
    editor.type_in(URI, GOOD.replace("conv", "cnov"))
    full = await editor.pulled(URI)
    assert [found.code for found in full.items] == ["CNN102"]
    unchanged = await editor.pulled(URI, full.result_id)
    assert (unchanged.kind, unchanged.result_id) == ("unchanged", full.result_id)
    editor.edit(URI, (0, 6), (0, 10), "conv")
    again = await editor.pulled(URI, full.result_id)
    assert (again.kind, list(again.items)) == ("full", [])
    assert again.result_id != full.result_id


async def test_nothing_is_pushed_to_a_client_that_asks(editor: Editor) -> None:
    await editor.begin(pulls=True)
    editor.type_in(URI, "input cnov")
    await editor.pulled(URI)
    editor.edit(URI, (0, 6), (0, 10), "conv")
    await editor.pulled(URI)
    editor.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(URI)))
    assert not (await editor.pulled(URI)).items
    assert editor.published == []


async def test_a_document_nobody_knows_has_an_empty_report(editor: Editor, tmp_path: Path) -> None:
    await editor.begin(pulls=True, folders=[tmp_path])
    for uri in (URI, "untitled:Untitled-7", (tmp_path / "nowhere.cnn").as_uri(), ""):
        assert not (await editor.pulled(uri)).items


async def test_the_workspace_reports_open_documents_and_files(editor: Editor, tmp_path: Path) -> None:
    """An open document counts as it stands in the editor."""
    (tmp_path / "sub dir").mkdir()
    (tmp_path / "node_modules").mkdir()
    closed, opened = tmp_path / "sub dir" / "closed.cnn", tmp_path / "open.cnn"
    closed.write_text("input cnov")
    opened.write_text("input cnov")
    (tmp_path / "binary.cnn").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "node_modules" / "tool.cnn").write_text("input cnov")
    await editor.begin(pulls=True, folders=[tmp_path])
    editor.type_in(opened.as_uri(), GOOD)
    reports = await editor.pulled_all()
    assert set(reports) == {closed.as_uri(), opened.as_uri()}
    assert "CNN102" in [found.code for found in reports[closed.as_uri()].items]
    assert reports[closed.as_uri()].version is None
    assert (list(reports[opened.as_uri()].items), reports[opened.as_uri()].version) == ([], 1)
    # What is asked for one document is what the workspace says.
    assert (await editor.pulled(closed.as_uri())).items == reports[closed.as_uri()].items


async def test_the_workspace_tells_news_only_and_takes_back_what_is_gone(editor: Editor, tmp_path: Path) -> None:
    changed, removed, same = (tmp_path / f"{name}.cnn" for name in ("changed", "removed", "same"))
    for path in (changed, removed, same):
        path.write_text("input cnov")
    await editor.begin(pulls=True, folders=[tmp_path])
    first = await editor.pulled_all()
    changed.write_text(GOOD)
    os.utime(changed, ns=(1, 1))  # older, and different all the same
    removed.unlink()
    _changed_on_disk(editor, changed, types.FileChangeType.Changed)
    _changed_on_disk(editor, removed, types.FileChangeType.Deleted)
    second = await editor.pulled_all({uri: report.result_id for uri, report in first.items()})
    assert (second[changed.as_uri()].kind, list(second[changed.as_uri()].items)) == ("full", [])
    assert (second[removed.as_uri()].kind, list(second[removed.as_uri()].items)) == ("full", [])
    assert second[same.as_uri()].kind == "unchanged"


async def test_a_program_that_comes_is_found_and_the_client_is_told_to_ask(editor: Editor, tmp_path: Path) -> None:
    await editor.begin(pulls=True, folders=[tmp_path])
    await until(lambda: len(editor.registered) == 2)
    (watched,) = [r for r in editor.registered if r.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES]
    globs = [watcher["globPattern"] for watcher in watched.register_options["watchers"]]
    assert globs == ["**/*.cnn", "**/{worker.lock,result.json}"]
    assert await editor.pulled_all() == {}
    new = tmp_path / "new.cnn"
    new.write_text("input cnov")
    _changed_on_disk(editor, new, types.FileChangeType.Created)
    await until(lambda: editor.refreshed)
    assert set(await editor.pulled_all()) == {new.as_uri()}
    # A change of an open document's file is no news: the editor's text counts.
    editor.type_in(new.as_uri(), GOOD)
    _changed_on_disk(editor, new, types.FileChangeType.Changed)
    await editor.pulled(new.as_uri())
    assert editor.refreshed == 1


async def test_folders_come_and_go(editor: Editor, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two#"
    for folder in (one, two):
        folder.mkdir()
        (folder / "net.cnn").write_text("input cnov")
    await editor.begin(pulls=True, folders=[one])
    assert set(await editor.pulled_all()) == {(one / "net.cnn").as_uri()}
    event = types.WorkspaceFoldersChangeEvent(
        added=[types.WorkspaceFolder(two.as_uri(), "two")], removed=[types.WorkspaceFolder(one.as_uri(), "one")]
    )
    editor.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    assert set(await editor.pulled_all()) == {(two / "net.cnn").as_uri()}
    await until(lambda: editor.refreshed)


async def test_a_diagnostic_links_to_its_page_which_is_there(editor: Editor) -> None:
    await editor.begin(pulls=True)
    editor.type_in(URI, "input cnov")
    found = (await editor.pulled(URI)).items[0]
    page = Path(urlsplit(found.code_description.href).path)
    assert page.read_text("utf-8").startswith(f"# {found.code}: ")


async def test_what_counts_for_nothing_may_be_greyed_out(editor: Editor) -> None:
    await editor.begin(pulls=True)
    editor.type_in(URI, GOOD.replace("conv", "conv(filters=8, filters=9)").replace("flatten", "flatten cnov"))
    tags = {found.code: found.tags for found in (await editor.pulled(URI)).items}
    assert tags["CNN202"] == (types.DiagnosticTag.Unnecessary,)
    assert tags["CNN102"] is None


def _changed_on_disk(editor: Editor, path: Path, kind: types.FileChangeType) -> None:
    event = types.FileEvent(path.as_uri(), kind)
    editor.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))
