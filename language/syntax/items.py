"""The items of a program, put in their places when somebody looks at them: most questions are about one, or none."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import overload

from cnngen.language.syntax.cut import Piece
from cnngen.language.syntax.moving import moved
from cnngen.language.syntax.parser import build
from cnngen.language.syntax.tokens import tokenize
from cnngen.language.syntax.tree import Item


class Items(Sequence[Item]):
    """The items of a text: sound pieces of it, and what the repair has made of the rest.

    `known` gives the tree of the piece with an index, as if it stood at the start of the text.
    """

    def __init__(self, text: str, places: Sequence[Piece | Item], known: Callable[[int], Item]) -> None:
        self._text = text
        self._places = list(places)
        self._known = known

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        place = self._places[index]
        if isinstance(place, tuple):
            item = moved(self._known(index), place[0])
            # A sound piece is one item, or it would have been repaired.
            place = self._places[index] = item or build(tokenize(self._text, *place)).items[0]
        return place

    def places(self) -> list[Piece]:
        """Where the items stand."""
        return [_piece(place) for place in self._places]

    def touching(self, offset: int) -> tuple[Item, ...]:
        """The items that an offset lies in, or at whose end or beginning it lies."""
        first = bisect_left(self._places, offset, key=lambda place: _piece(place)[1])
        behind = bisect_right(self._places, offset, key=lambda place: _piece(place)[0])
        return self[first:behind]


def _piece(place: Piece | Item) -> Piece:
    return place if isinstance(place, tuple) else place.span
