"""The diagram: what a picture of the program shows of each layer, and where that layer stands in the text."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from cnngen.language import Analysis, Node, Severity, Span
from cnngen.language.syntax.tree import Merge


@dataclass(frozen=True, slots=True)
class DrawnLayer:
    """A layer of the picture: `id` is its element's without the `n`; `span` is the text that it came from.

    Parameters and multiply-accumulates are counts, `activation_bytes` is the output's memory for one sample.
    """

    id: int
    span: Span
    name: str
    kind: str
    params: int
    macs: int
    activation_bytes: int


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A lane of a merge that has layers: those with the ids from `first` to `last`."""

    first: int
    last: int


def drawn_layers(analysis: Analysis) -> list[DrawnLayer]:
    """The layers of the network in its order."""
    return [
        DrawnLayer(node.id, node.span, node.name, node.kind, node.params, node.macs, node.activation_bytes)
        for node in analysis.network.nodes
    ]


def drawn_lanes(analysis: Analysis) -> list[DrawnLane]:
    """The lanes of all merges, an outer one before those inside it.

    Nodes stand depth first, so a lane's are a run of ids; they are found by where the text has them.
    """
    nodes: list[Node] = sorted(analysis.network.nodes, key=lambda node: (node.span.start, node.id))
    starts = [node.span.start for node in nodes]
    lanes = []
    for item in analysis.tree.walk():
        if not isinstance(item, Merge):
            continue
        for lane in (lane for body in item.bodies for lane in body.lanes):
            inside = nodes[bisect_left(starts, lane.span.start) : bisect_left(starts, lane.span.end)]
            if inside:
                ids = [node.id for node in inside]
                lanes.append(DrawnLane(min(ids), max(ids)))
    return sorted(lanes, key=lambda lane: (lane.first, -lane.last))


def why_no_picture(analysis: Analysis) -> str | None:
    """One sentence when the program's errors stand in the way of a picture."""
    errors = [found for found in analysis.diagnostics if found.severity is Severity.ERROR]
    if not errors:
        return None
    line = analysis.lines.position(errors[0].span.start).line + 1
    if len(errors) == 1:
        return f"The program has an error in line {line}: correct it, and the picture follows."
    return f"The program has {len(errors):,} errors, the first in line {line}: correct them, and the picture follows."
