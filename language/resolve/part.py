"""What one feature of a program becomes: its nodes and values, as if it were the whole network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from cnngen.language.diagnostics import Diagnostic
from cnngen.language.network import Node, Shape
from cnngen.language.resolve.graph import Graph, Stream
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Item

MANY_PARAMETERS = 50_000_000  # twice those of ResNet-50, in one layer
MUCH_MEMORY = 1 << 28  # bytes of one layer's output for one image: 256 MiB


class Entry(NamedTuple):
    """What a feature reads: a shape, and how many reductions lie behind it."""

    shape: Shape
    reductions: int = 0


@dataclass(eq=False)
class Part:
    """A resolved feature. Its graph begins with the node that it reads, an input to it; places count in its own text.

    `values` holds every item's hyper-parameters in the words of the language, `joins` the nodes in which the bodies
    of a merge end, and `exit` what the next feature reads.
    """

    graph: Graph
    exit: Stream
    #: The units of the classifier, where this feature is it.
    classes: int | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    values: dict[Item, dict[str, Any]] = field(default_factory=dict)
    joins: dict[Item, Sequence[int]] = field(default_factory=dict)
    #: The feature with every hyper-parameter written, once somebody has asked.
    canonical: str = ""

    @property
    def nodes(self) -> Sequence[Node]:
        """The nodes without the one that is read."""
        return self.graph.nodes[1:]

    @cached_property
    def heavy(self) -> bool:
        """Whether a layer of it, or what it reads, is so large that something should be said about it."""
        return any(n.params > MANY_PARAMETERS or n.activation_bytes > MUCH_MEMORY for n in self.graph.nodes)


def begin_part(entry: Entry, place: Span, classes: int | None) -> Part:
    """A part without nodes of its own yet. `place` is where what it reads stands, as its own text counts."""
    graph = Graph()
    stream = graph.add("input", place, (), entry.shape)._replace(reductions=entry.reductions)
    return Part(graph, stream, classes)
