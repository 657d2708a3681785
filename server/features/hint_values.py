"""Inlay hints of values: inferred hyper-parameters, shown as if they were written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnngen.language import Analysis, Node
from cnngen.language.resolve.sections import Section
from cnngen.language.syntax.tree import Layer
from cnngen.language.words.catalogue import WORDS, Word
from cnngen.language.words.datasets import DEFAULT_DATASET
from cnngen.language.words.hyperparameters import HyperParameter
from cnngen.server.features.certainty import Certainty
from cnngen.server.features.figures import as_written
from cnngen.server.features.hint import Hint
from cnngen.server.features.resolved import holder, nodes_of, written

#: The hyper-parameters whose inferred values make a difference that one wants to see.
_TELLING = frozenset(("filters", "units", "kernel_size", "pool_size", "strides", "padding"))
_PARAMETERS = {
    name: [parameter for parameter in word.hyperparameters if parameter.name in _TELLING]
    for name, word in WORDS.items()
}


def value_hints(feature: Analysis, sure: Certainty) -> Iterator[Hint]:
    """The values in a feature, given alone, that one would not expect: in or behind the parentheses of each layer."""
    for layer in feature.tree.walk():
        if not isinstance(layer, Layer) or not sure.reads(layer):
            continue
        word, nodes = feature.word(layer), nodes_of(feature, layer)
        if word and nodes and all(sure.of(node.id) for node in nodes):
            yield from _hint(feature.text, layer, _telling(word, layer, nodes))


def input_hints(analysis: Analysis, section: Section, sure: Certainty) -> Iterator[Hint]:
    """The data set of an `input` that says nothing."""
    layer, usual = section.feature.item, DEFAULT_DATASET.name
    if not isinstance(layer, Layer) or layer.arguments or not sure.reads(layer):
        return
    if analysis.network.dataset == usual:
        told = ("dataset", usual, "the usual value: every installation has it")
        yield from _hint(section.feature.text, layer, [told])


def _hint(text: str, layer: Layer, found: list[tuple[str, str, str]]) -> Iterator[Hint]:
    if found:
        offset, before, behind = _spot(text, layer)
        label = ", ".join([f"{name}={value}" for name, value, _ in found])
        reason = "\n".join([f"{name}={value}: {why}" for name, value, why in found])
        yield Hint(offset, f"{before}{label}{behind}", reason, "value")


def _telling(word: Word, layer: Layer, nodes: list[Node]) -> list[tuple[str, str, str]]:
    """The inferred values of a layer that one would not expect, each with its reason."""
    found = []
    for parameter in _PARAMETERS[word.name]:
        name = parameter.name
        node = holder(nodes, name)
        reason = node.inferred.get(name) if node else None
        if node is None or not reason or (value := node.args[name]) == _expected(word, parameter, node):
            continue
        if not layer.arguments or written(layer, parameter) is None:
            found.append((name, as_written(value), reason))
    return found


def _expected(word: Word, parameter: HyperParameter, node: Node) -> Any:
    """What a reader takes for granted of a hyper-parameter; None where every value tells something new."""
    match parameter.name:
        case "filters" | "units":
            return None
        case "kernel_size" | "pool_size":
            return parameter.default
        case "strides" if word.category == "pooling":
            return node.args["pool_size"]
        case "strides":
            return (2, 2) if word.name == "upconv" else (1, 1)
    return "valid" if word.category == "pooling" else "same"  # of the padding


def _spot(text: str, layer: Layer) -> tuple[int, str, str]:
    """Where values are shown as if they were written, and the marks around them."""
    word = layer.word.span
    if layer.span.end == word.end:
        return word.end, "(", ")"
    if not layer.arguments:
        return text.index("(", word.end) + 1, "", ""
    return layer.arguments[-1].span.end, ", ", ""
