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
        self._sound = Known("", [])
        self._tail = Tail(self._sound, "")

    def cut(self, text: str, position: int = 0) -> tuple[list[Piece], bool]:
        """See `cut`."""
        sound, tail = self._sound, self.tail(text)
        kept: list[Piece] = []
        if not position:
            # What a piece is may depend on the beginning of the one behind it, but on nothing further on.
            kept = sound.pieces[: max(bisect_left(sound.pieces, _alike(sound.text, text), key=_start) - 1, 0)]
        pieces, whole, last = _cut(text, kept[-1][1] if kept else position, tail)
        pieces = kept + pieces
        if last is not None:
            moved = tail.moved
            pieces += [(start + moved, end + moved) for start, end in sound.pieces[last + 1 :]]
        if whole and not position:
            self._sound = Known(text, pieces)
        return pieces, whole

    def tail(self, text: str) -> Tail:
        """What a text ends with, as the last sound one did."""
        if self._tail.text != text or self._tail.sound is not self._sound:
            self._tail = Tail(self._sound, text)
        return self._tail


class Known:
    """A text that could be cut, and its pieces."""

    def __init__(self, text: str, pieces: list[Piece]) -> None:
        self.text = text
        self.pieces = pieces
        #: The numbers of the pieces by their ends.
        self.ends = {end: number for number, (_, end) in enumerate(pieces)}


class Tail:
    """What a text ends with, as a sound one did.

    Behind the end of one of its pieces there it goes on as before: each bracket closes another one there.
    """

    def __init__(self, sound: Known, text: str) -> None:
        self.sound = sound
        self.text = text
        #: So many characters further on lie its pieces than they did, of which those count that end from `start` on.
        self.moved = len(text) - len(sound.text)
        self.start = len(text) - _alike(sound.text[::-1], text[::-1])

    def piece(self, end: int) -> int | None:
        """The number of the piece that ends there, if one does."""
        return self.sound.ends.get(end - self.moved) if end >= self.start else None

    def closing(self, opening: int) -> int | None:
        """See `closing`."""
        pieces = self.sound.pieces
        number = bisect_left(pieces, max(self.start, opening + 1) - self.moved, key=_end)
        return closing(self.text, opening, pieces[number][1] + self.moved if number < len(pieces) else None)


def _start(piece: Piece) -> int:
    return piece[0]


def _end(piece: Piece) -> int:
    return piece[1]


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
    return _cut(text, position, Tail(Known("", []), text))[:2]


def _cut(text: str, position: int, tail: Tail) -> tuple[list[Piece], bool, int | None]:
    """The pieces up to the first end of one that the tail knows, and the number of that."""
    pieces: list[Piece] = []
    while True:
        for plain in _PLAIN.finditer(text, position):
            if plain.start() != position:
                break
            pieces.append(plain.span(1))
            position = plain.end()
            if (known := tail.piece(position)) is not None:
                return pieces, True, known
        head = _HEAD.match(text, position)
        if head is None:
            return pieces, _TAIL.fullmatch(text, position) is not None, None
        end = _end_of_merge(tail, head) if head["join"] else _end_of_layer(tail, head)
        if end is None:
            return pieces, False, None
        pieces.append((head.start("join") if head["join"] else head.start(1), end))
        position = end
        if (known := tail.piece(position)) is not None:
            return pieces, True, known


def _end_of_layer(tail: Tail, head: re.Match[str]) -> int | None:
    return head.end(1) if head[2] is None else tail.closing(head.start(2))


def _end_of_merge(tail: Tail, head: re.Match[str]) -> int | None:
    if head["join"][-1] == "[":
        return tail.closing(head.end() - 1)
    if len(head["join"]) == 1:
        return None  # arguments of nothing
    arguments = tail.closing(head.end() - 1)
    bodies = _BODIES.match(tail.text, arguments) if arguments else None
    return tail.closing(bodies.end() - 1) if bodies else None


def closing(text: str, opening: int, balanced: int | None = None) -> int | None:
    """The offset behind the bracket that closes the one at `opening`, if any does.

    What stands behind `balanced`, if not in a comment or string, closes nothing before it.
    """
    depth, last = 0, opening
    for found in islice(_NESTING.finditer(text, opening), _NEARBY):
        if balanced is not None and last <= balanced <= found.start():
            return None
        depth += (deeper := _DEEPER.get(found[0], 0))
        if deeper < 0 and not depth:
            return found.end()
        if found[0] == _ENDLESS:
            return None
        last = found.end()
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
