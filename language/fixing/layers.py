"""A layer more for a lane, with which it ends as the other one does."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.diagnostics import Edit, Fix
from cnngen.language.fixing.lanes import POOLINGS, JoinedLane, exactly
from cnngen.language.fixing.values import written_pair
from cnngen.language.network import Shape
from cnngen.language.resolve.solve import Interval, Window, solve_window
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Body


def projections_of_empty(body: Body, lane: JoinedLane, add: bool) -> Iterator[Fix]:
    """A convolution for `Empty`, its values left to be solved or, where that changes the left lane, written."""
    empty = body.lanes[1].span
    explicit = _projection(lane.end, exactly(lane.wanted), lane.wanted[2] if add else None)
    if explicit:
        word = explicit.partition("(")[0]
        for text in (word, explicit):
            yield Fix("Put a convolution on the right lane", (Edit(empty, text),))


def insertions(lane: JoinedLane, add: bool) -> Iterator[Fix]:
    """A projection at the end of a lane, before the pooling that may close it."""
    spots, wanted = lane.spots, exactly(lane.wanted)
    if spots and spots[-1].node and spots[-1].node.kind in POOLINGS:
        assert spots[-1].window
        wanted = spots[-1].window.inputs(wanted)
        spots = spots[:-1]
    if spots:
        text = _projection(spots[-1].behind, wanted, lane.wanted[2] if add else None)
        if text:
            end = spots[-1].item.span.end
            yield Fix(f"Insert {text} on the {lane.side} lane", (Edit(Span(end, end), f" {text}"),))


def _projection(before: Shape, wanted: tuple[Interval, Interval], filters: int | None) -> str | None:
    """A convolution, or where the image has to grow an upconv, that leads to a wanted size; None if neither does."""
    size = before[0], before[1]
    grown = max(3, -(-wanted[0][1] // size[0])), max(3, -(-wanted[1][1] // size[1]))
    for word, kernel in (("conv", (1, 1)), ("upconv", grown)):
        window = solve_window(Window(None, None, None, word == "upconv"), size, wanted, kernel)
        if window:
            assert window.kernel and window.strides and window.padding
            values = {"filters": str(filters)} if filters else {}
            values |= {"kernel_size": written_pair(window.kernel)}
            if window.strides != (1, 1) or word == "upconv":
                values["strides"] = written_pair(window.strides)
            if window.kernel != (1, 1):
                values["padding"] = window.padding
            return f"{word}({', '.join(f'{name}={value}' for name, value in values.items())})"
    return None
