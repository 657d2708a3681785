"""Text to pieces: where each item of a program's top level begins and ends, without looking into it.

An editor analyses at every key, and most of a program is as it was. So what a piece of text means is kept, and the
text as a whole is only cut.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import islice

#: Start and end of the text of one top-level item.
Piece = tuple[int, int]

_BETWEEN = r"(?:\s|//[^\n\r]*+|/\*[\s\S]*?\*/)*+"
_JOIN = r"(?:add|concat)\b"
_WORD = r"[^\W\d]\w*+"

#: Most items: a word, and arguments that hold neither comments nor strings. Nothing but space stands before it.
_PLAIN = re.compile(
    rf"""\s*+((?!{_JOIN}){_WORD}(?:\s*+\((?:[^()\[\]"'/]++|\([^()\[\]"'/]*+\))*+\)|(?!\s*+[(/])))""",
)
#: Any item, up to the bracket that opens its arguments or its bodies.
_HEAD = re.compile(
    rf"{_BETWEEN}((?!{_JOIN}){_WORD})(?:{_BETWEEN}(\())?|{_BETWEEN}(?P<join>(?:{_JOIN}{_BETWEEN})?[(\[])"
)
#: What opens, what closes, and what hides brackets: comments and strings. A comment that never ends is but its mark.
#: Each way begins with a letter of its own, which the regular expression's engine looks for much faster.
_NESTING = re.compile(r"""\[|\(|\]|\)|//[^\n\r]*+|/\*(?:[\s\S]*?\*/)?|"[^"\n\r]*"?|'[^'\n\r]*'?""")
_ENDLESS = "/*"
_DEEPER = {"[": 1, "(": 1, "]": -1, ")": -1}
#: So many brackets, comments and strings are looked at one by one.
_NEARBY = 50
_BODIES = re.compile(rf"{_BETWEEN}\[")
_TAIL = re.compile(_BETWEEN)


class Cutter:
    """Cuts texts one after the other, each of which is much like the one before: only what differs is looked at."""

    def __init__(self) -> None:
        #: The last text that could be cut, and its pieces.
        self._text = ""
        self._pieces: list[Piece] = []

    def cut(self, text: str, position: int = 0) -> tuple[list[Piece], bool]:
        """See `cut`."""
        known = self._pieces
        if not known:
            pieces, whole = cut(text, position)
            if whole and not position:
                self._text, self._pieces = text, pieces
            return pieces, whole
        moved = len(text) - len(self._text)
        kept: list[Piece] = []
        if not position:
            # What a piece is may depend on the beginning of the one behind it, but on nothing further on.
            kept = known[: max(bisect_left(known, _alike(self._text, text), key=_start) - 1, 0)]
        # Behind a known piece in what both texts end with, it goes on as it did before.
        tail = len(self._text) - _alike(self._text[::-1], text[::-1])
        ends = {end + moved: index for index, (_, end) in enumerate(known) if end >= tail}
        pieces, whole, last = _cut(text, kept[-1][1] if kept else position, ends)
        pieces = kept + pieces
        if last is not None:
            pieces += [(start + moved, end + moved) for start, end in known[last + 1 :]]
        if whole and not position:
            self._text, self._pieces = text, pieces
        return pieces, whole


def _start(piece: Piece) -> int:
    return piece[0]


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def cut(text: str, position: int = 0) -> tuple[list[Piece], bool]:
    """The pieces of a text from a position on, in their order, and whether that is all of it.

    It is not when an item has no end or something else stands between: the pieces are those before that.
    """
    return _cut(text, position, {})[:2]


def _cut(text: str, position: int, ends: dict[int, int]) -> tuple[list[Piece], bool, int | None]:
    """The pieces up to the first end that is among `ends`, and what stands there."""
    pieces: list[Piece] = []
    while True:
        for plain in _PLAIN.finditer(text, position):
            if plain.start() != position:
                break
            pieces.append(plain.span(1))
            position = plain.end()
            if position in ends:
                return pieces, True, ends[position]
        head = _HEAD.match(text, position)
        if head is None:
            return pieces, _TAIL.fullmatch(text, position) is not None, None
        end = _end_of_merge(text, head) if head["join"] else _end_of_layer(text, head)
        if end is None:
            return pieces, False, None
        pieces.append((head.start("join") if head["join"] else head.start(1), end))
        position = end
        if position in ends:
            return pieces, True, ends[position]


def _end_of_layer(text: str, head: re.Match[str]) -> int | None:
    return head.end(1) if head[2] is None else closing(text, head.start(2))


def _end_of_merge(text: str, head: re.Match[str]) -> int | None:
    if head["join"][-1] == "[":
        return closing(text, head.end() - 1)
    if len(head["join"]) == 1:
        return None  # arguments of nothing
    arguments = closing(text, head.end() - 1)
    bodies = _BODIES.match(text, arguments) if arguments else None
    return closing(text, bodies.end() - 1) if bodies else None


def closing(text: str, opening: int) -> int | None:
    """The offset behind the bracket that closes the one at `opening`, if any does."""
    depth = 0
    for found in islice(_NESTING.finditer(text, opening), _NEARBY):
        depth += (deeper := _DEEPER.get(found[0], 0))
        if deeper < 0 and not depth:
            return found.end()
        if found[0] == _ENDLESS:
            return None
    # Hardly any bracket is closed so far away. Where one is not, others are mostly open too.
    return closed(text).get(opening)


@lru_cache(maxsize=4)  # who cuts a text asks first, then who repairs it
def closed(text: str) -> dict[int, int]:
    """The brackets of a text that are closed: by their offset, that behind what closes them."""
    opened: list[int] = []
    ends: dict[int, int] = {}
    for found in _NESTING.finditer(text):
        deeper = _DEEPER.get(found[0], 0)
        if deeper > 0:
            opened.append(found.start())
        elif deeper < 0 and opened:
            ends[opened.pop()] = found.end()
        elif found[0] == _ENDLESS:
            break
    return ends
