"""A program resolved: its parts one behind the other, and the network that they are together."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from cnngen.language.diagnostics import Diagnostic
from cnngen.language.network import Node
from cnngen.language.outline import Outline
from cnngen.language.resolve.head import Head
from cnngen.language.resolve.part import Part
from cnngen.language.resolve.resolver import Resolver
from cnngen.language.source import Span


@dataclass(eq=False)
class Resolution:
    """`parts` are those of the outline's layers, in their order; `place` is where the input is written."""

    outline: Outline
    head: Head
    place: Span
    parts: list[Part]

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What does not fit."""
        starts, layers = self.outline.starts, self.outline.layers
        return [
            found.moved(starts[layer])
            for layer, part in zip(layers, self.parts, strict=True)
            if part.diagnostics
            for found in part.diagnostics
        ]

    @property
    def heavy(self) -> bool:
        """Whether a layer is so large that something should be said about it."""
        return not self.parts or any(part.graph.heavy for part in self.parts)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes, named as Keras would name them, by kind and number."""
        nodes = [self._input]
        counts: dict[str, int] = {}
        for count in range(len(self.parts)):
            nodes += self._grown(count, len(nodes) - 1, counts)
        return tuple(nodes)

    def nodes_at(self, span: Span) -> list[Node]:
        """Those of the nodes that stand at a place: what a layer, or a merge's body with its join, became.

        Only the feature around it is looked at, so one question takes less than all nodes do.
        """
        found = [self._input] if span == self.place else []
        count = bisect_right(self._offsets, span.start) - 1
        if count >= 0:
            found += self._by_place(count).get(span, ())
        return found

    @property
    def _input(self) -> Node:
        head = self.head
        return Node(0, "input", "input", {}, head.inferred, (), head.input_shape, 0, 0, self.place)

    @cached_property
    def _offsets(self) -> list[int]:
        """Where the parts' features begin in the text."""
        features, starts = self.outline.features, self.outline.starts
        return [starts[layer] + features[layer].item.span.start for layer in self.outline.layers]

    @cached_property
    def _places(self) -> dict[int, dict[Span, list[Node]]]:
        return {}

    def _by_place(self, count: int) -> dict[Span, list[Node]]:
        """The nodes of the part with this number, by their places."""
        if count not in self._places:
            before = [draft.kind for part in self.parts[:count] for draft in part.graph.drafts[1:]]
            nodes: dict[Span, list[Node]] = {}
            for node in self._grown(count, len(before), Counter(before)):
                nodes.setdefault(node.span, []).append(node)
            self._places[count] = nodes
        return self._places[count]

    def _grown(self, count: int, before: int, counts: dict[str, int]) -> Iterator[Node]:
        """The nodes of the part with this number; `before` is the number of the node that it reads.

        `counts` are the nodes before it by their kinds, and those up to its last one when it has been gone through.
        """
        part, start = self.parts[count], self.outline.starts[self.outline.layers[count]]
        drafts = zip(part.graph.drafts, part.values, strict=True)
        for id_, (draft, (args, inferred)) in enumerate(islice(drafts, 1, None), before + 1):
            kind, inputs, shape, params, macs, span, _ = draft
            number = counts[kind] = counts.get(kind, 0) + 1
            yield Node(
                id_, kind, f"{kind}_{number}", args, inferred, tuple([source + before for source in inputs]),
                shape, params, macs, Span(span.start + start, span.end + start),
            )  # fmt: skip


def resolve(outline: Outline, head: Head, resolver: Resolver) -> Resolution:
    """Resolve a program, one feature after the other."""
    begin = outline.begin
    place = outline.features[begin].item.span.moved(outline.starts[begin]) if begin is not None else Span(0, 0)
    features, starts = outline.features, outline.starts
    parts: list[Part] = []
    shape, reductions = head.input_shape, 0
    for count, index in enumerate(outline.layers):
        classes = head.classes if index == head.classifier else None
        feature = features[index]
        part = resolver.remembered(feature, shape, reductions) if classes is None else None
        if part is None:
            behind = place.moved(-starts[index])
            if parts:
                behind = parts[-1].graph.drafts[-1].span.moved(starts[outline.layers[count - 1]] - starts[index])
            part = resolver.resolve(feature, shape, reductions, behind, classes)
        parts.append(part)
        _, shape, reductions = part.exit
    return Resolution(outline, head, place, parts)
