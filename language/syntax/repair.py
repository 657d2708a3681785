"""Repair of a faulty text: insert the missing brackets and commas, drop the surplus ones, and report each.

The result always parses. One pass over the tokens with an explicit stack of open constructs; at each token at most
one repair is chosen, by what the next token and the matching brackets suggest the writer meant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.source import Span
from cnngen.language.syntax.brackets import argument_ends, closed_brackets
from cnngen.language.syntax.tokens import END, Token
from cnngen.language.words.catalogue import WORDS

#: Where an argument list stands: before an argument, behind a name, behind `=`, behind a whole argument.
_ArgumentState = Literal["start", "name", "value", "end"]


@dataclass(slots=True)
class _Open:
    """A construct that is still open. `opener` is None for the program itself."""

    kind: Literal["program", "merge", "lane", "arguments", "tuple"]
    opener: Token | None = None
    #: In a merge: the text has a `]` that closes it.
    closes: bool = False
    #: The opener was put in by the repair, so that its end is no second fault.
    inserted: bool = False
    bodies: int = 0
    #: In a lane: a comma has led to the right one.
    right: bool = False
    #: In a program or lane: the token before is a word, so a parenthesis would begin its arguments.
    callable: bool = False
    state: _ArgumentState = "start"


@dataclass(slots=True)
class _Repair:
    tokens: list[Token]
    closed: dict[int, int]
    ends: dict[int, int]
    out: list[Token] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=lambda: [_Open("program")])
    index: int = 0
    dropped: int = -2  # index of the token dropped last: a run of dropped tokens is one fault

    # -- the ways to act on the token at hand ------------------------------------------------------------------

    def peek(self, ahead: int = 1) -> Token:
        place = self.index + ahead
        return self.tokens[place] if place < len(self.tokens) else END

    def emit(self, token: Token) -> None:
        self.out.append(token)
        self.index += 1

    def insert(self, mark: str, why: str) -> None:
        """Put punctuation before the token at hand, which stays at hand."""
        closes_inserted = mark in (")", "]") and self.stack[-1].inserted
        token = self.tokens[self.index] if self.index < len(self.tokens) else None
        place = self.out[-1].end if self.out else 0
        opener = self.stack[-1].opener
        span = _span(token) if token is not None else _span(opener) if opener is not None else Span(place, place)
        code = Code.UNCLOSED if token is None else Code.MISSING_PUNCTUATION
        fix = Fix(f"Insert '{mark}'", (Edit(Span(place, place), f"{mark} " if mark == "," else mark),))
        if not closes_inserted:
            self.diagnostics.append(Diagnostic(code, Severity.ERROR, why, span, fixes=(fix,)))
        self.out.append(Token(mark, mark, place, place))

    def drop(self, why: str, code: Code = Code.SURPLUS_PUNCTUATION) -> None:
        """Leave out the token at hand. Only the first of a run of such tokens is reported."""
        token = self.tokens[self.index]
        if self.dropped != self.index - 1:
            fix = Fix(f"Remove '{_short(token)}'", (Edit(_span(token), ""),))
            self.diagnostics.append(Diagnostic(code, Severity.ERROR, why, _span(token), fixes=(fix,)))
        self.dropped = self.index
        self.index += 1

    # -- one method for each kind of construct -----------------------------------------------------------------

    def run(self) -> None:
        while self.index < len(self.tokens):
            getattr(self, self.stack[-1].kind)(self.tokens[self.index])
        while self.stack[-1].kind != "program":
            self.close_at_end()

    def close_at_end(self) -> None:
        frame = self.stack[-1]
        mark = "]" if frame.kind == "merge" else ")"
        opener = "[" if frame.kind == "merge" else "("
        self.insert(mark, f"This '{opener}' is never closed: '{mark}' is missing.")
        self.stack.pop()

    def program(self, token: Token) -> None:
        match token.kind:
            case ")" | "]" | ",":
                self.drop(f"'{token.text}' closes or separates nothing here: remove it.")
            case _:
                self.items(token)

    def lane(self, token: Token) -> None:
        frame = self.stack[-1]
        match token.kind:
            case ",":
                self.emit(token)
                frame.callable, frame.right = False, True
            case "(" if frame.right and self.begins_body(1):
                self.insert(")", "A right lane holds no merge: ')' is missing before '('.")
                self.stack.pop()
            case ")":
                self.emit(token)
                self.stack.pop()
            case "]":
                self.insert(")", "A lane is still open here: ')' is missing before ']'.")
                self.stack.pop()
            case "WORD" if _top_level(token) and not self.stack[-2].closes:
                self.insert(")", f"'{token.text}' cannot stand inside a merge: ')' is missing before it.")
                self.stack.pop()
            case _:
                self.items(token)

    def items(self, token: Token) -> None:
        """What a program and a lane have in common: words and merges, one after the other."""
        frame = self.stack[-1]
        callable_, frame.callable = frame.callable, False
        match token.kind:
            case "WORD" if callable_ and self.peek().kind == "=":
                self.insert("(", f"The arguments of '{self.out[-1].text}' stand in parentheses: '(' is missing.")
                self.stack.append(_Open("arguments", self.out[-1], inserted=True))
            case "WORD":
                self.emit(token)
                frame.callable = True
            case "JOIN":
                opens = self.opens_merge()
                # A right lane holds no merge, so there the bodies are the next ones of the merge around it.
                bodies_follow = not opens and not frame.right and self.peek().kind == "(" and self.begins_body(2)
                # Without bodies the word is out of order, which the check of the order explains.
                self.emit(token if opens or bodies_follow else token._replace(kind="WORD"))
                frame.callable = not bodies_follow
            case "(" if callable_ and not self.begins_body(1):
                self.emit(token)
                self.stack.append(_Open("arguments", token))
            case "(" if self.begins_arguments():
                self.orphan(token)
            case "(":
                self.insert("[", "The bodies of a merge stand in brackets: '[' is missing before '('.")
                self.stack.append(_Open("merge", self.out[-1], closes=True, inserted=True))
            case "[":
                self.stack.append(_Open("merge", token, closes=self.index in self.closed))
                self.emit(token)
            case "BAD" | "UNCLOSED_COMMENT":
                self.emit(token)
            case _:
                self.drop(f"'{_short(token)}' means nothing here: remove it.", Code.UNKNOWN_TEXT)

    def orphan(self, token: Token) -> None:
        """Arguments without their word become one piece of text that means nothing, which the order check explains."""
        depth = 0
        while (inside := self.peek(0)) is not END and inside.kind not in ("[", "]"):
            depth += (inside.kind == "(") - (inside.kind == ")")
            self.index += 1
            if depth == 0:
                break
        end = self.tokens[self.index - 1].end
        self.out.append(Token("BAD", token.text, token.start, end))

    def merge(self, token: Token) -> None:
        frame = self.stack[-1]
        nested = self.stack[-2].kind == "lane"
        match token.kind:
            case "(":
                frame.bodies += 1
                self.emit(token)
                self.stack.append(_Open("lane", token))
            case "]":
                self.emit(token)
                self.stack.pop()
            case "," | ")" if nested and self.peek().kind != "(":
                self.insert("]", f"The merge inside this lane is still open: ']' is missing before '{token.text}'.")
                self.stack.pop()
            case ",":
                self.drop("Between two bodies of a merge stands no comma: remove it.")
            case "WORD" | "JOIN" | "[":
                unclosed = any(open_.kind == "merge" and not open_.closes for open_ in self.stack)
                if frame.bodies and (unclosed or _top_level(token)):
                    self.insert("]", f"The merge is still open here: ']' is missing before '{token.text}'.")
                    self.stack.pop()
                else:
                    self.insert("(", f"A body of a merge begins with '(': it is missing before '{token.text}'.")
                    frame.bodies += 1
                    self.stack.append(_Open("lane", self.out[-1], inserted=True))
            case ")":
                self.drop("This ')' closes nothing: remove it.")
            case _:
                self.drop(f"'{_short(token)}' means nothing here: remove it.", Code.UNKNOWN_TEXT)

    def arguments(self, token: Token) -> None:
        frame = self.stack[-1]
        if token.kind == "JOIN":
            token = self.tokens[self.index] = token._replace(kind="WORD")
        kind, following = token.kind, self.peek().kind
        lane_follows = kind == "," and self.peek().text in WORDS and self.peek(2).kind != "="
        if kind in ("[", "]") or lane_follows or (kind == "WORD" and self.ends_arguments(token, following)):
            self.insert(")", f"The arguments are still open here: ')' is missing before '{token.text}'.")
            self.stack.pop()
        elif kind == "UNCLOSED_COMMENT":
            self.drop("This comment never ends: '*/' is missing.", Code.UNKNOWN_TEXT)
        elif kind == ")":
            self.emit(token)
            self.stack.pop()
        else:
            getattr(self, f"argument_{frame.state}")(token, kind, following)

    def argument_start(self, token: Token, kind: str, following: str) -> None:
        frame = self.stack[-1]
        if kind in (",", "="):
            self.drop(f"An argument is missing before this '{token.text}': write name=value, or remove it.")
        elif kind == "WORD":
            self.emit(token)
            frame.state = "name"
        else:
            self.value(token, kind)

    def argument_name(self, token: Token, kind: str, following: str) -> None:
        frame = self.stack[-1]
        if kind == "=":
            self.emit(token)
            frame.state = "value"
        elif kind == ",":
            self.emit(token)
            frame.state = "start"
        elif kind == "BAD":
            self.drop(f"'{_short(token)}' means nothing here: remove it.", Code.UNKNOWN_TEXT)
        elif kind == "WORD" and following == "=":
            self.insert(",", f"Arguments are separated by commas: ',' is missing before '{token.text}'.")
            frame.state = "start"
        else:
            self.insert("=", f"An argument is written name=value: '=' is missing before '{_short(token)}'.")
            frame.state = "value"

    def argument_value(self, token: Token, kind: str, following: str) -> None:
        frame = self.stack[-1]
        if kind == "=":
            self.drop("One '=' is enough: remove this one.")
        elif kind == ",":
            self.emit(token)
            frame.state = "start"
        elif kind == "NUMBER" and following == "," and self.peek(2).kind == "NUMBER":
            self.insert("(", f"Several values stand in parentheses: '(' is missing before '{_short(token)}'.")
            self.stack[-1].state = "end"
            self.stack.append(_Open("tuple", self.out[-1], inserted=True))
        elif kind == "WORD" and following == "=":
            place = self.out[-1].end
            self.out.append(Token(",", ",", place, place))
            frame.state = "start"
        else:
            self.value(token, kind)

    def argument_end(self, token: Token, kind: str, following: str) -> None:
        frame = self.stack[-1]
        if kind == ",":
            self.emit(token)
            frame.state = "start"
        elif kind in ("=", "BAD"):
            self.drop(f"'{_short(token)}' means nothing here: remove it.", Code.UNKNOWN_TEXT)
        else:
            self.insert(",", f"Arguments are separated by commas: ',' is missing before '{_short(token)}'.")
            frame.state = "start"

    def value(self, token: Token, kind: str) -> None:
        self.stack[-1].state = "end"
        self.emit(token)
        if kind == "(":
            self.stack.append(_Open("tuple", token))

    def tuple(self, token: Token) -> None:
        frame = self.stack[-1]
        if token.kind == "JOIN":
            token = self.tokens[self.index] = token._replace(kind="WORD")
        kind, following = token.kind, self.peek().kind
        names_next = kind == "," and following == "WORD" and self.peek(2).kind == "="
        if kind in ("[", "]") or names_next or (kind == "WORD" and self.ends_arguments(token, following)):
            self.insert(")", f"The parenthesis is still open here: ')' is missing before '{token.text}'.")
            self.stack.pop()
        elif kind == ")":
            self.emit(token)
            self.stack.pop()
        elif kind in ("(", "=", "UNCLOSED_COMMENT") or (kind == "," and frame.state == "start"):
            self.drop(f"'{_short(token)}' means nothing here: remove it.")
        elif kind == ",":
            self.emit(token)
            frame.state = "start"
        elif frame.state == "end":
            self.insert(",", f"Values are separated by commas: ',' is missing before '{_short(token)}'.")
            frame.state = "start"
        else:
            self.emit(token)
            frame.state = "end"

    # -- what lies ahead ---------------------------------------------------------------------------------------

    def ends_arguments(self, token: Token, following: str) -> bool:
        """Whether a word inside arguments is the next layer: it cannot be a name, nor the whole of a value."""
        state = self.stack[-1].state
        if state == "value" or token.text not in WORDS:
            return False
        return following != "=" if state == "end" else following not in ("=", ",", ")")

    def begins_arguments(self) -> bool:
        """Whether the parenthesis at hand is followed by an argument with its name."""
        return self.peek(1).kind == "WORD" and self.peek(2).kind == "="

    def begins_body(self, ahead: int) -> bool:
        """Whether a layer or merge, and no argument, stands that many tokens ahead, just inside a parenthesis."""
        token = self.peek(ahead)
        return token.kind in ("[", "JOIN") or (token.text in WORDS and self.peek(ahead + 1).kind != "=")

    def opens_merge(self) -> bool:
        """Whether the join at hand, and the arguments that may follow it, come before a bracket."""
        behind = self.index + 1
        if self.peek().kind == "(":
            behind = self.ends.get(behind, len(self.tokens)) + 1
        return behind < len(self.tokens) and self.tokens[behind].kind == "["


def repair(tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """Tokens that parse, made from these by the fewest sensible changes, and a diagnostic for each change."""
    state = _Repair(list(tokens), closed_brackets(tokens), argument_ends(tokens))
    state.run()
    return state.out, state.diagnostics


def _top_level(token: Token) -> bool:
    word = WORDS.get(token.text)
    return word is not None and word.top_level


def _span(token: Token) -> Span:
    return Span(token.start, token.end)


def _short(token: Token) -> str:
    text = token.text
    return text if len(text) <= 20 else text[:19] + "…"
