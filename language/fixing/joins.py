"""What would make the lanes of a join meet: a value that fits, a projection, or another join.

A proposal is made from one lane at a time: the size that it has to end with is followed back through the lane, and the
first layer that can be written to meet it is. Nested merges are taken as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnngen.language.analysis import Analysis
from cnngen.language.diagnostics import Diagnostic, Edit, Fix
from cnngen.language.network import Node, Shape
from cnngen.language.resolve.joins import join_place
from cnngen.language.resolve.shapes import Pair
from cnngen.language.resolve.solve import Interval, Window, solve_window
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Body, Item, Layer, Merge

_CONVOLUTIONS = ("conv", "sepconv", "upconv")
_POOLINGS = ("avg_pooling", "max_pooling")

#: What may be written anew so that a layer gives another size, the least change first.
_CHANGES = (
    ("strides",),
    ("padding",),
    ("strides", "padding"),
    ("kernel",),
    ("kernel", "padding"),
    ("kernel", "strides", "padding"),
)

#: New values of a layer's hyper-parameters, as they are written.
_Values = dict[str, str]

#: One proposal before it is text: which layers get which values.
_Change = list[tuple[Layer, _Values]]


class _Spot(NamedTuple):
    """An item of a lane: the shapes before and behind it, and its window if it is a layer that has one."""

    item: Item
    before: Shape
    behind: Shape
    window: Window | None
    node: Node | None


class _Lane(NamedTuple):
    """One lane of a body: where it starts and ends, and what it has to end with."""

    side: str
    spots: list[_Spot]
    start: Shape
    end: Shape
    wanted: Shape


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
        _lane(analysis, "right", body.lanes[1].items, right, left),
        _lane(analysis, "left", body.lanes[0].items, left, right),
    )
    add = join.kind == "add"
    fixes: list[Fix] = []
    if not lanes[0].spots:
        fixes += _projections_of_empty(body, lanes[0], add)
    for lane in lanes:
        fixes += [fix for change in _fits(lane, add) if (fix := _written(change, lane))]
    if add and left[:2] == right[:2]:
        where = merge.join.word.span if merge.join else Span(merge.bracket.start, merge.bracket.start)
        fixes.append(Fix("Concatenate the channels instead", (Edit(where, "concat" if merge.join else "concat "),)))
    for lane in lanes:
        fixes += _insertions(lane, add)
    return tuple(fixes)


def _body_at(analysis: Analysis, place: Span) -> tuple[Merge, Body] | None:
    for item in analysis.tree.walk():
        if isinstance(item, Merge):
            for body in item.bodies:
                if join_place(analysis.text, item, body) == place:
                    return item, body
    return None


def _lane(analysis: Analysis, side: str, items: tuple[Item, ...], end: Shape, wanted: Shape) -> _Lane:
    """A lane, read off the network."""
    nodes = analysis.network.nodes
    spots: list[_Spot] = []
    for item in items:
        part = item.bodies[-1] if isinstance(item, Merge) and item.bodies else item
        became = analysis.nodes_of(part)
        if not became:
            continue
        before = spots[-1].behind if spots else nodes[became[0].inputs[0]].shape
        node = None if isinstance(item, Merge) else next((n for n in became if "strides" in n.args), None)
        spots.append(_Spot(item, before, became[-1].shape, _window(node) if node else None, node))
    return _Lane(side, spots, spots[0].before if spots else end, end, wanted)


def _window(node: Node) -> Window:
    kernel = node.args["pool_size" if node.kind in _POOLINGS else "kernel_size"]
    args = node.args
    return Window(kernel, args["strides"], args["padding"], node.kind == "upconv", node.kind == "sepconv")


def _exactly(size: Shape) -> tuple[Interval, Interval]:
    return (size[0], size[0]), (size[1], size[1])


# -- values that fit -------------------------------------------------------------------------------------------


def _fits(lane: _Lane, add: bool) -> Iterator[_Change]:
    """Values for the layers of a lane with which it ends as wanted."""
    channels: _Change = []
    if add and lane.end[2] != lane.wanted[2]:
        setter = next((s for s in reversed(lane.spots) if isinstance(s.item, Merge) or "filters" in _args(s)), None)
        if setter is None or not isinstance(setter.item, Layer):
            return
        channels = [(setter.item, {"filters": str(lane.wanted[2])})]
    if lane.end[:2] == lane.wanted[:2]:
        if channels:
            yield channels
        return
    for change in _sizes(lane):
        yield _merged([*change, *channels])


def _args(spot: _Spot) -> frozenset[str]:
    return frozenset(spot.node.args) if spot.node else frozenset()


def _sizes(lane: _Lane) -> Iterator[_Change]:
    """One layer written anew so that the lane ends with the wanted size; else all, so that they keep it."""
    wanted = _exactly(lane.wanted)
    changes: list[tuple[bool, _Change]] = []
    for spot in reversed(lane.spots):
        if spot.window is None:
            if spot.before[:2] != spot.behind[:2]:
                break
            continue
        values = _solved(spot, spot.window, wanted)
        if values and isinstance(spot.item, Layer):
            changed = _written_names(spot.item) & values.keys()
            changes.append((not changed, [(spot.item, values)]))
        wanted = spot.window.inputs(wanted)
    # A layer whose values are written is more likely the one that is wrong.
    for _, change in sorted(changes, key=lambda found: found[0])[:2]:
        yield change
    if lane.start[:2] == lane.wanted[:2]:
        keeping: _Change = []
        for spot in lane.spots:
            if spot.window and isinstance(spot.item, Layer) and spot.before[:2] != spot.behind[:2]:
                values = {"strides": "1"} if spot.window.strides != (1, 1) else {}
                values |= {"padding": "same"} if spot.window.padding != "same" else {}
                keeping.append((spot.item, values))
        if len(keeping) > 1:
            yield keeping


def _solved(spot: _Spot, window: Window, wanted: tuple[Interval, Interval]) -> _Values | None:
    """The least change of a layer's values that gives one of the wanted sizes."""
    assert window.kernel
    kernel = "pool_size" if spot.node and spot.node.kind in _POOLINGS else "kernel_size"
    size = spot.before[0], spot.before[1]
    for freed in _CHANGES:
        free = window._replace(
            kernel=None if "kernel" in freed else window.kernel,
            strides=None if "strides" in freed else window.strides,
            padding=None if "padding" in freed else window.padding,
        )
        solved = solve_window(free, size, wanted, window.kernel)
        if solved:
            values: _Values = {}
            if solved.kernel and solved.kernel != window.kernel:
                values[kernel] = _pair(solved.kernel)
            if solved.strides and solved.strides != window.strides:
                values["strides"] = _pair(solved.strides)
            if solved.padding and solved.padding != window.padding:
                values["padding"] = solved.padding
            return values
    return None


def _merged(change: _Change) -> _Change:
    values: dict[Layer, _Values] = {}
    for layer, new in change:
        values.setdefault(layer, {}).update(new)
    return list(values.items())


def _written(change: _Change, lane: _Lane) -> Fix | None:
    edits = tuple(edit for layer, values in change for edit in _write(layer, values))
    said = list(dict.fromkeys(f"{name}={value}" for _, values in change for name, value in values.items()))
    if not edits:
        return None
    return Fix(f"Write {', '.join(said)} on the {lane.side} lane", edits)


def _written_names(layer: Layer) -> set[str]:
    return {argument.name.text for argument in layer.arguments if argument.name}


def _write(layer: Layer, values: _Values) -> Iterator[Edit]:
    """Give hyper-parameters of a layer new values, where they are written and where they are not."""
    places = {argument.name.text: argument.span for argument in layer.arguments if argument.name}
    new = [f"{name}={value}" for name, value in values.items() if name not in places]
    for name, value in values.items():
        if name in places:
            yield Edit(places[name], f"{name}={value}")
    if new and layer.arguments:
        end = layer.arguments[-1].span.end
        yield Edit(Span(end, end), ", " + ", ".join(new))
    elif new:
        yield Edit(Span(layer.word.span.end, layer.span.end), f"({', '.join(new)})")


def _pair(pair: Pair) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"({pair[0]}, {pair[1]})"


# -- a layer more ----------------------------------------------------------------------------------------------


def _projections_of_empty(body: Body, lane: _Lane, add: bool) -> Iterator[Fix]:
    """A convolution for `Empty`, its values left to be solved or, where that changes the left lane, written."""
    empty = body.lanes[1].span
    explicit = _projection(lane.end, _exactly(lane.wanted), lane.wanted[2] if add else None)
    if explicit:
        word = explicit.partition("(")[0]
        for text in (word, explicit):
            yield Fix("Put a convolution on the right lane", (Edit(empty, text),))


def _insertions(lane: _Lane, add: bool) -> Iterator[Fix]:
    """A projection at the end of a lane, before the pooling that may close it."""
    spots, wanted = lane.spots, _exactly(lane.wanted)
    if spots and spots[-1].node and spots[-1].node.kind in _POOLINGS:
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
            values |= {"kernel_size": _pair(window.kernel)}
            if window.strides != (1, 1) or word == "upconv":
                values["strides"] = _pair(window.strides)
            if window.kernel != (1, 1):
                values["padding"] = window.padding
            return f"{word}({', '.join(f'{name}={value}' for name, value in values.items())})"
    return None
