"""What one reads a program with, over the wire: hover, signature help, inlay hints, the lenses with figures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lsprotocol import types
from server_editor import Editor, until

from cnngen.language import analyse
from cnngen.runtime.record import write_json
from cnngen.runtime.runs import folder_name

pytestmark = pytest.mark.asyncio

URI = "file:///programs/net.cnn"
#: An astral character before the place in question; lines end as on Windows.
TEXT = "/* 𝔸 */ input conv(filters=8)\r\n/* 𝔸 */ max_pooling flatten dense output\r\n"


async def begin(editor: Editor, encoding: str, *, markdown: bool = True, options: dict[str, Any] | None = None) -> None:
    """Begin as an editor that counts in these units and shows Markdown or not."""
    formats = [types.MarkupKind.Markdown, types.MarkupKind.PlainText][not markdown :]
    capabilities = types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind(encoding)]),
        text_document=types.TextDocumentClientCapabilities(
            hover=types.HoverClientCapabilities(content_format=formats),
            signature_help=types.SignatureHelpClientCapabilities(
                signature_information=types.ClientSignatureInformationOptions(documentation_format=formats)
            ),
        ),
        window=types.WindowClientCapabilities(show_document=types.ShowDocumentClientCapabilities(support=True)),
        workspace=types.WorkspaceClientCapabilities(
            code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=True)
        ),
    )
    await editor.initialize_session(types.InitializeParams(capabilities=capabilities, initialization_options=options))


async def hovered(editor: Editor, line: int, character: int) -> types.Hover | None:
    identifier = types.TextDocumentIdentifier(URI)
    return await editor.text_document_hover_async(types.HoverParams(identifier, types.Position(line, character)))


async def hinted(editor: Editor, uri: str, start: tuple[int, int], end: tuple[int, int]) -> list[types.InlayHint]:
    place = types.Range(types.Position(*start), types.Position(*end))
    params = types.InlayHintParams(types.TextDocumentIdentifier(uri), place)
    return list(await editor.text_document_inlay_hint_async(params) or ())


async def lenses(editor: Editor, uri: str) -> list[types.Command]:
    params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
    return [lens.command for lens in await editor.text_document_code_lens_async(params) or () if lens.command]


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 11), ("utf-16", 9), ("utf-32", 8)])
async def test_a_hover_marks_its_word_in_the_clients_units(editor: Editor, encoding: str, column: int) -> None:
    await begin(editor, encoding)
    editor.type_in(URI, TEXT)
    found = await hovered(editor, 1, column)
    assert found is not None
    assert found.range == types.Range(types.Position(1, column), types.Position(1, column + len("max_pooling")))
    assert isinstance(found.contents, types.MarkupContent)
    assert found.contents.kind == types.MarkupKind.Markdown
    assert found.contents.value.startswith("**max_pooling** – The maximum of each window.\n\n`8×8×8` → `4×4×8`")
    assert await hovered(editor, 1, 0) is None


async def test_a_client_without_markdown_gets_the_words_alone(editor: Editor) -> None:
    await begin(editor, "utf-16", markdown=False)
    editor.type_in(URI, TEXT)
    found = await hovered(editor, 1, 9)
    assert found is not None
    assert isinstance(found.contents, types.MarkupContent)
    assert found.contents.kind == types.MarkupKind.PlainText
    assert found.contents.value.startswith("max_pooling – The maximum of each window.\n\n8×8×8 → 4×4×8, named")
    assert not set("`|*") & set(found.contents.value)


async def test_signature_help_follows_what_is_typed(editor: Editor) -> None:
    await begin(editor, "utf-16")
    editor.type_in(URI, "/* 𝔸 */ input\r\n/* 𝔸 */ conv flatten dense output")

    async def active(column: int) -> str | None:
        params = types.SignatureHelpParams(types.TextDocumentIdentifier(URI), types.Position(1, column))
        found = await editor.text_document_signature_help_async(params)
        if found is None:
            return None
        (signature,) = found.signatures
        assert signature.parameters
        assert signature.active_parameter == found.active_parameter
        label = signature.parameters[found.active_parameter or 0].label
        return signature.label[slice(*label)]

    assert await active(13) is None
    editor.edit(URI, (1, 13), (1, 13), "(")
    assert await active(14) == "filters"
    editor.edit(URI, (1, 14), (1, 14), "filters=8, ")
    assert await active(25) == "kernel_size=3"
    editor.edit(URI, (1, 25), (1, 25), "padding=same)")
    assert await active(30) == "padding"
    assert await active(38) is None


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 11), ("utf-16", 9), ("utf-32", 8)])
async def test_hints_stand_where_the_client_counts_them(editor: Editor, encoding: str, column: int) -> None:
    await begin(editor, encoding)
    editor.type_in(URI, TEXT)
    found = await hinted(editor, URI, (1, 0), (2, 0))
    assert [(hint.position, hint.label, hint.kind, hint.padding_left) for hint in found] == [
        (types.Position(1, column + 11), "→ 4×4×8", types.InlayHintKind.Type, True),
        (types.Position(1, column + 19), "→ 128", types.InlayHintKind.Type, True),
        (types.Position(1, column + 25), "(units=10)", types.InlayHintKind.Parameter, False),
    ]
    assert found[2].tooltip == "units=10: one for each class"


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        ({}, {types.InlayHintKind.Type, types.InlayHintKind.Parameter}),
        ({"inlayHints.values": False}, {types.InlayHintKind.Type}),
        ({"inlayHints.shapes": False}, {types.InlayHintKind.Parameter}),
        ({"inlayHints.values": False, "inlayHints.shapes": False}, set()),
    ],
)
async def test_each_kind_of_hints_can_be_switched_off(
    editor: Editor, options: dict[str, Any], kinds: set[types.InlayHintKind]
) -> None:
    await begin(editor, "utf-16", options=options)
    editor.type_in(URI, TEXT)
    assert {hint.kind for hint in await hinted(editor, URI, (0, 0), (2, 0))} == kinds


async def test_a_document_that_is_not_open_has_nothing_to_read(editor: Editor) -> None:
    await begin(editor, "utf-16")
    assert await hovered(editor, 0, 0) is None
    assert await hinted(editor, URI, (0, 0), (2, 0)) == []


async def test_the_last_result_is_a_lens_that_opens_its_report(editor: Editor, tmp_path: Path) -> None:
    text = "input conv flatten dense output"
    network = analyse(text).network
    folder = tmp_path / "results" / folder_name("net", network.hash, datetime(2026, 11, 22, 12, 0))
    folder.mkdir(parents=True)
    (folder / "program.cnn").write_text(text)
    (folder / "report.html").write_text("<p>A run</p>")
    record = {
        "schema": 1, "status": "done", "run": {"ended_utc": "2026-11-22T12:00:00+00:00"},
        "program": {"name": "net", "hash": network.hash}, "quality": {"test_accuracy": 0.875}, "energy": None,
    }  # fmt: skip
    write_json(folder / "result.json", record)
    await begin(editor, "utf-16", options={"runsDirectory": "results", "showDiagram": True})
    uri = (tmp_path / "net.cnn").as_uri()
    editor.type_in(uri, text)
    _, diagram, _, _, _, result = await lenses(editor, uri)
    assert (diagram.title, diagram.command, *(diagram.arguments or ())) == ("Show Diagram", "cnngen.showDiagram", uri)
    assert result.title.startswith("87.5 % test accuracy · 22 Nov 2026, ")
    await editor.command(result.command, *(result.arguments or ()))
    await until(lambda: editor.shown_documents)
    assert Path(unquote(urlsplit(editor.shown_documents[0].uri).path)) == folder / "report.html"

    editor.edit(uri, (0, 6), (0, 10), "convbn")
    assert (await lenses(editor, uri))[-1].title.endswith("(of an earlier text)")


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        ({"codeLens.totals": False, "predictions.enable": False}, ["Generate Keras", "Train & Measure"]),
        (
            {"codeLens.result": False, "predictions.enable": False},
            ["Generate Keras", "Train & Measure", "5 layers · 1.4 k parameters · 5.9 k MACs"],
        ),
    ],
)
async def test_the_lenses_with_figures_can_be_switched_off(
    editor: Editor, options: dict[str, Any], titles: list[str]
) -> None:
    await begin(editor, "utf-16", options=options)
    editor.type_in("untitled:Untitled-1", TEXT)
    assert [lens.title for lens in await lenses(editor, "untitled:Untitled-1")] == titles


@pytest.mark.parametrize("shown", [True, False])
async def test_what_is_predicted_is_told_above_input_on_it_and_in_the_diagram_unless_it_is_switched_off(
    editor: Editor, shown: bool
) -> None:
    await begin(editor, "utf-16", options={"predictions": {"enable": shown}})
    editor.type_in(URI, TEXT)
    told = [lens.title for lens in await lenses(editor, URI) if lens.title.startswith("predicted: ")]
    hover = await hovered(editor, 0, 10)
    answer = await editor.protocol.send_request_async("cnngen/diagram", {"uri": URI})
    assert hover is not None
    assert ("**Predicted**, not measured" in str(hover.contents)) is shown
    assert [answer.prediction] == (told or [None])
    assert bool(told) is shown


async def test_nothing_is_predicted_of_a_program_with_errors_or_unlike_those_learned_from(editor: Editor) -> None:
    await begin(editor, "utf-16")
    for text in ("input cnov flatten dense output", f"input {'conv ' * 300} flatten dense output"):
        uri = f"untitled:{len(text)}"
        editor.type_in(uri, text)
        assert not [lens.title for lens in await lenses(editor, uri) if lens.title.startswith("predicted")]
