"""The structure of a program and its formatting over the wire: what a client gets for what it can take."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from lsprotocol import types
from server_editor import Editor

from cnngen.language import format_text
from cnngen.server.features.semantic_tokens import TYPES

pytestmark = pytest.mark.asyncio

URI = "file:///programs/net.cnn"
DOCUMENT = types.TextDocumentIdentifier(URI)
OPTIONS = types.FormattingOptions(tab_size=8, insert_spaces=False)

#: An astral character, which counts as one, two or four, stands before all else; lines end in two characters.
TEXT = "/* 𝔸 */ input\r\nadd [\r\n  (conv conv,\r\n   Empty)\r\n] max_pooling\r\nflatten dense output\r\n"

ENCODINGS = pytest.mark.parametrize(("encoding", "shift"), [("utf-16", 1), ("utf-8", 3), ("utf-32", 0)])


def begin(editor: Editor, encoding: str = "utf-16", **text_document: Any) -> Any:
    capabilities = types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind(encoding)]),
        text_document=types.TextDocumentClientCapabilities(**text_document),
    )
    return editor.initialize_session(types.InitializeParams(capabilities=capabilities))


def place(found: types.Range) -> tuple[int, int, int, int]:
    return found.start.line, found.start.character, found.end.line, found.end.character


def applied(text: str, edits: Iterable[types.TextEdit]) -> str:
    """The text after edits; its lines end in `\\n` or `\\r\\n` and its characters count as one."""
    starts = [0, *itertools.accumulate(len(line) for line in text.splitlines(keepends=True))]
    for edit in sorted(edits, key=lambda edit: place(edit.range), reverse=True):
        start, end = (starts[point.line] + point.character for point in (edit.range.start, edit.range.end))
        text = text[:start] + edit.new_text + text[end:]
    return text


async def symbols(editor: Editor) -> Sequence[Any]:
    return await editor.text_document_document_symbol_async(types.DocumentSymbolParams(DOCUMENT)) or ()


@ENCODINGS
async def test_the_outline_is_a_tree_where_the_client_shows_trees(editor: Editor, encoding: str, shift: int) -> None:
    tree = types.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True)
    await begin(editor, encoding, document_symbol=tree)
    editor.type_in(URI, TEXT)
    first, merge, *others = await symbols(editor)
    assert place(first.range) == (0, 8 + shift, 0, 13 + shift)
    assert (merge.name, merge.detail) == ("residual add", "8×8×1")
    assert place(merge.range) == (1, 0, 4, 1)
    assert place(merge.selection_range) == (1, 0, 1, 3)
    assert [lane.name for lane in merge.children] == ["left lane", "right lane"]
    assert [layer.name for layer in merge.children[0].children] == ["conv", "conv"]
    assert [symbol.name for symbol in others] == ["max_pooling", "flatten", "dense", "output"]


async def test_the_outline_is_a_list_for_other_clients(editor: Editor) -> None:
    await begin(editor)
    editor.type_in(URI, TEXT)
    found = await symbols(editor)
    assert [(symbol.name, symbol.container_name) for symbol in found[:4]] == [
        ("input 8×8×1", None),
        ("residual add 8×8×1", None),
        ("left lane 8×8×1", "residual add"),
        ("conv 8×8×1", "left lane"),
    ]
    assert found[0].location.uri == URI


async def test_an_outline_that_nests_deep_can_be_sent(editor: Editor) -> None:
    tree = types.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True)
    await begin(editor, document_symbol=tree)
    editor.type_in(URI, "input " + "[ (" * 1000 + "conv" + ", Empty) ]" * 1000 + " output")
    assert [symbol.name for symbol in await symbols(editor)] == ["input", "residual add", "output"]


async def folds(editor: Editor) -> list[tuple[Any, ...]]:
    found = await editor.text_document_folding_range_async(types.FoldingRangeParams(DOCUMENT)) or ()
    return [(fold.start_line, fold.start_character, fold.end_line, fold.end_character, fold.kind) for fold in found]


@ENCODINGS
async def test_folds_are_exact(editor: Editor, encoding: str, shift: int) -> None:
    await begin(editor, encoding)
    editor.type_in(URI, "/* 𝔸 */ input(\r\n  shape=(8, 8, 1))\r\n// a\r\n// b\r\n")
    assert await folds(editor) == [(0, 14 + shift, 1, 17, None), (2, 0, 3, 4, "comment")]


async def test_a_client_that_folds_lines_gets_lines_and_no_more_than_it_asks_for(editor: Editor) -> None:
    await begin(editor, folding_range=types.FoldingRangeClientCapabilities(line_folding_only=True, range_limit=1))
    editor.type_in(URI, TEXT)
    assert await folds(editor) == [(1, None, 3, None, None)]


@ENCODINGS
async def test_selections_grow_at_every_cursor(editor: Editor, encoding: str, shift: int) -> None:
    await begin(editor, encoding)
    editor.type_in(URI, TEXT)
    cursors = [types.Position(0, 10 + shift), types.Position(2, 4)]
    params = types.SelectionRangeParams(DOCUMENT, cursors)
    first, second = await editor.text_document_selection_range_async(params) or ()
    assert place(first.range) == (0, 8 + shift, 0, 13 + shift)
    chain = []
    step: types.SelectionRange | None = second
    while step:
        chain.append(place(step.range))
        step = step.parent
    assert chain == [(2, 3, 2, 7), (2, 3, 2, 12), (2, 2, 3, 9), (1, 0, 4, 1), (0, 0, 6, 0)]


async def test_a_selection_in_a_deep_nest_can_be_sent(editor: Editor) -> None:
    await begin(editor)
    editor.type_in(URI, "input " + "[ (" * 1000 + "conv" + ", Empty) ]" * 1000 + " output")
    params = types.SelectionRangeParams(DOCUMENT, [types.Position(0, 6 + 3000)])
    (found,) = await editor.text_document_selection_range_async(params) or ()
    assert place(found.range) == (0, 3006, 0, 3010)


@ENCODINGS
async def test_partners_are_highlighted(editor: Editor, encoding: str, shift: int) -> None:
    await begin(editor, encoding)
    editor.type_in(URI, "/* 𝔸 */ [ (conv,\r\nEmpty) ]")

    async def marked(line: int, character: int) -> Any:
        params = types.DocumentHighlightParams(DOCUMENT, types.Position(line, character))
        found = await editor.text_document_document_highlight_async(params)
        return found and [place(highlight.range) for highlight in found]

    body = [(0, 10 + shift, 0, 11 + shift), (0, 15 + shift, 0, 16 + shift), (1, 5, 1, 6)]
    assert await marked(0, 10 + shift) == body
    assert await marked(1, 8) == [(0, 8 + shift, 0, 9 + shift), *body, (1, 7, 1, 8)]
    assert await marked(0, 12 + shift) is None


def decoded(data: Sequence[int]) -> list[tuple[int, int, int, str]]:
    line = character = 0
    found = []
    for lines, characters, length, kind, _ in zip(*[iter(data)] * 5, strict=True):
        line, character = (line + lines, characters) if lines else (line, character + characters)
        found.append((line, character, length, TYPES[kind]))
    return found


@ENCODINGS
async def test_tokens_tell_the_types_of_words(editor: Editor, encoding: str, shift: int) -> None:
    began = await begin(editor, encoding)
    provider = began.capabilities.semantic_tokens_provider
    assert tuple(provider.legend.token_types) == TYPES
    assert provider.full.delta
    assert provider.range
    editor.type_in(URI, "/* 𝔸\r\n𝔸 */ input(dataset='𝔸') // 𝔸")
    whole = await editor.text_document_semantic_tokens_full_async(types.SemanticTokensParams(DOCUMENT))
    assert whole
    expected = [
        (0, 0, 4 + shift, "comment"),
        (1, 0, 4 + shift, "comment"),
        (1, 5 + shift, 5, "keyword"),
        (1, 11 + shift, 7, "parameter"),
        (1, 19 + shift, 3 + shift, "string"),
        (1, 24 + 2 * shift, 4 + shift, "comment"),
    ]
    assert decoded(whole.data) == expected
    part = types.SemanticTokensRangeParams(
        DOCUMENT, types.Range(types.Position(1, 6 + shift), types.Position(1, 12 + shift))
    )
    some = await editor.text_document_semantic_tokens_range_async(part)
    assert some
    assert decoded(some.data) == expected[2:4]


async def test_changes_make_the_tokens_before_the_tokens_now(editor: Editor) -> None:
    await begin(editor)
    editor.type_in(URI, "input conv conv output")
    before = await editor.text_document_semantic_tokens_full_async(types.SemanticTokensParams(DOCUMENT))
    assert before
    assert before.result_id
    for start, end, new in [((0, 11), (0, 15), "dropout\n"), ((0, 0), (0, 0), "\n"), ((0, 0), (0, 0), "")]:
        editor.edit(URI, start, end, new)
        params = types.SemanticTokensDeltaParams(DOCUMENT, before.result_id)
        delta = await editor.text_document_semantic_tokens_full_delta_async(params)
        assert isinstance(delta, types.SemanticTokensDelta)
        data = list(before.data)
        for edit in delta.edits:
            data[edit.start : edit.start + edit.delete_count] = edit.data or []
        whole = await editor.text_document_semantic_tokens_full_async(types.SemanticTokensParams(DOCUMENT))
        assert whole
        assert data == list(whole.data)
        before = whole
    assert list(delta.edits) == []  # the last edit changed nothing
    unknown = types.SemanticTokensDeltaParams(DOCUMENT, "of another session")
    whole = await editor.text_document_semantic_tokens_full_delta_async(unknown)
    assert isinstance(whole, types.SemanticTokens)


async def test_formatting_changes_the_lines_that_need_it(editor: Editor) -> None:
    await begin(editor, "utf-32")
    editor.type_in(URI, TEXT)
    edits = await editor.text_document_formatting_async(types.DocumentFormattingParams(DOCUMENT, OPTIONS))
    assert applied(TEXT, edits or ()) == format_text(TEXT).text
    assert format_text(TEXT).text == (
        "/* 𝔸 */ input\r\nadd [ (conv conv, Empty) ] max_pooling\r\nflatten\r\ndense\r\noutput\r\n"
    )
    assert min(edit.range.start.line for edit in edits or ()) == 1


@ENCODINGS
async def test_a_range_formats_the_features_that_it_touches(editor: Editor, encoding: str, shift: int) -> None:
    await begin(editor, encoding)
    editor.type_in(URI, "/* 𝔸 */ input   conv(  ) /* 𝔸 */\r\n flatten  dense output")
    cursor = types.Position(0, 17 + shift)
    params = types.DocumentRangeFormattingParams(DOCUMENT, types.Range(cursor, cursor), OPTIONS)
    (edit,) = await editor.text_document_range_formatting_async(params) or ()
    assert place(edit.range) == (0, 13 + shift, 0, 32 + 2 * shift)
    assert edit.new_text == "\r\nconv /* 𝔸 */"


async def test_a_text_with_syntax_errors_is_not_formatted(editor: Editor) -> None:
    await begin(editor)
    editor.type_in(URI, "input   [ (conv, Empty) output")
    assert not await editor.text_document_formatting_async(types.DocumentFormattingParams(DOCUMENT, OPTIONS))


@pytest.mark.parametrize(
    ("text", "cursor", "typed", "expected"),
    [
        ("/* 𝔸 */ input\r\nadd [\r\n", (2, 0), "\n", [((2, 0, 2, 0), "  ")]),
        ("add [\r\n\t(conv, /* 𝔸 */ Empty)\r\n    ]", (2, 5), "]", [((2, 0, 2, 4), "")]),
        ("add [\r\n  (conv, Empty)", (1, 15), ")", []),
    ],
)
async def test_typing_indents(
    editor: Editor, text: str, cursor: tuple[int, int], typed: str, expected: list[Any]
) -> None:
    await begin(editor)
    editor.type_in(URI, text)
    params = types.DocumentOnTypeFormattingParams(DOCUMENT, types.Position(*cursor), typed, OPTIONS)
    edits = await editor.text_document_on_type_formatting_async(params) or ()
    assert [(place(edit.range), edit.new_text) for edit in edits] == expected


async def test_a_document_that_is_not_open_has_no_structure(editor: Editor) -> None:
    await begin(editor)
    place_ = types.Position(0, 0)
    everywhere = types.Range(place_, place_)
    assert await editor.text_document_document_symbol_async(types.DocumentSymbolParams(DOCUMENT)) is None
    assert await editor.text_document_folding_range_async(types.FoldingRangeParams(DOCUMENT)) is None
    assert await editor.text_document_selection_range_async(types.SelectionRangeParams(DOCUMENT, [place_])) is None
    assert await editor.text_document_document_highlight_async(types.DocumentHighlightParams(DOCUMENT, place_)) is None
    assert await editor.text_document_semantic_tokens_full_async(types.SemanticTokensParams(DOCUMENT)) is None
    assert await editor.text_document_formatting_async(types.DocumentFormattingParams(DOCUMENT, OPTIONS)) is None
    selected = types.DocumentRangeFormattingParams(DOCUMENT, everywhere, OPTIONS)
    assert await editor.text_document_range_formatting_async(selected) is None
