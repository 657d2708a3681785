"""From tree to layout: each part of a program as a document, with the comments in and around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cnngen.language.formatting.comments import LINE_END, Comment, Comments, Place
from cnngen.language.formatting.features import features
from cnngen.language.formatting.layout import Document, Ending, Line, Verbatim, group, indent, row
from cnngen.language.syntax.tokens import Token
from cnngen.language.syntax.tree import Argument, Body, Item, Layer, Merge, Program, Scalar, Value
from cnngen.language.trampoline import Computation, run


class Element(NamedTuple):
    """What has lines of its own: a feature, a body of a merge, a comment.

    It begins at the offset `start`. `blank`: an empty line stands before it.
    """

    document: Document
    start: int
    blank: bool
    comment: bool = False


def elements_of(program: Program, text: str, tokens: Sequence[Token]) -> list[Element]:
    """The features and comments of a text; `tokens` are all of it."""
    formatter = _Formatter(text, tokens)
    return run(formatter.sequence(program.items)) + formatter.remarks(formatter.comments.up_to(len(text)))


class _Formatter:
    """Documents of the parts of one tree. Called in the order of the text, so that comments come by in theirs."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.comments = Comments(text, tokens)

    def sequence(self, items: Iterable[Item]) -> Computation[list[Element]]:
        """The features of a program or lane, with the comments before and between them."""
        elements: list[Element] = []
        for feature in features(items):
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
        elements: list[Element] = []
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

    def remarks(self, comments: list[Comment]) -> list[Element]:
        """Comments as elements with lines of their own."""
        return [self.element(_remark(found), found.start, comment=True) for found in comments]

    def element(self, document: Document, start: int, *, comment: bool = False) -> Element:
        before = start
        while before and self.text[before - 1].isspace():
            before -= 1
        blank = len(LINE_END.findall(self.text, before, start)) > 1
        return Element(document, start, blank, comment)


def _joined(elements: list[Element], line: Line) -> Document:
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
