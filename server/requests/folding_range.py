"""`textDocument/foldingRange`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.capabilities import get_capability

from cnngen.server.features.folding import folds, line_folds

if TYPE_CHECKING:
    from cnngen.server.app import Server


def register(server: Server) -> None:
    """Offer folding."""
    server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)(folding_range)


async def folding_range(ls: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange] | None:
    """What can be folded: exact places, or lines for a client that folds no less; no more than it asks for."""
    view = await ls.view_of(params.text_document.uri)
    if view is None:
        return None
    found = folds(view.analysis)
    limit = get_capability(ls.client_capabilities, "text_document.folding_range.range_limit", None)
    if get_capability(ls.client_capabilities, "text_document.folding_range.line_folding_only", False):
        found = line_folds(found)
        return [types.FoldingRange(fold.first, fold.last, kind=fold.kind) for fold in found[:limit]]
    ranges = [(view.range(fold.span), fold.kind) for fold in found[:limit]]
    return [
        types.FoldingRange(
            start_line=place.start.line,
            start_character=place.start.character,
            end_line=place.end.line,
            end_character=place.end.character,
            kind=kind,
        )
        for place, kind in ranges
    ]
