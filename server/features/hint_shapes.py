"""Inlay hints of shapes: what features and lanes put out, where they change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnngen.language import Analysis, Node, Span
from cnngen.language.resolve.shapes import shown
from cnngen.language.syntax.tree import Item, Lane, Layer, Merge
from cnngen.server.features.certainty import Certainty
from cnngen.server.features.figures import memory
from cnngen.server.features.hint import Hint, touch


def shape_hints(analysis: Analysis, place: Span, sure: Certainty) -> Iterator[Hint]:
    """The shapes behind features and lanes, in no order."""
    yield from _behind_features(analysis, place, sure)
    #: Items that follow one another, and the node whose output enters them.
    pending: list[tuple[Sequence[Item], int]] = [(analysis.tree.items, 0)]
    while pending:
        items, stream = pending.pop()
        for item in items:
            if isinstance(item, Merge) and touch(item.span, place):
                left = right = stream
                for body in item.bodies:
                    if not (joins := analysis.nodes_of(body)):
                        continue
                    join = joins[-1]
                    if touch(body.span, place):
                        lanes = list(zip(body.lanes, (left, right), join.inputs, strict=False))
                        yield from _behind_lanes(analysis, lanes, sure)
                        pending += [(lane.items, begin) for lane, begin, _ in lanes]
                    left, right = join.id, join.inputs[1]
            stream = _end(analysis, item, stream)


def _behind_features(analysis: Analysis, place: Span, sure: Certainty) -> Iterator[Hint]:
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
        if tells and touch(item.span, place) and (not isinstance(item, Layer) or sure.reads(item)):
            yield _shape_hint(item.span.end, node)


def _behind_lanes(analysis: Analysis, lanes: Sequence[tuple[Lane, int, int]], sure: Certainty) -> Iterator[Hint]:
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
