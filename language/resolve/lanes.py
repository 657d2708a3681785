"""Planning a lane that has to end with a given size: which layer takes the change.

Sizes are followed through the lane forwards, the wanted size backwards, each layer once; then the first free layer
at which the two can be made to meet is the one that changes. A merge inside the lane keeps the size, unless no layer
beside it can take the change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import NamedTuple

from cnngen.language.records import value
from cnngen.language.resolve.shapes import Pair
from cnngen.language.resolve.solve import Window, solve_window


class Goal(NamedTuple):
    """What a lane has to end with.

    `size` is (height, width), None for any. `channels` are what its last free convolution takes, `inner` what the
    free ones before take; None leaves them to rule 3. `keep`: the lane stands beside `Empty`, or inside one that
    does, so every layer keeps the size.
    """

    size: Pair | None = None
    channels: int | None = None
    inner: int | None = None
    keep: bool = False


class Step(NamedTuple):
    """An item of a lane as the planner sees it. `usual` and `kept` are its window by rule 3 and by rule 1."""

    free: Window
    usual: Window
    kept: Window


@value
class Plan:
    """How to resolve a lane. `kept`: layers keep the size. `solved`: windows that differ from that, by index.
    `merge`: the index of the merge that has to end with size `merge_size`.
    """

    kept: bool = False
    solved: dict[int, Window] = field(default_factory=dict)
    merge: int | None = None
    merge_size: Pair | None = None


_KEEP = Plan(kept=True)
_USUAL = Plan()


def plan_lane(steps: Sequence[Step | None], start: Pair, goal: Goal, merges: Sequence[int]) -> Plan:
    """Plan a lane. `steps` has None for items that never change the size; `merges` are the indices of merges."""
    if goal.size is None:
        return _USUAL
    if not goal.keep and _forward([step.usual if step else None for step in steps], start)[-1] == goal.size:
        return _USUAL
    kept = [step.kept if step else None for step in steps]
    sizes = _forward(kept, start)
    if sizes[-1] == goal.size:
        return _KEEP
    wanted = _backward(kept, goal.size)
    free_stride_first = sorted(
        (index for index, step in enumerate(steps) if step and step.free != step.kept),
        key=lambda index: steps[index].free.strides is not None,  # type: ignore[union-attr]
    )
    for index in free_stride_first:
        step = steps[index]
        assert step and step.kept.kernel
        solved = solve_window(step.free, sizes[index], wanted[index + 1], step.kept.kernel)
        if solved:
            return Plan(kept=True, solved={index: solved})
    for index in reversed(merges):
        (low, high), (left, right) = wanted[index + 1]
        if low <= high and left <= right and high > 0 and right > 0:
            return Plan(kept=True, merge=index, merge_size=(high, right))
    return Plan(kept=True)


def _forward(windows: Sequence[Window | None], start: Pair) -> list[Pair]:
    """The size before each item, and behind the last."""
    sizes = [start]
    for window in windows:
        sizes.append(window.output(sizes[-1]) if window else sizes[-1])
    return sizes


def _backward(windows: Sequence[Window | None], end: Pair) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The sizes that lead to `end`, before each item and behind the last."""
    wanted = [((end[0], end[0]), (end[1], end[1]))]
    for window in reversed(windows):
        wanted.append(window.inputs(wanted[-1]) if window else wanted[-1])
    return wanted[::-1]
