"""`workspace/symbol`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from cnngen.server.convert import View
from cnngen.server.documents import Outdated
from cnngen.server.errors import CommandFailed
from cnngen.server.features.workspace_symbols import matches, program_symbol
from cnngen.server.files import read, uri_of
from cnngen.server.reports import LARGEST

if TYPE_CHECKING:
    from cnngen.server.app import Server

#: Programs in an answer. Whoever looks for one among more types another letter.
MOST = 200


def register(server: Server) -> None:
    """Offer to find programs by their names."""
    known = _Known()

    async def workspace_symbol(ls: Server, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        """The programs that a query finds: those that are open, then those on the disk."""
        answer: list[types.WorkspaceSymbol] = []
        async for symbol in _found(ls, known, params.query):
            answer.append(symbol)
            if len(answer) == MOST:
                break
        return answer

    server.feature(types.WORKSPACE_SYMBOL)(workspace_symbol)


async def _found(ls: Server, known: _Known, query: str) -> AsyncIterator[types.WorkspaceSymbol]:
    for document in ls.documents.all():
        if matches(document.name, query):
            try:
                yield _symbol(await ls.view(document))
            except Outdated:
                continue  # It is being edited, so its editor asks again.
    programs = await ls.folders.programs()
    known.keep(programs)
    for path in programs:
        if matches(path.stem, query) and not ls.documents.get(uri_of(path)):
            symbol = await known.of(ls, path)
            if symbol is not None:
                yield symbol


def _symbol(view: View) -> types.WorkspaceSymbol:
    found = program_symbol(view.analysis)
    place = types.Location(view.document.uri, view.range(found.span))
    kind = types.SymbolKind.Module
    return types.WorkspaceSymbol(location=place, name=found.name, kind=kind, container_name=found.detail)


class _Known:
    """The symbols of files, with the state on the disk that they had. All methods belong to the event loop's thread."""

    def __init__(self) -> None:
        self._symbols: dict[Path, tuple[tuple[int, int], types.WorkspaceSymbol]] = {}

    async def of(self, ls: Server, path: Path) -> types.WorkspaceSymbol | None:
        """The symbol of a file; None when it cannot be read, or is larger than any program."""
        try:
            status = path.stat()
        except OSError:
            return None
        state = status.st_mtime_ns, status.st_size
        if path in self._symbols and self._symbols[path][0] == state:
            return self._symbols[path][1]
        if status.st_size > LARGEST:
            return None
        try:
            document = await asyncio.to_thread(read, uri_of(path))
        except CommandFailed:
            return None
        symbol = _symbol(await ls.view(document))
        self._symbols[path] = state, symbol
        return symbol

    def keep(self, programs: list[Path]) -> None:
        """Forget all other files."""
        self._symbols = {path: self._symbols[path] for path in programs if path in self._symbols}
