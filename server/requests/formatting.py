"""`textDocument/formatting`, `rangeFormatting` and `onTypeFormatting`.

The clients' options (tab size, tabs or spaces) are not looked at: the language has one layout.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lsprotocol import types

from cnngen.language import Edit
from cnngen.language.formatting.edits import formatting_edits
from cnngen.server.convert import View
from cnngen.server.features.on_type import BRACKETS, NEWLINE, on_type_edits

if TYPE_CHECKING:
    from cnngen.server.app import Server


def register(server: Server) -> None:
    """Offer to format documents, selections, and what is typed."""
    server.feature(types.TEXT_DOCUMENT_FORMATTING)(formatting)
    server.feature(types.TEXT_DOCUMENT_RANGE_FORMATTING)(range_formatting)
    options = types.DocumentOnTypeFormattingOptions(NEWLINE, more_trigger_character=list(BRACKETS))
    server.feature(types.TEXT_DOCUMENT_ON_TYPE_FORMATTING, options)(on_type_formatting)


async def formatting(ls: Server, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
    """The edits that lay out a program."""
    view = await ls.view_of(params.text_document.uri)
    return None if view is None else _text_edits(view, formatting_edits(view.analysis))


async def range_formatting(ls: Server, params: types.DocumentRangeFormattingParams) -> list[types.TextEdit] | None:
    """The edits that lay out the features that a selection touches."""
    view = await ls.view_of(params.text_document.uri)
    return None if view is None else _text_edits(view, formatting_edits(view.analysis, view.span(params.range)))


async def on_type_formatting(ls: Server, params: types.DocumentOnTypeFormattingParams) -> list[types.TextEdit] | None:
    """The edit that indents the line at the cursor."""
    view = await ls.view_of(params.text_document.uri)
    if view is None:
        return None
    return _text_edits(view, on_type_edits(view.analysis, view.offset(params.position), params.ch))


def _text_edits(view: View, edits: Iterable[Edit]) -> list[types.TextEdit]:
    return [types.TextEdit(view.range(edit.span), edit.text) for edit in edits]
