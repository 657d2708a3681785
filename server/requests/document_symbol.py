"""`textDocument/documentSymbol`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.capabilities import get_capability

from cnngen.server.convert import View
from cnngen.server.features.document_symbols import Kind, Symbol, document_symbols
from cnngen.server.plain import Plain

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
    server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(document_symbol)


async def document_symbol(ls: Server, params: types.DocumentSymbolParams) -> Plain | None:
    """The outline of a program: as a tree if the client can show one."""
    view = await ls.view_of(params.text_document.uri)
    if view is None:
        return None
    symbols = document_symbols(view.analysis)
    tree = "text_document.document_symbol.hierarchical_document_symbol_support"
    if get_capability(ls.client_capabilities, tree, False):
        return Plain([_tree(view, symbol) for symbol in symbols])
    return Plain([information for symbol in symbols for information in _flat(view, symbol, None)])


def _tree(view: View, symbol: Symbol) -> dict[str, Any]:
    """A DocumentSymbol of the protocol."""
    plain = {
        "name": symbol.name,
        "kind": _KINDS[symbol.kind].value,
        "range": view.plain_range(symbol.span),
        "selectionRange": view.plain_range(symbol.selection),
    }
    if symbol.detail:
        plain["detail"] = symbol.detail
    if symbol.children:
        plain["children"] = [_tree(view, child) for child in symbol.children]
    return plain


def _flat(view: View, symbol: Symbol, container: str | None) -> Iterator[dict[str, Any]]:
    """The SymbolInformation of the protocol about a symbol and all in it."""
    plain = {
        "name": f"{symbol.name} {symbol.detail}".strip(),
        "kind": _KINDS[symbol.kind].value,
        "location": {"uri": view.document.uri, "range": view.plain_range(symbol.span)},
    }
    yield plain if container is None else {**plain, "containerName": container}
    for child in symbol.children:
        yield from _flat(view, child, symbol.name)
