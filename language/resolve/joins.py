"""The check at a join: whether both lanes have the shape that it needs, who decided them, and what would help."""

from __future__ import annotations

from collections.abc import Sequence

from cnngen.language.checks.arguments import Written
from cnngen.language.diagnostics import Code, Diagnostic, Edit, Fix, Related, Severity
from cnngen.language.network import Node
from cnngen.language.resolve.graph import Stream
from cnngen.language.resolve.shapes import shown
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Body, Layer, Merge


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
    merge: Merge,
    body: Body,
    kind: str,
    nodes: Sequence[Node],
    ends: tuple[Stream, Stream],
    entered: tuple[Stream, Stream],
    lanes: tuple[int, int],
    right_has_layers: bool,
    arguments: dict[Layer, dict[str, Written]],
) -> Diagnostic | None:
    """The error of a join whose lanes do not fit; None if they do.

    `place` is where to say so; `ends` and `entered` are both lanes behind and before this body; `lanes` the first
    node of each.
    """
    left, right = ends
    sizes_differ = left.size != right.size
    channels_differ = kind == "add" and left.shape[2] != right.shape[2]
    if not sizes_differ and not channels_differ:
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
    fixes = _fixes(merge, body, kind, ends, right_has_layers, arguments)
    return Diagnostic(Code.JOIN_SHAPES, Severity.ERROR, message, place, tuple(related), fixes)


def _decider(lane: Sequence[Node], nodes: Sequence[Node], sizes: bool) -> Node | None:
    """The last node of a lane that decided its size, or else its number of channels."""
    for node in reversed(lane):
        if sizes and node.kind not in ("add", "concat") and nodes[node.inputs[0]].shape[:2] != node.shape[:2]:
            return node
        if not sizes and node.kind in ("conv", "sepconv", "upconv", "concat"):
            return node
    return None


def _fixes(
    merge: Merge,
    body: Body,
    kind: str,
    ends: tuple[Stream, Stream],
    right_has_layers: bool,
    arguments: dict[Layer, dict[str, Written]],
) -> tuple[Fix, ...]:
    left, right = ends
    fixes = []
    if not right_has_layers and len(body.lanes) > 1 and _shrinks(left, right):
        fixes.append(Fix("Put a convolution on the right lane", (Edit(body.lanes[1].span, "conv"),)))
    if left.size == right.size and right_has_layers:
        last = body.lanes[1].items[-1]
        written = arguments.get(last, {}).get("filters") if isinstance(last, Layer) else None
        if written:
            new = f"filters={left.shape[2]}"
            fixes.append(Fix(f"Write {new} on the right lane", (Edit(written.span, new),)))
    if kind == "add" and left.size == right.size and merge.bodies[-1] is body:
        where = merge.join.word.span if merge.join else Span(merge.bracket.start, merge.bracket.start)
        text = "concat" if merge.join else "concat "
        fixes.append(Fix("Concatenate the channels instead", (Edit(where, text),)))
    return tuple(fixes)


def _shrinks(left: Stream, right: Stream) -> bool:
    """Whether a convolution can take the right lane's image to the left lane's size."""
    return left.size[0] <= right.size[0] and left.size[1] <= right.size[1]
