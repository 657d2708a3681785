"""The hyper-parameters of one layer as the network has them: each with its value, and why it is that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from cnngen.language import Analysis, Node
from cnngen.language.syntax.tree import Layer
from cnngen.language.words.hyperparameters import HyperParameter
from cnngen.language.words.types import Problem


@dataclass(frozen=True, slots=True)
class Resolved:
    """A hyper-parameter's value. `reason` tells why it is inferred; None where it is written."""

    parameter: HyperParameter
    value: Any
    reason: str | None


def nodes_of(analysis: Analysis, layer: Layer) -> list[Node]:
    """The nodes that a layer became. Without an `input`, the first layer has the input's node at its place too."""
    word = analysis.word(layer)
    return [node for node in analysis.nodes_of(layer) if word and node.kind in word.kinds]


def resolved(analysis: Analysis, layer: Layer, names: Collection[str] | None = None) -> list[Resolved]:
    """What the network has for a layer, in the catalogue's order; nothing for one that is no part of it.

    `names` are those that are asked for, by default all.
    """
    word, nodes = analysis.word(layer), nodes_of(analysis, layer)
    if word is None or not nodes:
        return []
    found: list[Resolved] = []
    for parameter in word.hyperparameters:
        name = parameter.name
        if names is not None and name not in names:
            continue
        if name == "activate":
            found.append(_place_of_activation(analysis, layer, parameter))
        elif node := _holder(nodes, name):
            found.append(Resolved(parameter, node.args[name], node.inferred.get(name)))
    return found


def written(layer: Layer | None, parameter: HyperParameter) -> Any:
    """The value that a layer's text gives a hyper-parameter, or None where there is no sound one."""
    for argument in layer.arguments if layer else ():
        if argument.name and argument.name.text == parameter.name and argument.value:
            value = parameter.type.read(argument.value)
            return None if isinstance(value, Problem) else value
    return None


def _holder(nodes: list[Node], name: str) -> Node | None:
    """The node that has a hyper-parameter; of two that have an activation, the normalisation where it has one."""
    holder: Node | None = None
    for node in nodes:
        if name in node.args and (holder is None or (node.kind == "batch_norm" and node.args[name] is not None)):
            holder = node
    return holder


def _place_of_activation(analysis: Analysis, layer: Layer, parameter: HyperParameter) -> Resolved:
    """`activate` tells which of its nodes has the activation, so no node has it."""
    if (value := written(layer, parameter)) is not None:
        return Resolved(parameter, value, None)
    if (value := written(analysis.tree.first("defaults"), parameter)) is not None:
        return Resolved(parameter, value, "from defaults(…)")
    return Resolved(parameter, parameter.default, "the usual value")
