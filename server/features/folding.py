"""Folding: what can be hidden behind its first line. Merges, bodies, lanes, arguments, comments, marked regions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from cnngen.language import Analysis, Lines, Span
from cnngen.language.syntax.nesting import brackets
from cnngen.language.syntax.tokens import Token, brackets_and_comments
from cnngen.language.syntax.tree import Merge, walk


@dataclass(frozen=True, slots=True)
class Fold:
    """What disappears: the span, and the lines `first + 1` to `last`, where a client folds whole lines only."""

    span: Span
    first: int
    last: int
    kind: Literal["comment", "region"] | None = None


def folds(analysis: Analysis) -> list[Fold]:
    """All that takes several lines, in the order of the text, the outer before the inner."""
    lines = analysis.lines
    tokens = brackets_and_comments(analysis.text)
    comments = [token for token in tokens if token.kind in ("COMMENT", "UNCLOSED_COMMENT")]
    found = [*_brackets(lines, tokens), *_lanes(analysis), *_comments(lines, comments), *_regions(lines, comments)]
    return sorted(found, key=lambda fold: (fold.first, -fold.last, fold.span))


def line_folds(found: Iterable[Fold]) -> list[Fold]:
    """The folds for a client that folds whole lines: of those that begin on the same line only the outermost."""
    outermost: dict[int, Fold] = {}
    for fold in found:
        if fold.last > fold.first:
            outermost.setdefault(fold.first, fold)
    return [*outermost.values()]


def _brackets(lines: Lines, tokens: Iterable[Token]) -> Iterator[Fold]:
    """What stands between two brackets. A closing bracket that begins its line stays to be seen."""
    for bracket in brackets(token for token in tokens if token.kind in "[]()"):
        if bracket.closer is not None:
            content = Span(bracket.opener.end, bracket.closer.start)
            first, last = lines.number(content.start), lines.number(content.end)
            if first < last:
                yield Fold(content, first, last - (not _before(lines, content.end)))


def _before(lines: Lines, offset: int) -> str:
    """What stands before an offset on its line."""
    return lines.text[lines.starts[lines.number(offset)] : offset].strip()


def _lanes(analysis: Analysis) -> Iterator[Fold]:
    lines = analysis.lines
    for section in analysis.sections:
        if lines.number(section.span.start) == lines.number(section.span.end):
            continue
        for item in walk((section.feature.item,)):
            if isinstance(item, Merge):
                for body in item.bodies:
                    for lane in body.lanes:
                        yield from _several(lines, lane.span.moved(section.start))


def _several(lines: Lines, span: Span, kind: Literal["comment", "region"] | None = None) -> Iterator[Fold]:
    first, last = lines.number(span.start), lines.number(span.end)
    if first < last:
        yield Fold(span, first, last, kind)


def _comments(lines: Lines, comments: Iterable[Token]) -> Iterator[Fold]:
    """Comments of several lines: blocks, and runs of `//` that have their lines for themselves."""
    run: Span | None = None
    for token in comments:
        line = lines.number(token.start)
        alone = token.text.startswith("//") and not _before(lines, token.start) and _marker(token) is None
        if alone and run is not None and lines.number(run.end) == line - 1:
            run = Span(run.start, token.end)
        else:
            if run is not None:
                yield from _several(lines, run, "comment")
            run = Span(token.start, token.end) if alone else None
        if not alone:
            yield from _several(lines, Span(token.start, token.end), "comment")
    if run is not None:
        yield from _several(lines, run, "comment")


def _regions(lines: Lines, tokens: Iterable[Token]) -> Iterator[Fold]:
    """What stands from a comment `// #region` to its `// #endregion`."""
    pending: list[Token] = []
    for token in tokens:
        marker = _marker(token)
        if marker == "#region":
            pending.append(token)
        elif marker == "#endregion" and pending:
            yield from _several(lines, Span(pending.pop().start, token.end), "region")


def _marker(token: Token) -> str | None:
    if token.kind != "COMMENT" or not token.text.startswith("//"):
        return None
    word = token.text[2:].split(maxsplit=1)[:1]
    return word[0] if word in (["#region"], ["#endregion"]) else None
