"""What a rule may look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnngen.language.network import Node
from cnngen.language.outline import Mention, Outline
from cnngen.language.resolve.head import Head
from cnngen.language.resolve.program import Resolution
from cnngen.language.words.datasets import Dataset


@dataclass(frozen=True, slots=True)
class Facts:
    """A program, what it says as a whole, and what it resolves to."""

    outline: Outline
    head: Head
    resolution: Resolution
    #: The data set that overrides the program's own, if any.
    override: Dataset | None

    def first(self, word: str) -> Mention | None:
        """The first feature with this word that is in its place."""
        return self.outline.first(word)

    @property
    def classifier(self) -> Mention | None:
        """The dense that classifies."""
        return None if self.head.classifier is None else Mention(self.outline, self.head.classifier)

    @property
    def nodes(self) -> Sequence[Node]:
        """All nodes of the network."""
        return self.resolution.nodes
