"""The check at a join: whether both lanes have the shape that it needs, and who decided them."""

from __future__ import annotations

from collections.abc import Sequence

from cnngen.language.diagnostics import Code, Diagnostic, Related, Severity
from cnngen.language.resolve.graph import Draft, Stream
from cnngen.language.resolve.shapes import shown
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Body, Merge


def join_place(text: str, merge: Merge, body: Body) -> Span:
    """Where the error of a join stands: at the body where that is on one line, else at what opens it."""
    inside = text[body.span.start : body.span.end]
    if "\n" not in inside and "\r" not in inside:
        return body.span
    if body is merge.bodies[0]:
        return Span(merge.span.start, merge.bracket.end)
    return Span(body.span.start, body.span.start + 1)


def join_mismatch(
    place: Span,
    body: Body,
    kind: str,
    nodes: Sequence[Draft],
    ends: tuple[Stream, Stream],
    entered: tuple[Stream, Stream],
    lanes: tuple[int, int],
    right_has_layers: bool,
) -> Diagnostic | None:
    """The error of a join whose lanes do not fit; None if they do, or if one of them is not written yet.

    `place` is where to say so; `ends` and `entered` are both lanes behind and before this body; `lanes` the first
    node of each.
    """
    left, right = ends
    sizes_differ = left.size != right.size
    channels_differ = kind == "add" and left.shape[2] != right.shape[2]
    if len(body.lanes) < 2 or (not sizes_differ and not channels_differ):
        return None
    needs = "equal shapes" if kind == "add" else "images of equal size"
    if not right_has_layers:
        advice = (
            "beside Empty a lane must keep its shape, so leave out its strides and filters, or write conv for Empty"
        )
    elif sizes_differ:
        advice = "reduce the image by the same strides in both"
    else:
        advice = "write the same filters, or use concat"
    message = (
        f"{kind} needs {needs}, but the left lane gives {shown(left.shape)} and the right lane {shown(right.shape)}: "
        f"{advice}."
    )
    related = []
    for side, stream, start, first in zip(
        ("left", "right"), ends, entered, (nodes[lanes[0] : lanes[1]], nodes[lanes[1] :]), strict=True
    ):
        decider = _decider(first, nodes, sizes_differ)
        what = "the size of the" if sizes_differ else f"the {stream.shape[2]} channels of the"
        if decider is not None:
            related.append(Related(decider.span, f"fixes {what} {side} lane: {shown(decider.shape)}"))
        else:
            related.append(Related(nodes[start.node].span, f"the {side} lane keeps the {shown(start.shape)} from here"))
    return Diagnostic(Code.JOIN_SHAPES, Severity.ERROR, message, place, tuple(related))


def _decider(lane: Sequence[Draft], nodes: Sequence[Draft], sizes: bool) -> Draft | None:
    """The last node of a lane that decided its size, or else its number of channels."""
    for node in reversed(lane):
        if sizes and node.kind not in ("add", "concat") and nodes[node.inputs[0]].shape[:2] != node.shape[:2]:
            return node
        if not sizes and node.kind in ("conv", "sepconv", "upconv", "concat"):
            return node
    return None
