"""Document highlights: the brackets, commas and words of a merge that belong to the one at the cursor.

Layers are not highlighted: editors mark the same words by themselves, and no two layers of a name mean the same thing.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language import Analysis, Span
from cnngen.language.syntax.nesting import Bracket, brackets, innermost
from cnngen.language.syntax.tokens import Token, tokenize


def highlights(analysis: Analysis, offset: int) -> list[Span]:
    """What belongs to the bracket, comma, join or `Empty` that a place touches, in the order of the text.

    To a parenthesis of arguments its partner; to a parenthesis or comma of a body the other two; to a bracket or join
    all parts of its merge; to `Empty` both its body and the brackets that the skip leads around.
    """
    tokens = tokenize(analysis.text)
    found = brackets(tokens)
    touched = [token for token in tokens if token.start <= offset <= token.end]
    # Between two tokens the one behind the cursor counts, if it has something to show.
    for token in reversed(touched):
        if parts := sorted({Span(part.start, part.end) for part in _partners(token, found)}):
            return parts
    return []


def _partners(token: Token, found: list[Bracket]) -> Iterator[Token]:
    if token.text == "Empty":
        body = innermost(found, token.start)
        if body is not None and body.kind == "body":
            yield token
            yield from _frame(body)
            if body.around is not None:
                yield from _frame(body.around)
    for bracket in found:
        own = token in (bracket.opener, bracket.closer)
        if bracket.kind == "merge" and (own or token == bracket.head):
            yield from _frame(bracket)
            for body in found:
                if body.around is bracket and body.kind == "body":
                    yield from _frame(body)
        elif own or (bracket.kind == "body" and token in bracket.commas):
            yield from _frame(bracket)


def _frame(bracket: Bracket) -> Iterator[Token]:
    """The marks of a bracket itself, the comma between lanes and the join of a merge among them."""
    if bracket.kind == "merge" and bracket.head is not None:
        yield bracket.head
    yield bracket.opener
    if bracket.kind == "body":
        yield from bracket.commas
    if bracket.closer is not None:
        yield bracket.closer
