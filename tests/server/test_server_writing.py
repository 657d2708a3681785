"""Completion and rewriting actions over the wire."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types
from server_editor import Editor

pytestmark = pytest.mark.asyncio

URI = "file:///programs/net.cnn"


async def begin(editor: Editor, encodings: list[str] | None = None, *, able: bool = True) -> Any:
    """Begin as an editor with snippets, Markdown and edits on demand, or with none of them."""
    item = types.ClientCompletionItemOptions(
        snippet_support=able, documentation_format=[types.MarkupKind.Markdown] if able else None
    )
    action = types.CodeActionClientCapabilities(
        data_support=True, resolve_support=types.ClientCodeActionResolveOptions(["edit"])
    )
    return await editor.initialize_session(
        types.InitializeParams(
            capabilities=types.ClientCapabilities(
                general=types.GeneralClientCapabilities(position_encodings=encodings),
                text_document=types.TextDocumentClientCapabilities(
                    completion=types.CompletionClientCapabilities(completion_item=item),
                    code_action=action if able else None,
                ),
                workspace=types.WorkspaceClientCapabilities(
                    workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
                ),
            )
        )
    )


async def proposals(
    editor: Editor, line: int, character: int, trigger: str | None = None
) -> list[types.CompletionItem]:
    kind = types.CompletionTriggerKind.TriggerCharacter if trigger else types.CompletionTriggerKind.Invoked
    params = types.CompletionParams(
        types.TextDocumentIdentifier(URI),
        types.Position(line, character),
        context=types.CompletionContext(kind, trigger),
    )
    answer = await editor.text_document_completion_async(params)
    return list(answer.items) if isinstance(answer, types.CompletionList) else []


async def rewrites(editor: Editor, line: int, character: int, kind: str) -> list[types.CodeAction]:
    at = types.Position(line, character)
    params = types.CodeActionParams(
        types.TextDocumentIdentifier(URI), types.Range(at, at), types.CodeActionContext([], only=[kind])
    )
    found = await editor.text_document_code_action_async(params) or ()
    return [action for action in found if isinstance(action, types.CodeAction)]


def edits(action: types.CodeAction) -> list[types.TextEdit]:
    """The edits of the one document, which are for its version."""
    assert action.edit and action.edit.document_changes
    (change,) = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    assert (change.text_document.uri, change.text_document.version) == (URI, 1)
    return [edit for edit in change.edits if isinstance(edit, types.TextEdit)]


def named(items: list[types.CompletionItem], label: str) -> types.CompletionItem:
    (item,) = [item for item in items if item.label == label]
    return item


async def test_a_proposal_replaces_what_is_typed_and_is_explained_when_looked_at(editor: Editor) -> None:
    session = await begin(editor)
    assert session.capabilities.completion_provider.resolve_provider
    editor.type_in(URI, "input(dataset=cifar10) conv max_pooling co\nflatten dense output")
    items = await proposals(editor, 0, 42)
    conv = named(items, "conv")
    assert conv.text_edit == types.TextEdit(types.Range(types.Position(0, 40), types.Position(0, 42)), "conv")
    assert items == sorted(items, key=lambda item: item.sort_text or "")
    assert conv.documentation is None
    conv = await editor.completion_item_resolve_async(conv)
    assert conv.detail == "→ 16×16×64"
    assert isinstance(conv.documentation, types.MarkupContent)
    assert conv.documentation.kind is types.MarkupKind.Markdown
    assert conv.documentation.value.startswith("# conv\n")


@pytest.mark.parametrize(("able", "text"), [(True, "[ (${1:conv conv}, Empty) ]"), (False, "[ (conv conv, Empty) ]")])
async def test_merges_are_snippets_where_the_client_has_them(editor: Editor, able: bool, text: str) -> None:
    await begin(editor, able=able)
    editor.type_in(URI, "input conv \n")
    residual = named(await proposals(editor, 0, 11), "residual")
    assert residual.text_edit and residual.text_edit.new_text.strip() == text
    assert (residual.insert_text_format is types.InsertTextFormat.Snippet) is able


@pytest.mark.parametrize(("encodings", "start"), [(["utf-16"], 15), (["utf-8"], 17), (["utf-32"], 14)])
async def test_positions_are_in_the_agreed_units(editor: Editor, encodings: list[str], start: int) -> None:
    await begin(editor, encodings)
    editor.type_in(URI, "// a\r\n/* 𝔸 */ input co\r\nflatten dense output\r\n")
    (conv,) = [i for i in await proposals(editor, 1, start + 2) if i.label == "conv"]
    assert conv.text_edit and isinstance(conv.text_edit, types.TextEdit)
    place = types.Range(types.Position(1, start), types.Position(1, start + 2))
    assert conv.text_edit.range == place
    editor.edit(URI, (1, start), (1, start + 2), "conv")
    assert await editor.found(URI) == []


async def test_a_space_opens_the_list_only_where_something_must_follow(editor: Editor) -> None:
    await begin(editor)
    editor.type_in(URI, "input conv \nconv(filters=3, )")
    assert not await proposals(editor, 0, 11, " ")
    assert await proposals(editor, 0, 11)
    assert await proposals(editor, 1, 16, " ")


async def test_the_edits_of_a_rewrite_come_when_it_is_chosen(editor: Editor) -> None:
    await begin(editor)
    editor.type_in(URI, "/* 𝔸 */ input conv flatten dense output\r\n")
    (action,) = [a for a in await rewrites(editor, 0, 17, "refactor") if a.title == "Change to convbn"]
    assert action.kind == "refactor.rewrite" and action.edit is None
    (edit,) = edits(await editor.code_action_resolve_async(action))
    assert edit == types.TextEdit(types.Range(types.Position(0, 15), types.Position(0, 19)), "convbn")


async def test_a_rewrite_of_an_older_text_has_no_edits(editor: Editor) -> None:
    await begin(editor)
    editor.type_in(URI, "input conv flatten dense output")
    action = (await rewrites(editor, 0, 8, "refactor"))[0]
    editor.edit(URI, (0, 0), (0, 0), " ")
    assert (await editor.code_action_resolve_async(action)).edit is None


async def test_a_client_that_cannot_ask_later_gets_the_edits_at_once(editor: Editor) -> None:
    await begin(editor, able=False)
    editor.type_in(URI, "input conv flatten dense output")
    found = await rewrites(editor, 0, 8, "refactor")
    assert found and all(edits(action) for action in found)


async def test_source_actions_are_of_the_whole_program(editor: Editor) -> None:
    await begin(editor, able=False)
    editor.type_in(URI, "input cnov  flaten dense output\n")
    (fix,) = await rewrites(editor, 0, 0, "source.fixAll")
    assert [edit.new_text for edit in edits(fix)] == ["conv", "flatten"]
    assert not await rewrites(editor, 0, 0, "source.organizeImports")
