"""Hover over what makes a merge, its brackets, commas and join, and over `Empty`: how the lanes meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnngen.language import Analysis, Node, Shape
from cnngen.language.resolve.shapes import shown
from cnngen.language.syntax.tree import Body, Lane, Merge
from cnngen.language.words.catalogue import WORDS
from cnngen.server.features.figures import as_written, counted
from cnngen.server.features.hover_layer import cost_line
from cnngen.server.features.markdown import code, table

#: A longer table is no reading matter.
_BODIES = 6


@dataclass(frozen=True, slots=True)
class _Side:
    """One lane of a body: its nodes, and the shapes at its two ends."""

    nodes: list[Node]
    begin: Shape
    end: Shape


def about_bodies(analysis: Analysis, merge: Merge, bodies: Sequence[Body]) -> str:
    """How the lanes of some bodies of a merge meet, and what that costs."""
    word = WORDS[merge.join.word.text if merge.join else "add"]
    parts = [f"**{word.name}** – {word.doc}"]
    joined = [(body, joins[-1]) for body in bodies if (joins := analysis.nodes_of(body))]
    if not joined:
        return parts[0]
    rows: list[tuple[str, ...]] = []
    for body, join in joined[:_BODIES]:
        sides = _sides(analysis, body, join)
        number = f" {merge.bodies.index(body) + 1}" if len(merge.bodies) > 1 else ""
        for name, side in zip(("left", "right"), sides, strict=True):
            layers = counted(len(side.nodes), "layer") if side.nodes else "identity"
            rows.append((f"{name} lane{number}", layers, code(shown(side.begin)), code(shown(side.end))))
        if not meets(join.kind, sides[0].end, sides[1].end):
            left, right = (code(shown(side.end)) for side in sides)
            parts.append(f"The lanes do not meet: {left} on the left, {right} on the right.")
        activation = "" if join.args["activation"] is None else f", then {code(as_written(join.args['activation']))}"
        rows.append((f"**{join.kind}**{activation}", code(join.name), "", code(shown(join.shape))))
    parts.append(table(("", "", "in", "out"), rows))
    if len(joined) > _BODIES:
        parts.append(f"And {len(joined) - _BODIES:,} bodies more.")
    first, last = joined[0][0].span.start, joined[-1][0].span.end
    inside = [node for node in analysis.network.nodes if first <= node.span.start and node.span.end <= last]
    parts.insert(1, cost_line(analysis, inside))
    return "\n\n".join(parts)


def about_empty(analysis: Analysis, body: Body | None) -> str:
    """What `Empty` hands on."""
    word = WORDS["Empty"]
    text = f"**{word.name}** – {word.doc}"
    joins = analysis.nodes_of(body) if body else ()
    if not joins:
        return text
    shape = analysis.network.nodes[joins[-1].inputs[1]].shape
    return f"{text}\n\n{code(shown(shape))} goes on unchanged to {code(joins[-1].name)}; it costs nothing."


def meets(kind: str, left: Shape, right: Shape) -> bool:
    """Whether a join of this kind can take these shapes."""
    return left == right if kind == "add" else left[:2] == right[:2]


def _sides(analysis: Analysis, body: Body, join: Node) -> tuple[_Side, _Side]:
    left, right = join.inputs
    return _side(analysis, body.lanes[:1], left), _side(analysis, body.lanes[1:2], right)


def _side(analysis: Analysis, lane: Sequence[Lane], end: int) -> _Side:
    nodes = analysis.network.nodes
    spans = [part.span for part in lane]
    inside = [node for node in nodes for span in spans if span.start <= node.span.start and node.span.end <= span.end]
    begin = nodes[inside[0].inputs[0]].shape if inside else nodes[end].shape
    return _Side(inside, begin, nodes[end].shape)
