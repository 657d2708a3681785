"""`textDocument/hover`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from cnngen.server.convert import prose
from cnngen.server.features.hover import hover as hover_at

if TYPE_CHECKING:
    from cnngen.server.app import Server


def register(server: Server) -> None:
    """Offer hovers."""
    server.feature(types.TEXT_DOCUMENT_HOVER)(hover)


async def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    """What there is to say about a place."""
    view = await ls.view_of(params.text_document.uri)
    if view is None:
        return None
    predict = ls.predictions.of if ls.configuration.of(view.document.uri).predictions else None
    found = hover_at(view.analysis, view.offset(params.position), predict)
    if found is None:
        return None
    return types.Hover(prose(found.text, _formats(ls)), view.range(found.span))


def _formats(ls: Server) -> Sequence[types.MarkupKind] | None:
    document = ls.client_capabilities.text_document
    return document.hover.content_format if document and document.hover else None
