"""The items of a program, parsed when somebody looks at them: most questions are about one of them, or none."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import overload

from cnngen.language.syntax.cut import Piece
from cnngen.language.syntax.parser import build
from cnngen.language.syntax.tokens import tokenize
from cnngen.language.syntax.tree import Item


class Items(Sequence[Item]):
    """The items of a text: those of its sound pieces, and behind them those of a faulty rest."""

    def __init__(self, text: str, pieces: list[Piece], rest: Sequence[Item] = ()) -> None:
        self._text = text
        self._pieces = pieces
        self._rest = rest
        self._parsed: dict[int, Item] = {}

    def __len__(self) -> int:
        return len(self._pieces) + len(self._rest)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, index: int | slice) -> Item | tuple[Item, ...]:
        if isinstance(index, slice):
            return tuple(self[place] for place in range(*index.indices(len(self))))
        if index < 0:
            index += len(self)
        sound = len(self._pieces)
        if index >= sound:
            return self._rest[index - sound]
        item = self._parsed.get(index)
        if item is None:
            # The pieces are sound, or they would be part of the rest.
            item = self._parsed[index] = build(tokenize(self._text, *self._pieces[index])).items[0]
        return item

    def touching(self, offset: int) -> tuple[Item, ...]:
        """The items that an offset lies in, or at whose end or beginning it lies."""
        first = bisect_left(self._pieces, offset, key=lambda piece: piece[1])
        behind = bisect_right(self._pieces, offset, key=lambda piece: piece[0])
        rest = [item for item in self._rest if item.span.start <= offset <= item.span.end]
        return (*self[first:behind], *rest)
