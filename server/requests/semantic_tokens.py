"""`textDocument/semanticTokens`: of a document, what changed since the last ones, of a range."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING

from lsprotocol import types

from cnngen.server.convert import View
from cnngen.server.features.semantic_tokens import MODIFIERS, TYPES, SemanticToken, semantic_tokens

if TYPE_CHECKING:
    from cnngen.server.app import Server

_TYPES = {name: number for number, name in enumerate(TYPES)}
_MODIFIERS: dict[str, int] = {name: 1 << number for number, name in enumerate(MODIFIERS)}


def register(server: Server) -> None:
    """Offer semantic tokens."""
    sent = Sent()

    async def full(ls: Server, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
        """The tokens of a document."""
        data = await _data(ls, params.text_document.uri)
        return None if data is None else sent.full(ls, params.text_document.uri, data)

    async def changes(
        ls: Server, params: types.SemanticTokensDeltaParams
    ) -> types.SemanticTokens | types.SemanticTokensDelta | None:
        """What changed since the tokens that the client has; all, if it has others than were sent last."""
        data = await _data(ls, params.text_document.uri)
        return None if data is None else sent.changes(ls, params.text_document.uri, data, params.previous_result_id)

    legend = types.SemanticTokensLegend(list(TYPES), list(MODIFIERS))
    server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, legend)(full)
    server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, legend)(changes)
    server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, legend)(of_range)


async def of_range(ls: Server, params: types.SemanticTokensRangeParams) -> types.SemanticTokens | None:
    """The tokens of a part of a document."""
    view = await ls.view_of(params.text_document.uri)
    if view is None:
        return None
    return types.SemanticTokens(encoded(view, semantic_tokens(view.analysis, view.span(params.range))))


async def _data(ls: Server, uri: str) -> list[int] | None:
    view = await ls.view_of(uri)
    return None if view is None else encoded(view, semantic_tokens(view.analysis))


class Sent:
    """The tokens that were last sent of each open document: what the next ones are compared with."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, list[int]]] = {}
        self._numbers = count(1)

    def full(self, ls: Server, uri: str, data: list[int]) -> types.SemanticTokens:
        """All tokens, remembered."""
        result = str(next(self._numbers))
        self._last = {known: last for known, last in self._last.items() if ls.documents.get(known)}
        self._last[uri] = result, data
        return types.SemanticTokens(data, result_id=result)

    def changes(
        self, ls: Server, uri: str, data: list[int], previous: str
    ) -> types.SemanticTokens | types.SemanticTokensDelta:
        """What makes the previous tokens these."""
        known, before = self._last.get(uri, ("", []))
        now = self.full(ls, uri, data)
        return now if known != previous else types.SemanticTokensDelta(changed(before, data), now.result_id)


def changed(before: list[int], after: list[int]) -> list[types.SemanticTokensEdit]:
    """The one stretch in which two lists of numbers differ; nothing if they do not."""
    if before == after:
        return []
    shorter = min(len(before), len(after))
    head = next((place for place in range(shorter) if before[place] != after[place]), shorter)
    room = shorter - head
    tail = next((place for place in range(room) if before[-1 - place] != after[-1 - place]), room)
    return [types.SemanticTokensEdit(head, len(before) - tail - head, after[head : len(after) - tail])]


def encoded(view: View, tokens: Iterable[SemanticToken]) -> list[int]:
    """Five numbers a token: lines and characters from the token before, length, type, modifiers."""
    data: list[int] = []
    text, lines, encoding = view.analysis.text, view.analysis.lines, view.encoding
    plain = text.isascii()
    line = character = 0
    for span, kind, modifiers in tokens:
        start = lines.position(span.start, encoding)
        length = span.end - span.start
        if not plain and not text[span.start : span.end].isascii():
            length = lines.position(span.end, encoding).character - start.character
        bits = sum([_MODIFIERS[modifier] for modifier in modifiers]) if modifiers else 0
        before = character if start.line == line else 0
        data += (start.line - line, start.character - before, length, _TYPES[kind], bits)
        line, character = start
    return data
