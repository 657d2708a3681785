"""Repair of a faulty text: the cheapest changes that make it parse, and a report of each.

What is sound is read as it is. At a token that does not fit, the repair goes back a little and weighs all changes
of a few marks, each with its price, until one way to go on is clearly cheaper than the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from math import inf
from typing import Any, NamedTuple

from cnngen.language.diagnostics import Diagnostic
from cnngen.language.syntax.places import FAULT, ITEMS, LEFT, LISTS, OF_ARGUMENTS, SCALARS, Place, closing_mark
from cnngen.language.syntax.rewriting import Change, Rewriting, Verb
from cnngen.language.syntax.tokens import END, Token
from cnngen.language.words.catalogue import WORDS


class _Care(NamedTuple):
    """How hard the repair thinks."""

    #: How far back from where a text stops making sense a change may lie, in tokens; never before the top-level item
    #: that was begun last.
    look_back: int
    #: So many ways to go on are followed, and so much dearer than the cheapest one they may be.
    ways: int
    margin: int
    #: A way is taken when no other is nearly as cheap and it has read so many tokens without a change,
    sure: int
    #: or else after so many.
    longest: int


_CAREFUL = _Care(look_back=16, ways=8, margin=FAULT * 5 // 4, sure=4, longest=200)
#: For what no longer looks like a program: after so many tokens about which the repair has thought.
_HURRIED = _Care(look_back=2, ways=2, margin=FAULT // 2, sure=1, longest=8)
_PATIENCE = 3_000

# The price of a change, where a fault costs FAULT.
_OPEN = FAULT + 10  # whoever forgets a bracket rather forgets to close
_CLOSE_INSERTED = FAULT // 5  # a pair of brackets is forgotten together
_CLOSE_ALL = FAULT // 2  # whoever writes on behind a merge has forgotten all its brackets
_DROP_TEXT = FAULT + 10  # the check of the order says better what is wrong with it
_DROP_SCALAR = FAULT + 60
_DROP_LAYER = 3 * FAULT
_DROP_MORE = FAULT * 3 // 10
_DROP_OPENER = FAULT * 5 // 2  # of arguments behind a word, and with a value behind it: their end is missing
_GLUE = FAULT + 20
_DEAREST = _DROP_LAYER  # whatever the token, it can be left out at this price

#: The hyper-parameters that take several values.
_SEVERAL = frozenset(known.name for word in WORDS.values() for known in word.hyperparameters if known.type.several)

#: Marks of other languages, and those that they are written for.
_MISTAKEN = {"{": "[(", "}": "])", ";": ",", ":": "="}

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
        self.care = _CAREFUL
        self.thought = 0

    def run(self) -> None:
        """Read what is sound, and search for a way on where something is not."""
        tokens, outermost = self.tokens, Place.outermost()
        place, index, last = outermost, 0, len(self.tokens)
        first, item = 0, 0  # what is read but not yet written; where the last top-level item begins
        places: list[Place] = []
        while index < last:
            token = tokens[index]
            following = tokens[index + 1].kind if index + 1 < last else "END"
            if place.parent is None and not place.joins and begins_item(token, following):
                item = index
            step = place.read(token, following) if token is not END else self.read(place, index)
            if step is not None and not step[1]:
                places.append(place)
                place = step[0]
                index += 1
                continue
            start = max(first, item, index - self.care.look_back)
            self.write(first, start, places)
            if start < index:
                place = outermost if start == item else places[start - first]
            place, index = self.search(place, start, index)
            first, places = index, []
        self.write(first, last, places)

    def write(self, first: int, end: int, places: list[Place]) -> None:
        """Write the tokens from `first` to `end` as they are."""
        for index in range(first, end):
            self.rewriting.take(self.tokens[index], places[index - first])

    def following(self, index: int) -> str:
        return self.tokens[index + 1].kind if index + 1 < len(self.tokens) else "END"

    def read(self, place: Place, index: int) -> tuple[Place, int] | None:
        token = self.tokens[index]
        if token is END:
            return (place, 0) if place.parent is None and not place.joins else None
        return place.read(token, self.following(index))

    # -- the search --------------------------------------------------------------------------------------------

    def search(self, place: Place, index: int, failed: int) -> tuple[Place, int]:
        """Find the cheapest way on from a place, through the token that failed. Writes it; gives where it ends."""
        begun = index
        ways = [_Way(0, 0, place, None, 0)]
        while index < len(self.tokens):
            ways = self.advance(ways, index)
            index += 1
            alone = len(ways) == 1 or ways[1].price - ways[0].price >= FAULT - 10
            settled = alone and ways[0].sure >= self.care.sure and not ways[0].place.joins
            if index > failed and (settled or index - begun >= self.care.longest):
                break
        self.thought += index - begun
        if self.thought > _PATIENCE:
            self.care = _HURRIED
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
        token, following = self.tokens[index], self.following(index)
        pending = list(ways)  # sorted, so a heap
        left: set[Place] = set()
        reached: dict[Place, _Way] = {}
        limit: float = ways[0].price + _DEAREST if token is not END else inf
        while pending:
            way = heappop(pending)
            if way.price > limit:
                break
            place = way.place
            if place in left:
                continue
            left.add(place)
            for behind, cost, verb, read_as in self.past(way, index):
                price = way.price + cost
                known = reached.get(behind)
                if price <= limit and (known is None or price < known.price):
                    sure = way.sure + 1 if verb == "take" and not cost else 0
                    reached[behind] = self.go(way, price, behind, Change(verb, read_as, place, token), sure)
                    limit = min(limit, price + self.care.margin)
            for mark in insertable(place, token, following):
                if mark == "(" and place.state == "value" and self.tokens[index - 2].text not in _SEVERAL:
                    continue
                put = Token("WORD", "", 0, 0) if mark == NAME else Token(mark, mark, 0, 0)
                step = place.read(put, token.kind)
                if step is not None:
                    swallowed = token is END and self.rewriting.silent_end
                    price = way.price + (0 if swallowed else step[1] + insertion_price(place, mark, token))
                    if price <= limit:
                        behind = step[0].to(step[0].state, inserted=True) if mark in ("(", "[") else step[0]
                        heappush(pending, self.go(way, price, behind, Change("insert", put, place, token)))
        return sorted(way for way in reached.values() if way.price <= limit)[: self.care.ways]

    def past(self, way: _Way, index: int) -> Iterator[tuple[Place, int, Verb, Token]]:
        """The ways past a token without anything put in before it: place, price, and what is done with which token."""
        token, place = self.tokens[index], way.place
        step = self.read(place, index)
        if step:
            yield *step, "take", token
        if token is END:
            return
        if token.kind == "JOIN" and place.kind in ITEMS:
            word = token._replace(kind="WORD")
            step = place.read(word, self.following(index))
            if step:
                yield step[0], FAULT, "take", word
        for mark in _MISTAKEN.get(token.text, ""):
            step = place.read(Token(mark, mark, token.start, token.end), self.following(index))
            if step:
                yield step[0], step[1] + FAULT, "replace", Token(mark, mark, token.start, token.end)
        before = way.history[1] if way.history is not None else None
        dropped = before is not None and before.verb == "drop"
        if place.state == "end" and token.kind in SCALARS and not dropped:
            last = self.tokens[index - 1]
            if last.end == token.start and last.kind in SCALARS:
                yield place, _GLUE, "glue", token
        run = before is not None and before.verb == "drop" and before.token.kind not in (",", "(")
        price = _DROP_OPENER if self.opens_arguments(place, index) else drop_price(place, token, run)
        yield place, price, "drop", token

    def opens_arguments(self, place: Place, index: int) -> bool:
        """Whether a token stands behind a word and before a value, and opens arguments beyond doubt."""
        behind_word = place.kind in ITEMS and place.state == "word"
        return behind_word and self.tokens[index].kind == "(" and is_value(self.tokens[index + 1])

    def go(self, way: _Way, price: int, place: Place, change: Change, sure: int = 0) -> _Way:
        self.age += 1
        return _Way(price, self.age, place, (way.history, change), sure)


def is_value(token: Token) -> bool:
    """Whether a token can only be the value of an argument."""
    return token.kind in ("NUMBER", "STRING")


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
    named = token.kind == "WORD" and (following == "=" or token.text in OF_ARGUMENTS)
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
    if state == "start" and is_value(token):
        return ""
    return ")," if state == "end" else ")"


def insertion_price(place: Place, mark: str, token: Token) -> int:
    """What it costs to put a mark in at a place, before a token."""
    if mark in ("(", "["):
        return _OPEN
    if mark in (")", "]") and place.inserted:
        return _CLOSE_INSERTED
    if mark in (")", "]") and (word := WORDS.get(token.text)) and word.top_level:
        return _CLOSE_ALL
    return 0 if mark == "," and place.state == "value" else FAULT  # there the missing value is reported


def drop_price(place: Place, token: Token, run: bool) -> int:
    """What it costs to leave a token out. `run`: the one before it was left out too."""
    if token.kind in ("WORD", "JOIN") and (token.text in WORDS or place.kind not in LISTS):
        return _DROP_LAYER
    if run and token.kind in ("NUMBER", "STRING", "BAD", "="):
        return _DROP_MORE
    if token.kind == "BAD":
        return _DROP_TEXT if place.kind in ITEMS else FAULT
    return _DROP_SCALAR if token.kind in SCALARS and place.kind in LISTS else FAULT
