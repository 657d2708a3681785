"""The layout of programs: one feature a line, merges indented so that their lanes can be seen.

`passages.py` cuts the text where it can be cut, `documents.py` says what may stand on a line, with what `comments.py`
says is remarked, `layout.py` what fits there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnngen.language.analysis import Analysis, analyse
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.formatting.comments import LINE_END
from cnngen.language.formatting.passages import laid_out, passages, passages_at
from cnngen.language.source import Span
from cnngen.language.syntax.items import Items
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


def format_text(text: str) -> Formatted:
    r"""Lay out a program anew; its network, its diagnostics' codes and its comments stay the same.

    Line ends are `\r\n` throughout if the first one is, else `\n`. A text with syntax errors is left as it is, for its
    tree holds guesses.
    """
    return lay_out(analyse(text))


def lay_out(analysis: Analysis) -> Formatted:
    """`format_text` of a text that is analysed already."""
    if errors := syntax_errors(analysis):
        return Formatted(analysis.text, errors)
    blocks = (*_blocks(analysis, None),)
    return Formatted("".join(block.text for block in blocks), blocks=blocks)


def blocks_at(analysis: Analysis, places: Sequence[Span]) -> list[Block]:
    """The blocks that selections overlap, where there are no syntax errors; a cursor touches what it stands beside."""
    if syntax_errors(analysis):
        return []
    return [block for block in _blocks(analysis, places) if any(_touches(place, block.span) for place in places)]


def _touches(place: Span, feature: Span) -> bool:
    if place.start == place.end:
        return feature.start <= place.start <= feature.end
    return place.start < feature.end and feature.start < place.end


def _blocks(analysis: Analysis, places: Sequence[Span] | None) -> Iterator[Block]:
    """The blocks of the passages that some places touch, or all: together they are the new text."""
    text, items = analysis.text, analysis.tree.items
    first = LINE_END.search(text)
    line_end = "\r\n" if first and first[0] == "\r\n" else "\n"
    stand = items.places() if isinstance(items, Items) else [item.span for item in items]
    if places is None:
        pieces = passages(text, stand)
    else:
        pieces = sorted({piece for place in places for piece in passages_at(text, stand, place)})
    for start, end in pieces:
        # A passage begins where the block before it ends.
        begin, laid = start, laid_out(text[start:end])
        for number, (span, blank, new) in enumerate(laid, 1):
            last = end == len(text) and number == len(laid)
            before = "" if not begin else "\n\n" if blank else "\n"
            new = before + new + ("\n" if last else "")
            behind = len(text) if last else start + span.end
            yield Block(begin, span.moved(start), behind, new if line_end == "\n" else new.replace("\n", line_end))
            begin = behind


def syntax_errors(analysis: Analysis) -> tuple[Diagnostic, ...]:
    """What is wrong with a text that is therefore left as it is."""
    errors = [found for found in analysis.diagnostics if _is_syntax_error(found)]
    if "'" in analysis.text or '"' in analysis.text:
        errors += _open_quotes(analysis.tree)
    return tuple(errors)


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
