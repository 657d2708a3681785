"""Hyper-parameters as the network has them: of layers, joins and the program, each with its value and the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cnngen.language import DATASETS, Analysis, Node
from cnngen.language.syntax.tree import Layer, Merge, Value
from cnngen.language.words.catalogue import WORDS, Word
from cnngen.language.words.hyperparameters import HyperParameter
from cnngen.language.words.types import Problem
from cnngen.server.features.figures import as_written


@dataclass(frozen=True, slots=True)
class Resolved:
    """A hyper-parameter's value. `reason` tells why it is inferred; None where it is written."""

    parameter: HyperParameter
    value: Any
    reason: str | None


def resolved(analysis: Analysis, item: Layer | Merge, names: Collection[str] | None = None) -> list[Resolved]:
    """What the network has for a layer, or for a merge's join, in the catalogue's order.

    Nothing for `defaults`, nor for what is no part of the network. `names` are those asked for, by default all.
    """
    layer = item.join if isinstance(item, Merge) else item
    word = analysis.word(layer) if layer else WORDS["add"]
    if word is None:
        return []
    wanted = [one for one in word.hyperparameters if names is None or one.name in names]
    return [
        *(_of_merge(analysis, item, wanted) if isinstance(item, Merge) else _of_layer(analysis, item, word, wanted))
    ]


def texts(analysis: Analysis, item: Layer | Merge) -> dict[str, str]:
    """The same as a program would have it, by name. What is written stays as it is."""
    layer = item.join if isinstance(item, Merge) else item
    have = arguments(layer) if layer else {}
    values = {one.parameter.name: as_written(one.value) for one in resolved(analysis, item)}
    return {name: have.get(name, value) for name, value in values.items()}


def arguments(layer: Layer) -> dict[str, str]:
    """The arguments of a layer by name, as they stand in the text."""
    return {
        argument.name.text: _source(argument.value) for argument in layer.arguments if argument.name and argument.value
    }


def written(layer: Layer | None, parameter: HyperParameter) -> Any:
    """The value that a layer's text gives a hyper-parameter, or None where there is no sound one."""
    for argument in layer.arguments if layer else ():
        if argument.name and argument.name.text == parameter.name and argument.value:
            value = parameter.type.read(argument.value)
            return None if isinstance(value, Problem) else value
    return None


def nodes_of(analysis: Analysis, layer: Layer) -> list[Node]:
    """The nodes that a layer became. Without an `input`, the first layer has the input's node at its place too."""
    word = analysis.word(layer)
    return [node for node in analysis.nodes_of(layer) if word and node.kind in word.kinds]


def holder(nodes: list[Node], name: str) -> Node | None:
    """The node that has a hyper-parameter; of two that have an activation, the normalisation where it has one."""
    if len(nodes) == 1 and nodes[0].kind != "batch_norm":
        return nodes[0] if name in nodes[0].args else None
    holders = [node for node in nodes if name in node.args]
    return next(
        (node for node in holders if node.kind == "batch_norm" and node.args[name] is not None),
        next((node for node in holders if node.kind != "batch_norm"), None),
    )


def _source(value: Value) -> str:
    return value.text if not hasattr(value, "items") else f"({', '.join(item.text for item in value.items)})"


def _of_merge(analysis: Analysis, merge: Merge, wanted: Iterable[HyperParameter]) -> Iterator[Resolved]:
    nodes = analysis.nodes_of(merge.bodies[-1]) if merge.bodies else ()
    for parameter in wanted if nodes else ():
        yield Resolved(parameter, nodes[-1].args[parameter.name], nodes[-1].inferred.get(parameter.name))


def _of_layer(analysis: Analysis, layer: Layer, word: Word, wanted: Iterable[HyperParameter]) -> Iterator[Resolved]:
    values, nodes = _of_program(analysis, word), nodes_of(analysis, layer)
    named = {argument.name.text for argument in layer.arguments if argument.name}
    for parameter in wanted:
        name = parameter.name
        reason: str | None
        if name in values:
            value, reason = values[name], parameter.source
        elif name == "activate" and nodes:
            value, reason = _place_of_activation(analysis, layer, parameter)
        elif node := holder(nodes, name):
            value, reason = node.args[name], node.inferred.get(name)
        else:
            continue
        if name in named and written(layer, parameter) is not None:
            reason = None
        yield Resolved(parameter, value, reason)


def _of_program(analysis: Analysis, word: Word) -> dict[str, Any]:
    """What belongs to no node."""
    network = analysis.network
    match word.name:
        case "training":
            return network.training.resolved()
        case "input":
            named = {"dataset": network.dataset} if network.dataset in DATASETS else {}
            return {**named, "shape": network.input_shape}
        case "output":
            return {"classes": network.classes}
    return {}


def _place_of_activation(analysis: Analysis, layer: Layer, parameter: HyperParameter) -> tuple[Any, str | None]:
    """`activate` tells which of its nodes has the activation, so no node has it."""
    for source, reason in ((layer, None), (analysis.tree.first("defaults"), "from defaults(…)")):
        if (value := written(source, parameter)) is not None:
            return value, reason
    return parameter.default, "the usual value"
