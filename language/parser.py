"""Text to syntax tree. Parsing never fails: it gives a tree and what was wrong with the text's structure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, TypeAlias

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from cnngen.language.diagnostics import Diagnostic
from cnngen.language.repair import repair
from cnngen.language.source import Span
from cnngen.language.tree import Argument, Body, Lane, Layer, Merge, Program, Scalar, Stray, Tuple


def parse(text: str) -> tuple[Program, list[Diagnostic]]:
    """The syntax tree of any text, and a diagnostic for each fault in its brackets, commas and arguments.

    A sound text takes the fast way, straight through lark. In any other the tokens are repaired first.
    """
    lark = _lark()
    try:
        return lark.parse(text), []  # type: ignore[return-value]  # the transformer makes it a Program
    except UnexpectedInput:
        tokens, diagnostics = repair(list(lark.lex(text)))
        parser = lark.parse_interactive()
        for token in tokens:
            parser.feed_token(token)
        program: Program = parser.feed_eof()  # type: ignore[no-untyped-call]
        return program, diagnostics


def all_tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, white space and comments (type COMMENT) among them."""
    return _lark().lex(text, dont_ignore=True)


@cache
def _lark() -> Lark:
    return Lark.open(
        "grammar.lark",
        rel_to=__file__,
        parser="lalr",
        lexer="basic",
        transformer=_Builder(),
        maybe_placeholders=False,
    )


def _span(token: Token) -> Span:
    start, end = token.start_pos, token.end_pos
    return Span(start or 0, end or 0)


def _written(token: Token) -> bool:
    """Whether a token stands in the text; the repair puts in tokens without extent."""
    return token.start_pos != token.end_pos


def _over(first: Span, last: Span) -> Span:
    return Span(first.start, last.end)


#: The arguments of a layer, and the span of their parentheses.
Arguments: TypeAlias = tuple[list[Argument], Span]


class _Builder(Transformer[Token, Program]):
    """lark calls the method named like a rule with the rule's parts, innermost first."""

    def start(self, items: list[Any]) -> Program:
        return Program((*items,))

    def scalar(self, parts: list[Any]) -> Scalar:
        return Scalar(str(parts[0]), _span(parts[0]))

    def tuple(self, parts: list[Any]) -> Tuple:
        scalars = [part for part in parts if isinstance(part, Scalar)]
        return Tuple((*scalars,), _over(_span(parts[0]), _span(parts[-1])))

    def argument(self, parts: list[Any]) -> Argument:
        if len(parts) == 1:
            return Argument(None, parts[0], parts[0].span)
        name = Scalar(str(parts[0]), _span(parts[0]))
        value = parts[2] if len(parts) == 3 else None
        return Argument(name, value, _over(name.span, value.span if value else _span(parts[1])))

    def arguments(self, parts: list[Any]) -> Arguments:
        found = [part for part in parts if isinstance(part, Argument)]
        return found, _over(_span(parts[0]), _span(parts[-1]))

    def layer(self, parts: list[Any]) -> Layer:
        word = Scalar(str(parts[0]), _span(parts[0]))
        if len(parts) == 1:
            return Layer(word, (), word.span)
        arguments, span = parts[1]
        return Layer(word, (*arguments,), _over(word.span, span))

    def stray(self, parts: list[Any]) -> Stray:
        return Stray(str(parts[0]), _span(parts[0]))

    def lane(self, items: list[Any]) -> Lane:
        return Lane((*items,), _over(items[0].span, items[-1].span) if items else Span(0, 0))

    def body(self, parts: list[Any]) -> Body:
        lanes = []
        for before, part in pairwise(parts):
            if isinstance(part, Lane):
                # An empty lane lies right behind the parenthesis or comma before it.
                after = _span(before).end
                lanes.append(part if part.items else Lane((), Span(after, after)))
        repaired = not _written(parts[0]) or not _written(parts[-1])
        return Body((*lanes,), _over(_span(parts[0]), _span(parts[-1])), repaired)

    def merge(self, parts: list[Any]) -> Merge:
        join = None
        if parts[0].type == "JOIN":
            join = self.layer(parts[:2] if not isinstance(parts[1], Token) else parts[:1])
        bracket = next(_span(part) for part in parts if isinstance(part, Token) and part == "[")
        bodies = [part for part in parts if isinstance(part, Body)]
        repaired = bracket.start == bracket.end or not _written(parts[-1])
        return Merge(join, (*bodies,), bracket, _over(join.span if join else bracket, _span(parts[-1])), repaired)
