"""Inlay hints of shapes: what features and lanes put out, where they change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnngen.language import Analysis, Shape
from cnngen.language.network import activation_bytes
from cnngen.language.resolve.sections import Section
from cnngen.language.resolve.shapes import shown
from cnngen.language.syntax.tree import Item, Layer, Merge
from cnngen.server.features.certainty import Certainty
from cnngen.server.features.figures import memory
from cnngen.server.features.hint import Hint


def lane_hints(feature: Analysis, sure: Certainty) -> Iterator[Hint]:
    """The shapes behind the lanes of a feature, given alone, where they change it; in no order."""
    nodes = feature.network.nodes
    #: Items that follow one another, and the node whose output enters them.
    pending: list[tuple[Sequence[Item], int]] = [(feature.tree.items, 0)]
    while pending:
        items, stream = pending.pop()
        for item in items:
            if isinstance(item, Merge):
                left = right = stream
                for body in item.bodies:
                    if not (joins := feature.nodes_of(body)):
                        continue
                    inputs = joins[-1].inputs
                    for lane, begin, end in zip(body.lanes, (left, right), inputs, strict=False):
                        if sure.of(end) and nodes[end].shape != nodes[begin].shape:
                            yield shape_hint(lane.span.end, nodes[end].shape)
                        pending.append((lane.items, begin))
                    left, right = joins[-1].id, inputs[1]
            stream = _end(feature, item, stream)


class Passing:
    """What flows from feature to feature; told behind each that changes it, as far as it stands on one line."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._before = self._shape = analysis.network.input_shape
        self._kind, self._sure = "input", True

    def behind(self, section: Section, sure: Certainty, following: Section | None) -> Iterator[Hint]:
        """The hint behind the next feature, if it has one."""
        item, part = section.feature.item, section.part
        if part and part.exit.node:
            self._kind, self._shape = part.graph.drafts[part.exit.node].kind, part.exit.shape
            self._sure = sure.of(part.exit.node)
        if following is not None and _continues(self._analysis, section, following):
            return
        changed, self._before = self._shape != self._before, self._shape
        first = isinstance(item, Layer) and _category(self._analysis, item) == "input" and not _writes(item, "shape")
        # The text of a dense, or its hint, tells the units already.
        tells = (changed or first) and self._kind != "dense" and self._sure
        if tells and (not isinstance(item, Layer) or sure.reads(item)):
            yield shape_hint(item.span.end, self._shape)


def shape_hint(offset: int, shape: Shape) -> Hint:
    """What flows at an offset."""
    said = shown(shape)
    return Hint(
        offset, f"→ {said}", f"{said} flows on from here: {memory(activation_bytes(shape))} for one image.", "shape"
    )


def _end(feature: Analysis, item: Item, stream: int) -> int:
    """The node whose output leaves an item that `stream` enters."""
    last = item.bodies[-1] if isinstance(item, Merge) and item.bodies else item
    inside = feature.nodes_of(last)
    return inside[-1].id if inside else stream


def _continues(analysis: Analysis, section: Section, following: Section) -> bool:
    """Whether what follows belongs to the same feature and stands on the same line."""
    between = analysis.text[section.span.end : following.span.start]
    if "\n" in between or "\r" in between:
        return False
    category = _category(analysis, following.feature.item)
    opens = _category(analysis, section.feature.item) in ("convolution", "merge")
    return category == "pooling" or (category == "dropout" and opens)


def _category(analysis: Analysis, item: Item) -> str:
    if isinstance(item, Merge):
        return "merge"
    word = analysis.word(item) if isinstance(item, Layer) else None
    return word.category if word else ""


def _writes(layer: Layer, name: str) -> bool:
    return any(argument.name and argument.name.text == name for argument in layer.arguments)
