"""What would make the lanes of a join meet: a value that fits, a projection, or another join.

A proposal is made from one lane at a time: the size that it has to end with is followed back through the lane, and the
first layer that can be written to meet it is. Nested merges are taken as they stand.
"""

from __future__ import annotations

from cnngen.language.analysis import Analysis
from cnngen.language.diagnostics import Diagnostic, Edit, Fix
from cnngen.language.fixing.lanes import lane_of
from cnngen.language.fixing.layers import insertions, projections_of_empty
from cnngen.language.fixing.values import value_fixes
from cnngen.language.resolve.joins import join_place
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Body, Merge


def join_fixes(analysis: Analysis, diagnostic: Diagnostic) -> tuple[Fix, ...]:
    """Proposals for a join whose lanes do not fit, the best first. Not all need hold: try them."""
    found = _body_at(analysis, diagnostic.span)
    if found is None:
        return ()
    merge, body = found
    join = next((node for node in analysis.nodes_of(body) if node.kind in ("add", "concat")), None)
    if join is None or len(body.lanes) < 2:
        return ()
    nodes = analysis.network.nodes
    left, right = (nodes[source].shape for source in join.inputs)
    lanes = (
        lane_of(analysis, "right", body.lanes[1].items, right, left),
        lane_of(analysis, "left", body.lanes[0].items, left, right),
    )
    add = join.kind == "add"
    fixes: list[Fix] = []
    if not lanes[0].spots:
        fixes += projections_of_empty(body, lanes[0], add)
    for lane in lanes:
        fixes += value_fixes(lane, add)
    if add and left[:2] == right[:2]:
        where = merge.join.word.span if merge.join else Span(merge.bracket.start, merge.bracket.start)
        fixes.append(Fix("Concatenate the channels instead", (Edit(where, "concat" if merge.join else "concat "),)))
    for lane in lanes:
        fixes += insertions(lane, add)
    return tuple(fixes)


def _body_at(analysis: Analysis, place: Span) -> tuple[Merge, Body] | None:
    for item in analysis.tree.walk():
        if isinstance(item, Merge):
            for body in item.bodies:
                if join_place(analysis.text, item, body) == place:
                    return item, body
    return None
