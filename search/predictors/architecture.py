"""`Architecture`, the value that every predictor reads: a graph of labelled layers and what it costs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from cnngen.language import Network, costs

#: The label of a layer that passes on what it gets. Where lanes meet, or a cell skips, it computes nothing.
IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: what it does, the layers that it reads, by number, and what is known of it.

    `attributes` may have any of: channels, height, width (of the output), kernel, stride, parameters, macs, bias (1
    where there is one). `activation` is the function that its values go through, where they do.
    """

    operation: str
    inputs: tuple[int, ...]
    attributes: Mapping[str, float] = field(default_factory=dict)
    activation: str = ""


@dataclass(frozen=True, eq=False)
class Architecture:
    """A directed acyclic graph of layers, from the first, which is the input, to the last, which is the output.

    Each layer reads only layers before it. `costs` are sums over the whole network that the graph stands for, which may
    repeat the graph many times (a cell) or be the graph itself: parameters, macs, layers, depth ... `training`
    says how it was or will be trained: epochs, batch_size, learning_rate, where known. `network` is the resolved
    program that it was made from, None for a cell of a table.

    `identity` is the same for two architectures that compute the same function family, so that twins can be kept on
    one side of a split. Architectures are equal when their identities, costs and training are.
    """

    layers: tuple[Layer, ...]
    costs: Mapping[str, float]
    training: Mapping[str, float] = field(default_factory=dict)
    network: Network | None = None

    def __post_init__(self) -> None:
        for number, layer in enumerate(self.layers):
            if any(not 0 <= source < number for source in layer.inputs):
                raise ValueError(f"Layer {number} reads {layer.inputs}: each must stand before it.")
        if not self.layers:
            raise ValueError("An architecture needs layers.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Architecture):
            return NotImplemented
        mine = self.identity, dict(self.costs), dict(self.training)
        return mine == (other.identity, dict(other.costs), dict(other.training))

    def __hash__(self) -> int:
        return hash(self.identity)

    @classmethod
    def of(cls, network: Network) -> Architecture:
        """The architecture of a resolved program: what the language has found out, nothing computed anew."""
        found = costs(network)
        layers = []
        for node in network.nodes:
            known: dict[str, float] = {"channels": node.shape[-1], "parameters": node.params, "macs": node.macs}
            if len(node.shape) == 3:
                known |= {"height": node.shape[0], "width": node.shape[1]}
            if window := node.args.get("kernel_size") or node.args.get("pool_size"):
                known |= {"kernel": window[0], "stride": node.args["strides"][0]}
            if node.args.get("use_bias"):
                known["bias"] = 1
            activation = str(node.args.get("activation") or "linear")
            layers.append(Layer(node.kind, node.inputs, known, "" if activation == "linear" else activation))
        totals = network.totals
        sums = {
            "parameters": totals.params,
            "macs": totals.macs,
            "layers": totals.layers,
            "depth": found.longest_path,
            "activation_bytes": totals.activation_bytes,
            "receptive_field": max((max(seen) for seen in found.receptive_fields), default=1),
        }
        told = network.training
        training = {"epochs": told.epochs, "batch_size": told.batch_size, "learning_rate": told.learning_rate}
        return cls(tuple(layers), sums, training, network)

    @cached_property
    def memory(self) -> dict[str, Any]:
        """What others have worked out of this architecture, to be asked for again. It goes with the architecture."""
        return {}

    @cached_property
    def effective(self) -> tuple[Layer, ...]:
        """The layers that the output depends on and that depend on the input, without identities.

        Who reads an identity reads what it reads. The input stays first and the output last, and with nothing in
        between where no way leads from one to the other.
        """
        return effective(self.layers)

    @cached_property
    def identity(self) -> str:
        """What is the same for all that compute the same: a hash, in hexadecimal.

        Of a resolved program, the hash of its graph. Of a cell, a hash of its effective graph that does not depend on
        the numbers of its layers: isomorphic cells have the same. That two others have the same is possible in
        principle (colour refinement does not tell all graphs apart); they are then kept together, which does no harm.
        """
        if self.network is not None:
            return self.network.hash
        return fingerprint(self.effective)

    @cached_property
    def family(self) -> str:
        """The hash of operations and connections alone: networks that differ in widths and windows only share it."""
        if self.network is None:
            return self.identity
        return fingerprint(self.effective)


def effective(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """See `Architecture.effective`."""
    last = len(layers) - 1
    reached = [number == 0 for number in range(len(layers))]
    sources: list[tuple[int, ...]] = []
    for number, layer in enumerate(layers):
        found: list[int] = []
        for source in layer.inputs:
            if reached[source]:
                passing = layers[source].operation == IDENTITY and source
                found.extend(sources[source] if passing else (source,))
        sources.append(tuple(found))
        reached[number] |= bool(found)
    wanted = {last}
    for number in range(last, 0, -1):
        if number in wanted:
            wanted.update(sources[number])
    kept = sorted(wanted | {0})
    place = {number: at for at, number in enumerate(kept)}
    return tuple(replace(layers[number], inputs=tuple(place[s] for s in sources[number])) for number in kept)


def readers(layers: Sequence[Layer]) -> list[list[int]]:
    """For each layer, those that read it, as often as they do."""
    found: list[list[int]] = [[] for _ in layers]
    for number, layer in enumerate(layers):
        for source in layer.inputs:
            found[source].append(number)
    return found


def fingerprint(layers: Sequence[Layer]) -> str:
    """A hash of operations and connections by colour refinement (Weisfeiler and Leman 1968), as NAS-Bench-101 has it.

    Each layer's colour takes in the colours of those that it reads and of those that read it, as often as the graph
    is long, so that each colour knows of the whole graph.
    """
    behind = readers(layers)
    colours = [_digest([layer.operation]) for layer in layers]
    colours[0], colours[-1] = _digest(["first", colours[0]]), _digest(["last", colours[-1]])
    kinds = len(set(colours))
    for _ in layers:
        colours = [
            _digest(
                [colour, *sorted(colours[s] for s in layer.inputs), "|", *sorted(colours[r] for r in behind[number])]
            )
            for number, (colour, layer) in enumerate(zip(colours, layers, strict=True))
        ]
        if len(set(colours)) == kinds:  # nothing more is told apart
            break
        kinds = len(set(colours))
    return _digest(sorted(colours))


def _digest(parts: Iterable[str]) -> str:
    return hashlib.md5("\n".join(parts).encode(), usedforsecurity=False).hexdigest()
