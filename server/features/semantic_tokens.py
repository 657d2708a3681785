"""Semantic tokens: what each word of a program is, for the colours of an editor.

What the language does not know, such as a misspelt word, gets none, and so looks different at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from cnngen.language import Analysis, Span
from cnngen.language.syntax.tokens import Token, tokenize_all
from cnngen.language.syntax.tree import Argument, Layer, Merge, Scalar
from cnngen.language.words.catalogue import WORDS, Category

#: Standard names of the protocol, so that every theme knows them.
Type = Literal[
    "keyword", "function", "method", "macro", "class", "enumMember", "parameter", "number", "string", "comment"
]  # fmt: skip
Modifier = Literal["defaultLibrary", "readonly"]

TYPES: tuple[Type, ...] = (
    "keyword", "function", "method", "macro", "class", "enumMember", "parameter", "number", "string", "comment",
)  # fmt: skip
MODIFIERS: tuple[Modifier, ...] = ("defaultLibrary", "readonly")


class SemanticToken(NamedTuple):
    """A word, value or line of a comment."""

    span: Span
    type: Type
    modifiers: tuple[Modifier, ...] = ()


#: Chosen for their colours in ordinary themes: poolings, which make the image smaller, stand out from convolutions, and
#: the classifier from both.
_WORDS: dict[Category, tuple[Type, tuple[Modifier, ...]]] = {
    "training": ("keyword", ()),
    "defaults": ("keyword", ()),
    "input": ("keyword", ()),
    "output": ("keyword", ()),
    "join": ("keyword", ()),
    "convolution": ("function", ("defaultLibrary",)),
    "pooling": ("macro", ("defaultLibrary",)),
    "dropout": ("method", ("defaultLibrary",)),
    "bridge": ("class", ("defaultLibrary",)),
    "dense": ("class", ("defaultLibrary",)),
    "empty": ("enumMember", ("readonly",)),
}


def semantic_tokens(analysis: Analysis, place: Span | None = None) -> list[SemanticToken]:
    """The tokens of a text, or of those that overlap a place, in its order.

    None overlaps another or goes on in the next line: a comment of several lines is several tokens.
    """
    found = [*_comments(analysis)]
    for item in analysis.tree.walk():
        layer = item.join if isinstance(item, Merge) else item
        if isinstance(layer, Layer):
            found += _layer(layer)
    found.sort()
    if place is None:
        return found
    return [token for token in found if token.span.start < place.end and place.start < token.span.end]


def _layer(layer: Layer) -> Iterator[SemanticToken]:
    if word := WORDS.get(layer.word.text):
        yield SemanticToken(layer.word.span, *_WORDS[word.category])
    for argument in layer.arguments:
        yield from _argument(argument)


def _argument(argument: Argument) -> Iterator[SemanticToken]:
    if argument.name is not None:
        yield SemanticToken(argument.name.span, "parameter")
    value = argument.value
    for scalar in () if value is None else (value,) if isinstance(value, Scalar) else value.items:
        if kind := _type(scalar.text[0]):
            yield SemanticToken(scalar.span, kind)


def _type(first: str) -> Type | None:
    """What a value is, by its first character."""
    if first in "\"'":
        return "string"
    if first in "+-." or first.isdecimal():
        return "number"
    return "enumMember" if first == "_" or first.isalpha() else None


def _comments(analysis: Analysis) -> Iterator[SemanticToken]:
    if "//" not in analysis.text and "/*" not in analysis.text:
        return
    for token in tokenize_all(analysis.text):
        if token.kind in ("COMMENT", "UNCLOSED_COMMENT"):
            yield from (SemanticToken(span, "comment") for span in _lines(analysis, token))


def _lines(analysis: Analysis, token: Token) -> Iterator[Span]:
    """The parts of a comment on each of its lines, without the white space around."""
    lines = analysis.lines
    number = lines.number(token.start)
    while number < len(lines.starts) and lines.starts[number] < token.end:
        start = max(lines.starts[number], token.start)
        content = lines.line(number)[start - lines.starts[number] :][: token.end - start]
        if stripped := content.strip():
            start += content.index(stripped)
            yield Span(start, start + len(stripped))
        number += 1
