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
from cnngen.language.syntax.memory import Found, Memory
from cnngen.language.syntax.places import FAULT, ITEMS, SCALARS, Place
from cnngen.language.syntax.prices import (
    DEAREST,
    DROP_OPENER,
    GLUE,
    NAME,
    OPENERS,
    begins_argument,
    drop_price,
    insertable,
    insertion_price,
    mistaken,
    replacement_price,
    unsaid,
)
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


_CAREFUL = _Care(look_back=16, ways=12, margin=FAULT * 9 // 4, sure=4, longest=200)
#: For what no longer looks like a program: after so many tokens about which the repair has thought.
_HURRIED = _Care(look_back=2, ways=2, margin=FAULT // 2, sure=1, longest=8)
_PATIENCE = 3_000

#: The hyper-parameters that take several values.
_SEVERAL = frozenset(known.name for word in WORDS.values() for known in word.hyperparameters if known.type.several)
#: Hyper-parameters, and values of them that are the words of layers too.
_LAYERS_AS_VALUES = frozenset(
    (known.name, text)
    for word in WORDS.values()
    for known in word.hyperparameters
    for text in known.type.choices
    if text in WORDS
)

#: The changes of a way, the last one first: (those before, the change), so that ways share what they have in common.
_History = tuple[Any, Change] | None


class _Way(NamedTuple):
    """One way to read the text so far. Ways are ordered by price, then by age."""

    price: int
    age: int
    place: Place
    history: _History
    sure: int  # tokens read without a change


def repair(tokens: list[Token], memory: Memory | None = None) -> tuple[list[Token], list[Diagnostic]]:
    """Tokens that parse, made from these by the cheapest changes, and a diagnostic for each change.

    `memory` has what was found in texts like this one; it makes no difference but to the time.
    """
    comment = [tokens[-1]] if tokens and tokens[-1].kind == "UNCLOSED_COMMENT" else []
    # What a comment that never ends has swallowed is not missed.
    rewriting = Rewriting(silent_end=bool(comment))
    _Repair([*tokens[: len(tokens) - len(comment)], END], rewriting, memory or Memory()).run()
    rewriting.finish()
    return [*rewriting.tokens, *comment], rewriting.diagnostics


class _Repair:
    def __init__(self, tokens: list[Token], rewriting: Rewriting, memory: Memory) -> None:
        self.tokens = tokens
        self.rewriting = rewriting
        self.memory = memory
        self.age = 0
        self.care = _CAREFUL
        self.thought = 0

    def run(self) -> None:
        """Read what is sound, and search for a way on where something is not."""
        tokens, outermost = self.tokens, self.memory.begin()
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
        ahead = tuple(token.text for token in self.tokens[index : failed + 1])
        start = place, ahead, self.care, self.rewriting.silent_end
        found = self.memory.known(start, self.tokens, index)
        if found is None:
            found = self.find(place, index, failed)
            self.memory.keep(start, self.tokens, index, found)
        self.thought += found.read
        if self.thought > _PATIENCE:
            self.care = _HURRIED
        for change in found.changes:
            self.rewriting.apply(change)
        return found.place, index + found.read

    def find(self, place: Place, index: int, failed: int) -> Found:
        """The cheapest way on from a place, through the token that failed."""
        begun = index
        ways = [_Way(0, 0, place, None, 0)]
        while index < len(self.tokens):
            ways = self.advance(ways, index)
            index += 1
            settled = alone(ways) and ways[0].sure >= self.care.sure and not ways[0].place.joins
            if index > failed and (settled or index - begun >= self.care.longest):
                break
        changes = []
        history = ways[0].history
        while history is not None:
            history, change = history
            changes.append(change)
        return Found(changes[::-1], index - begun, ways[0].place)

    def advance(self, ways: list[_Way], index: int) -> list[_Way]:
        """All cheap ways behind a token: it is taken as it is, left out, or something is put in before it."""
        token, following = self.tokens[index], self.following(index)
        pending = list(ways)  # sorted, so a heap
        left: set[Place] = set()
        reached: dict[Place, _Way] = {}
        limit: float = ways[0].price + DEAREST if token is not END else inf
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
                    price = way.price
                    if token is not END or not self.rewriting.silent_end:
                        price += insertion_price(place, mark, token) + (0 if unsaid(place, token) else step[1])
                    if price <= limit:
                        behind = step[0].to(step[0].state, opener="inserted") if mark in OPENERS else step[0]
                        heappush(pending, self.go(way, price, behind, Change("insert", put, place, token)))
        return sorted(way for way in reached.values() if way.price <= limit)[: self.care.ways]

    def past(self, way: _Way, index: int) -> Iterator[tuple[Place, int, Verb, Token]]:
        """The ways past a token without anything put in before it: place, price, and what is done with which token."""
        token, place = self.tokens[index], way.place
        step = self.read(place, index)
        if step:
            known = place.state == "value" and (self.tokens[index - 2].text, token.text) in _LAYERS_AS_VALUES
            yield step[0], 0 if known else step[1], "take", token
        if token is END:
            return
        if token.kind == "JOIN" and place.kind in ITEMS:
            word = token._replace(kind="WORD")
            step = place.read(word, self.following(index))
            if step:
                yield step[0], FAULT, "take", word
        for mark in mistaken(place, token):
            meant = Token(mark, mark, token.start, token.end)
            step = place.read(meant, self.following(index))
            if step:
                behind = step[0].to(step[0].state, opener="mistaken") if mark in OPENERS else step[0]
                yield behind, step[1] + replacement_price(place, mark), "replace", meant
        before = way.history[1] if way.history is not None else None
        dropped = before is not None and before.verb == "drop"
        if place.state == "end" and token.kind in SCALARS and not dropped:
            last = self.tokens[index - 1]
            if last.end == token.start and last.kind in SCALARS:
                yield place, GLUE, "glue", token
        run = before is not None and before.verb == "drop" and (token.kind == "=" or before.token.kind == token.kind)
        price = DROP_OPENER if self.opens_arguments(place, index) else drop_price(place, token, run)
        yield place, price, "drop", token

    def opens_arguments(self, place: Place, index: int) -> bool:
        """Whether a token stands behind a word and before no layer, and opens arguments beyond doubt."""
        behind_word = place.kind in ITEMS and place.state == "word"
        return behind_word and self.tokens[index].kind == "(" and begins_argument(self.tokens[index + 1])

    def go(self, way: _Way, price: int, place: Place, change: Change, sure: int = 0) -> _Way:
        self.age += 1
        return _Way(price, self.age, place, (way.history, change), sure)


def alone(ways: list[_Way]) -> bool:
    """Whether the first way is clearly the cheapest. Inside other brackets than the next it may still have to pay."""
    if len(ways) == 1:
        return True
    first, second = ways[0].place.parent, ways[1].place.parent
    return ways[1].price - ways[0].price >= FAULT - 10 and (first is None or first is second)


def begins_item(token: Token, following: str) -> bool:
    """Whether a token begins a top-level item, and nothing of the one before it."""
    if token.kind == "[":
        return following != "WORD"  # else a body lacks its parenthesis, or the word before it has its arguments there
    return token.kind == "JOIN" or (token.kind == "WORD" and token.text in WORDS and following != "=")
