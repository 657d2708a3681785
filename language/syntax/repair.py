"""Repair of a faulty text: the cheapest changes that make it parse, and a report of each.

What is sound is read as it is. At a token that does not fit, the repair goes back a little and weighs all changes
of a few marks, each with its price, until one way to go on is clearly cheaper than the others.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

from cnngen.language.diagnostics import Diagnostic
from cnngen.language.syntax.places import FAULT, ITEMS, LEFT, LISTS, SCALARS, Place, closing_mark, read
from cnngen.language.syntax.rewriting import Change, Rewriting
from cnngen.language.syntax.tokens import END, Token
from cnngen.language.words.catalogue import WORDS

#: How far back from where a text stops making sense a change may lie, in tokens; never before the top-level item that
#: was begun last.
LOOK_BACK = 16
#: So much dearer a way may be than the cheapest one and still be followed, and so many are.
MARGIN = 2 * FAULT
WAYS = 16
#: A way is taken when no other is nearly as cheap and it has read so many tokens without a change; or after so many.
SURE, LONGEST = 4, 400

# The price of a change, where a fault costs FAULT.
_OPEN = FAULT + 10  # whoever forgets a bracket rather forgets to close
_CLOSE_INSERTED = FAULT // 5  # a pair of brackets is forgotten together
_DROP_TEXT = FAULT + 10  # the check of the order says better what is wrong with it
_DROP_SCALAR = FAULT + 60
_DROP_LAYER = 3 * FAULT
_DROP_MORE = FAULT * 3 // 10
_GLUE = FAULT + 20

#: Stands among the marks for a name without letters: the check of the arguments asks for the right one.
NAME = "n"

#: The changes of a way, the last one first: (those before, the change), so that ways share what they have in common.
_History = tuple[Any, Change] | None


class _Way(NamedTuple):
    """One way to read the text so far. Ways are ordered by price, then by age."""

    price: int
    age: int
    place: Place
    history: _History
    sure: int  # tokens read without a change


def repair(tokens: list[Token]) -> tuple[list[Token], list[Diagnostic]]:
    """Tokens that parse, made from these by the cheapest changes, and a diagnostic for each change."""
    comment = [tokens[-1]] if tokens and tokens[-1].kind == "UNCLOSED_COMMENT" else []
    # What a comment that never ends has swallowed is not missed.
    rewriting = Rewriting(silent_end=bool(comment))
    _Repair([*tokens[: len(tokens) - len(comment)], END], rewriting).run()
    rewriting.finish()
    return [*rewriting.tokens, *comment], rewriting.diagnostics


class _Repair:
    def __init__(self, tokens: list[Token], rewriting: Rewriting) -> None:
        self.tokens = tokens
        self.rewriting = rewriting
        self.age = 0

    def run(self) -> None:
        outermost = place = Place.outermost()
        first, item = 0, 0  # what is read but not yet written; where the last top-level item begins
        places: list[Place] = []
        index = 0
        while index < len(self.tokens):
            token = self.tokens[index]
            if place.parent is None and not place.joins and begins_item(token, self.following(index)):
                item = index
            step = self.read(place, index)
            if step and not step[1]:
                places.append(place)
                place = step[0]
                index += 1
                continue
            start = max(first, item, index - LOOK_BACK)
            for done in range(first, start):
                self.rewriting.take(self.tokens[done], places[done - first])
            if start < index:
                place = outermost if start == item else places[start - first]
            place, index = self.search(place, start, index)
            first, places = index, []
        for done in range(first, len(self.tokens)):
            self.rewriting.take(self.tokens[done], places[done - first])

    def following(self, index: int) -> str:
        return self.tokens[index + 1].kind if index + 1 < len(self.tokens) else "END"

    def read(self, place: Place, index: int) -> tuple[Place, int] | None:
        token = self.tokens[index]
        if token is END:
            return (place, 0) if place.parent is None and not place.joins else None
        return read(place, token, self.following(index))

    # -- the search --------------------------------------------------------------------------------------------

    def search(self, place: Place, index: int, failed: int) -> tuple[Place, int]:
        """Find the cheapest way on from a place, through the token that failed. Writes it; gives where it ends."""
        begun = index
        ways = [_Way(0, 0, place, None, 0)]
        while index < len(self.tokens):
            ways = self.advance(ways, index)
            index += 1
            alone = len(ways) == 1 or ways[1].price - ways[0].price >= FAULT - 10
            settled = alone and ways[0].sure >= SURE and not ways[0].place.joins
            if index > failed and (settled or index - begun >= LONGEST):
                break
        best = ways[0]
        changes = []
        history = best.history
        while history is not None:
            history, change = history
            changes.append(change)
        for change in reversed(changes):
            self.rewriting.apply(change)
        return best.place, index

    def advance(self, ways: list[_Way], index: int) -> list[_Way]:
        """All cheap ways behind a token: it is taken as it is, left out, or something is put in before it."""
        token = self.tokens[index]
        pending = list(ways)
        heapify(pending)
        left: set[Place] = set()
        reached: dict[Place, _Way] = {}
        limit = None
        while pending:
            way = heappop(pending)
            if limit is not None and way.price > limit:
                break
            if way.place in left:
                continue
            left.add(way.place)
            for found in self.past(way, index):
                known = reached.get(found.place)
                if known is None or found.price < known.price:
                    reached[found.place] = found
                    limit = found.price + MARGIN if limit is None else min(limit, found.price + MARGIN)
            for mark in insertable(way.place, token, self.following(index)):
                self.insert(way, mark, index, pending)
        ways = sorted(way for way in reached.values() if limit is None or way.price <= limit)
        return ways[:WAYS]

    def past(self, way: _Way, index: int) -> list[_Way]:
        """The ways past a token without anything put in before it."""
        token, place = self.tokens[index], way.place
        found = []
        step = self.read(place, index)
        if step:
            sure = way.sure + 1 if not step[1] else 0
            found.append(self.go(way, step[0], step[1], Change("take", token, place), sure))
        if token is END:
            return found
        if token.kind == "JOIN" and place.kind in ITEMS:
            word = token._replace(kind="WORD")
            step = read(place, word, self.following(index))
            if step:
                found.append(self.go(way, step[0], FAULT, Change("take", word, place)))
        before = self.tokens[index - 1] if index else END
        if place.state == "end" and token.kind in SCALARS and before.end == token.start and before.kind in SCALARS:
            found.append(self.go(way, place, _GLUE, Change("glue", token, place)))
        run = way.history is not None and way.history[1].verb == "drop"
        found.append(self.go(way, place, drop_price(place, token, run), Change("drop", token, place)))
        return found

    def insert(self, way: _Way, mark: str, index: int, pending: list[_Way]) -> None:
        """Put in a mark before a token."""
        token, place = self.tokens[index], way.place
        put = Token("WORD", "", 0, 0) if mark == NAME else Token(mark, mark, 0, 0)
        step = read(place, put, token.kind)
        if step is None:
            return
        behind, price = step
        if mark in ("(", "["):
            behind, price = behind.to(behind.state, inserted=True), price + _OPEN
        elif mark in (")", "]") and (place.inserted or (token is END and self.rewriting.silent_end)):
            price += _CLOSE_INSERTED
        elif not (mark == "," and place.state == "value"):  # there the missing value is reported
            price += FAULT
        heappush(pending, self.go(way, behind, price, Change("insert", put, place, token)))

    def go(self, way: _Way, place: Place, price: int, change: Change, sure: int = 0) -> _Way:
        self.age += 1
        return _Way(way.price + price, self.age, place, (way.history, change), sure)


def begins_item(token: Token, following: str) -> bool:
    """Whether a token begins a top-level item, and nothing of the one before it."""
    return token.kind in ("[", "JOIN") or (token.kind == "WORD" and token.text in WORDS and following != "=")


def insertable(place: Place, token: Token, following: str) -> str:
    """The marks that may be missing at a place, before a token; NAME for the name of an argument."""
    kind, state = place.kind, place.state
    if token is END:
        return "[" if place.joins else "" if kind == "program" else closing_mark(place)
    if kind == "merge":
        return "(]"
    named = token.kind == "WORD" and following == "="
    if kind in ITEMS:
        marks = "" if kind == "program" else ")," if kind in LEFT else ")"
        return marks + ("[" if token.kind == "(" else "(" if named and state in ("word", "join") else "")
    if kind == "tuple":
        return ")," if state == "end" else ")"
    if state == "word":
        return "=),"
    if state == "value":
        return "(" if token.kind == "NUMBER" else ",)" if named else ")"
    if state == "start" and token.kind == "=":
        return NAME
    return ")," if state == "end" else ")"


def drop_price(place: Place, token: Token, run: bool) -> int:
    """What it costs to leave a token out. `run`: the one before it was left out too."""
    if token.kind in ("WORD", "JOIN") and (token.text in WORDS or place.kind not in LISTS):
        return _DROP_LAYER
    if run and token.kind in ("NUMBER", "STRING", "BAD", "="):
        return _DROP_MORE
    if token.kind == "BAD":
        return _DROP_TEXT if place.kind in ITEMS else FAULT
    return _DROP_SCALAR if token.kind in SCALARS and place.kind in LISTS else FAULT
