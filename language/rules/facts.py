"""What a rule may look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cnngen.language.arguments import Written
from cnngen.language.datasets import Dataset
from cnngen.language.layers import Resolution
from cnngen.language.order import Order
from cnngen.language.tree import Layer, Program


@dataclass(frozen=True)
class Facts:
    """A program, what its words and arguments mean, and what it resolves to."""

    program: Program
    order: Order
    arguments: dict[Layer, dict[str, Written]]
    resolution: Resolution
    #: The data set that overrides the program's own, if any.
    override: Dataset | None

    def layers(self, word: str) -> Iterator[Layer]:
        """The top-level layers with this word that are in their place."""
        return iter(self._by_word.get(word, ()))

    @cached_property
    def _by_word(self) -> dict[str, list[Layer]]:
        found: dict[str, list[Layer]] = {}
        for item in self.program.items:
            if isinstance(item, Layer) and item not in self.order.misplaced:
                found.setdefault(self.order.word(item), []).append(item)
        return found

    def first(self, word: str) -> Layer | None:
        """The first of them."""
        return next(self.layers(word), None)
