"""Planning lanes: which size each ends with, and which layer changes to reach it.

A lane is planned by sizes alone, before any layer of it is resolved. Sizes are followed through it forwards, the wanted
size backwards, each layer once; the first free layer at which the two can be made to meet is the one that changes. A
merge inside is planned in the same way: its bodies first keep the size as far as what is written lets them, and one of
them changes where no layer beside the merge can. Lanes alike are planned once, and so is each merge for each size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from cnngen.language.resolve.choices import Meaning
from cnngen.language.resolve.rows import Kinds, Row, Rows
from cnngen.language.resolve.shapes import Pair
from cnngen.language.resolve.solve import Interval, Window, solve_window
from cnngen.language.syntax.tree import Merge
from cnngen.language.trampoline import Computation

#: Merges with more bodies than this are asked to change in the last ones only.
_BODIES_TRIED = 4

#: For how many pairs of sizes one merge is planned; who asks for more is told that it cannot be done. Merges nest, and
#: each has some ways to try, so without an end their number would grow with every level.
_DEMANDS = 12

LARGEST_IMAGE = 65_536  # pixels along a side: no machine trains beyond

_Wanted: TypeAlias = tuple[Interval, Interval]


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


class Plan(NamedTuple):
    """How to resolve a lane, and the size `end` that it then has, None where a merge inside cannot be joined.

    `kept`: layers keep the size. `solved`: windows that differ from that, by index. `merge`: the index of the merge
    that has to end with size `merge_size`.
    """

    kept: bool = False
    solved: Mapping[int, Window] = MappingProxyType({})
    merge: int | None = None
    merge_size: Pair | None = None
    end: Pair | None = None

    def asked(self, index: int, size: Pair) -> Pair | None:
        """The size that the merge at this index, entered with `size`, has to end with; None for any."""
        return self.merge_size if self.merge == index else size if self.kept else None


#: For a lane that follows rule 3.
NO_PLAN = Plan()
_KEPT = Plan(kept=True)


class MergePlan(NamedTuple):
    """What each body of a merge has to end with, None for what rule 3 makes of it, and the size behind the last."""

    bodies: tuple[Pair | None, ...]
    end: Pair | None


class Planner:
    """Plans the lanes and merges of programs whose `defaults(…)` say the same."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._lanes: dict[tuple[object, ...], Plan] = {}
        #: Lanes with merges that may change the size are like no others.
        self._own: dict[tuple[object, ...], Plan] = {}
        self._merges: dict[tuple[Merge, Pair, Pair | None, bool], MergePlan] = {}
        self._demands: dict[Merge, int] = {}

    def begin(self) -> None:
        """From now on plan what stands in another feature, whose merges nobody has asked about yet."""
        self._own.clear()
        self._merges.clear()
        self._demands.clear()

    # -- lanes -------------------------------------------------------------------------------------------------

    def lane(self, row: Row, start: Pair, wanted: Pair | None, keep: bool = False) -> Computation[Plan]:
        """Plan a lane that starts with one size and has to end with another; None follows rule 3."""
        plans = self._lanes if row.still else self._own
        key = row.kinds, start, wanted, keep
        plan = plans.get(key)
        if plan is None:
            plan = plans[key] = yield from self._plan(row.kinds, start, wanted, keep)
        return plan

    def _plan(self, kinds: Kinds, start: Pair, wanted: Pair | None, keep: bool) -> Computation[Plan]:
        if not keep:
            usual: Plan = yield from self._followed(kinds, start, NO_PLAN, keep)
            if wanted is None or usual.end == wanted:
                return usual
        kept: Plan = yield from self._followed(kinds, start, _KEPT, keep)
        if wanted is None or kept.end == wanted:
            return kept
        sizes: list[Pair | None] = yield from self._follow(kinds, start, kept, keep)
        for change in self._changes(kinds, start, sizes, wanted):
            plan: Plan = yield from self._followed(kinds, start, change, keep)
            if plan.end == wanted:
                return plan
        return kept

    def _followed(self, kinds: Kinds, start: Pair, plan: Plan, keep: bool) -> Computation[Plan]:
        """A plan with the size at which it ends."""
        sizes: list[Pair | None] = yield from self._follow(kinds, start, plan, keep)
        return Plan(*plan[:4], sizes[-1])

    def _follow(self, kinds: Kinds, start: Pair, plan: Plan, keep: bool) -> Computation[list[Pair | None]]:
        """The size before each item of a planned lane, and behind the last; None behind what cannot be joined."""
        size: Pair | None = start
        sizes: list[Pair | None] = [start]
        for index, kind in enumerate(kinds):
            if size is None or kind is None:
                pass
            elif isinstance(kind, Merge):
                inside: MergePlan = yield self.merge(kind, size, plan.asked(index, size), keep)
                size = inside.end
            elif kind.window:
                window = plan.solved.get(index) or (kind.kept if plan.kept else kind.usual(size))
                size = window.output(size)
                if min(size) < 1 or max(size) > LARGEST_IMAGE:
                    size = None
            sizes.append(size)
        return sizes

    def _changes(self, kinds: Kinds, start: Pair, sizes: Sequence[Pair | None], wanted: Pair) -> Iterator[Plan]:
        """Lanes that keep the size but in one place: a free stride, else another free value, else a merge."""
        backward = self._backward(kinds, sizes, wanted)
        layers = [(index, kind) for index, kind in enumerate(kinds) if isinstance(kind, Meaning) and kind.window]
        free = [(index, kind) for index, kind in layers if kind.window != kind.kept]
        for index, kind in sorted(free, key=lambda layer: bool(layer[1].window and layer[1].window.strides)):
            size = sizes[index]
            assert kind.window and kind.kept.kernel
            solved = size and solve_window(kind.window, size, backward[index + 1], kind.kept.kernel)
            if solved:
                yield Plan(kept=True, solved={index: solved})
        for index in reversed(range(len(kinds))):
            (low, high), (left, right) = backward[index + 1]
            if isinstance(kinds[index], Merge) and low <= high > 0 and left <= right > 0:
                yield Plan(kept=True, merge=index, merge_size=(high, right))

    def _backward(self, kinds: Kinds, sizes: Sequence[Pair | None], end: Pair) -> list[_Wanted]:
        """The sizes that lead to `end`, before each item and behind the last."""
        wanted: list[_Wanted] = [((end[0], end[0]), (end[1], end[1]))]
        for index in reversed(range(len(kinds))):
            kind, before, behind = kinds[index], sizes[index], sizes[index + 1]
            if isinstance(kind, Meaning) and kind.window:
                wanted.append(kind.kept.inputs(wanted[-1]))
            elif isinstance(kind, Merge) and before and behind and before != behind:
                # A merge that reduces or enlarges is taken for a single stride; following the plan shows whether it is.
                wanted.append(_like(before, behind).inputs(wanted[-1]))
            else:
                wanted.append(wanted[-1])
        return wanted[::-1]

    # -- merges ------------------------------------------------------------------------------------------------

    def merge(self, merge: Merge, start: Pair, wanted: Pair | None, keep: bool = False) -> Computation[MergePlan]:
        """Plan a merge that is entered with one size and has to end with another; None leaves that to its bodies."""
        key = merge, start, wanted, keep
        plan = self._merges.get(key)
        if plan is None:
            demands = self._demands[merge] = self._demands.get(merge, 0) + 1
            if demands > _DEMANDS:
                plan = MergePlan((wanted,) * len(merge.bodies), None)
            else:
                plan = yield from self._plan_merge(merge, start, wanted, keep)
            self._merges[key] = plan
        return plan

    def _plan_merge(self, merge: Merge, start: Pair, wanted: Pair | None, keep: bool) -> Computation[MergePlan]:
        bodies = [self.rows.sides(body) for body in merge.bodies]
        changing = [index for index, (_, right) in enumerate(bodies) if right.items]
        if wanted is not None:
            for changes in reversed(changing[-_BODIES_TRIED:]):
                plan: MergePlan = yield from self._plan_bodies(bodies, start, wanted, changes, keep)
                if plan.end == wanted:
                    return plan
        natural: MergePlan = yield from self._plan_bodies(bodies, start, None, None, keep)
        return natural

    def _plan_bodies(
        self,
        bodies: Sequence[tuple[Row, Row]],
        start: Pair,
        wanted: Pair | None,
        changes: int | None,
        keep: bool,
    ) -> Computation[MergePlan]:
        """Plan bodies one of which changes the size to the one wanted, while the others keep it where they can."""
        sizes: list[Pair | None] = []
        size, sound = start, True
        for index, (left, right) in enumerate(bodies):
            asked: Pair | None = size
            if right.items and wanted is None:
                asked = yield from self.meeting(left, right, size, keep)
            elif right.items and index == changes:
                asked = wanted
            elif right.items and not (yield from self._meets(left, right, size, size, keep)):
                asked = yield from self.meeting(left, right, size, keep)
            sizes.append(asked)
            end: Pair | None = size
            if right.items:
                end = (yield from self.lane(left, size, asked, keep)).end
                sound = sound and end is not None and (yield from self.lane(right, size, end, keep)).end == end
            size = end or size
        return MergePlan(tuple(sizes), size if sound else None)

    def meeting(self, left: Row, right: Row, start: Pair, keep: bool) -> Computation[Pair | None]:
        """The size at which both lanes of a body meet where nothing else is wanted; None leaves it to the left lane.

        That is what rule 3 makes of the left lane, or first what a right lane gives whose strides are all written.
        Where the other lane does not reach that, what rule 3 and then rule 1 make of the right lane may do.
        """
        ways = [(right, True), (left, True)] if keep else [(left, False), (right, False), (right, True), (left, True)]
        fixed = all(isinstance(kind, Meaning) and kind.window and kind.window.strides for kind in right.kinds)
        if fixed:
            ways.insert(0, (right, True))
        tried: list[Pair | None] = []
        for lane, kept in ways:
            sizes: list[Pair | None] = yield from self._follow(lane.kinds, start, _KEPT if kept else NO_PLAN, keep)
            size = sizes[-1]
            if size and size not in tried and (yield from self._meets(left, right, start, size, keep)):
                return size
            tried.append(size)
        return tried[0] if fixed else start if keep else None

    def _meets(self, left: Row, right: Row, start: Pair, wanted: Pair, keep: bool) -> Computation[bool]:
        """Whether both lanes of a body can end with a size."""
        if (yield from self.lane(right, start, wanted, keep)).end != wanted:
            return False
        plan: Plan = yield from self.lane(left, start, wanted, keep)
        return plan.end == wanted


def _like(before: Pair, behind: Pair) -> Window:
    """A window that leads from one size to the other, if a stride alone can."""
    if behind[0] > before[0] or behind[1] > before[1]:
        strides = max(1, behind[0] // before[0]), max(1, behind[1] // before[1])
        return Window(strides, strides, "same", transposed=True)
    strides = -(-before[0] // behind[0]), -(-before[1] // behind[1])
    return Window(strides, strides, "same")
