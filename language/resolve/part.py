"""What one feature of a program becomes: its nodes and values, as if it were the whole network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from cnngen.language.diagnostics import Diagnostic
from cnngen.language.network import Shape
from cnngen.language.resolve.choices import Choice
from cnngen.language.resolve.graph import Graph, Stream
from cnngen.language.resolve.values import values_of
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Item


class Part:
    """A resolved feature. Its graph begins with the node that it reads, an input to it; places count in its own text.

    `choices` are what was decided for each item, `joins` the nodes in which the bodies of a merge end, and `exit` what
    the next feature reads. `classes` are the units of the classifier, where this feature is it. `place` is where what
    it reads stands.
    """

    def __init__(self, shape: Shape, reductions: int, place: Span, classes: int | None) -> None:
        self.graph = Graph(place, shape)
        self.exit = Stream(0, shape, reductions)
        self.classes = classes
        self.diagnostics: list[Diagnostic] = []
        self.choices: dict[Item, Choice] = {}
        self.joins: dict[Item, Sequence[int]] = {}
        #: The feature with every hyper-parameter written, once somebody has asked.
        self.canonical = ""

    @cached_property
    def values(self) -> list[tuple[Mapping[str, Any], Mapping[str, str]]]:
        """For each draft its arguments by their Keras names, and why each that is not written is what it is."""
        return [values_of(draft.kind, draft.choice) for draft in self.graph.drafts]
