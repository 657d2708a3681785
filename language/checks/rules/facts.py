"""What a rule may look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cnngen.language.checks.arguments import Written
from cnngen.language.checks.order import Order
from cnngen.language.resolve.layers import Resolution
from cnngen.language.syntax.tree import Layer, Program
from cnngen.language.words.datasets import Dataset


@dataclass(frozen=True, slots=True)
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
        return iter(self.order.placed.get(word, ()))

    def first(self, word: str) -> Layer | None:
        """The first of them."""
        return next(self.layers(word), None)
