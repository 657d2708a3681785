"""A program resolved: its parts one behind the other, and the network that they are together."""

from __future__ import annotations

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
        head = self.head
        nodes = [Node(0, "input", "input", {}, head.inferred, (), head.input_shape, 0, 0, self.place)]
        counts: dict[str, int] = {}
        for layer, part in zip(self.outline.layers, self.parts, strict=True):
            start = self.outline.starts[layer]
            before = len(nodes) - 1  # a part counts from the node that it reads, which is the last one so far
            for draft, (args, inferred) in islice(zip(part.graph.drafts, part.values, strict=True), 1, None):
                kind, inputs, shape, params, macs, span, _ = draft
                count = counts[kind] = counts.get(kind, 0) + 1
                nodes.append(
                    Node(
                        len(nodes), kind, f"{kind}_{count}", args, inferred,
                        tuple([source + before for source in inputs]), shape, params, macs,
                        Span(span.start + start, span.end + start),
                    )
                )  # fmt: skip
        return tuple(nodes)


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
