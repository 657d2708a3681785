"""A lane of a join as the network has it: the sizes before and behind each of its items."""

from __future__ import annotations

from typing import NamedTuple

from cnngen.language.analysis import Analysis
from cnngen.language.network import Node, Shape
from cnngen.language.resolve.solve import Interval, Window
from cnngen.language.syntax.tree import Item, Merge

POOLINGS = ("avg_pooling", "max_pooling")


class Spot(NamedTuple):
    """An item of a lane: the shapes before and behind it, and its window if it is a layer that has one."""

    item: Item
    before: Shape
    behind: Shape
    window: Window | None
    node: Node | None


class JoinedLane(NamedTuple):
    """One lane of a body: where it starts and ends, and what it has to end with."""

    side: str
    spots: list[Spot]
    start: Shape
    end: Shape
    wanted: Shape


def lane_of(analysis: Analysis, side: str, items: tuple[Item, ...], end: Shape, wanted: Shape) -> JoinedLane:
    """A lane, read off the network."""
    nodes = analysis.network.nodes
    spots: list[Spot] = []
    for item in items:
        part = item.bodies[-1] if isinstance(item, Merge) and item.bodies else item
        became = analysis.nodes_of(part)
        if not became:
            continue
        before = spots[-1].behind if spots else nodes[became[0].inputs[0]].shape
        node = None if isinstance(item, Merge) else next((n for n in became if "strides" in n.args), None)
        spots.append(Spot(item, before, became[-1].shape, _window(node) if node else None, node))
    return JoinedLane(side, spots, spots[0].before if spots else end, end, wanted)


def _window(node: Node) -> Window:
    kernel = node.args["pool_size" if node.kind in POOLINGS else "kernel_size"]
    args = node.args
    return Window(kernel, args["strides"], args["padding"], node.kind == "upconv", node.kind == "sepconv")


def exactly(size: Shape) -> tuple[Interval, Interval]:
    """One size, as the interval that holds no other."""
    return (size[0], size[0]), (size[1], size[1])
