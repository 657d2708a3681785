"""`Network`, the one value that every consumer reads: an immutable graph of resolved layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any

from cnngen.language.identity import label, network_hash
from cnngen.language.records import value
from cnngen.language.source import Lines, Span
from cnngen.language.training import Training

#: A tensor's shape without the batch: (height, width, channels) for images, (units,) for vectors.
Shape = tuple[int, ...]

#: The version of the JSON object that `Network.to_json` writes.
SCHEMA_VERSION = 1

BYTES_PER_VALUE = 4  # float32, Keras' default


@value
class Node:
    """One layer of the resolved graph, or a join of two streams.

    `kind` is one of input, conv, sepconv, upconv, batch_norm, dropout, avg_pooling, max_pooling, add, concat,
    flatten, global_avg_pooling, global_max_pooling, dense. `args` holds every hyper-parameter under its Keras
    name; windows and strides are (height, width) pairs. An `activation` of a batch_norm, add or concat is applied
    to its output; it is None where there is none. `inferred` tells why, for each argument that is not written.
    """

    id: int
    kind: str
    name: str
    args: Mapping[str, Any]
    inferred: Mapping[str, str]
    inputs: tuple[int, ...]
    shape: Shape
    params: int
    macs: int
    span: Span

    @property
    def activation_bytes(self) -> int:
        """Memory of the output for one sample, in bytes."""
        return activation_bytes(self.shape)


def activation_bytes(shape: Shape) -> int:
    """Memory of a layer's output of this shape for one sample, in bytes."""
    return prod(shape) * BYTES_PER_VALUE


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over a network: number of nodes, parameters, multiply-accumulates of one forward pass of one sample,
    and bytes of all layer outputs for one sample.
    """

    layers: int
    params: int
    macs: int
    activation_bytes: int


@dataclass(frozen=True, eq=False)
class Network:
    """A resolved program.

    Nodes stand depth first (left lane, right lane, join) and each only reads nodes before it. A program with
    errors has the nodes that are sound; only a program without errors (`Analysis.ok`) may be generated.
    They are put together by `grow` when somebody asks, and the canonical text by `write`: an editor that only wants
    errors never does.
    """

    name: str
    dataset: str | None
    input_shape: Shape
    classes: int
    training: Training
    grow: Callable[[], tuple[Node, ...]] = field(repr=False)
    write: Callable[[], str] = field(repr=False)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All layers."""
        return self.grow()

    def __eq__(self, other: object) -> bool:
        """Whether both have the same name, settings and nodes, at the same places of their texts."""
        if not isinstance(other, Network):
            return NotImplemented
        return self._settings == other._settings and self.nodes == other.nodes

    def __hash__(self) -> int:
        return hash(self._settings)

    @property
    def _settings(self) -> tuple[object, ...]:
        return self.name, self.dataset, self.input_shape, self.classes, self.training

    @cached_property
    def canonical(self) -> str:
        """The program with every hyper-parameter written."""
        return self.write()

    @cached_property
    def hash(self) -> str:
        """What makes it the same network as another, whatever their texts: SHA-256 of its graph."""
        layers = ((label(node.kind, node.args), node.inputs) for node in self.nodes)
        return network_hash(layers, self.input_shape, self.classes)

    @property
    def totals(self) -> Totals:
        """The network's sums."""
        return Totals(
            layers=len(self.nodes),
            params=sum(node.params for node in self.nodes),
            macs=sum(node.macs for node in self.nodes),
            activation_bytes=sum(node.activation_bytes for node in self.nodes),
        )

    def to_json(self, lines: Lines) -> dict[str, Any]:
        """The network as plain data; `lines` are those of the text it was made from."""
        totals = self.totals
        return {
            "schema": SCHEMA_VERSION,
            "name": self.name,
            "hash": self.hash,
            "dataset": self.dataset,
            "classes": self.classes,
            "nodes": [
                {
                    "id": node.id,
                    "kind": node.kind,
                    "name": node.name,
                    "args": {k: list(v) if isinstance(v, tuple) else v for k, v in node.args.items()},
                    "inferred": list(node.inferred),
                    "inputs": list(node.inputs),
                    "shape": list(node.shape),
                    "params": node.params,
                    "macs": node.macs,
                    "range": lines.range(node.span),
                }
                for node in self.nodes
            ],
            "totals": {
                "layers": totals.layers,
                "params": totals.params,
                "macs": totals.macs,
                "activation_bytes": totals.activation_bytes,
            },
        }
