"""`textDocument/selectionRange`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from cnngen.server.convert import View
from cnngen.server.features.selection_ranges import selection_ranges

if TYPE_CHECKING:
    from cnngen.server.app import Server


def register(server: Server) -> None:
    """Offer selections that grow with the syntax."""
    server.feature(types.TEXT_DOCUMENT_SELECTION_RANGE)(selection_range)


async def selection_range(ls: Server, params: types.SelectionRangeParams) -> list[types.SelectionRange] | None:
    """For each position the innermost selection, whose parents hold it."""
    view = await ls.view_of(params.text_document.uri)
    return None if view is None else [_chain(view, place) for place in params.positions]


def _chain(view: View, place: types.Position) -> types.SelectionRange:
    outermost, *others = reversed(selection_ranges(view.analysis, view.offset(place)))
    chain = types.SelectionRange(view.range(outermost))
    for span in others:
        chain = types.SelectionRange(view.range(span), parent=chain)
    return chain
