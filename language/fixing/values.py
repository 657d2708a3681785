"""Values for the layers of a lane with which it ends as the other one does."""

from __future__ import annotations

from collections.abc import Iterator

from cnngen.language.diagnostics import Edit, Fix
from cnngen.language.fixing.lanes import POOLINGS, JoinedLane, Spot, exactly
from cnngen.language.resolve.shapes import Pair
from cnngen.language.resolve.solve import Interval, Window, solve_window
from cnngen.language.source import Span
from cnngen.language.syntax.tree import Layer, Merge

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


def value_fixes(lane: JoinedLane, add: bool) -> Iterator[Fix]:
    """Fixes that write values; `add` tells whether the join needs equal channels too."""
    for change in _fits(lane, add):
        if fix := _written(change, lane):
            yield fix


def _fits(lane: JoinedLane, add: bool) -> Iterator[_Change]:
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


def _args(spot: Spot) -> frozenset[str]:
    return frozenset(spot.node.args) if spot.node else frozenset()


def _sizes(lane: JoinedLane) -> Iterator[_Change]:
    """One layer written anew so that the lane ends with the wanted size; else all, so that they keep it."""
    wanted = exactly(lane.wanted)
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


def _solved(spot: Spot, window: Window, wanted: tuple[Interval, Interval]) -> _Values | None:
    """The least change of a layer's values that gives one of the wanted sizes."""
    assert window.kernel
    kernel = "pool_size" if spot.node and spot.node.kind in POOLINGS else "kernel_size"
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
                values[kernel] = written_pair(solved.kernel)
            if solved.strides and solved.strides != window.strides:
                values["strides"] = written_pair(solved.strides)
            if solved.padding and solved.padding != window.padding:
                values["padding"] = solved.padding
            return values
    return None


def _merged(change: _Change) -> _Change:
    values: dict[Layer, _Values] = {}
    for layer, new in change:
        values.setdefault(layer, {}).update(new)
    return list(values.items())


def _written(change: _Change, lane: JoinedLane) -> Fix | None:
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


def written_pair(pair: Pair) -> str:
    """A window as a program would have it."""
    return str(pair[0]) if pair[0] == pair[1] else f"({pair[0]}, {pair[1]})"
