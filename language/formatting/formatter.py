"""The layout of programs: one feature a line, merges indented so that their lanes can be seen.

The syntax tree says what is written, `comments.py` what is remarked, `layout.py` what fits on a line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cnngen.language.analysis import Analysis, analyse
from cnngen.language.collector import paused_collector
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.formatting.comments import LINE_END, Comment, Comments, Place
from cnngen.language.formatting.layout import Document, Ending, Line, Verbatim, group, indent, render, row
from cnngen.language.source import Span
from cnngen.language.syntax.tokens import tokenize_all
from cnngen.language.syntax.tree import Argument, Body, Item, Layer, Merge, Program, Scalar, Value
from cnngen.language.trampoline import Computation, run
from cnngen.language.words.catalogue import WORDS

#: What stands on the line of the item before it, if that is one of these.
_CONTINUES = {
    "dropout": ("convolution", "merge"),
    "pooling": ("convolution", "merge", "dropout"),
    "dense": ("dropout",),
}


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
    text = analysis.text
    errors = [found for found in analysis.diagnostics if _is_syntax_error(found)]
    errors += _open_quotes(analysis.tree)
    if errors:
        return Formatted(text, tuple(errors))
    with paused_collector():
        blocks = (*_Formatter(text).blocks(analysis.tree),)
    return Formatted("".join(block.text for block in blocks), blocks=blocks)


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


class _Element(NamedTuple):
    """What has lines of its own: a feature, a body of a merge, a comment.

    It begins at the offset `start`. `blank`: an empty line stands before it.
    """

    document: Document
    start: int
    blank: bool
    comment: bool = False


class _Formatter:
    """Documents of the parts of one tree. Called in the order of the text, so that comments come by in theirs."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenize_all(text)
        self.comments = Comments(text, self.tokens)

    def blocks(self, program: Program) -> Iterator[Block]:
        """The program, block by block; together they are its new text."""
        elements = run(self.sequence(program.items))
        elements += self.remarks(self.comments.up_to(len(self.text)))
        first = LINE_END.search(self.text)
        line_end = "\r\n" if first and first[0] == "\r\n" else "\n"
        starts = [token.start for token in self.tokens]
        begin = 0
        for number, element in enumerate(elements, 1):
            last = number == len(elements)
            following = len(self.text) if last else elements[number].start
            span = Span(element.start, self.tokens[bisect_left(starts, following) - 1].end)
            before = "" if number == 1 else "\n\n" if element.blank else "\n"
            text = before + render(element.document) + ("\n" if last else "")
            end = len(self.text) if last else span.end
            yield Block(begin, span, end, text.replace("\n", line_end))
            begin = end

    def sequence(self, items: Iterable[Item]) -> Computation[list[_Element]]:
        """The features of a program or lane, with the comments before and between them."""
        elements: list[_Element] = []
        for feature in _features(items):
            first, *others = feature
            own, inline = self.comments.before(first.span.start)
            elements += self.remarks(own)
            start = inline[0].start if inline else first.span.start
            document = row(*_inline(inline), (yield self.item(first)))
            tail: list[Document] = []
            for item in others:
                own, inline = self.comments.before(item.span.start)
                for comment in own:
                    tail += [Line(forced=True), _remark(comment)]
                tail += [Line(forced=bool(own)), *_inline(inline), (yield self.item(item))]
            if tail:
                document = row(document, group(indent(tail[0], group(*tail[1:]))))
            elements.append(self.element(document, start))
        return elements

    def item(self, item: Item) -> Computation[Document]:
        """One word with its arguments, or one merge, and what is remarked behind it."""
        document = (yield self.merge(item)) if isinstance(item, Merge) else self.layer(item)
        return row(document, *_behind(self.comments.behind(item.span.end)))

    def layer(self, layer: Item) -> Document:
        assert isinstance(layer, Layer)  # a stray is a syntax error
        word = layer.word.text
        if not layer.arguments:
            return word
        units: list[Document] = []
        for argument in layer.arguments:
            last = argument is layer.arguments[-1]
            own, inline = self.comments.before(argument.span.start)
            if units:
                # Each break stands for itself: as many arguments on a line as fit.
                units.append(Line(forced=True) if own else group(Line()))
            for comment in own:
                units += [_remark(comment), Line(forced=True)]
            behind = _behind(self.comments.behind(argument.span.end))
            units += [*_inline(inline), _written(argument), *behind, "" if last else ","]
        for comment in self.comments.up_to(layer.span.end):
            units += [Line(forced=True), _remark(comment)]
        return group(f"{word}(", indent(Line(""), *units), Line(""), ")")

    def merge(self, merge: Merge) -> Computation[Document]:
        head: Document = row(self.layer(merge.join), " [") if merge.join else "["
        elements: list[_Element] = []
        for body in merge.bodies:
            own, inline = self.comments.before(body.span.start)
            elements += self.remarks(own)
            start = inline[0].start if inline else body.span.start
            document = yield self.body(body)
            behind = _behind(self.comments.behind(body.span.end))
            elements.append(self.element(row(*_inline(inline), document, *behind), start))
        elements += self.remarks(self.comments.up_to(merge.span.end))
        return group(head, indent(Line(), _joined(elements, Line())), Line(), "]")

    def body(self, body: Body) -> Computation[Document]:
        left, right = body.lanes
        lane = yield self.sequence(left.items)
        lane += self.remarks(self.comments.before_comma(left.span.end))
        other = yield self.sequence(right.items)
        other += self.remarks(self.comments.up_to(body.span.end))
        return group(
            "(",
            indent(Line("")),
            # Behind a lane of several lines, the comma that parts the lanes has a line of its own.
            group(indent(_joined(lane, Line())), Line("", before_comma=True), ","),
            indent(Line(), group(_joined(other, Line()))),
            Line(""),
            ")",
        )

    def remarks(self, comments: list[Comment]) -> list[_Element]:
        """Comments as elements with lines of their own."""
        return [self.element(_remark(found), found.start, comment=True) for found in comments]

    def element(self, document: Document, start: int, *, comment: bool = False) -> _Element:
        before = start
        while before and self.text[before - 1].isspace():
            before -= 1
        blank = len(LINE_END.findall(self.text, before, start)) > 1
        return _Element(document, start, blank, comment)


def continues(category: str, before: str) -> bool:
    """Whether a word of one category stands on the line of an item of another, `merge` among them, before it."""
    return before in _CONTINUES.get(category, ())


def _features(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items that stand together on a line: a convolution or merge with its dropout and pooling, a classifier."""
    feature: list[Item] = []
    for item in items:
        if feature and not continues(_category(item), _category(feature[-1])):
            yield feature
            feature = []
        feature.append(item)
    if feature:
        yield feature


def _category(item: Item) -> str:
    return WORDS[item.word.text].category if isinstance(item, Layer) else "merge"


def _joined(elements: list[_Element], line: Line) -> Document:
    """Elements with line breaks between them, and empty lines where the text has some."""
    parts: list[Document] = []
    comment = False
    for element in elements:
        if parts:
            forced = line.forced or comment or element.comment
            parts.append(Line(line.flat, forced, element.blank))
        parts.append(element.document)
        comment = element.comment
    return row(*parts)


def _written(argument: Argument) -> str:
    assert argument.name is not None and argument.value is not None  # else it is a syntax error
    return f"{argument.name.text}={_value(argument.value)}"


def _value(value: Value) -> str:
    return value.text if isinstance(value, Scalar) else f"({', '.join(item.text for item in value.items)})"


def _remark(comment: Comment) -> Document:
    """A comment on a line of its own."""
    return Verbatim(comment.lines, comment.column)


def _inline(comments: list[Comment]) -> list[Document]:
    """Comments on the line of what they stand before."""
    return [f"{comment.text} " for comment in comments]


def _behind(comments: list[Comment]) -> list[Document]:
    """Comments on the line of what they stand behind: they end it, unless a comma or a bracket follows there."""
    documents: list[Document] = []
    ended = False
    for comment in comments:
        ended = ended or comment.ends_line or comment.place is not Place.INLINE
        text = f" {comment.text}" if not comment.ends_line else "  " + comment.text.rstrip(" \t")
        documents.append(Ending(text) if ended else text)
    return documents
