"""Selection ranges: what a selection grows to, from the word at a place outwards."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language import Analysis, Span
from cnngen.language.syntax.lookup import path_at
from cnngen.language.syntax.tokens import tokenize_all
from cnngen.language.syntax.tree import Layer

#: Clients and their protocol nest one range in another; of a deeper path the outermost parts are left out.
DEEPEST = 40


def selection_ranges(analysis: Analysis, offset: int) -> list[Span]:
    """The spans around a place, the innermost first, each inside the next: word, argument, arguments, layer, lane,
    body, merge, and at last the program.
    """
    spans = [Span(0, len(analysis.text))]
    for span in _outwards(analysis, offset):
        if spans[-1] != span and spans[-1].start <= span.start and span.end <= spans[-1].end:
            spans.append(span)
    if len(spans) > DEEPEST:
        spans = [spans[0], *spans[-DEEPEST:]]
    return spans[::-1]


def _outwards(analysis: Analysis, offset: int) -> Iterator[Span]:
    """What holds the place, outermost first."""
    for part in path_at(analysis.tree, offset):
        yield part.span
        if isinstance(part, Layer) and part.arguments:
            arguments = Span(part.arguments[0].span.start, part.arguments[-1].span.end)
            if arguments.start <= offset <= arguments.end:
                yield arguments
    for token in tokenize_all(analysis.text):
        if token.kind == "COMMENT" and token.start <= offset <= token.end:
            yield Span(token.start, token.end)
