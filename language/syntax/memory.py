"""What repairs have learned, kept for the next text: it has most of its tokens in common with this one.

A search is a machine, which finds its states as it meets them: a state is the frontier of all cheap ways to read the
text so far, and what follows a state depends on the token at hand and its neighbours alone. So where a text goes on as
another one did, the search goes the known steps, however the two differ elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnngen.language.syntax.frontier import Care, Frontier, Look, Origin, Way, advance, look
from cnngen.language.syntax.places import Place
from cnngen.language.syntax.tokens import Token

#: So many steps are kept, in 3 MiB; then all are forgotten, for most of them are about texts long gone.
MOST = 1_000


class Memory:
    """The steps of all searches. The same places are the same objects, and so are the same frontiers."""

    def __init__(self) -> None:
        self.outermost = Place.outermost()
        self._frontiers: dict[tuple[Care, bool, tuple[Way, ...]], Frontier] = {}
        self._steps: dict[tuple[Frontier, Look], tuple[Frontier, tuple[Origin, ...]]] = {}

    @property
    def count(self) -> int:
        """How many steps are kept."""
        return len(self._steps)

    def begin(self) -> Place:
        """Where a text begins; forgets what has become too much."""
        if self.count > MOST:
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
        seen = look(tokens, index, new_line)
        step = self._steps.get((frontier, seen))
        if step is None:
            ways, origins = advance(frontier, tokens, index, new_line)
            step = self._frontier(frontier.care, frontier.silent_end, ways), origins
            self._steps[frontier, seen] = step
        return step

    def _frontier(self, care: Care, silent_end: bool, ways: tuple[Way, ...]) -> Frontier:
        key = care, silent_end, ways
        found = self._frontiers.get(key)
        if found is None:
            found = self._frontiers[key] = Frontier(ways, care, silent_end)
        return found
