"""The lanes of a network, found in its graph: which layers stand in a row, and which beside one another.

The text of a program says it too, but a Keras model read back has only its graph; so who writes code and who reads
it start from the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cnngen.language import Node

JOINS = frozenset({"add", "concat"})


class NoLanes(ValueError):
    """A graph is not made of lanes that fork and meet again; the message says where."""


@dataclass(eq=False, slots=True)
class Body:
    """Two lanes and the join at which they meet. `right` is empty where the stream is handed on as it is."""

    left: Chain
    right: Chain
    join: Node


@dataclass(eq=False, slots=True)
class Fork:
    """A merge. Its bodies follow one another: the left lane of the next one goes on from the join, its right lane
    from where the right lane before it ended.
    """

    bodies: list[Body]


#: A single layer, or a merge.
Item = Node | Fork
Chain = list[Item]


@dataclass(eq=False, slots=True)
class _Open:
    """A chain that still grows: the node it reads, the node that it ends with, and how deep its merges nest.

    `behind` is where the right lane of the merge in front ended: a further body's goes on from there.
    """

    start: int | None
    end: int
    items: Chain = field(default_factory=list)
    depth: int = 0
    behind: int | None = None


def structure(nodes: Sequence[Node], deepest: int = 1_000_000) -> Chain:
    """The nodes as a chain of layers and merges, in their order.

    Where two ways of writing give the same graph, a merge has as many bodies as it can, instead of one merge in the
    left lane of another. Takes time in proportion to the nodes, and no interpreter stack for nesting.

    Raises:
        NoLanes: the graph cannot be written with merges, the nodes do not stand depth first, or merges nest deeper
            than `deepest`.
    """
    waiting = [0] * len(nodes)  # how many are still to read a node
    for node in nodes:
        for source in node.inputs:
            waiting[source] += 1
    chains: list[_Open] = []
    for node in nodes:
        if node.kind in JOINS:
            _join(node, chains, waiting, deepest)
            continue
        if not node.inputs:
            if chains:
                raise NoLanes(f"{node.name} is a second input")
            chains.append(_Open(None, node.id, [node]))
            continue
        (source,) = node.inputs
        waiting[source] -= 1
        if not chains:
            raise NoLanes(f"{node.name} reads what no layer before it gives")
        last = chains[-1]
        if source == last.end and not waiting[source]:
            last.items.append(node)
            last.end = node.id
        else:
            chains.append(_Open(source, node.id, [node]))
    if len(chains) != 1:
        raise NoLanes(f"the lane that ends with {nodes[chains[-1].end].name} meets no other" if chains else "no layers")
    return chains[0].items


def _join(node: Node, chains: list[_Open], waiting: list[int], deepest: int) -> None:
    if len(node.inputs) != 2:
        raise NoLanes(f"{node.name} joins {len(node.inputs)} streams instead of two")
    first, second = node.inputs
    for source in node.inputs:
        waiting[source] -= 1
    right: Chain = []
    start, depth = second, 0
    if chains and chains[-1].end == second and second != first:
        lane = chains.pop()
        if lane.start is None:
            raise NoLanes(f"the right lane of {node.name} starts nowhere")
        right, start, depth = lane.items, lane.start, lane.depth
    if len(chains) < 2 or chains[-1].end != first:
        raise NoLanes(f"the left lane of {node.name} does not begin where its right lane does")
    left = chains.pop()
    front = left.items[0]
    depth = max(depth, left.depth)
    if isinstance(front, Fork) and len(left.items) > 1 and start == left.behind and _alike(front.bodies[-1].join, node):
        fork = front
        fork.bodies.append(Body(left.items[1:], right, node))
    elif left.start == start:
        fork = Fork([Body(left.items, right, node)])
        depth += 1
    else:
        raise NoLanes(f"the two lanes of {node.name} begin at different layers")
    if depth > deepest:
        raise NoLanes(f"merges nest deeper than {deepest}")
    assert left.start is not None
    outer = chains[-1]
    if outer.end == left.start and not waiting[left.start] and not waiting[second]:
        outer.items.append(fork)
        outer.end = node.id
        outer.depth = max(outer.depth, depth)
    else:
        chains.append(_Open(left.start, node.id, [fork], depth, second))


def _alike(one: Node, other: Node) -> bool:
    return one.kind == other.kind and one.args == other.args


def nodes_of(items: Sequence[Item]) -> Iterator[Node]:
    """All layers of a chain, those of the lanes included, in the network's order."""
    pending: list[Item | Node] = list(reversed(items))
    while pending:
        item = pending.pop()
        if isinstance(item, Node):
            yield item
            continue
        for body in reversed(item.bodies):
            pending.append(body.join)
            pending.extend(reversed(body.right))
            pending.extend(reversed(body.left))
