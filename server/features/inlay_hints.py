"""Inlay hints: what the text leaves out, shown in its place: inferred hyper-parameters, and the shapes they lead to.

A hint says only what is sure. Where a merge lacks brackets, or its lanes do not meet, the network goes on with a guess,
and so nothing is shown there nor behind it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal

from cnngen.language import Analysis, Code, Node, Severity, Span
from cnngen.language.resolve.shapes import shown
from cnngen.language.syntax.tree import Item, Lane, Layer, Merge, walk
from cnngen.language.words.catalogue import Word
from cnngen.language.words.datasets import DEFAULT_DATASET
from cnngen.server.features.figures import as_written, memory
from cnngen.server.features.hover_merge import meets
from cnngen.server.features.resolved import Resolved, nodes_of, resolved

#: Errors behind which the resolver goes on with a shape of its own making.
_GUESSES = (Code.WINDOW_TOO_LARGE, Code.COST, Code.DATASET_SHAPE)

#: The hyper-parameters whose inferred values make a difference that one wants to see.
_TELLING = frozenset(("filters", "units", "kernel_size", "pool_size", "strides", "padding"))


@dataclass(frozen=True, slots=True)
class Hint:
    """A text to show at an offset, and why it is so."""

    offset: int
    label: str
    reason: str
    kind: Literal["value", "shape"]


def inlay_hints(analysis: Analysis, place: Span, *, values: bool = True, shapes: bool = True) -> list[Hint]:
    """The hints of a part of the text, in its order; each kind can be left out."""
    sure = _Certainty(analysis)
    hints: list[Hint] = []
    if values:
        hints += _value_hints(analysis, place, sure)
    if shapes:
        hints += _shape_hints(analysis, place, sure)
    # Stable: a layer's values come before its shape where both stand behind its word.
    return sorted(hints, key=lambda hint: hint.offset)


# -- what can be relied upon -----------------------------------------------------------------------------------


class _Certainty:
    """Which nodes of a program are what its author meant, as far as one can tell."""

    def __init__(self, analysis: Analysis) -> None:
        # An end that is still to come makes nothing wrong that is there.
        errors = [
            found
            for found in analysis.diagnostics
            if found.severity is Severity.ERROR and found.code is not Code.INCOMPLETE
        ]
        self._text = analysis.text
        self._errors = sorted(found.span.start for found in errors)
        self._guesses = sorted(found.span.start for found in errors if found.code in _GUESSES)
        self._doubtful: set[int] = set()
        if errors:
            broken = [item.span for item in analysis.tree.walk() if isinstance(item, Merge) and _broken(item)]
            # In the order of the text: how far the merges reach that begin up to each of them.
            self._begins = [span.start for span in broken]
            self._reaches = list(accumulate((span.end for span in broken), max))
            self._spread(analysis.network.nodes)

    def of(self, node: Node) -> bool:
        """Whether the node's shape is sure."""
        return node.id not in self._doubtful

    def reads(self, layer: Layer) -> bool:
        """Whether a layer is written without an error, and its parentheses are closed."""
        return not _any_in(self._errors, layer.span) and _closed(self._text, layer)

    def _spread(self, nodes: tuple[Node, ...]) -> None:
        for node in nodes:
            joins = node.kind in ("add", "concat")
            doubtful = (
                any(source in self._doubtful for source in node.inputs)
                or (joins and not meets(node, *(nodes[source].shape for source in node.inputs)))
                or (not joins and _any_in(self._guesses, node.span))
                or self._in_broken(node.span)
            )
            if doubtful:
                self._doubtful.add(node.id)

    def _in_broken(self, span: Span) -> bool:
        before = bisect_right(self._begins, span.start)
        return before > 0 and span.end <= self._reaches[before - 1]


def _closed(text: str, layer: Layer) -> bool:
    """Whether nothing is open; what the repair closes ends with its last argument or with a comma."""
    last = layer.arguments[-1].span.end if layer.arguments else layer.word.span.end
    return layer.span.end == layer.word.span.end or (last < layer.span.end and text[layer.span.end - 1] == ")")


def _broken(merge: Merge) -> bool:
    return merge.repaired or any(body.repaired or len(body.lanes) != 2 for body in merge.bodies)


def _any_in(starts: list[int], span: Span) -> bool:
    index = bisect_left(starts, span.start)
    return index < len(starts) and starts[index] < span.end


# -- values ----------------------------------------------------------------------------------------------------


def _value_hints(analysis: Analysis, place: Span, sure: _Certainty) -> Iterator[Hint]:
    for layer in walk([item for item in analysis.tree.items if _touch(item.span, place)]):
        if not isinstance(layer, Layer) or not _touch(layer.span, place) or not sure.reads(layer):
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


# -- shapes ----------------------------------------------------------------------------------------------------


def _shape_hints(analysis: Analysis, place: Span, sure: _Certainty) -> Iterator[Hint]:
    yield from _behind_features(analysis, place, sure)
    #: Items that follow one another, and the node whose output enters them.
    pending: list[tuple[Sequence[Item], int]] = [(analysis.tree.items, 0)]
    while pending:
        items, stream = pending.pop()
        for item in items:
            if isinstance(item, Merge) and _touch(item.span, place):
                left = right = stream
                for body in item.bodies:
                    if not (joins := analysis.nodes_of(body)):
                        continue
                    join = joins[-1]
                    if _touch(body.span, place):
                        lanes = list(zip(body.lanes, (left, right), join.inputs, strict=False))
                        yield from _behind_lanes(analysis, lanes, sure)
                        pending += [(lane.items, begin) for lane, begin, _ in lanes]
                    left, right = join.id, join.inputs[1]
            stream = _end(analysis, item, stream)


def _behind_features(analysis: Analysis, place: Span, sure: _Certainty) -> Iterator[Hint]:
    """Behind each feature on the top level, as far as it stands on one line, where it changes the shape."""
    items, nodes = analysis.tree.items, analysis.network.nodes
    begin = end = 0
    for item, following in zip(items, (*items[1:], None), strict=False):
        end = _end(analysis, item, end)
        if following is not None and _continues(analysis, item, following):
            continue
        node, changed = nodes[end], nodes[end].shape != nodes[begin].shape
        begin = end
        first = isinstance(item, Layer) and _category(analysis, item) == "input" and not _writes(item, "shape")
        # The text of a dense, or its hint, tells the units already.
        tells = (changed or first) and node.kind != "dense" and sure.of(node)
        if tells and _touch(item.span, place) and (not isinstance(item, Layer) or sure.reads(item)):
            yield _shape_hint(item.span.end, node)


def _behind_lanes(analysis: Analysis, lanes: Sequence[tuple[Lane, int, int]], sure: _Certainty) -> Iterator[Hint]:
    """Behind each lane, given with the nodes before and at its end, that changes the shape."""
    nodes = analysis.network.nodes
    for lane, begin, end in lanes:
        if sure.of(nodes[end]) and nodes[end].shape != nodes[begin].shape:
            yield _shape_hint(lane.span.end, nodes[end])


def _end(analysis: Analysis, item: Item, stream: int) -> int:
    """The node whose output leaves an item that `stream` enters."""
    last = item.bodies[-1] if isinstance(item, Merge) and item.bodies else item
    inside = analysis.nodes_of(last)
    return inside[-1].id if inside else stream


def _shape_hint(offset: int, node: Node) -> Hint:
    shape = shown(node.shape)
    return Hint(
        offset, f"→ {shape}", f"{node.name} gives {shape}, {memory(node.activation_bytes)} for one image.", "shape"
    )


def _continues(analysis: Analysis, item: Item, following: Item) -> bool:
    """Whether what follows belongs to the same feature and stands on the same line."""
    if "\n" in (between := analysis.text[item.span.end : following.span.start]) or "\r" in between:
        return False
    category = _category(analysis, following)
    opens = _category(analysis, item) in ("convolution", "merge")
    return category == "pooling" or (category == "dropout" and opens)


def _category(analysis: Analysis, item: Item) -> str:
    if isinstance(item, Merge):
        return "merge"
    word = analysis.word(item) if isinstance(item, Layer) else None
    return word.category if word else ""


def _writes(layer: Layer, name: str) -> bool:
    return any(argument.name and argument.name.text == name for argument in layer.arguments)


def _touch(span: Span, place: Span) -> bool:
    return span.start <= place.end and place.start <= span.end
