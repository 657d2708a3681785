"""The layout of programs: one feature a line, merges indented so that their lanes can be seen.

`passages.py` cuts the text where it can be cut, `documents.py` says what may stand on a line, with what `comments.py`
says is remarked, `layout.py` what fits there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cnngen.language.analysis import Analysis, analyse
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.formatting.comments import LINE_END
from cnngen.language.formatting.passages import laid_out, passages
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Layer, Merge, Program, Scalar, Value


@dataclass(frozen=True, slots=True)
class Block:
    """A feature, or a comment with lines of its own, of the top level.

    `span` is where it stands; `begin` is the end of the block before, and for the last block `end` that of the text.
    `text` takes the place from `begin` to `end`: the line breaks before the block, and its new lines.
    """

    begin: int
    span: Span
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text in the layout of the language, and its blocks; or as it was, and the syntax errors that left it so."""

    text: str
    errors: tuple[Diagnostic, ...] = ()
    blocks: tuple[Block, ...] = ()

    def touching(self, places: Iterable[Span]) -> list[Block]:
        """The blocks that selections overlap; a cursor touches what it stands beside."""
        places = list(places)
        return [block for block in self.blocks if any(_touches(place, block.span) for place in places)]


def _touches(place: Span, feature: Span) -> bool:
    if place.start == place.end:
        return feature.start <= place.start <= feature.end
    return place.start < feature.end and feature.start < place.end


def format_text(text: str) -> Formatted:
    r"""Lay out a program anew; its network, its diagnostics' codes and its comments stay the same.

    Line ends are `\r\n` throughout if the first one is, else `\n`. A text with syntax errors is left as it is, for its
    tree holds guesses.
    """
    return lay_out(analyse(text))


def lay_out(analysis: Analysis) -> Formatted:
    """`format_text` of a text that is analysed already."""
    text = analysis.text
    errors = [found for found in analysis.diagnostics if _is_syntax_error(found)]
    if "'" in text or '"' in text:
        errors += _open_quotes(analysis.tree)
    if errors:
        return Formatted(text, tuple(errors))
    blocks = (*_blocks(text),)
    return Formatted("".join(block.text for block in blocks), blocks=blocks)


def _blocks(text: str) -> Iterator[Block]:
    """The program, block by block; together they are its new text."""
    first = LINE_END.search(text)
    line_end = "\r\n" if first and first[0] == "\r\n" else "\n"
    places = [(start, laid) for start, end in passages(text) for laid in laid_out(text[start:end])]
    begin = 0
    for number, (start, laid) in enumerate(places, 1):
        span, last = laid.span.moved(start), number == len(places)
        before = "" if number == 1 else "\n\n" if laid.blank else "\n"
        end = len(text) if last else span.end
        new = before + laid.text + ("\n" if last else "")
        yield Block(begin, span, end, new if line_end == "\n" else new.replace("\n", line_end))
        begin = end


def _is_syntax_error(found: Diagnostic) -> bool:
    return found.code.startswith("CNN1") or found.code is Code.ARGUMENT_SYNTAX


def _open_quotes(program: Program) -> Iterator[Diagnostic]:
    """An open quote runs to the end of its line and so depends on the layout."""
    for item in program.walk():
        layer = item.join if isinstance(item, Merge) else item
        for argument in layer.arguments if isinstance(layer, Layer) else ():
            for value in _scalars(argument.value):
                quote = value.text[:1]
                if quote in ("'", '"') and (len(value.text) == 1 or value.text[-1] != quote):
                    end = Span(value.span.end, value.span.end)
                    message = f"This quote is never closed: {quote} is missing."
                    fix = Fix(f"Insert {quote}", (Edit(end, quote),))
                    yield Diagnostic(Code.ARGUMENT_TYPE, Severity.ERROR, message, value.span, fixes=(fix,))


def _scalars(value: Value | None) -> tuple[Scalar, ...]:
    return () if value is None else (value,) if isinstance(value, Scalar) else value.items
