"""The part of a program that decides what a change at one place does: quick to analyse, however long the program is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnngen.language.analysis import Analysis
from cnngen.language.network import Node
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Item, Layer, Merge
from cnngen.language.words.catalogue import WORDS

_FEATURE = ("convolution", "merge")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A shorter program that gives layers at a place the same streams to read.

    What stands at an offset of the program stands `shift` before it here. `behind` are the top-level items that
    follow the place and are left out.
    """

    text: str
    shift: int
    behind: tuple[Item, ...]


def excerpt(analysis: Analysis, place: Span, *, cut: bool) -> Excerpt:
    """The excerpt around a place.

    Left out are features before it that hand on the shape they get, and reduce nothing: what follows reads the same
    without them. So is, with `cut`, all behind the top-level feature of the place. That is for texts whose brackets are
    sound; in others there is no telling where an item ends.
    """
    items, text = analysis.tree.items, analysis.text
    around = [item for item in items if item.span.start < place.end and place.start <= item.span.end]
    start = min([item.span.start for item in around] + [place.start])
    end = max([item.span.end for item in around] + [place.end]) if cut else len(text)
    for item in items if cut else ():  # what belongs to the feature of the place may not fit what comes of it
        if item.span.start >= end:
            if _category(item) not in ("dropout", "pooling"):
                break
            end = item.span.end
    before = [feature for feature in _features(items) if feature[-1].span.end < start]
    nodes = _Nodes(analysis.network.nodes)
    kept = [
        text[feature[0].span.start : feature[-1].span.end]
        for index, feature in enumerate(before)
        if not nodes.hands_on(feature) or feature is before[-1] or (index and not _is_feature(before[index - 1][0]))
    ]
    begin = before[-1][-1].span.end if before else 0
    head = "\n".join(kept)
    behind = tuple(item for item in items if item.span.start >= end) if cut else ()
    return Excerpt(head + text[begin:end], begin - len(head), behind)


def _features(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Each convolution or merge with the dropout and pooling behind it; other items alone."""
    feature: list[Item] = []
    for item in items:
        if not (feature and _is_feature(feature[0]) and _category(item) in ("dropout", "pooling")):
            if feature:
                yield feature
            feature = []
        feature.append(item)
    if feature:
        yield feature


def _category(item: Item) -> str:
    word = WORDS.get(item.word.text) if isinstance(item, Layer) else None
    return word.category if word else "merge" if isinstance(item, Merge) else ""


def _is_feature(item: Item) -> bool:
    return _category(item) in _FEATURE


class _Nodes:
    """The nodes of a network, asked for in the order of the text."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self.index = 0

    def hands_on(self, feature: list[Item]) -> bool:
        """Whether a feature gives the shape that it reads, and reduces nothing on the way."""
        nodes, end = self.nodes, feature[-1].span.end
        first = self.index
        while self.index < len(nodes) and nodes[self.index].span.end <= end:
            self.index += 1
        mine = nodes[first : self.index]
        if not first or not mine or not _is_feature(feature[0]):
            return False
        return mine[-1].shape == nodes[first - 1].shape and not any(map(reduces, mine))


def reduces(node: Node) -> bool:
    """Whether a layer steps by more than one pixel, after which filters double."""
    return node.kind != "upconv" and max(node.args.get("strides", (1,))) > 1
