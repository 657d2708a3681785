"""Inlay hints of values: inferred hyper-parameters, shown as if they were written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnngen.language import Analysis, Span
from cnngen.language.syntax.tree import Layer, walk
from cnngen.language.words.catalogue import Word
from cnngen.language.words.datasets import DEFAULT_DATASET
from cnngen.server.features.certainty import Certainty
from cnngen.server.features.figures import as_written
from cnngen.server.features.hint import Hint, touch
from cnngen.server.features.resolved import Resolved, nodes_of, resolved

#: The hyper-parameters whose inferred values make a difference that one wants to see.
_TELLING = frozenset(("filters", "units", "kernel_size", "pool_size", "strides", "padding"))


def value_hints(analysis: Analysis, place: Span, sure: Certainty) -> Iterator[Hint]:
    """The values that one would not expect, in or behind the parentheses of each layer."""
    for layer in walk([item for item in analysis.tree.items if touch(item.span, place)]):
        if not isinstance(layer, Layer) or not touch(layer.span, place) or not sure.reads(layer):
            continue
        nodes = nodes_of(analysis, layer)
        if not nodes or not all(map(sure.of, nodes)):
            continue
        found = _telling(analysis, layer)
        if found:
            offset, before, behind = _spot(analysis.text, layer)
            label = ", ".join(f"{name}={value}" for name, value, _ in found)
            reason = "\n".join(f"{name}={value}: {why}" for name, value, why in found)
            yield Hint(offset, f"{before}{label}{behind}", reason, "value")


def _telling(analysis: Analysis, layer: Layer) -> list[tuple[str, str, str]]:
    """The inferred values of a layer that one would not expect, each with its reason."""
    word = analysis.word(layer)
    if word is None:
        return []
    if word.category == "input":
        bare = not layer.arguments and analysis.network.dataset == DEFAULT_DATASET.name
        return [("dataset", DEFAULT_DATASET.name, "the usual value: every installation has it")] if bare else []
    values = resolved(analysis, layer, _TELLING)
    return [
        (one.parameter.name, as_written(one.value), one.reason)
        for one in values
        if one.reason and one.value != _expected(word, one, values)
    ]


def _expected(word: Word, one: Resolved, values: list[Resolved]) -> Any:
    """What a reader takes for granted of a hyper-parameter; None where every value tells something new."""
    match one.parameter.name:
        case "filters" | "units":
            return None
        case "kernel_size" | "pool_size":
            return one.parameter.default
        case "strides" if word.category == "pooling":
            return next(other.value for other in values if other.parameter.name == "pool_size")
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
