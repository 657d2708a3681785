"""Text to syntax tree. Parsing never fails: it gives a tree and what was wrong with the text's structure."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnngen.language.diagnostics import Diagnostic
from cnngen.language.source import make_span
from cnngen.language.syntax.grammar import all_tokens
from cnngen.language.syntax.tokens import END, Token, tokenize
from cnngen.language.syntax.tree import Argument, Body, Item, Lane, Layer, Merge, Program, Scalar, Stray, Tuple, Value

if TYPE_CHECKING:
    from cnngen.language.syntax.brackets import Brackets
    from cnngen.language.syntax.memory import Memory

__all__ = ["Unexpected", "all_tokens", "build", "build_repaired", "parse"]


def parse(
    text: str, start: int = 0, end: int = sys.maxsize, memory: Memory | None = None, brackets: Brackets | None = None
) -> tuple[Program, list[Diagnostic]]:
    """The syntax tree of any text between two offsets, and a diagnostic for each fault in its brackets, commas and
    arguments.

    A sound text becomes a tree at once, also where characters stand between its words that mean nothing. In any other
    the tokens are repaired first; `memory` has what that found in texts like this one, and `brackets` are those of the
    whole text.
    """
    tokens = tokenize(text, start, end)
    try:
        return build(tokens), []
    except Unexpected:
        from cnngen.language.syntax.brackets import Brackets  # a sound program does without them
        from cnngen.language.syntax.memory import Memory
        from cnngen.language.syntax.repair import repair

        tokens, diagnostics = repair(tokens, memory or Memory(), brackets or Brackets(text))
        return build_repaired(tokens), diagnostics


class Unexpected(Exception):
    """A token that the grammar does not allow at its place."""


def build(tokens: list[Token]) -> Program:
    """The tree of tokens without a fault in their structure. Raises Unexpected for others.

    grammar.lark is wider: it accepts bodies without two lanes, and arguments without a name. They may stand for a mark
    that is missing elsewhere, which the repair decides.
    """
    builder = _Builder(tokens)
    program = builder.program()
    if builder.doubtful:
        raise Unexpected
    return program


def build_repaired(tokens: list[Token]) -> Program:
    """The tree of tokens that grammar.lark accepts. Raises Unexpected for others."""
    return _Builder(tokens).program()


_SCALARS = frozenset(("WORD", "JOIN", "NUMBER", "STRING", "BAD"))
_NOWHERE = Token("", "", 0, 0)


@dataclass(slots=True)
class _OpenMerge:
    """A merge whose `]` is still to come, and the items that stand before it."""

    before: list[Item]
    join: Layer | None
    bracket: Token
    bodies: list[Body] = field(default_factory=list)
    #: Of the body that is read: its `(`, its complete lanes, and the token before the lane that grows.
    opener: Token = _NOWHERE
    lanes: list[Lane] = field(default_factory=list)
    edge: Token = _NOWHERE
    #: Whether the last body's `)` stands in the text.
    closed: bool = True


class _Builder:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = [*tokens, END]
        self.index = 0
        #: The open merges, outermost first: a list, so that they may nest as deep as they like.
        self.stack: list[_OpenMerge] = []
        #: Something stands there that is rarely meant so.
        self.doubtful = False

    def program(self) -> Program:
        """The whole tree."""
        items: list[Item] = []
        while True:
            token = self.tokens[self.index]
            kind, text, start, end = token
            if kind == "WORD":
                items.append(self.item())
                continue
            if kind == "[" or kind == "JOIN":
                join = self.layer() if kind == "JOIN" else None
                self.stack.append(_OpenMerge(items, join, self.tokens[self.index]))
                if self.tokens[self.index].kind != "[":
                    raise Unexpected
                self.index += 1
                items = self.body()
                continue
            self.index += 1
            if kind == "," and self.stack:
                items = self.lane(items, token)
            elif kind == ")" and self.stack:
                self.lane(items, token)
                items = self.end_body(token)
            elif kind == "BAD" or kind == "UNCLOSED_COMMENT":
                items.append(Stray(text, make_span((start, end))))
            elif token is END and not self.stack:
                return Program((*items,))
            else:
                raise Unexpected

    # -- merges: each method gives the list that the next items go to ------------------------------------------

    def body(self) -> list[Item]:
        """Behind `[` or a body: go into the next body, or out of the merge."""
        merge = self.stack[-1]
        token = self.tokens[self.index]
        self.index += 1
        if token.kind == "(":
            merge.opener = merge.edge = token
            merge.lanes = []
            return []
        if token.kind != "]":
            raise Unexpected
        self.stack.pop()
        start = merge.join.span.start if merge.join else merge.bracket.start
        bracket = make_span((merge.bracket.start, merge.bracket.end))
        repaired = not merge.bracket.written or not token.written
        if not token.written and not merge.closed:
            last = merge.bodies.pop()
            merge.bodies.append(Body(last.lanes, last.span, repaired=True, unfinished=True))
        merge.before.append(Merge(merge.join, (*merge.bodies,), bracket, make_span((start, token.end)), repaired))
        return merge.before

    def lane(self, items: list[Item], token: Token) -> list[Item]:
        """At the comma or parenthesis that ends a lane."""
        merge = self.stack[-1]
        # An empty lane lies right behind the parenthesis or comma before it.
        start, end = (items[0].span.start, items[-1].span.end) if items else (merge.edge.end, merge.edge.end)
        merge.lanes.append(Lane((*items,), make_span((start, end))))
        merge.edge = token
        return []

    def end_body(self, token: Token) -> list[Item]:
        """Behind the parenthesis that ends a body."""
        merge = self.stack[-1]
        if len(merge.lanes) != 2:
            self.doubtful = True
        merge.closed = token.written
        repaired = not merge.opener.written or not token.written
        merge.bodies.append(Body((*merge.lanes,), make_span((merge.opener.start, token.end)), repaired))
        return self.body()

    # -- layers and arguments ----------------------------------------------------------------------------------

    def item(self) -> Item:
        """A word with its arguments. The repair puts an empty one before arguments that have none."""
        layer = self.layer()
        return layer if layer.word.text else Stray("(", layer.span, layer.arguments)

    def layer(self) -> Layer:
        """A word, also that of a join, with its arguments."""
        _, text, start, end = self.tokens[self.index]
        self.index += 1
        span = make_span((start, end))
        word = Scalar(text, span)
        if self.tokens[self.index].kind != "(":
            return Layer(word, (), span)
        arguments = self.arguments()
        return Layer(word, arguments, make_span((start, self.tokens[self.index - 1].end)))

    def arguments(self) -> tuple[Argument, ...]:
        """From `(` to behind `)`."""
        found: list[Argument] = []
        self.index += 1
        while (token := self.tokens[self.index]).kind != ")":
            name: Scalar | None = None
            value: Value | None = None
            end = 0
            if token.kind == "WORD" and self.tokens[self.index + 1].kind == "=":
                name = self.scalar()
                end = self.tokens[self.index].end
                self.index += 1
            if name is None:
                self.doubtful = True
            if name is None or self.tokens[self.index].kind not in (",", ")"):
                value = self.tuple() if self.tokens[self.index].kind == "(" else self.scalar()
                end = value.span.end
            found.append(Argument(name, value, make_span((token.start, end))))
            self.comma()
        self.index += 1
        return (*found,)

    def tuple(self) -> Tuple:
        """From `(` to behind `)`."""
        start = self.tokens[self.index].start
        self.index += 1
        items: list[Scalar] = []
        while self.tokens[self.index].kind != ")":
            items.append(self.scalar())
            self.comma()
        self.index += 1
        return Tuple((*items,), make_span((start, self.tokens[self.index - 1].end)))

    def scalar(self) -> Scalar:
        """One word, number, string, or text that means nothing."""
        kind, text, start, end = self.tokens[self.index]
        if kind not in _SCALARS:
            raise Unexpected
        self.index += 1
        return Scalar(text, make_span((start, end)))

    def comma(self) -> None:
        """Go behind a comma; before `)` there may be none."""
        kind = self.tokens[self.index].kind
        if kind == ",":
            self.index += 1
        elif kind != ")":
            raise Unexpected
