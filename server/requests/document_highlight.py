"""`textDocument/documentHighlight`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from cnngen.server.features.highlights import highlights

if TYPE_CHECKING:
    from cnngen.server.app import Server


def register(server: Server) -> None:
    """Offer highlights."""
    server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)(document_highlight)


async def document_highlight(ls: Server, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight] | None:
    """The partners of a bracket, comma, join or `Empty`; None elsewhere, where the editor's own search may answer."""
    view = await ls.view_of(params.text_document.uri)
    if view is None:
        return None
    found = highlights(view.analysis, view.offset(params.position))
    return [types.DocumentHighlight(view.range(span), types.DocumentHighlightKind.Text) for span in found] or None
