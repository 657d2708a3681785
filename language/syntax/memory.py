"""What repairs have learned, kept for the next text: it has most of its tokens in common with this one.

A search is a machine, which finds its states as it meets them: a state is the frontier of all cheap ways to read the
text so far, and what follows a state depends on the token at hand and its neighbours alone. So where a text goes on as
another one did, the search goes the known steps, however the two differ elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from cnngen.language.syntax.frontier import Care, Frontier, Look, Origin, Way, advance, look
from cnngen.language.syntax.places import Place
from cnngen.language.syntax.tokens import Token

#: Behind so many new steps those are forgotten that were not gone since as many before. A step takes about 2 KiB.
MOST = 150
#: Of so many places all is forgotten. They lie in one another, so none is forgotten alone; each takes about 1 KiB.
MOST_PLACES = 500

K = TypeVar("K")
V = TypeVar("V")


class _Recent(Generic[K, V]):
    """Values by their keys, as long as somebody asks for them again and again."""

    def __init__(self) -> None:
        self.now: dict[K, V] = {}
        self.before: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """The value, which is young again."""
        value = self.now.get(key)
        if value is None and (value := self.before.pop(key, None)) is not None:
            self.now[key] = value
        return value

    def age(self) -> None:
        """Forget what nobody asked for since this was called last."""
        self.before, self.now = self.now, {}


class Memory:
    """The steps of all searches. The same places are the same objects, and so are most of the same frontiers."""

    def __init__(self) -> None:
        self.outermost = Place.outermost()
        self._frontiers: _Recent[tuple[Care, bool, tuple[Way, ...]], Frontier] = _Recent()
        self._steps: _Recent[tuple[Frontier, Look], tuple[Frontier, tuple[Origin, ...]]] = _Recent()

    @property
    def count(self) -> int:
        """How many steps are kept."""
        return len(self._steps.now) + len(self._steps.before)

    def begin(self) -> Place:
        """Where a text begins; forgets what has become too much, but nothing that the last text has used."""
        if len(self._steps.now) > MOST:
            self._steps.age()
            self._frontiers.age()
            if len(places := self.outermost.all()) > MOST_PLACES:
                for place in places:
                    place.forget()
                Memory.__init__(self)
        return self.outermost

    def start(self, place: Place, care: Care, silent_end: bool) -> Frontier:
        """Where a search begins."""
        return self._frontier(care, silent_end, (Way(0, place, 0, ""),))

    def step(
        self, frontier: Frontier, tokens: Sequence[Token], index: int, new_line: bool
    ) -> tuple[Frontier, tuple[Origin, ...]]:
        """What follows a frontier behind the token with this index, and where each of its ways comes from.

        `new_line`: the token begins a line and an item.
        """
        key = frontier, look(tokens, index, new_line)
        step = self._steps.get(key)
        if step is None:
            ways, origins = advance(frontier, tokens, index, new_line)
            step = self._frontier(frontier.care, frontier.silent_end, ways), origins
            self._steps.now[key] = step
        return step

    def _frontier(self, care: Care, silent_end: bool, ways: tuple[Way, ...]) -> Frontier:
        key = care, silent_end, ways
        found = self._frontiers.get(key)
        if found is None:
            found = self._frontiers.now[key] = Frontier(ways, care, silent_end)
        return found
