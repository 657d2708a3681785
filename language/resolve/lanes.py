"""Planning lanes: which size each ends with, and which layer changes to reach it.

A lane is planned by sizes alone, before any layer of it is resolved. Sizes are followed through it forwards, the wanted
size backwards, each layer once; the first free layer at which the two can be made to meet is the one that changes. A
merge inside is planned in the same way: its bodies first keep the size as far as what is written lets them, and one of
them changes where no layer beside the merge can. Lanes alike are planned once, and so is each merge for each size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeAlias

from cnngen.language.resolve.choices import Meaning, Step
from cnngen.language.resolve.shapes import Pair
from cnngen.language.resolve.solve import Interval, Window, solve_window
from cnngen.language.syntax.tree import Body, Item, Layer, Merge
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


class Row(NamedTuple):
    """The items of a lane. Lanes alike have the same `key`.

    `still`: no merge inside can change the size. `setter` is the index of the item that decides how many channels the
    lane ends with.
    """

    items: Sequence[Item]
    key: tuple[object, ...]
    still: bool
    setter: int | None


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


class Words(Protocol):
    """What the planner asks about layers."""

    def meaning(self, item: Layer, /) -> Meaning:
        """The same object for layers alike."""

    def step(self, meaning: Meaning, size: Pair, /) -> Step | None:
        """A layer as the planner sees it, for the size of its image; None if it never changes the size."""


class Planner:
    """Plans the lanes and merges of programs whose `defaults(…)` say the same. `sides` gives the lanes of a body."""

    def __init__(self, words: Words, sides: Callable[[Body], tuple[Row, Row]]) -> None:
        self.words = words
        self.sides = sides
        self._lanes: dict[tuple[object, ...], Plan] = {}
        #: Lanes with merges that may change the size are like no others.
        self._own: dict[tuple[object, ...], Plan] = {}
        self._merges: dict[tuple[Merge, Pair, Pair | None, bool], MergePlan] = {}
        self._demands: dict[Merge, int] = {}
        self._rigid: dict[Merge, bool] = {}

    def begin(self) -> None:
        """From now on plan what stands in another feature, whose merges nobody has asked about yet."""
        self._own.clear()
        self._merges.clear()
        self._demands.clear()

    # -- lanes -------------------------------------------------------------------------------------------------

    def row(self, items: Sequence[Item]) -> Row:
        """The items of a lane, with what the planner wants to know of them."""
        key: list[object] = []
        still, setter = True, None
        for index, item in enumerate(items):
            if isinstance(item, Layer):
                meaning = self.words.meaning(item)
                key.append(meaning)
                if meaning.category == "convolution":
                    setter = index
            elif isinstance(item, Merge):
                rigid = self.rigid(item)
                key.append(None if rigid else item)
                still, setter = still and rigid, index
        return Row(items, (*key,), still, setter)

    def lane(self, row: Row, start: Pair, wanted: Pair | None, keep: bool = False) -> Computation[Plan]:
        """Plan a lane that starts with one size and has to end with another; None follows rule 3."""
        plans = self._lanes if row.still else self._own
        key = (row.key, start, wanted, keep)
        plan = plans.get(key)
        if plan is None:
            plan = plans[key] = yield from self._plan(row.items, start, wanted, keep)
        return plan

    def rigid(self, merge: Merge) -> bool:
        """Whether a merge always keeps the size, for all its right lanes are `Empty`."""
        found = self._rigid.get(merge)
        if found is None:
            found = self._rigid[merge] = not any(self.sides(body)[1].items for body in merge.bodies)
        return found

    def _plan(self, items: Sequence[Item], start: Pair, wanted: Pair | None, keep: bool) -> Computation[Plan]:
        if not keep:
            usual: Plan = yield from self._followed(items, start, NO_PLAN, keep)
            if wanted is None or usual.end == wanted:
                return usual
        kept: Plan = yield from self._followed(items, start, _KEPT, keep)
        if wanted is None or kept.end == wanted:
            return kept
        sizes: list[Pair | None] = yield from self._follow(items, start, kept, keep)
        for change in self._changes(items, start, sizes, wanted):
            plan: Plan = yield from self._followed(items, start, change, keep)
            if plan.end == wanted:
                return plan
        return kept

    def _followed(self, items: Sequence[Item], start: Pair, plan: Plan, keep: bool) -> Computation[Plan]:
        """A plan with the size at which it ends."""
        sizes: list[Pair | None] = yield from self._follow(items, start, plan, keep)
        return Plan(*plan[:4], sizes[-1])

    def _follow(self, items: Sequence[Item], start: Pair, plan: Plan, keep: bool) -> Computation[list[Pair | None]]:
        """The size before each item of a planned lane, and behind the last; None behind what cannot be joined."""
        size: Pair | None = start
        sizes: list[Pair | None] = [start]
        for index, item in enumerate(items):
            if isinstance(item, Merge) and size and not self.rigid(item):
                inside: MergePlan = yield self.merge(item, size, plan.asked(index, size), keep)
                size = inside.end
            elif isinstance(item, Layer) and size and (step := self.step(item, size)):
                window = plan.solved.get(index) or (step.kept if plan.kept else step.usual)
                size = window.output(size)
                if min(size) < 1 or max(size) > LARGEST_IMAGE:
                    size = None
            sizes.append(size)
        return sizes

    def _changes(
        self, items: Sequence[Item], start: Pair, sizes: Sequence[Pair | None], wanted: Pair
    ) -> Iterator[Plan]:
        """Lanes that keep the size but in one place: a free stride, else another free value, else a merge."""
        steps = [self.step(item, start) for item in items]
        backward = self._backward(items, steps, sizes, wanted)
        free = [index for index, step in enumerate(steps) if step and step.free != step.kept]
        for index in sorted(free, key=lambda index: steps[index].free.strides is not None):  # type: ignore[union-attr]
            step, size = steps[index], sizes[index]
            assert step and step.kept.kernel
            solved = size and solve_window(step.free, size, backward[index + 1], step.kept.kernel)
            if solved:
                yield Plan(kept=True, solved={index: solved})
        for index in reversed(range(len(items))):
            item = items[index]
            (low, high), (left, right) = backward[index + 1]
            if isinstance(item, Merge) and not self.rigid(item) and low <= high > 0 and left <= right > 0:
                yield Plan(kept=True, merge=index, merge_size=(high, right))

    def _backward(
        self, items: Sequence[Item], steps: Sequence[Step | None], sizes: Sequence[Pair | None], end: Pair
    ) -> list[_Wanted]:
        """The sizes that lead to `end`, before each item and behind the last."""
        wanted: list[_Wanted] = [((end[0], end[0]), (end[1], end[1]))]
        for index in reversed(range(len(items))):
            step, before, behind = steps[index], sizes[index], sizes[index + 1]
            if step:
                wanted.append(step.kept.inputs(wanted[-1]))
            elif before and behind and before != behind:
                # A merge that reduces or enlarges is taken for a single stride; following the plan shows whether it is.
                wanted.append(_like(before, behind).inputs(wanted[-1]))
            else:
                wanted.append(wanted[-1])
        return wanted[::-1]

    def step(self, item: Item, size: Pair) -> Step | None:
        """An item of a lane, whose image has this size; None if it never changes the size, and for merges."""
        return self.words.step(self.words.meaning(item), size) if isinstance(item, Layer) else None

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
        bodies = [self.sides(body) for body in merge.bodies]
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
        steps = [self.step(item, start) for item in right.items]
        fixed = all(step and step.free.strides for step in steps)
        if fixed:
            ways.insert(0, (right, True))
        tried: list[Pair | None] = []
        for lane, kept in ways:
            sizes: list[Pair | None] = yield from self._follow(lane.items, start, _KEPT if kept else NO_PLAN, keep)
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
