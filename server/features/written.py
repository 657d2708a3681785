"""Hyper-parameters as text: those that a layer or merge has, with the values that the network gives them."""

from __future__ import annotations

from typing import Any

from cnngen.language import DATASETS, Analysis, Node
from cnngen.language.syntax.tree import Layer, Merge, Value
from cnngen.language.words.catalogue import WORDS


def resolved(analysis: Analysis, item: Layer | Merge) -> dict[str, str]:
    """Every hyper-parameter of a layer, or of a merge's join, in the catalogue's order.

    What is written stays as it is. Empty for `defaults`, and where the network has no such layer.
    """
    layer = item.join if isinstance(item, Merge) else item
    name = layer.word.text if layer else "add"
    word = WORDS.get(name)
    if word is None or name == "defaults":
        return {}
    found = _of_program(analysis, name)
    if isinstance(item, Merge):
        nodes = analysis.nodes_of(item.bodies[-1]) if item.bodies else ()
        found = {"activation": nodes[-1].args["activation"] or "linear"} if nodes else {}
    elif not found:
        found = _of_nodes(analysis, item, analysis.nodes_of(item))
    texts = {key: as_text(value) for key, value in found.items()}
    texts |= written(layer) if layer else {}
    return {parameter.name: texts[parameter.name] for parameter in word.hyperparameters if parameter.name in texts}


def written(layer: Layer) -> dict[str, str]:
    """The arguments of a layer by name, as they stand in the text."""
    return {
        argument.name.text: _source(argument.value) for argument in layer.arguments if argument.name and argument.value
    }


def as_text(value: Any) -> str:
    """A value as a program writes it."""
    if isinstance(value, tuple):
        alike = len(value) == 2 and value[0] == value[1]
        return str(value[0]) if alike else f"({', '.join(map(str, value))})"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _source(value: Value) -> str:
    return value.text if not hasattr(value, "items") else f"({', '.join(item.text for item in value.items)})"


def _of_program(analysis: Analysis, word: str) -> dict[str, Any]:
    """What belongs to no node."""
    network = analysis.network
    match word:
        case "training":
            return {field.name: getattr(network.training, field.name) for field in WORDS[word].hyperparameters}
        case "input":
            named = {"dataset": network.dataset} if network.dataset in DATASETS else {}
            return {**named, "shape": network.input_shape}
        case "output":
            return {"classes": network.classes}
    return {}


def _of_nodes(analysis: Analysis, layer: Layer, nodes: list[Node] | Any) -> dict[str, Any]:
    """What the nodes of a layer say in Keras' words, in those of the language."""
    found: dict[str, Any] = {}
    for node in nodes:
        if node.kind != "batch_norm":
            found |= node.args
    for node in nodes:
        if node.kind == "batch_norm":
            found |= {"epsilon": node.args["epsilon"], "momentum": node.args["momentum"]}
            found["activate"] = _setting(analysis, layer, "activate")
            if found["activate"] == "norm":
                found["activation"] = node.args["activation"] or "linear"
    return found


def _setting(analysis: Analysis, layer: Layer, name: str) -> str:
    """A value that the nodes do not tell: the layer's own, that of `defaults`, or the catalogue's."""
    for source in (layer, analysis.tree.first("defaults")):
        if source is not None and name in (values := written(source)):
            return values[name]
    parameter = WORDS[layer.word.text].hyperparameter(name)
    return str(parameter.default) if parameter else ""
