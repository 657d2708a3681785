"""The hyper-parameters of one layer as the network has them: each with its value, and why it is that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnngen.language import Analysis, Node
from cnngen.language.syntax.tree import Layer
from cnngen.language.words.catalogue import Word
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


def resolved(analysis: Analysis, layer: Layer) -> list[Resolved]:
    """What the network has for a layer, in the catalogue's order; nothing for one that is no part of it."""
    word, nodes = analysis.word(layer), nodes_of(analysis, layer)
    if word is None:
        return []
    found = [_resolved(analysis, layer, word, nodes, parameter) for parameter in word.hyperparameters]
    return [one for one in found if one is not None]


def written(layer: Layer | None, parameter: HyperParameter) -> Any:
    """The value that a layer's text gives a hyper-parameter, or None where there is no sound one."""
    for argument in layer.arguments if layer else ():
        if argument.name and argument.name.text == parameter.name and argument.value:
            value = parameter.type.read(argument.value)
            return None if isinstance(value, Problem) else value
    return None


def _resolved(
    analysis: Analysis, layer: Layer, word: Word, nodes: list[Node], parameter: HyperParameter
) -> Resolved | None:
    if not nodes:
        return None
    name = parameter.name
    if name == "activate":  # tells which node has the activation, so no node has it
        if (value := written(layer, parameter)) is not None:
            return Resolved(parameter, value, None)
        if (value := written(analysis.tree.first("defaults"), parameter)) is not None:
            return Resolved(parameter, value, "from defaults(…)")
        return Resolved(parameter, parameter.default, "the usual value")
    having = [node for node in nodes if name in node.args]
    # Of a convolution and its normalisation, the activation is the normalisation's where that has one.
    having.sort(key=lambda node: node.kind != "batch_norm" or node.args[name] is None)
    if not having:
        return None
    node = having[0]
    return Resolved(parameter, node.args[name], node.inferred.get(name))
