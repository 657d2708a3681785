"""Diagnostics over the wire: versions, positions, related places."""

from __future__ import annotations

import pytest
from lsprotocol import types
from server_editor import Editor

pytestmark = pytest.mark.asyncio

GOOD = "input conv max_pooling flatten dense output"
URI = "file:///programs/net.cnn"


async def test_an_error_appears_on_opening_and_goes_with_the_edit_that_corrects_it(editor: Editor) -> None:
    await editor.begin()
    editor.type_in(URI, GOOD.replace("conv", "cnov"))
    (found,) = await editor.found(URI)
    assert found.code == "CNN102"
    assert found.source == "cnngen"
    assert found.severity == types.DiagnosticSeverity.Error
    assert (found.range.start, found.range.end) == (types.Position(0, 6), types.Position(0, 10))
    editor.edit(URI, (0, 6), (0, 10), "conv")
    assert await editor.found(URI) == []


async def test_diagnostics_carry_the_version_they_are_of_and_never_an_older_one_after_a_newer(
    editor: Editor,
) -> None:
    await editor.begin()
    editor.type_in(URI, GOOD)
    for _ in range(20):
        editor.edit(URI, (0, 5), (0, 5), " x")
    await editor.found(URI)
    versions = [params.version for params in editor.published]
    assert versions == sorted(set(versions))
    assert versions[-1] == 21
    assert len(versions) < 21, "typing without a pause must not compute each version"


async def test_a_join_points_at_the_layers_that_fixed_its_shapes(editor: Editor) -> None:
    await editor.begin()
    editor.type_in(URI, "input conv [ (conv(filters=3), conv(filters=9)) ] flatten dense output")
    (found,) = await editor.found(URI)
    assert found.code == "CNN301"
    assert {place.location.uri for place in found.related_information or ()} == {URI}
    assert len(found.related_information or ()) == 2


async def test_closing_takes_the_diagnostics_back(editor: Editor) -> None:
    await editor.begin()
    editor.type_in(URI, "input cnov")
    assert await editor.found(URI)
    editor.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(URI)))
    editor.type_in("file:///programs/other.cnn", GOOD)
    await editor.found("file:///programs/other.cnn")
    assert [list(p.diagnostics) for p in editor.published if p.uri == URI][-1] == []


@pytest.mark.parametrize(
    ("encoding", "column", "line_end"), [("utf-8", 15, "\r"), ("utf-16", 13, "\r"), ("utf-32", 12, "\r\n")]
)
async def test_positions_count_in_the_units_that_the_client_asks_for(
    editor: Editor, encoding: str, column: int, line_end: str
) -> None:
    """An astral character before the error takes 4 bytes, 2 UTF-16 units, 1 code point; lines end as they like."""
    session = await editor.begin(encodings=[encoding])
    assert session.capabilities.position_encoding == encoding
    editor.type_in(URI, f"// 𝔸{line_end}{line_end}/* 𝔸 */input cnov flatten dense output")
    (found,) = await editor.found(URI)
    shift = column - 12
    assert found.range.start == types.Position(2, 13 + shift)
    editor.edit(URI, (2, 13 + shift), (2, 17 + shift), "conv")
    assert await editor.found(URI) == []


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
async def test_lines_end_as_the_protocol_says_and_at_nothing_else(editor: Editor, line_end: str) -> None:
    """A form feed or U+2028 in a comment is no line end; `str.splitlines` believes it is."""
    await editor.begin()
    editor.type_in(URI, line_end.join(("// \f\v\x85\u2028\u2029", "input", "cnov flatten dense output", "")))
    (found,) = await editor.found(URI)
    assert found.range.start == types.Position(2, 0)
    editor.edit(URI, (2, 0), (2, 4), "conv")
    assert await editor.found(URI) == []


async def test_an_untitled_document_has_diagnostics_too(editor: Editor) -> None:
    await editor.begin()
    editor.type_in("untitled:Untitled-1", "input cnov")
    assert await editor.found("untitled:Untitled-1")


async def test_a_client_that_sends_the_whole_text_is_served_as_well(editor: Editor) -> None:
    await editor.begin()
    editor.type_in(URI, "input cnov")
    await editor.found(URI)
    editor.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(7, URI), [types.TextDocumentContentChangeWholeDocument(GOOD)]
        )
    )
    assert await editor.found(URI, 7) == []
