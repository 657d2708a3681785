"""A text cut where nothing on one side decides how the other is laid out: at most features' ends.

So what a passage becomes is remembered, and an editor's text, most of which is as it was, costs little more than to be
cut.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from cnngen.language.collector import paused_collector
from cnngen.language.formatting.documents import elements_of
from cnngen.language.formatting.features import continues
from cnngen.language.formatting.layout import render
from cnngen.language.source import Span
from cnngen.language.syntax.cut import Piece
from cnngen.language.syntax.parser import build
from cnngen.language.syntax.tokens import tokenize, tokenize_all
from cnngen.language.words.catalogue import WORDS

#: The rest of a line behind a feature: nothing, or a comment that runs to its end.
_REST = re.compile(r"(?:[^\S\r\n]*(//[^\r\n]*)|[^\S\r\n]*)(?=[\r\n])")
_WORD = re.compile(r"\w+")

#: So many passages are remembered, each of so many characters at most: two megabytes where they are usual.
_REMEMBERED, _LONGEST = 2048, 2000


class Laid(NamedTuple):
    """A feature, or a comment with lines of its own: where it stands, and its new text.

    `blank`: an empty line stands before it.
    """

    span: Span
    blank: bool
    text: str


def passages(text: str, items: Sequence[Piece]) -> list[Piece]:
    """The passages of a text without syntax errors, whose items stand at these places: together they are all of it."""
    anywhere = _anywhere(text)
    edges = [edge for index in range(len(items)) if (edge := _edge(text, items, index, anywhere)) is not None]
    return [*pairwise((0, *edges, len(text)))]


def passages_at(text: str, items: Sequence[Piece], place: Span) -> list[Piece]:
    """Those passages that a place touches, found without a look at the others."""
    anywhere = _anywhere(text)
    first, begin = bisect_left(items, place.start, key=itemgetter(1)), 0
    while first > 0 and not begin:
        edge = _edge(text, items, first - 1, anywhere)
        if edge is not None and edge < place.start:
            begin = edge
        else:
            first -= 1
    edges = [begin]
    for index in range(first, len(items)):
        if (edge := _edge(text, items, index, anywhere)) is not None:
            edges.append(edge)
            if edge > place.end:
                return [*pairwise(edges)]
    return [*pairwise((*edges, len(text)))]


def _anywhere(text: str) -> bool:
    """Whether a cut may be in the middle of a line. A block comment keeps its lines below its column, for which the
    beginning of its line is needed.
    """
    return "/*" not in text


def _edge(text: str, items: Sequence[Piece], index: int, anywhere: bool) -> int | None:
    """The place behind an item at which a passage ends, if one does."""
    if index + 1 == len(items):
        return None
    (start, end), (following, _) = items[index : index + 2]
    if continues(_category(text, following), _category(text, start)):
        return None
    if rest := _REST.match(text, end):
        return rest.end(1) if rest[1] else end
    return end if anywhere else None


def laid_out(passage: str) -> tuple[Laid, ...]:
    """The features and comments of a passage, one below the other."""
    return _remembered(passage) if len(passage) <= _LONGEST else _laid_out(passage)


def _laid_out(passage: str) -> tuple[Laid, ...]:
    with paused_collector():
        tokens = tokenize_all(passage)
        elements = elements_of(build(tokenize(passage)), passage, tokens)
        starts = [token.start for token in tokens]
        following = [*(element.start for element in elements[1:]), len(passage)]
        ends = [tokens[bisect_left(starts, start) - 1].end for start in following]
        return tuple(
            Laid(Span(element.start, end), element.blank, render(element.document))
            for element, end in zip(elements, ends, strict=True)
        )


_remembered = lru_cache(_REMEMBERED)(_laid_out)


def _category(text: str, start: int) -> str:
    """What an item that begins there is."""
    word = _WORD.match(text, start)
    category = WORDS[word[0]].category if word else "merge"
    return "merge" if category == "join" else category
