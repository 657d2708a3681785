"""`textDocument/codeLens`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from cnngen.server.convert import View
from cnngen.server.features.lenses import Lens, lenses

if TYPE_CHECKING:
    from cnngen.server.app import Server


def register(server: Server) -> None:
    """Offer code lenses."""
    server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))(code_lens)


async def code_lens(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    """The lenses above `input`."""
    view = await ls.view_of(params.text_document.uri)
    if view is None or not ls.configuration.of(params.text_document.uri).code_lens:
        return None
    return [_code_lens(view, lens) for lens in lenses(view.analysis, trusted=ls.settings.trusted)]


def _code_lens(view: View, lens: Lens) -> types.CodeLens:
    """A code lens, its command called with the document's URI."""
    command = types.Command(lens.title, lens.command, arguments=[view.document.uri])
    return types.CodeLens(view.range(lens.span), command)
