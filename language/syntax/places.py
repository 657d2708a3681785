"""Where a token may stand: the grammar as a machine that reads one token after the other, for texts with faults.

The machine reads what grammar.lark accepts. A token that the grammar accepts but a later check will report has its
price, so that the repair can tell the likely reading of a text from an unlikely one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias

from cnngen.language.syntax.tokens import Token
from cnngen.language.words.catalogue import WORDS

#: What is open. `orphan` are arguments without a word. A body's lanes are called left, right, and third where it has
#: too many; a left lane is over behind its last pooling, a right one behind Empty.
Kind: TypeAlias = Literal[
    "program", "left", "left over", "right", "right over", "third", "merge", "arguments", "orphan", "tuple"
]

#: How far it has got. Where items stand: at the start, behind an item, a word, a join's word, a join's arguments. In a
#: merge: at the start, or behind a body (an item). In arguments: at the start of one, behind its first word, behind
#: its `=`, at its end. In a tuple: at the start or end of a value.
State: TypeAlias = Literal["start", "item", "word", "join", "joined", "value", "end"]

#: What opens a construct: a mark in the text, one that the repair put in, so its end is no second fault, or one that
#: stands for another, so its end may do so too.
Opener: TypeAlias = Literal["written", "inserted", "mistaken"]

#: The price of what is reported once. Everything else is weighed against it.
FAULT = 100
#: An argument without its name: likelier than two faults, less likely than a forgotten pair of parentheses.
NAMELESS = 140
#: The word of a layer among arguments is hardly ever meant to be there.
LAYER_AMONG_ARGUMENTS = 150
#: The word of a layer that stands in no lane: behind a merge that is not closed there are more of them.
BEHIND_A_MERGE = 250
#: A body without its comma: a little likelier than a comma forgotten somewhere in it.
ONE_LANE = 95

#: Names and values of hyper-parameters: where a layer stands they have lost their parentheses.
OF_ARGUMENTS = frozenset(
    text
    for word in WORDS.values()
    for known in word.hyperparameters
    for text in (known.name, *known.type.choices)
    if text not in WORDS
)

#: The hyper-parameters that take several values.
SEVERAL = frozenset(known.name for word in WORDS.values() for known in word.hyperparameters if known.type.several)
#: Hyper-parameters, and values of them that are the words of layers too.
LAYERS_AS_VALUES = frozenset(
    (known.name, text)
    for word in WORDS.values()
    for known in word.hyperparameters
    for text in known.type.choices
    if text in WORDS
)
#: Words that the repair tells from all others.
TOLD = SEVERAL.union(*LAYERS_AS_VALUES)

ITEMS = ("program", "left", "left over", "right", "right over", "third")
LEFT = ("left", "left over")
LISTS = ("arguments", "orphan", "tuple")
SCALARS = ("WORD", "JOIN", "NUMBER", "STRING", "BAD")


class Place:
    """A place in a text: what is open there, how far it has got, and what it stands in.

    Places with the same history of brackets are one object, so they compare by identity, however deep they lie.
    """

    __slots__ = ("_behind", "_inside", "_siblings", "kind", "opener", "parent", "state")

    def __init__(
        self, kind: Kind, state: State, parent: Place | None, opener: Opener, siblings: dict[object, Place]
    ) -> None:
        self.kind = kind
        self.state = state
        self.parent = parent
        self.opener = opener
        self._siblings = siblings
        self._inside: dict[object, Place] = {}
        self._behind: dict[object, tuple[Place, int] | None] = {}

    @classmethod
    def outermost(cls) -> Place:
        """Where a text begins."""
        siblings: dict[object, Place] = {}
        siblings["program", "start", "written"] = place = cls("program", "start", None, "written", siblings)
        return place

    def to(self, state: State, kind: Kind | None = None, opener: Opener | None = None) -> Place:
        """The same construct further on."""
        kind, opener = kind or self.kind, opener or self.opener
        place = self._siblings.get((kind, state, opener))
        if place is None:
            place = Place(kind, state, self.parent, opener, self._siblings)
            self._siblings[kind, state, opener] = place
        return place

    def inside(self, kind: Kind, state: State) -> Place:
        """The start of a construct inside this one."""
        place = self._inside.get((kind, state, "written"))
        if place is None:
            place = Place(kind, state, self, "written", self._inside)
            self._inside[kind, state, "written"] = place
        return place

    @property
    def joins(self) -> bool:
        """Whether the word of a join was read, and its merge must follow."""
        return self.state in ("join", "joined")

    def all(self) -> list[Place]:
        """The known places of its construct, this one too, and all in them."""
        found: list[Place] = []
        known = [self._siblings]
        while known:
            places = known.pop().values()
            found += places
            known += [place._inside for place in places]
        return found

    def forget(self) -> None:
        """Let go of all other places: they hold one another, which Python's collector alone would find out."""
        for known in (self._siblings, self._inside, self._behind):
            known.clear()

    def read(self, token: Token, following: str) -> tuple[Place, int] | None:
        """Where a token leads, and at what price; None where the grammar does not allow it.

        `following` is the kind of the token behind it.
        """
        key = sort(token.kind, token.text), following  # most tokens are like others, so what they lead to is kept
        try:
            return self._behind[key]
        except KeyError:
            step = self._behind[key] = _read(self, token, following)
            return step


def _read(place: Place, token: Token, following: str) -> tuple[Place, int] | None:
    if place.kind in ITEMS:
        return _read_item(place, token, following)
    if place.kind == "merge":
        return _read_merge(place, token)
    if place.kind == "tuple":
        return _read_tuple(place, token)
    return _read_argument(place, token, following)


@lru_cache(maxsize=1_000)
def begun(word: str) -> bool:
    """Whether a word is a name or value of an argument, or the beginning of one."""
    return word not in WORDS and any(text.startswith(word) for text in OF_ARGUMENTS)


@lru_cache(maxsize=1_000)
def sort(kind: str, text: str) -> str:
    """What the repair sees of a token: tokens of one sort are alike to it."""
    if text in TOLD or kind == "BAD":
        return text
    if word := WORDS.get(text):
        return f"{kind} {word.category} {word.top_level}"
    if kind == "WORD":
        return f"{kind} {text in OF_ARGUMENTS} {begun(text)}"
    return f"{kind} {is_size(text)}" if kind == "NUMBER" else kind


def is_size(text: str) -> bool:
    """Whether a text is a number from 1 on."""
    return text.isdigit() and text.strip("0") != ""


def closing_mark(place: Place) -> str:
    """What closes the construct."""
    return "]" if place.kind == "merge" else ")"


def _read_item(place: Place, token: Token, following: str) -> tuple[Place, int] | None:
    kind, state, lane = token.kind, place.state, place.kind
    if kind == "[":
        return place.to("item").inside("merge", "start"), 0 if lane in ("program", "left") else FAULT
    if kind == "(" and state in ("word", "join"):
        return place.to("item" if state == "word" else "joined").inside("arguments", "start"), 0
    if place.joins:
        return None
    if kind == "WORD":
        return _read_word(place, token.text, following)
    if kind == "JOIN":
        return place.to("join"), 0
    if kind == "(":
        return place.to("item").inside("orphan", "start"), FAULT
    if kind == "BAD":
        return place.to("item" if state != "start" else "start"), FAULT
    if lane == "program":
        return None
    blank = FAULT if state == "start" else 0
    if kind == ",":
        return place.to("start", "right" if lane in LEFT else "third"), blank + (0 if lane in LEFT else FAULT)
    if kind == ")":
        assert place.parent
        return place.parent, blank + (ONE_LANE if lane in LEFT else 0)
    return None


def _read_word(place: Place, text: str, following: str) -> tuple[Place, int]:
    """A word where items stand. One that is unknown may mean any other."""
    lane = place.kind
    word = WORDS.get(text)
    if word is None:
        return place.to("word"), FAULT if following == "=" or text in OF_ARGUMENTS else 0
    category, first = word.category, place.state == "start"
    if lane == "program":
        return place.to("word"), FAULT if category in ("empty", "join") else 0
    if word.top_level:
        return place.to("word"), BEHIND_A_MERGE
    if lane in LEFT:
        fits = lane == "left" and not word.top_level and category not in ("empty", "join")
        return place.to("word", "left over" if category == "pooling" and not first else "left"), 0 if fits else FAULT
    if category == "empty":
        return place.to("word", "right over" if lane == "right" else lane), 0 if lane == "right" and first else FAULT
    return place.to("word"), 0 if category == "convolution" and lane != "right over" else FAULT


def _read_merge(place: Place, token: Token) -> tuple[Place, int] | None:
    if token.kind == "(":
        return place.to("item").inside("left", "start"), 0
    if token.kind == "]":
        assert place.parent
        return place.parent, FAULT if place.state == "start" else 0
    return None


def _read_argument(place: Place, token: Token, following: str) -> tuple[Place, int] | None:
    kind, state = token.kind, place.state
    layer = kind in ("WORD", "JOIN") and token.text in WORDS
    if kind == ")" or (kind == "," and state != "start"):
        assert place.parent
        price = NAMELESS if state == "word" else FAULT if state == "value" else 0
        return place.parent if kind == ")" else place.to("start"), price
    if kind == "=":
        return (place.to("value"), 0) if state == "word" else None
    if state == "start":
        if kind in ("WORD", "JOIN"):
            return place.to("word"), LAYER_AMONG_ARGUMENTS if layer and following != "=" else 0
        price = NAMELESS
    elif state == "value":
        price = FAULT if kind == "BAD" else LAYER_AMONG_ARGUMENTS if layer and following not in (",", ")", "END") else 0
    else:
        return None
    if kind == "(":
        return place.to("end").inside("tuple", "start"), price
    return (place.to("end"), price) if kind in SCALARS else None


def _read_tuple(place: Place, token: Token) -> tuple[Place, int] | None:
    if token.kind == ")":
        assert place.parent
        return place.parent, 0
    if token.kind == ",":
        return (place.to("start"), 0) if place.state == "end" else None
    if token.kind in SCALARS and place.state == "start":
        price = FAULT if token.kind == "BAD" else LAYER_AMONG_ARGUMENTS if token.text in WORDS else 0
        # Only sizes are forgotten to be put in parentheses.
        return place.to("end"), price + (FAULT if place.opener == "inserted" and not is_size(token.text) else 0)
    return None
