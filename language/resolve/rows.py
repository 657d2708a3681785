"""The lanes of a body as the planner reads them: what counts in each, and what each item is to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from cnngen.language.checks.recognition import Recognition
from cnngen.language.resolve.choices import Meaning
from cnngen.language.syntax.tree import Body, Item, Layer, Merge

Kinds: TypeAlias = tuple[Meaning | Merge | None, ...]


class Row(NamedTuple):
    """The items of a lane, and what each is to the planner: a layer, a merge, or None for what keeps any size.

    `still`: no merge inside can change the size, so lanes with the same `kinds` have the same plans. `setter` is the
    index of the item that decides how many channels the lane ends with.
    """

    items: Sequence[Item]
    kinds: Kinds
    still: bool
    setter: int | None


class Rows:
    """Finds the rows of bodies, each once. `meaning` gives the same object for layers alike."""

    #: What the bodies at hand stand in.
    known: Recognition

    def __init__(self, meaning: Callable[[Layer], Meaning]) -> None:
        self.meaning = meaning
        self._rows: dict[Body, tuple[Row, Row]] = {}

    def sides(self, body: Body) -> tuple[Row, Row]:
        """Both lanes. A right lane without layers is the identity."""
        found = self._rows.get(body)
        if found is None:
            misplaced = self.known.misplaced
            left = [item for item in body.lanes[0].items if item not in misplaced] if body.lanes else []
            found = self._rows[body] = self._row(left), self._row(self._right(body))
        return found

    def _right(self, body: Body) -> list[Item]:
        known = self.known
        lane = body.lanes[1].items if len(body.lanes) > 1 else ()
        return [item for item in lane if known.category(item) == "convolution" and item not in known.misplaced]

    def _row(self, items: Sequence[Item]) -> Row:
        kinds: list[Meaning | Merge | None] = []
        still, setter = True, None
        for index, item in enumerate(items):
            kind: Meaning | Merge | None = None
            if isinstance(item, Layer):
                kind = self.meaning(item)
                if kind.category == "convolution":
                    setter = index
            elif isinstance(item, Merge):
                setter = index
                if any(self._right(body) for body in item.bodies):  # else it always keeps the size
                    kind, still = item, False
            kinds.append(kind)
        return Row(items, (*kinds,), still, setter)
