"""`textDocument/codeLens`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from cnngen.server.convert import View
from cnngen.server.errors import CommandFailed
from cnngen.server.features.lenses import LastResult, Lens, lenses
from cnngen.server.files import path_of, uri_of
from cnngen.server.runs import runs_directory

if TYPE_CHECKING:
    from cnngen.server.app import Server
    from cnngen.server.settings import Settings


def register(server: Server) -> None:
    """Offer code lenses."""
    server.feature(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensOptions(resolve_provider=False))(code_lens)


async def code_lens(ls: Server, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    """The lenses above `input`."""
    view = await ls.view_of(params.text_document.uri)
    settings = ls.configuration.of(params.text_document.uri)
    if view is None or not settings.code_lens:
        return None
    result = await _last_result(ls, view, settings) if settings.result_lens else None
    if ls.documents.get(view.document.uri) is not view.document:
        return None  # edited while the results were read
    found = lenses(
        view.analysis,
        trusted=ls.settings.trusted,
        diagram=ls.settings.show_diagram,
        totals=settings.totals_lens,
        predicted=ls.predictions.of(view.analysis) if settings.predictions else None,
        result=result,
        results=ls.settings.show_results,
    )
    return [_code_lens(view, lens) for lens in found]


async def _last_result(ls: Server, view: View, settings: Settings) -> LastResult | None:
    try:
        path = path_of(view.document.uri)
    except CommandFailed:
        return None  # never saved, so never trained
    runs = runs_directory(settings, path, ls.folders.root_of(path))
    return await asyncio.to_thread(ls.results.last, runs, view.analysis)


def _code_lens(view: View, lens: Lens) -> types.CodeLens:
    """A code lens, its command called with the URI of what it is about."""
    about = uri_of(lens.file) if lens.file else view.document.uri
    command = types.Command(lens.title, lens.command, arguments=[about] if lens.command else None)
    return types.CodeLens(view.range(lens.span), command)
