"""`tensorboard`: on the graph that TensorBoard shows of the model."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from cnngen.codegen.tensorboard import event_file
from cnngen.search.predictors.architecture import Architecture
from cnngen.search.predictors.deep.graph import Graph, GraphPredictor
from cnngen.search.predictors.deep.keras_predictor import program_of
from cnngen.search.predictors.predictor import register


@register
class TensorBoard(GraphPredictor):
    """Sees the nodes of the event file: operations, their attributes and the shapes of what they give."""

    name = "tensorboard"
    sums = True

    def graph(self, architecture: Architecture) -> Graph:
        """The graph of the event file."""
        from tensorflow.core.framework.graph_pb2 import GraphDef

        (written,) = (
            event.graph_def for event in _events(event_file(program_of(architecture, self.name))) if event.graph_def
        )
        graph = GraphDef.FromString(written)
        places = {node.name: place for place, node in enumerate(graph.node)}
        nodes = [[(node.op, 0.0), *_attributes(node)] for node in graph.node]
        edges = [(places[source], places[node.name]) for node in graph.node for source in node.input]
        return Graph(nodes, edges)


def _events(data: bytes) -> Iterator[Any]:
    """The events of a file of records: length, its checksum, data, their checksum (tensorflow/io/record_writer.h)."""
    from tensorflow.core.util.event_pb2 import Event

    place = 0
    while place < len(data):
        (length,) = struct.unpack_from("<Q", data, place)
        yield Event.FromString(data[place + 12 : place + 12 + length])
        place += 12 + length + 4


def _attributes(node: Any) -> Iterator[tuple[str, float]]:
    """Numbers as they are, texts as words of their own; of the output's shape each side."""
    for name, value in sorted(node.attr.items()):
        kind = value.WhichOneof("value")
        if kind in ("i", "f", "b"):
            yield name, float(getattr(value, kind))
        elif kind == "s":
            yield f"{name}={value.s.decode(errors='replace')}", 0.0
        elif kind == "list":
            yield from ((name, float(number)) for number in (*value.list.i, *value.list.f))
            for shape in value.list.shape:
                yield from ((f"{name}[{at}]", float(side.size)) for at, side in enumerate(shape.dim))
