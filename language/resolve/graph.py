"""A part of the network while it grows: nodes in order, their costs, and the stream that the next layer reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cnngen.language.network import Node, Shape
from cnngen.language.resolve import shapes
from cnngen.language.resolve.shapes import Pair
from cnngen.language.source import Span


class Stream(NamedTuple):
    """What flows: the node that gives it, its shape, and how many reductions lie behind it."""

    node: int
    shape: Shape
    reductions: int = 0

    @property
    def size(self) -> Pair:
        """Height and width of an image."""
        return self.shape[0], self.shape[1]


@dataclass(slots=True)
class Graph:
    """Collects nodes. They get their names when the whole network is put together."""

    nodes: list[Node] = field(default_factory=list)

    def add(
        self,
        kind: str,
        span: Span,
        inputs: tuple[Stream, ...],
        shape: Shape,
        args: dict[str, Any] | None = None,
        inferred: dict[str, str] | None = None,
        cost: tuple[int, int] = (0, 0),
    ) -> Stream:
        """Append a node and give the stream behind it."""
        reads = tuple(stream.node for stream in inputs)
        node = Node(len(self.nodes), kind, "", args or {}, inferred or {}, reads, shape, *cost, span)
        self.nodes.append(node)
        reductions = max([stream.reductions for stream in inputs], default=0)
        return Stream(node.id, shape, reductions)

    def repeat(self, nodes: Sequence[Node], span: Span, stream: Stream, reductions: int) -> Stream:
        """Append copies of the nodes that another layer became from an equal stream."""
        reads = stream.node
        for like in nodes:
            node = Node(
                len(self.nodes),
                like.kind,
                "",
                like.args,
                like.inferred,
                (reads,),
                like.shape,
                like.params,
                like.macs,
                span,
            )
            self.nodes.append(node)
            reads = node.id
        return Stream(reads, nodes[-1].shape, reductions)

    def convolution(
        self,
        kind: str,
        span: Span,
        stream: Stream,
        size: Pair,
        args: dict[str, Any],
        inferred: dict[str, str],
    ) -> Stream:
        """Append a conv, sepconv or upconv that gives an image of this size."""
        shape = (*size, args["filters"])
        cost = shapes.convolution_cost(kind, stream.shape, shape, args["kernel_size"], args["use_bias"])
        after = self.add(kind, span, (stream,), shape, args, inferred, cost)
        return _reduced(after, kind, args["strides"])

    def pooling(
        self,
        kind: str,
        span: Span,
        stream: Stream,
        size: Pair,
        args: dict[str, Any],
        inferred: dict[str, str],
    ) -> Stream:
        """Append a pooling that gives an image of this size."""
        after = self.add(kind, span, (stream,), (*size, stream.shape[2]), args, inferred)
        return _reduced(after, kind, args["strides"])

    def batch_norm(self, span: Span, stream: Stream, args: dict[str, Any], inferred: dict[str, str]) -> Stream:
        """Append a batch normalisation of the channels."""
        parameters = shapes.batch_norm_parameters(stream.shape[-1])
        return self.add("batch_norm", span, (stream,), stream.shape, args, inferred, (parameters, 0))

    def dense(self, span: Span, stream: Stream, args: dict[str, Any], inferred: dict[str, str]) -> Stream:
        """Append a dense layer."""
        cost = shapes.dense_cost(stream.shape, args["units"], args["use_bias"])
        return self.add("dense", span, (stream,), (args["units"],), args, inferred, cost)


def _reduced(stream: Stream, kind: str, strides: Pair) -> Stream:
    if kind == "upconv" or max(strides) == 1:
        return stream
    return stream._replace(reductions=stream.reductions + 1)
