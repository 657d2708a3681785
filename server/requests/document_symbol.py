"""`textDocument/documentSymbol`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.capabilities import get_capability

from cnngen.language.resolve.sections import Section
from cnngen.server.convert import View
from cnngen.server.features.document_symbols import Kind, Symbol, document_symbols
from cnngen.server.kept import Kept
from cnngen.server.plain import Written, written

if TYPE_CHECKING:
    from cnngen.server.app import Server

#: The protocol's kinds are those of programming languages; what counts is that each has a picture of its own.
_KINDS: dict[Kind, types.SymbolKind] = {
    "training": types.SymbolKind.Property,
    "defaults": types.SymbolKind.Property,
    "input": types.SymbolKind.Interface,
    "output": types.SymbolKind.Interface,
    "convolution": types.SymbolKind.Function,
    "pooling": types.SymbolKind.Field,
    "dropout": types.SymbolKind.Event,
    "bridge": types.SymbolKind.Class,
    "dense": types.SymbolKind.Class,
    "join": types.SymbolKind.Operator,
    "merge": types.SymbolKind.Operator,
    "body": types.SymbolKind.Object,
    "lane": types.SymbolKind.Array,
    "empty": types.SymbolKind.Null,
    "unknown": types.SymbolKind.Variable,
}


def register(server: Server) -> None:
    """Offer the outline."""
    trees, rows = Kept(_trees), Kept(_rows)

    async def document_symbol(ls: Server, params: types.DocumentSymbolParams) -> Written | None:
        """The outline of a program: as a tree if the client can show one."""
        view = await ls.view_of(params.text_document.uri)
        if view is None:
            return None
        tree = "text_document.document_symbol.hierarchical_document_symbol_support"
        kept = trees if get_capability(ls.client_capabilities, tree, False) else rows
        return Written(f"[{','.join(filter(None, kept.texts(view)))}]")

    server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(document_symbol)


def _trees(view: View, section: Section) -> str:
    """The DocumentSymbols of a feature, as they stand in a list of JSON."""
    return ",".join([written(_tree(view, section.start, symbol)) for symbol in document_symbols(section)])


def _rows(view: View, section: Section) -> str:
    """Its SymbolInformation, for clients that show no tree."""
    found = (row for symbol in document_symbols(section) for row in _flat(view, section.start, symbol, None))
    return ",".join([written(row) for row in found])


def _tree(view: View, start: int, symbol: Symbol) -> dict[str, Any]:
    place = view.plain_range(symbol.span.moved(start))
    plain = {
        "name": symbol.name,
        "kind": _KINDS[symbol.kind].value,
        "range": place,
        "selectionRange": place if symbol.selection == symbol.span else view.plain_range(symbol.selection.moved(start)),
    }
    if symbol.detail:
        plain["detail"] = symbol.detail
    if symbol.children:
        plain["children"] = [_tree(view, start, child) for child in symbol.children]
    return plain


def _flat(view: View, start: int, symbol: Symbol, container: str | None) -> Iterator[dict[str, Any]]:
    """A symbol and all in it."""
    plain = {
        "name": f"{symbol.name} {symbol.detail}".strip(),
        "kind": _KINDS[symbol.kind].value,
        "location": {"uri": view.document.uri, "range": view.plain_range(symbol.span.moved(start))},
    }
    yield plain if container is None else {**plain, "containerName": container}
    for child in symbol.children:
        yield from _flat(view, start, child, symbol.name)
