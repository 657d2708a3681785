"""The changes of a repair carried out: the new tokens, and for each change a diagnostic that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Severity
from cnngen.language.source import Span
from cnngen.language.syntax.places import ITEMS, LISTS, Place
from cnngen.language.syntax.prices import OPENERS
from cnngen.language.syntax.tokens import END, Token
from cnngen.language.words.catalogue import WORDS

#: The simplest body, and the simplest merge.
_BODY = "(conv, Empty)"
_MERGE = f"[ {_BODY} ]"

Verb: TypeAlias = Literal["take", "drop", "glue", "replace", "insert"]


class Change(NamedTuple):
    """What the repair does at a place: take a token, leave it out, glue it to the one before, or put one in.

    `before` is the token at hand: the one before which one is put in, or that is replaced.
    """

    verb: Verb
    token: Token
    place: Place
    before: Token = END


class Rewriting:
    """The tokens and diagnostics of a repair, as they grow.

    `silent_end`: what the end of the text leaves open is not reported.
    """

    def __init__(self, silent_end: bool) -> None:
        self.tokens: list[Token] = []
        self.diagnostics: list[Diagnostic] = []
        self.silent_end = silent_end
        #: The brackets that are open.
        self.open: list[Token] = []
        self.dropped: list[Change] = []
        #: Opening marks that were written for others, as they stand in the text, and which report tells of each.
        self.mistaken: dict[int, tuple[Token, int]] = {}

    def apply(self, change: Change) -> None:
        """Carry out one change."""
        match change.verb:
            case "take":
                self.take(change.token, change.place)
            case "drop":
                self.drop(change)
            case "glue":
                before = self.tokens[-1]
                token = change.token
                self.tokens[-1] = Token("BAD", before.text + token.text, before.start, token.end)
            case "replace":
                self.replace(change)
            case "insert":
                self.insert(change)

    def drop(self, change: Change) -> None:
        """Leave a token out. A bracket or comma is a fault of its own, and so is what stands behind it."""
        if self.dropped:
            before, kind = self.dropped[-1].token.kind, change.token.kind
            if "(" in (before, kind) and (before, kind) != ("[", "("):  # a merge that has no lane yet is one fault
                self.report_dropped(change.token)
        self.dropped.append(change)

    def copy(self, tokens: Sequence[Token], places: Sequence[Place]) -> None:
        """Write sound tokens as they are, each of which stands at its place."""
        if self.dropped and tokens:
            self.report_dropped(tokens[0])
        for token, place in zip(tokens, places, strict=True):
            if token.kind in OPENERS:
                self.open.append(token)
            elif token.kind in (")", "]"):
                self.open.pop()
            elif token.kind == "JOIN" and place.kind == "arguments":
                token = token._replace(kind="WORD")
            self.tokens.append(token)

    def take(self, token: Token, place: Place) -> None:
        """Write a token as it is."""
        if self.dropped:
            self.report_dropped(token)
        if token is END:
            return
        if token.kind == "JOIN" and place.kind in ("arguments", "orphan"):
            token = token._replace(kind="WORD")
        self.write(token, place)

    def write(self, token: Token, place: Place) -> None:
        """Add a token, and keep account of what is open."""
        if token.kind == "(" and place.kind in ITEMS and place.state not in ("word", "join"):
            self.tokens.append(Token("WORD", "", token.start, token.start))  # arguments without a word
        self.tokens.append(token)
        if token.kind in OPENERS:
            self.open.append(token)
        elif token.kind in (")", "]"):
            self.open.pop()

    def finish(self) -> None:
        """Nothing follows."""
        if self.dropped:
            self.report_dropped(END)

    def insert(self, change: Change) -> None:
        """Put a mark before a token."""
        if self.dropped:
            self.report_dropped(change.before)
        mark, place, before = change.token.kind, change.place, change.before
        if mark == "WORD":
            self.tokens.append(Token("WORD", "", before.start, before.start))
            return
        at = self.tokens[-1].end if self.tokens else before.start
        silent = (mark in (")", "]") and place.opener == "inserted") or (before is END and self.silent_end)
        if not silent and not (mark == "," and place.state == "value"):
            if before is END and self.open:
                opener = self.open[-1]
                code, span = Code.UNCLOSED, Span(opener.start, opener.end)
                message = f"This '{opener.text}' is never closed: '{mark}' is missing."
            else:
                near = before if before is not END else self.tokens[-1]
                code, span = Code.MISSING_PUNCTUATION, Span(near.start, near.end)
                message = self.missing(mark, place, before)
            fix = Fix(f"Insert '{mark}'", (Edit(Span(at, at), f"{mark} " if mark == "," else mark),))
            self.diagnostics.append(Diagnostic(code, Severity.ERROR, message, span, fixes=(fix,)))
        self.write(Token(mark, mark, at, at), place)

    def missing(self, mark: str, place: Place, before: Token) -> str:
        """What to say about a mark that is missing before a token."""
        where = "at the end" if before is END else f"before '{shortened(before.text)}'"
        missing = f"'{mark}' is missing {where}."
        word = WORDS.get(before.text)
        match mark, place.kind:
            case ")", "arguments" | "orphan":
                return f"The arguments are still open here: {missing}"
            case ")", "tuple":
                return f"The parenthesis is still open here: {missing}"
            case ")", "right" | "right over" if before.kind in ("(", "["):
                return f"A right lane holds no merge: {missing}"
            case ")", _ if word and word.top_level:
                return f"'{before.text}' cannot stand inside a merge: '{mark}' is missing before it."
            case ")", _:
                return f"A lane is still open here: {missing}"
            case "]", _ if before.kind in (",", ")"):
                return f"The merge inside this lane is still open: {missing}"
            case "]", _:
                return f"The merge is still open here: {missing}"
            case "[", _:
                return f"The bodies of a merge stand in brackets: {missing}"
            case "(", "merge":
                return f"A body of a merge begins with '(': it is missing before '{before.text}'."
            case "(", "arguments" | "orphan":
                return f"Several values stand in parentheses: {missing}"
            case "(", _:
                return f"The arguments of '{self.tokens[-1].text}' stand in parentheses: '(' is missing."
            case "=", _:
                return f"An argument is written name=value: {missing}"
            case ",", "left" | "left over":
                return f"The two lanes of a body are separated by a comma: {missing}"
            case ",", "tuple":
                return f"Values are separated by commas: {missing}"
        return f"Arguments are separated by commas: {missing}"

    def replace(self, change: Change) -> None:
        """Write a mark for another one. The second one of a pair of brackets is told with the first."""
        if self.dropped:
            self.report_dropped(change.before)
        mark, written = change.token, change.before
        if mark.kind in (")", "]") and self.open[-1].start in self.mistaken:
            self.close_mistaken(change)
            return
        if mark.kind in OPENERS:
            self.mistaken[mark.start] = written, len(self.diagnostics)
        span = Span(written.start, written.end)
        message = f"'{written.text}' stands where '{mark.text}' belongs: write '{mark.text}'."
        fix = Fix(f"Replace by '{mark.text}'", (Edit(span, mark.text),))
        self.diagnostics.append(Diagnostic(Code.MISSING_PUNCTUATION, Severity.ERROR, message, span, fixes=(fix,)))
        self.write(mark, change.place)

    def close_mistaken(self, change: Change) -> None:
        """Report both brackets of a pair that is written for another. One value needs none."""
        opener, mark, written = self.open[-1], change.token, change.before
        wrong, index = self.mistaken[opener.start]
        begin, end = Span(wrong.start, wrong.end), Span(written.start, written.end)
        if change.place.kind == "tuple" and self.tokens[-2] is opener:
            del self.tokens[-2]
            self.open.pop()
            text = shortened(self.tokens[-1].text)
            message, title, marks = f"A single value stands without brackets: write {text}.", f"Write {text}", ("", "")
        else:
            self.write(mark, change.place)
            both = f"'{opener.text}' and '{mark.text}'"
            message = f"'{wrong.text}' and '{written.text}' stand where {both} belong: write {both}."
            title, marks = f"Replace them by {both}", (opener.text, mark.text)
            if change.place.kind == "tuple":
                values = self.tokens[next(n for n in reversed(range(len(self.tokens))) if self.tokens[n] is opener) :]
                text = shortened("".join(f"{value.text} " if value.kind == "," else value.text for value in values))
                message, title = f"Several values stand in parentheses: write {text}.", f"Write {text}"
        span = Span(begin.start, end.end) if change.place.kind in LISTS else begin
        fix = Fix(title, (Edit(begin, marks[0]), Edit(end, marks[1])))
        self.diagnostics[index] = Diagnostic(Code.MISSING_PUNCTUATION, Severity.ERROR, message, span, fixes=(fix,))

    def report_dropped(self, following: Token) -> None:
        """Report the tokens left out one after the other as one fault; `following` stands behind them."""
        first, last = self.dropped[0], self.dropped[-1].token
        text = shortened("".join(change.token.text for change in self.dropped))
        span = Span(first.token.start, last.end)
        parted = " " if self.tokens and self.tokens[-1].end == span.start and following.start == span.end else ""
        fixes = [Fix(f"Remove '{text}'", (Edit(span, parted),))]
        code, why = surplus(first.token, first.place, text)
        unfinished = following.kind in ("WORD", "JOIN") or (following.kind == "[" and following.start > span.end)
        if first.token.kind == "[" and last.kind in OPENERS and unfinished:
            why = f"A merge begins here that has no lanes yet: write {_MERGE}, or remove it."
            fixes.insert(0, Fix(f"Write {_MERGE}", (Edit(span, _MERGE + parted),)))
        if text == "(" and first.place.kind == "merge" and unfinished:
            why = f"A body begins here that has no lanes yet: write {_BODY}, or remove it."
            fixes.insert(0, Fix(f"Write {_BODY}", (Edit(span, _BODY + parted),)))
        self.dropped = []
        self.diagnostics.append(Diagnostic(code, Severity.ERROR, why, span, fixes=(*fixes,)))


def surplus(token: Token, place: Place, text: str) -> tuple[Code, str]:
    """What to say about a token that is left out at a place, and those with it whose text is given."""
    match token.kind, place.kind, place.state:
        case "," | "=", "arguments" | "orphan", "start":
            why = f"An argument is missing before this '{token.text}': write name=value, or remove it."
        case "=", "arguments" | "orphan", "value":
            why = "One '=' is enough: remove this one."
        case ",", "merge", _:
            why = "Between two bodies of a merge stands no comma: remove it."
        case ")", "merge", _:
            why = "This ')' closes nothing: remove it."
        case "(" | "[", _, _:
            why = f"This '{token.text}' opens nothing: remove it."
        case ")" | "]" | ",", _, _:
            why = f"'{token.text}' closes or separates nothing here: remove it."
        case _:
            return Code.UNKNOWN_TEXT, f"'{text}' means nothing here: remove it."
    return Code.SURPLUS_PUNCTUATION, why


def shortened(text: str) -> str:
    """At most 20 characters of a text."""
    return text if len(text) <= 20 else text[:19] + "…"
