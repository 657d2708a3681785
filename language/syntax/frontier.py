"""The frontier of a search: all cheap ways to read a text so far, and what they become behind the next token."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple, TypeAlias

from cnngen.language.syntax.places import FAULT, ITEMS, LAYERS_AS_VALUES, SCALARS, SEVERAL, TOLD, Place, sort
from cnngen.language.syntax.prices import (
    DEAREST,
    DROP_OPENER,
    GLUE,
    NAME,
    OPENERS,
    OVER_THE_LINE,
    begins_argument,
    drop_price,
    insertable,
    insertion_price,
    mistaken,
    replacement_price,
    unsaid,
)
from cnngen.language.syntax.rewriting import Verb
from cnngen.language.syntax.tokens import END, Token
from cnngen.language.words.catalogue import WORDS


class Care(NamedTuple):
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


CAREFUL = Care(look_back=16, ways=12, margin=FAULT * 9 // 4, sure=4, longest=200)
#: For what no longer looks like a program: after so many tokens about which the repair has thought.
HURRIED = Care(look_back=2, ways=2, margin=FAULT // 2, sure=1, longest=8)


class Way(NamedTuple):
    """One way to read the text so far, by all that what follows depends on."""

    price: int  # beyond that of the cheapest way
    place: Place
    sure: int  # tokens read without a change, as far as they count
    dropped: str  # the kind of the last token, if it was left out


class Origin(NamedTuple):
    """Where a way comes from: the number of the way before it, the marks that were put in, and the token's fate."""

    way: int
    put: tuple[tuple[str, Place], ...]
    verb: Verb
    kind: str
    place: Place


#: What a step sees of the tokens; see `look`.
Look: TypeAlias = tuple[str, bool, str, str, bool, bool]


def look(tokens: Sequence[Token], index: int, new_line: bool) -> Look:
    """All that a step depends on, of the tokens: the one at hand, and a little of its neighbours."""
    kind, text, start, _ = tokens[index]
    before = tokens[index - 1] if index else END
    name = tokens[index - 2].text if index > 1 else ""
    following = tokens[index + 1] if index + 1 < len(tokens) else END
    glued = start == before.end and kind in SCALARS and before.kind in SCALARS
    return sort(kind, text), glued, name if name in TOLD else "", following.kind, following.text in WORDS, new_line


class Frontier:
    """The ways to read a text up to a token, the cheapest first; those of one price in the order they were found."""

    __slots__ = ("care", "settled", "silent_end", "ways")

    def __init__(self, ways: tuple[Way, ...], care: Care, silent_end: bool) -> None:
        self.ways = ways
        self.care = care
        #: What the end of the text leaves open costs nothing.
        self.silent_end = silent_end
        #: Whether the first way can be taken.
        self.settled = _alone(ways) and ways[0].sure >= care.sure and not ways[0].place.joins


def _alone(ways: Sequence[Way]) -> bool:
    """Whether the first way is clearly the cheapest. Inside other brackets than the next it may still have to pay."""
    if len(ways) == 1:
        return True
    first, second = ways[0].place.parent, ways[1].place.parent
    return ways[1].price >= FAULT - 10 and (first is None or first is second)


class _Open(NamedTuple):
    """A way that has yet to pass the token at hand. They are ordered by price, then by age."""

    price: int
    age: int
    place: Place
    number: int  # of the way it comes from
    put: tuple[tuple[str, Place], ...]


# Made by the hundred at each step, so without a Python call each.
_open: Callable[[tuple[int, int, Place, int, tuple[tuple[str, Place], ...]]], _Open] = partial(tuple.__new__, _Open)
_way: Callable[[tuple[int, Place, int, str]], Way] = partial(tuple.__new__, Way)
_origin: Callable[[tuple[int, tuple[tuple[str, Place], ...], Verb, str, Place]], Origin]
_origin = partial(tuple.__new__, Origin)

#: The marks that may be put in, as tokens without an extent.
_MARKS = {mark: Token("WORD", "", 0, 0) if mark == NAME else Token(mark, mark, 0, 0) for mark in "()[],=" + NAME}


def advance(
    frontier: Frontier, tokens: Sequence[Token], index: int, new_line: bool
) -> tuple[tuple[Way, ...], tuple[Origin, ...]]:
    """All cheap ways behind a token: it is taken as it is, left out, or something is put in before it."""
    token, following = tokens[index], tokens[index + 1].kind if index + 1 < len(tokens) else "END"
    ways, care, age = frontier.ways, frontier.care, len(frontier.ways)
    pending = [_open((way.price, age, way.place, age, ())) for age, way in enumerate(ways)]  # sorted, so a heap
    left: set[Place] = set()
    reached: dict[Place, tuple[int, int, Way, Origin]] = {}
    limit: float = DEAREST if token is not END else inf
    while pending:
        so_far, _, place, number, put = heappop(pending)
        if so_far > limit:
            break
        if place in left:
            continue
        left.add(place)
        before = ways[number]
        dropped = "" if put else before.dropped
        within = OVER_THE_LINE if new_line and place.parent is not None else 0
        for behind, cost, verb, read_as in _past(place, dropped, tokens, index, following):
            price = so_far + cost + (within if verb == "take" else 0)
            known = reached.get(behind)
            if price <= limit and (known is None or price < known[0]):
                age += 1
                sure = min((0 if put else before.sure) + 1, care.sure) if verb == "take" and not cost else 0
                made = _way((price, behind, sure, token.kind if verb == "drop" else ""))
                origin = _origin((number, put, verb, read_as.kind, place))
                reached[behind] = price, age, made, origin
                limit = min(limit, price + care.margin)
        for mark in insertable(place, token, following):
            if mark == "(" and place.state == "value" and tokens[index - 2].text not in SEVERAL:
                continue
            step = place.read(_MARKS[mark], token.kind)
            if step is not None:
                price = so_far
                if token is not END or not frontier.silent_end:
                    price += insertion_price(place, mark, token, new_line) + (0 if unsaid(place, token) else step[1])
                if price <= limit:
                    age += 1
                    behind = step[0].to(step[0].state, opener="inserted") if mark in OPENERS else step[0]
                    heappush(pending, _open((price, age, behind, number, (*put, (mark, place)))))
    cheapest = sorted(found for found in reached.values() if found[0] <= limit)[: care.ways]
    least = cheapest[0][0]
    found = tuple([_way((price - least, *way[1:])) for price, _, way, _ in cheapest])
    return found, tuple([origin for _, _, _, origin in cheapest])


def _past(
    place: Place, dropped: str, tokens: Sequence[Token], index: int, following: str
) -> Iterator[tuple[Place, int, Verb, Token]]:
    """The ways past a token without anything put in before it: place, price, and what is done with which token.

    `dropped` is the kind of the token before, if it was left out.
    """
    token = tokens[index]
    step = read(place, token, following)
    if step:
        known = place.state == "value" and (tokens[index - 2].text, token.text) in LAYERS_AS_VALUES
        yield step[0], 0 if known else step[1], "take", token
    if token is END:
        return
    if token.kind == "JOIN" and place.kind in ITEMS:
        word = token._replace(kind="WORD")
        step = place.read(word, following)
        if step:
            yield step[0], FAULT, "take", word
    for mark in mistaken(place, token):
        meant = Token(mark, mark, token.start, token.end)
        step = place.read(meant, following)
        if step:
            behind = step[0].to(step[0].state, opener="mistaken") if mark in OPENERS else step[0]
            yield behind, step[1] + replacement_price(place, mark), "replace", meant
    if place.state == "end" and token.kind in SCALARS and not dropped:
        last = tokens[index - 1]
        if last.end == token.start and last.kind in SCALARS:
            yield place, GLUE, "glue", token
    run = bool(dropped) and (token.kind == "=" or dropped == token.kind)
    behind_word = place.kind in ITEMS and place.state == "word"
    opens = behind_word and token.kind == "(" and begins_argument(tokens[index + 1])
    yield place, DROP_OPENER if opens else drop_price(place, token, run), "drop", token


def read(place: Place, token: Token, following: str) -> tuple[Place, int] | None:
    """Where a token leads, the end of the text too, and at what price; None where the grammar does not allow it."""
    if token is END:
        return (place, 0) if place.parent is None and not place.joins else None
    return place.read(token, following)
